"""What a file is and what was done to it on its way, in words for whoever chose it."""

from collections.abc import Iterable, Sequence
from math import isclose
from typing import Any

from django.utils.translation import gettext_lazy as _

NOTES = {
    "converted": _("It was turned into a JPG, which Pinterest takes."),
    "to_rgb": _("Its colours were turned into sRGB with 8 bits, which every screen shows alike."),
    "place": _("We took the place out: nobody can read from it where it was taken."),
    "device": _("We took out which device made it."),
    "motion": _("The short film behind the photo was left out: Pinterest shows the photo alone."),
    "pictures": _("The file held more than one picture. The first is sent."),
    "gain_map": _("The brighter version for HDR screens was left out: Pinterest shows the photo alone."),
    "other": _("What stood behind the end of the picture was left out."),
    "ai_label": _("It is labelled as made or changed with AI."),
    "short": _("It lasts %(seconds)s seconds, and Pinterest takes no video shorter than 4."),
    "long": _("It lasts %(minutes)s minutes, and Pinterest takes no video longer than 15."),
    "codec": _("It is packed as %(codec)s, and Pinterest takes H.264 and H.265: export it as one of them."),
    "small": _("It is smaller than the 1000 × 1500 pixels that look best on Pinterest."),
    "wide": _("It is wider than high. Pinterest shows it small; 2:3 looks best."),
}
# What makes it likely that Pinterest refuses the file.
DOUBTS = frozenset({"short", "long", "codec"})
_KIND_NAMES = {"jpeg": "JPG", "png": "PNG", "webp": "WebP", "mp4": "MP4", "mov": "MOV"}
_RATIOS = ((2, 3), (9, 16), (3, 4), (4, 5), (1, 1), (1, 2), (1, 3), (4, 3), (3, 2), (16, 9))
_SAME = 0.006


def read_notes(notes: Iterable[Sequence[Any]]) -> list[str]:
    """Return the sentences of a file's notes, each a key and the figures in its sentence."""
    return [str(NOTES[key]) % figures for key, figures in notes if key in NOTES]


def has_doubts(notes: Iterable[Sequence[Any]]) -> bool:
    """Return whether one of a file's notes says that Pinterest may not take it."""
    return any(note[0] in DOUBTS for note in notes)


def name_kind(kind: str) -> str:
    """Return a kind of file by its usual name, "" for none of those that are sent."""
    return _KIND_NAMES.get(kind, "")


def name_ratio(width: int, height: int) -> str:
    """Return a usual ratio by its name, like "2:3"; "" for an unusual one."""
    if not width or not height:
        return ""
    found = (f"{x}:{y}" for x, y in _RATIOS if isclose(width / height, x / y, abs_tol=_SAME))
    return next(found, "")
