"""PNG by its chunks (W3C, Portable Network Graphics, third edition, 5.3)."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from postpeer_dash.media.formats.pictures.jpeg import BrokenPictureError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 100_000
_STEP = 64 * 1024
# Of other chunks than those of the picture's data so much is read.
MAX_TEXT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk; its payload is read for all but `IDAT` and `fdAT`. start, end: of the whole chunk in the file."""

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
        if not is_data and length > MAX_TEXT:
            raise BrokenPictureError
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
        if keeps:
            kept += data
    return bytes(kept), checksum


def make_chunk(kind: bytes, payload: bytes) -> bytes:
    """Return a whole chunk."""
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return len(payload).to_bytes(4, "big") + kind + payload + checksum.to_bytes(4, "big")


def read_packet(chunk: Chunk) -> bytes:
    """Return the XMP packet of an `iTXt` chunk (11.3.3.4), b"" of any other."""
    keyword, _zero, rest = chunk.payload.partition(b"\0")
    if chunk.kind != b"iTXt" or keyword != b"XML:com.adobe.xmp" or len(rest) < 2:
        return b""
    is_packed = rest[0] == 1
    _language, _zero, rest = rest[2:].partition(b"\0")
    _translated, _zero, text = rest.partition(b"\0")
    if not is_packed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_TEXT)
    except zlib.error:
        return b""


def make_packet(packet: bytes) -> bytes:
    """Return the `iTXt` chunk of an XMP packet."""
    return make_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)
