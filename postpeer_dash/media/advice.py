"""What Pinterest is known to refuse or to show badly, told beforehand with its figures. It is advice: nothing is held back.

Source: Pinterest's help pages on videos and pictures, as of November 2026.
"""

from postpeer_dash.media.facts import Facts

MIN_SECONDS, MAX_SECONDS = 4.0, 15 * 60.0
# A container rounds to its own clock, and the last picture may be shown a little shorter.
_TOLERANCE = 0.1
CODECS = frozenset({"avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe"})
_NAMES = {
    "av01": "AV1",
    "vp08": "VP8",
    "vp09": "VP9",
    "mp4v": "MPEG-4",
    "jpeg": "Motion JPEG",
    "mjpa": "Motion JPEG",
    "mjpb": "Motion JPEG",
    "s263": "H.263",
    "rle ": "Animation",
    "AVdn": "DNxHD",
    "cvid": "Cinepak",
}
_BEST_WIDTH, _BEST_HEIGHT = 1000, 1500

Note = tuple[str, dict[str, object]]


def advise(facts: Facts, *, width: int, height: int) -> list[Note]:
    """Return what could be better of a file whose sent form has these sides, by the keys of `media/notes.py`."""
    notes: list[Note] = []
    if facts.kind.is_film:
        notes += _advise_film(facts)
    if width > height:
        notes.append(("wide", {}))
    elif not facts.kind.is_film and width > 0 and (width < _BEST_WIDTH or height < _BEST_HEIGHT):
        notes.append(("small", {}))
    return notes


def _advise_film(facts: Facts) -> list[Note]:
    notes: list[Note] = []
    if facts.duration < MIN_SECONDS - _TOLERANCE:
        notes.append(("short", {"seconds": f"{facts.duration:.1f}"}))
    elif facts.duration > MAX_SECONDS + _TOLERANCE:
        notes.append(("long", {"minutes": f"{int(facts.duration // 60)}:{int(facts.duration % 60):02d}"}))
    if facts.codec not in CODECS:
        notes.append(("codec", {"codec": name_codec(facts.codec)}))
    return notes


def name_codec(code: str) -> str:
    """Return a codec's usual name, or its four letters."""
    if code.startswith(("ap4", "apc")):
        return "ProRes"
    plain = code.strip()
    return _NAMES.get(code, plain if plain.isprintable() and plain else "?")
