"""A threaded worker of gunicorn's whose threads never wait for a slow client.

gunicorn's own gives a thread to every connection and reads from it without any limit of time: its `timeout` watches the
main loop alone, so that eight connections that send a byte a minute stop a server of eight threads for good. Here the
main loop reads what comes in, and a thread begins once a request is there: its head, and its body where that is small.
A longer body is read by its thread, at a pace that is looked at, and `web.thread_shares` keeps such requests from
holding all threads. An answer that is read slowly is sent on by the main loop, too, which then waits for the client to
hang up.
"""

import re
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from postpeer_dash.web.thread_shares import SMALL_BODY

# How long (seconds) a new connection may say nothing, how long a head may take, and a small body from then on.
FIRST_BYTE_WITHIN = 10.0
HEAD_WITHIN = 10.0
SMALL_BODY_WITHIN = 30.0
# A longer body: at least so many bytes in each so many seconds that a thread waits for it, and all of it within an hour.
WINDOW = 20.0
WINDOW_BYTES = 64 * 1024
WHOLE_BODY_WITHIN = 3600.0
# How long a client may read nothing of an answer, and how much of it is kept here for one that reads slowly.
SEND_WITHIN = 30.0
MAX_UNSENT = 1024 * 1024
# How long a connection stays open after the answer, for the client to read it to its end (RFC 9112, section 9.6).
LINGER = 2.0
MAX_HEAD = 64 * 1024
# What one look at a socket takes, so that no connection keeps the loop to itself.
_PIECE = 64 * 1024
_HEAD_END = b"\r\n\r\n"
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?:\r\n|\Z)", re.IGNORECASE)
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_TOO_LATE = (408, "Request Timeout", "The request came too slowly.")
_TOO_LONG = (431, "Request Header Fields Too Large", "The head of the request is too long.")


@dataclass(slots=True)
class Arrival:
    """A request on its way in. `until`: by when (monotonic) it has to have come further; `needs`: its bytes in all, of
    which the main loop reads as many, once its head is there."""

    until: float
    received: bytearray = field(default_factory=bytearray)
    needs: int | None = None
    # Read on by its thread, since it is long or its length isn't known.
    is_paced: bool = False
    # The client waits to be told to go on (`Expect: 100-continue`) with a body that the main loop reads.
    awaits_word: bool = False

    @property
    def is_ready(self) -> bool:
        return self.needs is not None and len(self.received) >= self.needs

    def take(self, data: bytes) -> None:
        """Add what came in, and learn from a complete head what is still to come."""
        if not self.received:
            self.until = time.monotonic() + HEAD_WITHIN
        searched = max(0, len(self.received) - len(_HEAD_END) + 1)
        self.received += data
        if self.needs is None:
            end = self.received.find(_HEAD_END, searched)
            if end >= 0:
                self.until = time.monotonic() + SMALL_BODY_WITHIN
                head = bytes(self.received[:end])
                length = _body_length(head)
                self.is_paced = length is None
                self.needs = end + len(_HEAD_END) + (length or 0)
                self.awaits_word = not self.is_ready and _EXPECT.search(head) is not None


def _body_length(head: bytes) -> int | None:
    """Return how long a body is that the main loop waits for; None when a thread reads it, or what is odd in the head.

    Nothing else hangs on this: the request is read by gunicorn.
    """
    found = None
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            if found is not None or not value.isdigit() or len(value) > 18 or int(value) > SMALL_BODY:
                return None
            found = int(value)
    return found or 0


class PacedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a client that has to keep up a pace. Raises TimeoutError when it doesn't.

    Only the time that is spent waiting for the client counts against it, not what this server does between two reads.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.restart()

    def restart(self) -> None:
        """Begin with another request."""
        self._left = WHOLE_BODY_WITHIN
        self._waited, self._bytes = 0.0, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece, empty at the end."""
        before = self.sock.gettimeout()
        try:
            while True:
                begun = time.monotonic()
                allowed = min(WINDOW - self._waited, self._left, before or WINDOW)
                self.sock.settimeout(max(allowed, 0.001))
                try:
                    data: bytes = super().chunk(size_hint)
                except TimeoutError:
                    self._count(time.monotonic() - begun, 0)
                    if before is not None and before < WINDOW:
                        # Somebody else's shorter limit, as for throwing away what is left of a body.
                        raise
                    continue
                self._count(time.monotonic() - begun, len(data))
                return data
        finally:
            self.sock.settimeout(before)

    def _count(self, waited: float, size: int) -> None:
        self._left -= waited
        self._waited += waited
        self._bytes += size
        if self._left <= 0:
            raise TimeoutError("the body took too long")
        if self._waited >= WINDOW - 0.001:
            if self._bytes < WINDOW_BYTES:
                raise TimeoutError("the body came too slowly")
            self._waited, self._bytes = 0.0, 0


class SendBuffer:
    """A socket that takes an answer without waiting for its reader: what the kernel has no room for stays in `unsent`.

    Of an answer longer than MAX_UNSENT the rest waits for room, at most SEND_WITHIN for each piece.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.unsent = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Send what there is room for."""
        self.unsent += data
        before = self._sock.gettimeout()
        try:
            self._sock.setblocking(False)
            send_some(self._sock, self.unsent)
            if len(self.unsent) > MAX_UNSENT:
                self._sock.settimeout(SEND_WITHIN)
                self._sock.sendall(self.unsent)
                self.unsent.clear()
        finally:
            self._sock.settimeout(before)


def send_some(sock: socket.socket, unsent: bytearray) -> int:
    """Send as much as there is room for on a socket that doesn't block; take it out of `unsent` and return its length."""
    sent = 0
    try:
        while sent < len(unsent):
            with memoryview(unsent) as view:
                sent += sock.send(view[sent:])
    except (BlockingIOError, InterruptedError):
        pass
    del unsent[:sent]
    return sent


@dataclass(slots=True)
class Departure:
    """An answer on its way out, and by when (monotonic) its client has to have read more of it."""

    unsent: bytearray
    until: float
    result: Any


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker whose main loop reads requests before a thread has anything to do with them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[TConn, Arrival] = {}
        self._sending: dict[TConn, Departure] = {}
        # Connections that are closed once their client has read the answer, and by when at the latest.
        self._lingering: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Take a connection on which a request begins: a new one, or one that was kept alive."""
        conn.sock.setblocking(False)
        arrival = self._arriving[conn] = Arrival(time.monotonic() + FIRST_BYTE_WITHIN)
        if conn.initialized:
            # What was read beyond the request before.
            read_ahead = conn.parser.unreader.take_buffered()
            if read_ahead:
                arrival.take(read_ahead)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))
        # Mostly it is all there already.
        self._receive(conn, conn.sock)

    def _receive(self, conn: TConn, _sock: object) -> None:
        arrival = self._arriving[conn]
        if not arrival.is_ready:
            try:
                data = conn.sock.recv(_PIECE)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            if not data:
                self._forget(conn)
                self._close(conn)
                return
            arrival.take(data)
            if arrival.awaits_word:
                arrival.awaits_word = False
                with suppress(OSError):
                    conn.sock.send(_GO_ON)
        if arrival.is_ready:
            self._forget(conn)
            self._begin(conn, arrival)
        elif arrival.needs is None and len(arrival.received) > MAX_HEAD:
            self._forget(conn)
            self._refuse(conn, *_TOO_LONG)

    def _begin(self, conn: TConn, arrival: Arrival) -> None:
        """Give a request to a thread."""
        conn.data_ready = True
        try:
            conn.init()
        except OSError:
            self._close(conn)
            return
        if not isinstance(conn.parser.unreader, PacedUnreader):
            conn.parser.unreader = PacedUnreader(conn.sock)
        conn.parser.unreader.restart()
        conn.parser.unreader.unread(bytes(arrival.received))
        conn.is_paced = arrival.is_paced
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer a request, as far as its client reads on."""
        # Where the whole body is here already, nobody waits to be told to go on.
        req._expected_100_continue = req._expected_100_continue and conn.is_paced
        sock = conn.sock
        conn.sock = buffer = SendBuffer(sock)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:
            # Ended as a client is that goes away by itself: without a traceback.
            buffer.unsent.clear()
            raise StopIteration from None
        finally:
            conn.sock, conn.unsent = sock, buffer.unsent

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        # Throwing away the rest of a long body, which may still be coming, is nothing for a thread.
        return bool(super()._keepalive_after(conn, keepalive and not conn.is_paced))

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Send what is left of the answer; then keep the connection for another request, or close it."""
        unsent, conn.unsent = getattr(conn, "unsent", None), None
        if unsent:
            conn.sock.setblocking(False)
            self._sending[conn] = Departure(unsent, time.monotonic() + SEND_WITHIN, fs)
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._send_on, conn))
            return
        is_kept = not fs.cancelled() and fs.exception() is None and fs.result()
        if is_kept:
            super().finish_request(conn, fs)
        else:
            self._linger(conn)

    def _send_on(self, conn: TConn, _sock: object) -> None:
        departure = self._sending[conn]
        try:
            send_some(conn.sock, departure.unsent)
        except OSError:
            self._forget(conn)
            self._close(conn)
            return
        departure.until = time.monotonic() + SEND_WITHIN
        if not departure.unsent:
            self._forget(conn)
            self.finish_request(conn, departure.result)

    def _refuse(self, conn: TConn, status: int, reason: str, words: str) -> None:
        body = f"{words}\n".encode()
        head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        try:
            conn.sock.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        except OSError:
            self._close(conn)
        else:
            self._linger(conn)

    def _linger(self, conn: TConn) -> None:
        """Close a connection when its client has, or after LINGER: closed at once with something unread, the answer may
        never be seen."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._discard, conn))
        except (OSError, ValueError):
            self._close(conn)
        else:
            self._lingering[conn] = time.monotonic() + LINGER

    def _discard(self, conn: TConn, _sock: object) -> None:
        try:
            is_over = not conn.sock.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            is_over = True
        if is_over:
            self._forget(conn)
            self._close(conn)

    def _forget(self, conn: TConn) -> None:
        self._arriving.pop(conn, None)
        self._sending.pop(conn, None)
        self._lingering.pop(conn, None)
        self.poller.unregister(conn.sock)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Refuse what didn't arrive in time, and close what isn't read or was only waited for. Called at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        # A worker that is to stop waits for requests that have begun, not for those that may never.
        grace = 0.0 if self.alive else FIRST_BYTE_WITHIN - LINGER
        for conn, arrival in list(self._arriving.items()):
            if now >= arrival.until - (0.0 if arrival.received else grace):
                self._forget(conn)
                if arrival.received:
                    self._refuse(conn, *_TOO_LATE)
                else:
                    self._close(conn)
        leaving = [*((conn, each.until) for conn, each in self._sending.items()), *self._lingering.items()]
        for conn, until in leaving:
            if now >= until:
                self._forget(conn)
                self._close(conn)
