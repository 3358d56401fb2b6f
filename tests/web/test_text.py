import pytest

from postpeer_dash.web.text import count_units, fold, initials


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
