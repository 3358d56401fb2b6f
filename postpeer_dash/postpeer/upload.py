"""Putting a file's bytes where PostPeer says, and fetching them again: somebody else's hosts, so without the key."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any, BinaryIO

import requests
import urllib3.exceptions

from postpeer_dash.postpeer.deadline import Deadline, TooLateError
from postpeer_dash.postpeer.errors import Failure
from postpeer_dash.postpeer.transport import Answer, BareSession, log_outcome, name_failure, read_answer
from postpeer_dash.postpeer.types import Timeouts


class MediaBody:
    """A stream of a stated length, read as it is sent; notes when it ends early."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._length = length
        self._left = length
        self.is_broken = False

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(64 * 1024):
            yield piece

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none when the stated length is reached; raises OSError when the stream ends early."""
        wanted = self._left if size < 0 else min(size, self._left)
        if wanted == 0:
            return b""
        try:
            piece = self._stream.read(wanted)
        except (OSError, ValueError) as error:
            self.is_broken = True
            raise OSError("the stream could not be read") from error
        if not piece:
            self.is_broken = True
            raise OSError("the stream ended early")
        self._left -= len(piece)
        return piece


def put_stream(url: str, *, stream: BinaryIO, length: int, mime_type: str, timeouts: Timeouts) -> Answer | Failure:
    """PUT a stream to a presigned address, without the key and without redirects; the deadline is `timeouts.upload`."""
    source = MediaBody(stream, length)
    outcome, seconds = _transfer(
        "PUT",
        url,
        within=timeouts.upload,
        data=source,
        headers={"Content-Type": mime_type},
        # While bytes are sent, the first of the two is what counts: a slow line needs the longer one.
        timeout=(timeouts.read, timeouts.read),
    )
    if source.is_broken and isinstance(outcome, Failure) and outcome is not Failure.TOO_LATE:
        outcome = Failure.BROKEN_SOURCE
    # The address is a secret of its own while its signature holds.
    log_outcome("PUT", "upload address", outcome, seconds)
    return outcome


def get_file(url: str, *, timeouts: Timeouts) -> Answer | Failure:
    """GET a file that was uploaded, without the key and without redirects; the deadline is `timeouts.deadline`."""
    times = (timeouts.connect, timeouts.read)
    outcome, seconds = _transfer("GET", url, within=timeouts.deadline, timeout=times)
    log_outcome("GET", "uploaded file", outcome, seconds)
    return outcome


def _transfer(method: str, url: str, *, within: float, **options: Any) -> tuple[Answer | Failure, float]:
    """Return what came of a request, and the seconds that it took."""
    started = monotonic()
    outcome: Answer | Failure
    with Deadline(within) as deadline, BareSession() as session:
        try:
            with session.request(method, url, allow_redirects=False, stream=True, **options) as response:
                answer = read_answer(response) or Failure.TOO_LARGE
            # Headers cut short by the deadline look complete, so a late answer counts for nothing.
            outcome = Failure.DEADLINE if deadline.has_passed else answer
        except TooLateError:
            outcome = Failure.TOO_LATE
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            outcome = name_failure(error, deadline)
    return outcome, monotonic() - started
