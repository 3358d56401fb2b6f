"""HEIC and AVIF by their boxes (ISO/IEC 23008-12): the sides of the picture that is shown, its turn, its bits."""

from dataclasses import dataclass
from typing import BinaryIO

from postpeer_dash.media.facts import Facts, Kind
from postpeer_dash.media.formats.boxes import (
    BoundedStream,
    Box,
    BrokenBoxError,
    Readable,
    children,
    find,
    number,
    read_payload,
    walk,
)
from postpeer_dash.media.formats.pictures.exif import Exif, read_exif
from postpeer_dash.media.formats.xmp import find_ai_source, tells_device, tells_place

_EXIF, _XMP = b"Exif", b"mime"
_MAX_TEXT = 1024 * 1024
# A phone's photo of 48 megapixels has some hundred tiles.
_MAX_ITEMS = 20_000
_MAX_EXTENTS = 100_000


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where a piece of an item lies: in the file, or in the box `idat`."""

    start: int
    length: int


def read_heif(stream: BinaryIO, size: int, kind: Kind) -> Facts:
    """Return what a still picture is. Raises BrokenBoxError for one that is cut off or has no picture."""
    bounded = BoundedStream(stream)
    meta = find(list(walk(bounded, 0, size)), b"meta")
    if meta is None:
        raise BrokenBoxError("there is no picture")
    parts = children(bounded, meta, skip=4)
    primary, places = _read_primary(bounded, parts), _read_places(bounded, parts)
    if not all(_is_within(extent, size) for extent in places.get(primary, ())):
        raise BrokenBoxError("the picture is cut off")
    width, height, bits = _read_looks(bounded, _read_properties(bounded, parts, primary))
    whole = {key: extents for key, extents in places.items() if all(_is_within(extent, size) for extent in extents)}
    exif, packet = _read_texts(bounded, _read_types(bounded, parts), whole)
    return Facts(
        kind=kind,
        size=size,
        width=width,
        height=height,
        bits=bits,
        has_place=exif.has_place or tells_place(packet),
        has_device=exif.has_device or tells_device(packet),
        is_ai_labelled=bool(find_ai_source(packet)),
    )


def _is_within(extent: _Extent, size: int) -> bool:
    return extent.start + extent.length <= size


def _read_primary(stream: Readable, parts: list[Box]) -> int:
    pitm = find(parts, b"pitm")
    if pitm is None:
        raise BrokenBoxError("no picture is the main one")
    data = read_payload(stream, pitm, 16)
    return number(data, 4, 2 if data[:1] == b"\0" else 4)


def _read_looks(stream: Readable, properties: list[Box]) -> tuple[int, int, int]:
    """Return the sides as shown, and the bits of a channel. Cuts and turns go in the order they stand in (9.3.1)."""
    width = height = depth = pixi = 0
    for prop in properties:
        data = read_payload(stream, prop, 64)
        if prop.kind == b"ispe":
            width, height = number(data, 4, 4), number(data, 8, 4)
        elif prop.kind == b"clap":
            across, along = (number(data, at, 4) // max(1, number(data, at + 4, 4)) for at in (0, 8))
            width, height = min(width, across), min(height, along)
        elif prop.kind == b"irot" and number(data, 0, 1) & 1:
            width, height = height, width
        elif prop.kind == b"pixi":
            pixi = max(data[5 : 5 + number(data, 4, 1)], default=0)
        elif prop.kind == b"av1C":
            depth = 8 + 2 * bool(data[2] & 0x40) + 2 * bool(data[2] & 0x20) if len(data) > 2 else 0
        elif prop.kind == b"hvcC":
            depth = 8 + (number(data, 17, 1) & 7)
    if not width or not height:
        raise BrokenBoxError("the picture has no sides")
    return width, height, min(pixi or depth or 8, 16)


def _read_properties(stream: Readable, parts: list[Box], item: int) -> list[Box]:
    """Return the properties of an item (9.3)."""
    iprp = find(parts, b"iprp")
    inner = children(stream, iprp) if iprp is not None else []
    ipco = find(inner, b"ipco")
    if ipco is None:
        raise BrokenBoxError("the picture has no properties")
    known = children(stream, ipco)
    for ipma in (box for box in inner if box.kind == b"ipma"):
        data = read_payload(stream, ipma)
        width, step, at = 2 if data[:1] == b"\0" else 4, 1 + (number(data, 3, 1) & 1), 8
        for _entry in range(min(number(data, 4, 4), _MAX_ITEMS)):
            key, count = number(data, at, width), number(data, at + width, 1)
            at += width + 1
            if key == item:
                mask = 0x7FFF if step == 2 else 0x7F
                indexes = [number(data, at + place * step, step) & mask for place in range(count)]
                return [known[index - 1] for index in indexes if 0 < index <= len(known)]
            at += count * step
    return []


def _read_types(stream: Readable, parts: list[Box]) -> dict[int, bytes]:
    """Return the types of the items (14496-12, 8.11.6)."""
    iinf = find(parts, b"iinf")
    if iinf is None:
        return {}
    is_short = read_payload(stream, iinf, 1) == b"\0"
    types = dict[int, bytes]()
    for infe in children(stream, iinf, skip=6 if is_short else 8)[:_MAX_ITEMS]:
        data = read_payload(stream, infe, 16)
        if infe.kind == b"infe" and data[:1] in (b"\2", b"\3"):
            width = 2 if data[:1] == b"\2" else 4
            types[number(data, 4, width)] = data[6 + width : 10 + width]
    return types


def _read_places(stream: Readable, parts: list[Box]) -> dict[int, list[_Extent]]:
    """Return where the items lie (14496-12, 8.11.3), those in other files left out."""
    iloc, idat = find(parts, b"iloc"), find(parts, b"idat")
    if iloc is None:
        return {}
    data = read_payload(stream, iloc)
    version, sizes = number(data, 0, 1), number(data, 4, 2)
    offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    key_size, index_size = (4 if version == 2 else 2), index_size if version else 0
    places, at, left = dict[int, list[_Extent]](), 6 + key_size, _MAX_EXTENTS
    for _item in range(min(number(data, 6, key_size), _MAX_ITEMS)):
        key, at = number(data, at, key_size), at + key_size
        method, at = (number(data, at, 2) & 15, at + 2) if version else (0, at)
        reference, base = number(data, at, 2), number(data, at + 2, base_size)
        at += 2 + base_size
        count, at = number(data, at, 2), at + 2
        left -= count
        if left < 0:
            # A piece may take no bytes at all: 2^32 of them fit into a small box.
            raise BrokenBoxError("too many pieces")
        base += idat.body if method == 1 and idat is not None else 0
        extents = list[_Extent]()
        for _extent in range(count):
            at += index_size
            extents.append(_Extent(base + number(data, at, offset_size), number(data, at + offset_size, length_size)))
            at += offset_size + length_size
        if method < 2 and not reference:
            places[key] = extents
    return places


def _read_texts(stream: Readable, types: dict[int, bytes], places: dict[int, list[_Extent]]) -> tuple[Exif, bytes]:
    """Return what EXIF tells, and the XMP packets (23008-12, annex A)."""
    exif, packet = Exif(), b""
    for key, kind in types.items():
        if kind == _EXIF and exif == Exif():
            data = _read_item(stream, places.get(key, []))
            exif = read_exif(data[4 + int.from_bytes(data[:4], "big") :])
        elif kind == _XMP and len(packet) < _MAX_TEXT:
            packet += _read_item(stream, places.get(key, []))
    return exif, packet


def _read_item(stream: Readable, extents: list[_Extent]) -> bytes:
    data = b""
    for extent in extents[:64]:
        stream.seek(extent.start)
        data += stream.read(max(0, min(extent.length or _MAX_TEXT, _MAX_TEXT - len(data))))
    return data
