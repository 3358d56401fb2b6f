import pytest

from postpeer_dash.web.text import count_units, fold, initials, isolate, normalise_newlines


@pytest.mark.parametrize(
    ("text", "units"),
    [("", 0), ("abc", 3), ("a\r\nb", 3), ("🍊", 2), ("👩‍👩‍👧", 8), ("e" + "\u0301" * 500, 501), ("\r\r", 2)],
)
def test_text_is_counted_in_utf16_units(text: str, units: int) -> None:
    assert count_units(text) == units


def test_folding_ignores_accents_case_and_blanks() -> None:
    assert fold("  Crème  BRÛLÉE\nİstanbul ") == "creme brulee istanbul"


@pytest.mark.parametrize(
    ("name", "letters"), [("Mira Okafor", "MO"), ("@kornhaus", "KO"), ("", "?"), ("🍊", "?"), ("é", "É")]
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ada lovelace king", "AL"),
        ("mira@example.com", "ME"),
        ("snow_white", "SW"),
        ("x", "X"),
        ("  ", "?"),
        ("- 7 up", "7U"),
        ("ß", "SS"),
    ],
)
def test_initials_come_from_the_first_two_words(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(("text", "normal"), [("a\r\nb\rc\nd", "a\nb\nc\nd"), ("\r\n\r\n", "\n\n"), ("", "")])
def test_line_breaks_become_one_kind(text: str, normal: str) -> None:
    assert normalise_newlines(text) == normal


@pytest.mark.parametrize(
    ("text", "folded"),
    [("𝐁oard", "board"), ("Straße", "strasse"), ("ﬁg", "fig"), ("ΟΔΟΣ", "οδοσ"), ("a\u00a0b", "a b"), ("", "")],
)
def test_letters_in_another_shape_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("name", "is_set_apart"),
    [("Haus", False), ("שלום", True), ("بيت", True), ("Atelier بيت", True), ("日本", False), ("𐤀", True)],
)
def test_name_from_right_to_left_is_isolated(name: str, is_set_apart: bool) -> None:
    assert isolate(name) == (f"\u2068{name}\u2069" if is_set_apart else name)
