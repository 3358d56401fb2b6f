"""JPEG by its segments (ITU-T T.81, annex B; JFIF; Exif 3.0; CIPA DC-007 for MPO; Adobe's XMP, part 3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MAX_SEGMENTS = 20_000
_STEP = 64 * 1024
_GLANCE = 16
# A marker: anything but the zero of a stuffed FF, a restart, or another FF that fills.
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
EXIF, XMP, EXTENDED_XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP, ICC, MPF, ADOBE, JFIF = b"Photoshop 3.0\0", b"ICC_PROFILE\0", b"MPF\0", b"Adobe", b"JFIF\0"
ISO_GAIN_MAP = b"urn:iso:std:iso:ts:21496:-1\0"


class BrokenPictureError(Exception):
    """A picture that is cut off or damaged."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker and its payload. start, end: of the whole segment; an SOS's end is where its coded data ends."""

    marker: int
    payload: bytes
    start: int
    end: int


def walk_jpeg(stream: BinaryIO, size: int) -> Iterator[Segment]:
    """Yield the segments of the first picture from SOI to EOI. Raises BrokenPictureError where it has no end."""
    stream.seek(0)
    if stream.read(2) != b"\xff\xd8":
        raise BrokenPictureError
    yield Segment(SOI, b"", 0, 2)
    at = 2
    for _number in range(_MAX_SEGMENTS):
        start, marker = _find_marker(stream, at)
        if marker == EOI:
            yield Segment(EOI, b"", start, start + 2)
            return
        if marker in _ALONE:
            at = start + 2
            yield Segment(marker, b"", start, at)
            continue
        stream.seek(start + 2)
        length = int.from_bytes(_read_exactly(stream, 2), "big")
        if length < 2 or start + 2 + length > size:
            raise BrokenPictureError
        payload = _read_exactly(stream, length - 2)
        at = start + 2 + length
        if marker == SOS:
            at = _skip_coded_data(stream, at)
        yield Segment(marker, payload, start, at)
    raise BrokenPictureError


def _find_marker(stream: BinaryIO, at: int) -> tuple[int, int]:
    """Return where the next segment begins, and its marker; any number of FF may fill the place before it (B.1.1.2)."""
    stream.seek(at)
    data = stream.read(_GLANCE)
    if not data.startswith(b"\xff"):
        raise BrokenPictureError
    while data and not (rest := data.lstrip(b"\xff")):
        at += len(data)
        data = stream.read(_STEP)
    if not data or rest[0] in (0, SOI):
        raise BrokenPictureError
    return at + len(data) - len(rest) - 1, rest[0]


def _skip_coded_data(stream: BinaryIO, at: int) -> int:
    """Return where the coded data of a scan ends: at the next marker that is no restart."""
    stream.seek(at)
    carried = b""
    while data := stream.read(_STEP):
        block = carried + data
        if (match := _MARKER.search(block)) is not None:
            return at + match.start()
        carried = b"\xff" if block.endswith(b"\xff") else b""
        at += len(block) - len(carried)
    raise BrokenPictureError


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise BrokenPictureError
    return data


@dataclass(slots=True)
class JpegFrame:
    """What a frame header says: the sides as stored, bits and the number of components."""

    width: int
    height: int
    bits: int
    components: int


def read_frame(segment: Segment) -> JpegFrame | None:
    """Return a frame header's content, None for any other segment."""
    data = segment.payload
    if segment.marker not in _FRAMES or len(data) < 6:
        return None
    return JpegFrame(int.from_bytes(data[3:5], "big"), int.from_bytes(data[1:3], "big"), data[0], data[5])
