"""What nobody can see is no content, no name, and no part of an address."""

import pytest

from postpeer_dash.web.text import clean_text, find_invisible, is_visible, trim_invisible
from postpeer_dash.web.text_fields import CleanTextField, NameField

UNSEEN = ["\u200b", "\u3164", "\u2060", "\u00ad", "\ufeff", "\u200f", "\u2800", "\u115f", " \u200b\u3164\n", "\x07"]


@pytest.mark.parametrize("text", [*UNSEEN, "", "   ", "\ufe0f", "\ud800"])
def test_text_that_shows_nothing_is_empty(text: str) -> None:
    assert not is_visible(text)
    assert clean_text(text) == ""


@pytest.mark.parametrize("text", UNSEEN)
@pytest.mark.parametrize("field", [CleanTextField, NameField])
def test_field_does_not_take_it_for_an_answer(field: type[CleanTextField], text: str) -> None:
    with pytest.raises(Exception, match="Fill this in"):
        field().clean(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a\u0007b\u001bc", "abc"),
        ("\u200b Night \u3164", "Night"),
        ("one\x0btwo\u2028three\r\nfour", "one\ntwo\nthree\nfour"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("❤️", "❤️"),
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("soft\u00adhyphen", "soft\u00adhyphen"),
        ("\u202bעברית\u202c", "\u202bעברית\u202c"),
    ],
)
def test_text_keeps_what_belongs_to_it(typed: str, meant: str) -> None:
    assert clean_text(typed) == meant


def test_name_is_one_line() -> None:
    assert NameField().clean("  Atelier\n Nordlicht\u200b ") == "Atelier Nordlicht"


@pytest.mark.parametrize(
    ("address", "trimmed", "within"),
    [
        ("https://shop.example/a\u200b", "https://shop.example/a", ""),
        ("\u200ehttps://shop.example/a\u200f", "https://shop.example/a", ""),
        ("https://shop.example/a\u2060b", "https://shop.example/a\u2060b", "U+2060"),
        ("https://shop.example/\u00ada", "https://shop.example/\u00ada", "U+00AD"),
        ("\u3164", "", ""),
    ],
)
def test_ends_of_an_address_are_cut_and_the_rest_is_named(address: str, trimmed: str, within: str) -> None:
    assert trim_invisible(address) == trimmed
    assert find_invisible(trimmed) == within
