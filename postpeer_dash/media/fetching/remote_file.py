"""A file at an address, read only where somebody looks into it: by parts, where its server gives parts.

What a film is stands in its `moov`, which may be its first megabyte or its last: some small parts tell it of 2 GB.
"""

import io
from time import monotonic

from django.core.exceptions import ValidationError

from postpeer_dash.media.fetching.guarded import Fetched, Rules, fetch

# The beginning, which tells most files; then parts, no more of them than any good film needs.
HEAD_BYTES = 1024 * 1024
_PART_BYTES = 256 * 1024
_MAX_PARTS = 12
# A server that doesn't say how long a file is may send for ever.
_UNKNOWN_SIZE = 2**40


class OutOfReachError(Exception):
    """A place that can't be read: the server gives no parts, or too many were asked for, or the time is over."""


class RemoteFile(io.RawIOBase):
    """The bytes of a file whose beginning has been fetched. Reading raises OutOfReachError for what isn't got."""

    def __init__(self, head: bytes, fetched: Fetched, *, rules: Rules, ends_at: float) -> None:
        super().__init__()
        self._head, self._fetched, self._rules, self._ends_at = head, fetched, rules, ends_at
        self._parts = dict[int, bytes]()
        self._at = 0
        self.size = len(head) if fetched.is_whole else fetched.length or _UNKNOWN_SIZE

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; fetches nothing."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def readinto(self, buffer: "memoryview[int]", /) -> int:  # type: ignore[override]
        """Read what is at this place, up to the end of a part."""
        if self._at >= self.size:
            return 0
        data, begin = (self._head, 0) if self._at < len(self._head) else self._fetch_part()
        found = data[self._at - begin : self._at - begin + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _fetch_part(self) -> tuple[bytes, int]:
        """Return the part that this place is in, and where it begins."""
        begin = self._at - self._at % _PART_BYTES
        if begin not in self._parts:
            self._parts[begin] = self._fetch(begin)
        if self._at - begin >= len(self._parts[begin]):
            raise OutOfReachError
        return self._parts[begin], begin

    def _fetch(self, begin: int) -> bytes:
        left = self._ends_at - monotonic()
        if self._fetched.status != 206 or len(self._parts) >= _MAX_PARTS or left <= 0:
            raise OutOfReachError
        stream = io.BytesIO()
        try:
            # Where the first answer came from in the end: its redirects needn't be followed anew.
            part = fetch(
                self._fetched.url, stream, max_bytes=_PART_BYTES, seconds=left, first_byte=begin, rules=self._rules
            )
        except ValidationError:
            raise OutOfReachError from None
        if part.status != 206 or part.start != begin or part.length != self._fetched.length:
            raise OutOfReachError
        return stream.getvalue()
