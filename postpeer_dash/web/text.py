"""Counting and comparing text as the platforms and people do."""

import re
import unicodedata

# Letters that draw nothing: fillers of Hangul, the empty Braille cell, the joiner that keeps accents apart.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800\u034f\u180e"
# What is left at the ends of a text by copying. Joiners and marks of emoji aren't among it: a flag ends with one.
_LEFTOVERS = f"\u200b\u2060-\u2064\ufeff\u00ad{_BLANK_LETTERS}"
_ENDS = re.compile(rf"\A[\s{_LEFTOVERS}]+|[\s{_LEFTOVERS}]+\Z")
# A line break of a word processor or of Unicode's own.
_OTHER_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# What is written for a typewriter's apostrophe, quotation mark and hyphen.
_APOSTROPHES = (
    "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\u0060\u055a\ua78c\uff07"
    "\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb"
)
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u301d\u301e\u301f\u02ba\u02dd\u275d\u275e\uff02"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d\u301c\u3030\u058a\u05be"
_TYPEWRITER = {
    ord(sign): plain
    for signs, plain in ((_APOSTROPHES, "'"), (_QUOTES, '"'), (_HYPHENS, "-"), ("\u2044\u2215", "/"), ("\0", " "))
    for sign in signs
}
_HAS_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def normalise_newlines(text: str) -> str:
    """Return the text with CRLF and CR as LF: browsers send CRLF, and a limit must not count what nobody typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean_text(text: str) -> str:
    """Return what a person meant by a text: LF for every line break, no control characters, nothing unseen at its ends.

    One rule for every field that people fill in. What stands between visible characters stays, since scripts need
    joiners and marks of direction there; a text that shows nothing is empty.
    """
    plain = _CONTROLS.sub("", _OTHER_BREAKS.sub("\n", normalise_newlines(text)))
    return _ENDS.sub("", plain) if is_visible(plain) else ""


def is_visible(text: str) -> bool:
    """Return whether a text shows anything."""
    return any(_draws(character) for character in text)


def find_invisible(text: str) -> str:
    """Return the first character of a text that nobody can see, as "U+200B"; empty when there is none."""
    unseen = (character for character in text if not _draws(character) and not character.isspace())
    return next((f"U+{ord(character):04X}" for character in unseen), "")


def trim_invisible(text: str) -> str:
    """Return the text without what nobody can see at its ends, marks of direction included."""
    drawn = [place for place, character in enumerate(text) if _draws(character)]
    return text[drawn[0] : drawn[-1] + 1] if drawn else ""


def _draws(character: str) -> bool:
    # Spaces, controls, formats, halves of a pair; and what only changes how its neighbour looks.
    is_mark_of_choice = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (
        unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs")
        or character in _BLANK_LETTERS
        or is_mark_of_choice
    )


def count_units(text: str) -> int:
    """Return the length in UTF-16 code units after newline normalisation.

    JavaScript and many platforms count so. It is never less than the count of code points, so what passes here passes
    under either reading of a limit.
    """
    normal = normalise_newlines(text)
    return len(normal) + sum(1 for sign in normal if ord(sign) > 0xFFFF)


def fold(text: str) -> str:
    """Return the text for comparing: without accents and case, runs of white space as one blank.

    Signs that keyboards and word processors write for one another (’ and ', “ and ", – and -) are one; what nobody can
    see is left out. board-picker.js does the same.
    """
    plain = text.translate(_TYPEWRITER)
    # Taken apart first: a letter in another shape (𝐁, ™) has no case of its own until then.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold()).translate(_TYPEWRITER)
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join("".join(sign for sign in bare if sign.isspace() or _draws(sign)).split())


def outline(text: str) -> str:
    """Return what is left of a text for the eye that compares names: nothing unseen, no case, runs of blanks as one."""
    shown = unicodedata.normalize("NFKC", "".join(sign for sign in text if _draws(sign) or sign.isspace()))
    return " ".join(shown.casefold().split())


def initials(name: str) -> str:
    """Return one or two letters that stand for a name in an avatar; a question mark when it has none."""
    words = [word for word in name.replace("@", " ").replace("_", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()


def isolate(name: str) -> str:
    """Return a name written from right to left between FSI and PDI (Unicode UAX #9), so that it doesn't turn the
    sentence around it.
    """
    return f"\u2068{name}\u2069" if _HAS_RTL.search(name) else name
