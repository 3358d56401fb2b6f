import pytest

from postpeer_dash.web.text import count_units, fold, initials, isolate, normalise_newlines, outline


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


# Each line: ways of writing one text.
@pytest.mark.parametrize(
    "ways",
    [
        ["winter's", "winter’s", "winter‘s", "winterʼs", "winter´s", "winter`s", "winter′s", "winter＇s", "winterʻs"],
        ['say "yes"', "say “yes”", "say „yes“", "say «yes»", "say ″yes″", "say 〝yes〞", "say ＂yes＂"],
        ["9-5", "9–5", "9—5", "9‑5", "9‐5", "9−5", "9－5", "9―5", "9﹣5"],
        ["well...", "well…", "well．．．"],
        ["a b", "a\u00a0b", "a\u202fb", "a\u2009b", "a\u3000b", " a \t b\n"],
        ["cooperate", "co\u00adoperate", "co\u200boperate", "co\u2060operate", "\ufeffcooperate"],
        ["❤", "❤\ufe0f"],
        ["1/2", "½", "1⁄2"],
    ],
)
def test_ways_of_writing_one_text_are_folded_alike(ways: list[str]) -> None:
    assert {fold(way) for way in ways} == {fold(ways[0])}


def test_folding_twice_is_folding_once() -> None:
    for text in ("“Winter’s” – ½ ´x", "İ ſ ﬁ ″ ʹ ʺ", "𝐁old"):
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"), [("Recipes", "Recipes "), ("Recipes", "RECI\u200bPES"), ("a  b", "a\u00a0b")]
)
def test_names_that_look_alike_have_one_outline(one: str, other: str) -> None:
    assert outline(one) == outline(other)


@pytest.mark.parametrize(("one", "other"), [("Cafe", "Café"), ("Recipes", "Recipe"), ("a-b", "a–b")])
def test_names_that_look_different_have_two(one: str, other: str) -> None:
    assert outline(one) != outline(other)
