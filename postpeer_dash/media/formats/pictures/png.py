"""PNG by its chunks (W3C, Portable Network Graphics, third edition, 5.3)."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from postpeer_dash.media.formats.pictures.jpeg import BrokenPictureError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 100_000
_STEP = 64 * 1024
# Of other chunks than those of the picture's data so much is kept.
MAX_TEXT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk; its payload is kept, up to MAX_TEXT, for all but `IDAT` and `fdAT`. start, end: of the whole in the file."""

    kind: bytes
    payload: bytes
    start: int
    end: int


def walk_png(stream: BinaryIO, size: int) -> Iterator[Chunk]:
    """Yield the chunks up to IEND, each compared with its checksum. Raises BrokenPictureError."""
    stream.seek(0)
    if stream.read(8) != SIGNATURE:
        raise BrokenPictureError
    at = 8
    for _number in range(_MAX_CHUNKS):
        stream.seek(at)
        head = stream.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        end = at + 12 + length
        if len(head) < 8 or end > size or not kind.isalpha():
            raise BrokenPictureError
        is_data = kind in (b"IDAT", b"fdAT")
        payload, checksum = _read(stream, kind, length, keeps=not is_data)
        if stream.read(4) != checksum.to_bytes(4, "big"):
            raise BrokenPictureError
        yield Chunk(kind, payload, at, end)
        if kind == b"IEND":
            return
        at = end
    raise BrokenPictureError


def _read(stream: BinaryIO, kind: bytes, length: int, *, keeps: bool) -> tuple[bytes, int]:
    checksum, kept = zlib.crc32(kind), bytearray()
    while length:
        data = stream.read(min(_STEP, length))
        if not data:
            raise BrokenPictureError
        checksum = zlib.crc32(data, checksum)
        length -= len(data)
        if keeps and len(kept) < MAX_TEXT:
            kept += data
    return bytes(kept), checksum


def make_chunk(kind: bytes, payload: bytes) -> bytes:
    """Return a whole chunk."""
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return len(payload).to_bytes(4, "big") + kind + payload + checksum.to_bytes(4, "big")


def read_text(chunk: Chunk, limit: int) -> bytes:
    """Return the text of a `tEXt`, `zTXt` or `iTXt` chunk (11.3.3), unpacked to `limit` bytes at the most."""
    _keyword, _zero, rest = chunk.payload.partition(b"\0")
    is_packed = chunk.kind == b"zTXt"
    if is_packed:
        rest = rest[1:]
    elif chunk.kind == b"iTXt":
        is_packed = rest[:1] == b"\1"
        _language, _zero, rest = rest[2:].partition(b"\0")
        _translated, _zero, rest = rest.partition(b"\0")
    # zlib takes a bound of 0 for none.
    if limit <= 0:
        return b""
    if not is_packed:
        return rest[:limit]
    try:
        return zlib.decompressobj().decompress(rest, limit)
    except zlib.error:
        return b""


def read_raw_profile(text: bytes) -> bytes:
    """Return the block in a text of ImageMagick's "Raw profile type": an empty line, a name, a length, hexadecimal digits."""
    lines = text.split(b"\n", 3)
    try:
        return bytes.fromhex(lines[3].rstrip(b"\0").decode("ascii")) if len(lines) == 4 else b""
    except ValueError:
        return b""


def make_packet(packet: bytes) -> bytes:
    """Return the `iTXt` chunk of an XMP packet."""
    return make_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)
