"""Tracks of a film: what they hold, how long they are, how their pictures look (ISO/IEC 14496-12, 8)."""

from dataclasses import dataclass

from postpeer_dash.media.formats.boxes import (
    Box,
    BrokenBoxError,
    Readable,
    children,
    descend,
    find,
    number,
    numbers,
    read_payload,
)

SOUND, PICTURES = b"soun", b"vide"
# What stands in place of a codec where a track is encrypted (14496-12, 8.12; Apple's FairPlay).
PROTECTED = frozenset([b"encv", b"drmi"])
# A film with more than a few is none that anybody made.
MAX_TRACKS = 128
_ENABLED = 1


@dataclass(slots=True)
class Track:
    """A track: its handler, the ticks of a second, its length in ticks, its samples, and how pictures look.

    shown: seconds that its edit list shows of it, 0 where there is none. last_chunk: the place of the last chunk.
    """

    box: Box
    handler: bytes = b""
    number: int = 0
    is_enabled: bool = False
    scale: int = 0
    ticks: int = 0
    shown: float = 0.0
    samples: int = 0
    codec: bytes = b""
    width: int = 0
    height: int = 0
    rotation: int = 0
    default_ticks: int = 0
    last_chunk: int = 0
    is_elsewhere: bool = False

    @property
    def duration(self) -> float:
        """Return how long it is shown, in seconds."""
        length = self.ticks / self.scale if self.scale else 0.0
        return min(length, self.shown) if self.shown and length else length


def read_tracks(stream: Readable, moov: Box) -> list[Track]:
    """Return the tracks of a film. Raises BrokenBoxError."""
    parts = children(stream, moov)
    mvhd = find(parts, b"mvhd")
    scale = _read_clock(read_payload(stream, mvhd, 64))[0] if mvhd is not None else 0
    traks = [box for box in parts if box.kind == b"trak"]
    if len(traks) > MAX_TRACKS:
        raise BrokenBoxError("too many tracks")
    return [_read_track(stream, box, scale) for box in traks]


def _read_clock(data: bytes) -> tuple[int, int]:
    """Return the ticks of a second and the length in ticks of an `mvhd` or `mdhd` (8.2.2, 8.4.2); 0 for unknown."""
    at, width = (20, 8) if data[:1] == b"\1" else (12, 4)
    ticks = number(data, at + 4, width)
    return number(data, at, 4), 0 if ticks == 2 ** (8 * width) - 1 else ticks


def _read_track(stream: Readable, trak: Box, movie_scale: int) -> Track:
    track, parts = Track(trak), children(stream, trak)
    if (tkhd := find(parts, b"tkhd")) is not None:
        _read_header(track, read_payload(stream, tkhd, 128))
    if (edts := find(parts, b"edts")) is not None and movie_scale:
        track.shown = _read_edits(stream, edts) / movie_scale
    mdia = find(parts, b"mdia")
    if mdia is None:
        return track
    inner = children(stream, mdia)
    if (mdhd := find(inner, b"mdhd")) is not None:
        track.scale, track.ticks = _read_clock(read_payload(stream, mdhd, 64))
    if (hdlr := find(inner, b"hdlr")) is not None:
        track.handler = read_payload(stream, hdlr, 32)[8:12]
    if (minf := find(inner, b"minf")) is not None:
        track.is_elsewhere = _is_elsewhere(stream, minf)
        if (stbl := find(children(stream, minf), b"stbl")) is not None:
            _read_samples(stream, track, children(stream, stbl))
    return track


def _read_header(track: Track, data: bytes) -> None:
    """Read the track's number, its shown size and its turn (8.3.2)."""
    is_long = data[:1] == b"\1"
    track.is_enabled = bool(number(data, 3, 1) & _ENABLED)
    track.number = number(data, 20 if is_long else 12, 4)
    matrix = 52 if is_long else 40
    values = [number(data, matrix + 4 * place, 4) for place in range(9)]
    a, b = (value - 2**32 if value >= 2**31 else value for value in values[:2])
    track.rotation = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}.get((_sign(a), _sign(b)), 0)
    track.width, track.height = number(data, matrix + 36, 4) >> 16, number(data, matrix + 40, 4) >> 16


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _read_edits(stream: Readable, edts: Box) -> int:
    """Return how many of the film's ticks are shown of a track (8.6.6): its edits but the empty ones, at their own pace."""
    elst = find(children(stream, edts), b"elst")
    if elst is None:
        return 0
    data = read_payload(stream, elst, 64 * 1024)
    width = 8 if data[:1] == b"\1" else 4
    empty, step, shown = 2 ** (8 * width) - 1, 2 * width + 4, 0
    for place in range(min(number(data, 4, 4), (len(data) - 8) // step)):
        at = 8 + place * step
        if number(data, at + 2 * width, 4) != 0x10000:
            return 0
        if number(data, at + width, width) != empty:
            shown += number(data, at, width)
    return shown


def _is_elsewhere(stream: Readable, minf: Box) -> bool:
    """Return whether a track's data lies in another file (8.7.2), as in QuickTime's reference movies."""
    dref = descend(stream, minf, b"dinf", b"dref")
    if dref is None or dref.length < 16:
        return False
    entries = children(stream, dref, skip=8)
    return bool(entries) and all(
        entry.kind in (b"url ", b"alis", b"rsrc") and not number(read_payload(stream, entry, 4), 0, 4) & 1
        for entry in entries
    )


def _read_samples(stream: Readable, track: Track, tables: list[Box]) -> None:
    stsd = find(tables, b"stsd")
    if stsd is not None and (entries := children(stream, stsd, skip=8)):
        track.codec = entries[0].kind
        if track.handler == PICTURES and not (track.width and track.height):
            data = read_payload(stream, entries[0], 64)
            track.width, track.height = number(data, 24, 2), number(data, 26, 2)
    for kind in (b"stsz", b"stz2"):
        if (table := find(tables, kind)) is not None:
            track.samples = number(read_payload(stream, table, 16), 8, 4)
    if not track.ticks and (table := find(tables, b"stts")) is not None:
        data = read_payload(stream, table)
        rows = numbers(data, 8, number(data, 4, 4), step=2), numbers(data, 8, number(data, 4, 4), step=2, place=1)
        track.ticks = sum(count * each for count, each in zip(*rows, strict=True))
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        if (table := find(tables, kind)) is not None:
            data = read_payload(stream, table)
            track.last_chunk = max(numbers(data, 8, number(data, 4, 4), width=width), default=0)


def add_fragments(stream: Readable, boxes: list[Box], moov: Box, track: Track) -> None:
    """Add the samples of fragments (8.8), which are all that a film made for streaming has."""
    mvex = find(children(stream, moov), b"mvex")
    if mvex is None:
        return
    for trex in children(stream, mvex):
        if trex.kind == b"trex" and number(data := read_payload(stream, trex, 64), 4, 4) == track.number:
            track.default_ticks = number(data, 12, 4)
    ticks = 0
    for moof in (box for box in boxes if box.kind == b"moof"):
        for traf in (box for box in children(stream, moof) if box.kind == b"traf"):
            ticks += _read_fragment(stream, children(stream, traf), track)
    if ticks:
        # An edit list of such a film says where it begins, and not how long it is.
        track.ticks, track.shown = max(track.ticks, ticks), 0.0


def _read_fragment(stream: Readable, parts: list[Box], track: Track) -> int:
    """Count a fragment's samples; return its ticks."""
    tfhd = find(parts, b"tfhd")
    if tfhd is None:
        return 0
    data = read_payload(stream, tfhd, 64)
    flags, each = number(data, 1, 3), track.default_ticks
    if number(data, 4, 4) != track.number:
        return 0
    if flags & 0x8:
        each = number(data, 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0), 4)
    ticks = 0
    for trun in (box for box in parts if box.kind == b"trun"):
        data = read_payload(stream, trun)
        flags, count = number(data, 1, 3), number(data, 4, 4)
        track.samples += count
        if not flags & 0x100:
            ticks += count * each
            continue
        step = sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
        rows = numbers(data, 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0), count, step=step)
        if len(rows) < count:
            raise BrokenBoxError("a run of samples is cut off")
        ticks += sum(rows)
    return ticks
