import pytest

from postpeer_dash.web.numbers import count_things, in_words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "No"), (1, "One"), (7, "Seven"), (12, "Twelve"), (13, "13"), (1000, "1000")]
)
def test_number_at_a_sentences_beginning_is_in_words_up_to_twelve(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize(("number", "words"), [(3, "Three"), (99, "99"), (100, "99+"), (5000, "99+")])
def test_list_that_is_cut_short_says_so(number: int, words: str) -> None:
    assert count_things(number) == words
