"""Walk over the boxes of ISO base media files (ISO/IEC 14496-12, 4.2): MP4, MOV, HEIF and AVIF.

No length is trusted: a box ends within its parent, and `BoundedStream` bounds what one file may cost to read, however
its boxes are nested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

# A list of boxes is kept in memory; a film of hours in fragments of a second has some twenty thousand.
MAX_BOXES = 200_000
# What a sample table or a list of items may take in memory.
MAX_PAYLOAD = 4 * 1024 * 1024
# What one file may cost: reads (some three seconds of them) and bytes.
MAX_READS = 1_000_000
MAX_READ_BYTES = 128 * 1024 * 1024
_SIZE = 8


class BrokenBoxError(Exception):
    """A box that is cut off, or whose length can't be."""


class CostlyError(BrokenBoxError):
    """A file that takes too much to read, which nothing gets around."""


class Readable(Protocol):
    """What boxes are read from."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, count: int, /) -> bytes: ...


class BoundedStream:
    """A seekable stream that may be read so often and no more: boxes in boxes in a file of 2 GB could take minutes.

    Raises CostlyError beyond that.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._reads, self._bytes = MAX_READS, MAX_READ_BYTES

    def seek(self, offset: int, /) -> int:
        """Go to a place, counted in bytes from the beginning."""
        return self._stream.seek(offset)

    def read(self, count: int, /) -> bytes:
        """Return up to `count` bytes."""
        self._reads -= 1
        self._bytes -= count
        if self._reads < 0 or self._bytes < 0:
            raise CostlyError("there is too much to read")
        return self._stream.read(count)


@dataclass(frozen=True, slots=True)
class Box:
    """A box. kind: its four letters, or for `uuid` the sixteen bytes behind them. start, body, end: places in the file."""

    kind: bytes
    start: int
    body: int
    end: int

    @property
    def length(self) -> int:
        """Return how many bytes its payload has."""
        return self.end - self.body


def walk(stream: Readable, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places. Raises BrokenBoxError for one that goes beyond the end, or for too many."""
    at, count = start, 0
    while at < end:
        count += 1
        if count > MAX_BOXES:
            raise BrokenBoxError("too many boxes")
        box = _read_box(stream, at, end)
        yield box
        at = box.end


def _read_box(stream: Readable, at: int, end: int) -> Box:
    stream.seek(at)
    head = stream.read(_SIZE)
    if len(head) < _SIZE:
        raise BrokenBoxError("a box is cut off")
    size, kind, body = int.from_bytes(head[:4], "big"), head[4:8], at + _SIZE
    if size == 1:
        size = int.from_bytes(_read_exactly(stream, 8), "big")
        body += 8
    elif size == 0:
        # To the end of the file.
        size = end - at
    if kind == b"uuid":
        kind = _read_exactly(stream, 16)
        body += 16
    if at + size < body or at + size > end:
        raise BrokenBoxError("a box has an impossible length")
    return Box(kind, at, body, at + size)


def _read_exactly(stream: Readable, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise BrokenBoxError("a box is cut off")
    return data


def children(stream: Readable, box: Box, *, skip: int = 0) -> list[Box]:
    """Return the boxes inside of one, behind `skip` bytes of its own fields. Raises BrokenBoxError."""
    found, at = list[Box](), box.body + skip
    # QuickTime ends some lists with four bytes of zeros: what is too short for a box is none.
    while at + _SIZE <= box.end:
        if len(found) >= MAX_BOXES:
            raise BrokenBoxError("too many boxes")
        found.append(_read_box(stream, at, box.end))
        at = found[-1].end
    return found


def find(boxes: list[Box], kind: bytes) -> Box | None:
    """Return the first box of a kind."""
    return next((box for box in boxes if box.kind == kind), None)


def descend(stream: Readable, box: Box, *path: bytes) -> Box | None:
    """Return the box that a path of kinds leads to. Raises BrokenBoxError."""
    found: Box | None = box
    for kind in path:
        found = find(children(stream, found), kind) if found is not None else None
    return found


def read_payload(stream: Readable, box: Box, most: int = MAX_PAYLOAD) -> bytes:
    """Return the beginning of a payload, all of it where it isn't longer than `most`. Raises BrokenBoxError."""
    stream.seek(box.body)
    return _read_exactly(stream, min(box.length, most))


def number(data: bytes, at: int, count: int) -> int:
    """Return a whole number of `count` bytes at a place. Raises BrokenBoxError where there aren't as many."""
    if at < 0 or at + count > len(data):
        raise BrokenBoxError("a field is cut off")
    return int.from_bytes(data[at : at + count], "big")


def numbers(data: bytes, at: int, count: int, *, width: int = 4, step: int = 1, place: int = 0) -> list[int]:
    """Return one number of each of `count` rows, `step` numbers of `width` bytes (4 or 8) wide; no row that isn't there.

    place: which number of a row.
    """
    rows = min(count, max(0, len(data) - at) // (width * step))
    whole = memoryview(data)[at : at + rows * width * step]
    begin = place * width
    return [int.from_bytes(whole[i : i + width], "big") for i in range(begin, len(whole), width * step)]
