"""WebP by its RIFF chunks (RFC 9649)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from postpeer_dash.media.formats.pictures.jpeg import BrokenPictureError

_MAX_CHUNKS = 10_000
MAX_TEXT = 8 * 1024 * 1024
ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
_PICTURES = (b"VP8 ", b"VP8L", b"ALPH", b"ANMF")


@dataclass(frozen=True, slots=True)
class Riff:
    """A chunk; its payload is kept up to MAX_TEXT, of the picture's data the first 64 bytes.

    start, end: of the whole chunk in the file, its padding included.
    """

    kind: bytes
    payload: bytes
    start: int
    end: int


def walk_webp(stream: BinaryIO, size: int) -> Iterator[Riff]:
    """Yield the chunks. Raises BrokenPictureError where they don't fill the file's own length."""
    stream.seek(0)
    head = stream.read(12)
    whole = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or whole > size:
        raise BrokenPictureError
    at = 12
    for _number in range(_MAX_CHUNKS):
        if at >= whole:
            return
        stream.seek(at)
        head = stream.read(8)
        length, kind = int.from_bytes(head[4:8], "little"), head[:4]
        end = at + 8 + length + length % 2
        # The last one's padding is left out by some writers.
        if len(head) < 8 or at + 8 + length > whole:
            raise BrokenPictureError
        kept = 64 if kind in _PICTURES else MAX_TEXT
        yield Riff(kind, stream.read(min(length, kept)), at, min(end, whole))
        at = end
    raise BrokenPictureError


def read_sides(chunk: Riff) -> tuple[int, int]:
    """Return the sides that a picture's chunk or `VP8X` says, (0, 0) for any other chunk."""
    data = chunk.payload
    if chunk.kind == b"VP8X" and len(data) >= 10:
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if chunk.kind == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    if chunk.kind == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0


def has_alpha(chunk: Riff) -> bool:
    """Return whether a lossless picture's header speaks of transparency."""
    return chunk.kind == b"VP8L" and len(chunk.payload) >= 5 and bool(chunk.payload[4] & 0x10)


def make_riff(kind: bytes, payload: bytes) -> bytes:
    """Return a whole chunk, padded."""
    return kind + len(payload).to_bytes(4, "little") + payload + bytes(len(payload) % 2)


def make_header(width: int, height: int, flags: int) -> bytes:
    """Return the `VP8X` chunk."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return make_riff(b"VP8X", bytes([flags, 0, 0, 0]) + sides)
