import re
import string

import pytest
from django.utils import translation

from postpeer_dash.web.sentences import WORDINGS, ExplainedError, explain


def placeholders(text: object) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", str(text)))


def every_text() -> list[tuple[str, str]]:
    return [
        (kind, str(text))
        for kind, wording in WORDINGS.items()
        for text in (wording.title, wording.text, wording.action)
        if text
    ]


@pytest.mark.parametrize("kind", sorted(WORDINGS))
def test_sentence_has_a_title_and_a_text(kind: str) -> None:
    wording = WORDINGS[kind]
    needed = placeholders(wording.title) | placeholders(wording.text) | placeholders(wording.action)
    sentence = explain(kind, **dict.fromkeys(needed, "X"))
    assert sentence.title
    assert sentence.text
    assert "%" not in str(sentence)


@pytest.mark.parametrize(("kind", "text"), every_text())
def test_sentence_speaks_as_a_careful_colleague(kind: str, text: str) -> None:
    assert "!" not in text
    assert "oops" not in text.lower()
    assert "'" not in text  # a typographic apostrophe, as everywhere
    assert text[0] in string.ascii_uppercase + "%" or kind.endswith("_old")


def test_facts_are_filled_in() -> None:
    sentence = explain("boards_unreachable_old", account="Linden", time="11:40")
    assert str(sentence) == "PostPeer can’t be reached, so these are the boards of 11:40. You can go on with them."


def test_facts_that_are_not_needed_do_no_harm() -> None:
    assert explain("postpeer_unreachable", account="Linden").action == "Try again"


def test_percent_sign_in_a_name_is_only_a_sign() -> None:
    assert explain("boards_none", account="100 %(x)s").title == "100 %(x)s has no boards yet."


def test_unknown_kind_has_a_sentence() -> None:
    assert "an answer that can’t be used" in explain("of_tomorrow").title


def test_name_from_right_to_left_is_set_apart() -> None:
    assert explain("boards_none", account="بيت").title == "\u2068بيت\u2069 has no boards yet."
    assert explain("boards_none", account="Haus").title == "Haus has no boards yet."


def test_wording_is_translated_when_it_is_read() -> None:
    with translation.override("en"):
        assert explain("connect_cancelled", platform="Pinterest").action == "Connect Pinterest"


def test_missing_fact_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        explain("boards_none")


def test_error_carries_its_kind_and_the_sentence_its_words() -> None:
    sentence = explain(ExplainedError("email_taken").kind)
    assert str(sentence) == f"{sentence.title} {sentence.text}"
    assert (sentence.kind, sentence.action) == ("email_taken", "")


@pytest.mark.parametrize("kind", sorted(kind for kind in WORDINGS if f"{kind}_old" in WORDINGS))
def test_old_boards_are_told_with_their_time(kind: str) -> None:
    assert "%(time)s" in str(WORDINGS[f"{kind}_old"].text)
    assert "%(time)s" not in str(WORDINGS[kind].text)
