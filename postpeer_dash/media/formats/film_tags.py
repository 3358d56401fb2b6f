"""What a film tells beside its pictures: the place, what took it, AI's label; and in which boxes that stands.

Sources: 14496-12, 8.10 (`udta`), 8.11 (`meta`); 3GPP TS 26.244 (`loci`); Apple's QuickTime File Format (`keys`, `©xyz`);
Google's Camera Motion Metadata (`camm`); GoPro's gpmf-parser (`gpmd`); Adobe's XMP, part 3 (the `uuid` box); C2PA 2.1, A.5.
"""

import re
from dataclasses import dataclass, field

from postpeer_dash.media.formats.boxes import (
    Box,
    BrokenBoxError,
    CostlyError,
    Readable,
    children,
    descend,
    find,
    number,
    read_payload,
)
from postpeer_dash.media.formats.film_samples import Span, clip, find_samples, read_number
from postpeer_dash.media.formats.xmp import AI_SOURCES, find_ai_source, tells_device, tells_place

XMP_UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_CREDENTIALS = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")  # C2PA's
_PROFILE = bytes.fromhex("50524F4621D24FCEBB88695CFAC9C740")  # a portable player's sizes
_SOURCE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")
# The boxes that a film is played by; what else lies among them are makers' own.
_TOP = frozenset(b"ftyp moov mdat moof mfra sidx ssix styp emsg prft pdin wide".split())
_MOVIE = frozenset(b"mvhd trak mvex iods clip ctab pssh prfl rmra cmov".split())
_SPACE = frozenset([b"free", b"skip", b"wide"])
# Of a film's or track's own tags: loudness, hints, what a track is for, and whose it is.
_KEPT_TAGS = frozenset([b"ludt", b"hnti", b"hinf", b"tsel", b"kind", b"strk", b"tagc", b"cprt", b"\xa9cpy"])
_PLACE = frozenset([b"\xa9xyz", b"loci", b"\xa9gpt", b"\xa9gyw", b"\xa9grl", b"gps0", b"gps ", b"GPS "])
_DEVICE = frozenset(
    b"\xa9mak \xa9mod \xa9swr \xa9fmt manu modl SDLN smta smrd GPMF FIRM LENS CAME MUID HMMT auth".split()
    + b"CNMN CNFV CNTH NCDT udat sefd inst PANA MVTG".split()
    + [b"\xa9sn "]
)
_PLACE_WORDS = (b"location", b"gps")
_DEVICE_WORDS = (b"make", b"model", b"software", b"serial", b"android", b"camera", b"manufacturer", b"lens", b"xiaomi")
# Tracks that say what the camera knew at each moment, the place among it; and tracks of words, which drones write it in.
_PLACE_TRACKS = frozenset(b"camm gpmd mebx rtmd djmd dbgi fdsc 3gf gps0 marl".split()) | {b"gps "}
_PLACE_HANDLERS = frozenset([b"meta", b"camm", b"data"])
_WORDS = frozenset([b"text", b"sbtl", b"subt", b"subp"])
_PLACE_TEXT = re.compile(rb"GPS|\$G[PNL](?:RMC|GGA)|latitude|longitude|\[lat(?:itude)?[ :]", re.IGNORECASE)
_MAX_XMP = 1024 * 1024
_PEEK = 4096


@dataclass(slots=True)
class FilmTags:
    """Where a film tells something.

    place, other: boxes to blank, those that tell the place apart. tracks: tracks (and what names them in fragments) that
    do, `samples` where theirs lie. labels: packets that say it is AI's. space: boxes of unused space, in which dashboard cameras hide things.
    """

    place: list[Box] = field(default_factory=list)
    other: list[Box] = field(default_factory=list)
    tracks: list[Box] = field(default_factory=list)
    samples: list[Span] = field(default_factory=list)
    space: list[Box] = field(default_factory=list)
    ai_source: str = ""
    labels: list[Box] = field(default_factory=list)
    has_device: bool = False

    @property
    def has_place(self) -> bool:
        """Return whether anything says where the film was taken."""
        return bool(self.place or self.tracks or self.samples)

    @property
    def is_ai_labelled(self) -> bool:
        """Return whether it says that it was made or changed with AI."""
        return bool(self.ai_source)


def read_tags(stream: Readable, boxes: list[Box], moov: Box) -> FilmTags:
    """Return what a film's boxes tell. Raises BrokenBoxError."""
    tags = FilmTags()
    for box in boxes:
        if box.kind not in _TOP:
            _add(stream, box, tags)
    for box in children(stream, moov):
        if box.kind == b"trak":
            _add_track(stream, box, boxes, moov, tags)
        elif box.kind not in _MOVIE:
            _add(stream, box, tags)
            if box.kind == b"gps ":
                tags.samples += _read_dashcam(stream, box, boxes)
    return tags


def _add_track(stream: Readable, trak: Box, boxes: list[Box], moov: Box, tags: FilmTags) -> None:
    if _is_of_places(stream, trak, boxes, moov):
        tags.tracks += [trak, *_list_mentions(stream, trak, boxes, moov)]
        tags.samples += find_samples(stream, trak, boxes, moov)
        return
    for box in children(stream, trak):
        if box.kind in (b"meta", b"udta") or box.kind in _SPACE:
            _add(stream, box, tags)


def _is_of_places(stream: Readable, trak: Box, boxes: list[Box], moov: Box) -> bool:
    hdlr = descend(stream, trak, b"mdia", b"hdlr")
    handler = read_payload(stream, hdlr, 32)[8:12] if hdlr is not None else b""
    stsd = descend(stream, trak, b"mdia", b"minf", b"stbl", b"stsd")
    entries = children(stream, stsd, skip=8) if stsd is not None and stsd.length > 8 else []
    if handler in _PLACE_HANDLERS or (entries and entries[0].kind in _PLACE_TRACKS):
        return True
    if handler not in _WORDS:
        return False
    spans = find_samples(stream, trak, boxes, moov)[:8]
    return any(_PLACE_TEXT.search(_peek(stream, span)) for span in spans)


def _peek(stream: Readable, span: Span) -> bytes:
    stream.seek(span.start)
    return stream.read(min(span.end - span.start, _PEEK))


def _list_mentions(stream: Readable, trak: Box, boxes: list[Box], moov: Box) -> list[Box]:
    """Return what names a track in fragments: a fragment of a track that is gone makes players complain."""
    tkhd, mvex = descend(stream, trak, b"tkhd"), descend(stream, moov, b"mvex")
    if tkhd is None or mvex is None:
        return []
    key, found = read_number(stream, tkhd), list[Box]()
    parents = [(mvex, b"trex"), *((box, b"tfra") for box in boxes if box.kind == b"mfra")]
    for parent, kind in parents:
        for box in children(stream, parent):
            if box.kind == kind and number(read_payload(stream, box, 8), 4, 4) == key:
                found.append(box)
    for moof in (box for box in boxes if box.kind == b"moof"):
        for traf in (box for box in children(stream, moof) if box.kind == b"traf"):
            tfhd = descend(stream, traf, b"tfhd")
            if tfhd is not None and number(read_payload(stream, tfhd, 8), 4, 4) == key:
                found.append(traf)
    return found


def _read_dashcam(stream: Readable, table: Box, boxes: list[Box]) -> list[Span]:
    """Return the blocks that a dashboard camera's table (Novatek's `gps `) points to: pairs of a place and a length."""
    data = read_payload(stream, table, 64 * 1024)
    pairs = [(number(data, at, 4), number(data, at + 4, 4)) for at in range(8, len(data) - 7, 8)]
    spans = clip([Span(begin, begin + length) for begin, length in pairs], boxes)
    return [span for span in spans if b"GPS" in _peek(stream, span)[:32]]


def _add(stream: Readable, box: Box, tags: FilmTags) -> None:
    """Sort a box that a film isn't played by, or the children of its tags."""
    try:
        if box.kind in _SPACE:
            tags.space.append(box)
            if b"GPS " in read_payload(stream, box, 64):
                tags.place.append(box)
        elif box.kind == b"meta":
            _add_meta(stream, box, tags)
        elif box.kind == b"udta":
            for child in children(stream, box):
                if child.kind not in _KEPT_TAGS:
                    _add(stream, child, tags)
        elif box.kind in (b"XMP_", XMP_UUID):
            _add_packet(stream, box, tags)
        else:
            _add_own(stream, box, tags)
    except CostlyError:
        raise
    except BrokenBoxError:
        # Old cameras fill `udta` with what has no boxes: nobody can tell what that says.
        tags.place.append(box)


def _add_own(stream: Readable, box: Box, tags: FilmTags) -> None:
    """Sort a box of a maker's own."""
    if box.kind == _CREDENTIALS:
        names = {name.decode("ascii") for name in _SOURCE.findall(read_payload(stream, box, _MAX_XMP))}
        tags.ai_source = tags.ai_source or next((name for name in AI_SOURCES if name in names), "")
    is_makers = len(box.kind) == 16 and box.kind not in (_CREDENTIALS, _PROFILE)
    _sort(box, tags, is_place=box.kind in _PLACE, is_device=is_makers or box.kind in _DEVICE)


def _add_meta(stream: Readable, meta: Box, tags: FilmTags) -> None:
    # QuickTime's has no version in front, the standard's has.
    head = read_payload(stream, meta, 12)
    parts = children(stream, meta, skip=0 if head[4:8] == b"hdlr" else 4)
    keys = _read_keys(stream, find(parts, b"keys"))
    for part in parts:
        if part.kind == b"ilst":
            for item in children(stream, part):
                name = keys.get(int.from_bytes(item.kind, "big"), b"").lower()
                is_place = item.kind in _PLACE or any(word in name for word in _PLACE_WORDS)
                is_device = item.kind in _DEVICE or any(word in name for word in _DEVICE_WORDS)
                _sort(item, tags, is_place=is_place, is_device=is_device)
        elif part.kind in (b"XMP_", XMP_UUID):
            _add_packet(stream, part, tags)
        elif part.kind not in (b"hdlr", b"keys") and part.kind not in _SPACE:
            _sort(part, tags, is_place=False, is_device=part.kind in (b"xml ", b"bxml"))


def _read_keys(stream: Readable, box: Box | None) -> dict[int, bytes]:
    """Return the names of Apple's items by their numbers, from 1."""
    if box is None:
        return {}
    data = read_payload(stream, box, 256 * 1024)
    names, at = dict[int, bytes](), 8
    for place in range(1, min(number(data, 4, 4), 10_000) + 1):
        if at + 8 > len(data):
            break
        size = number(data, at, 4)
        if size < 8:
            raise BrokenBoxError("a key has an impossible length")
        names[place] = data[at + 8 : at + size]
        at += size
    return names


def _sort(box: Box, tags: FilmTags, *, is_place: bool, is_device: bool) -> None:
    (tags.place if is_place else tags.other).append(box)
    tags.has_device = tags.has_device or is_device


def _add_packet(stream: Readable, box: Box, tags: FilmTags) -> None:
    packet = read_payload(stream, box, _MAX_XMP)
    if source := find_ai_source(packet):
        tags.ai_source = tags.ai_source or source
        tags.labels.append(box)
    # A packet is blanked whole: the label is written anew.
    _sort(box, tags, is_place=tells_place(packet), is_device=tells_device(packet))
