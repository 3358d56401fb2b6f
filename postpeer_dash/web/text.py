"""Counting and comparing text as the platforms and people do."""

import re
import unicodedata

_HAS_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def normalise_newlines(text: str) -> str:
    """Return the text with CRLF and CR as LF: browsers send CRLF, and a limit must not count what nobody typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def count_units(text: str) -> int:
    """Return the length in UTF-16 code units after newline normalisation.

    JavaScript and many platforms count so. It is never less than the count of code points, so what passes here passes
    under either reading of a limit.
    """
    normal = normalise_newlines(text)
    return len(normal) + sum(1 for sign in normal if ord(sign) > 0xFFFF)


def fold(text: str) -> str:
    """Return the text for comparing: without accents and case, runs of white space as one blank."""
    # Taken apart first: a letter in another shape (𝐁, ™) has no case of its own until then.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(bare.split())


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
