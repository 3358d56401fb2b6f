"""A wall clock over a whole call: name look-up, connecting, headers and body, however slowly they drip.

The timeouts of requests start anew with every byte that arrives, so a server that sends one byte a second holds a
caller for ever. Here a timer shuts the connection down when the time is over, which wakes the thread that waits on it.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from time import monotonic, time
from types import TracebackType
from typing import Any, TypeVar, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

SocketAddress = tuple[Any, ...]
AddressInfo = tuple[int, int, int, str, SocketAddress]

T = TypeVar("T")

_running: ContextVar[Deadline | None] = ContextVar("running_deadline", default=None)


class TooLateError(Exception):
    """The time was over before anything of the request was sent."""


class Deadline:
    """A context manager: connections made inside it are cut when `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = monotonic() + seconds
        # The other clock stands still while the machine is suspended.
        self._ends_at_by_the_wall = time() + seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._token: Token[Deadline | None] | None = None
        self.has_connected = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        self._token = _running.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _running.reset(self._token)
        self._timer.cancel()
        with self._lock:
            self._forget()

    @property
    def remaining(self) -> float:
        """Return the seconds left; zero or less when the time is over."""
        return self._ends_at - monotonic()

    @property
    def has_passed(self) -> bool:
        """Return whether the time is over."""
        return self.remaining <= 0

    def start_attempt(self) -> None:
        """Forget the connection of an earlier attempt."""
        with self._lock:
            self._forget()
        self.has_connected = False

    def guard(self) -> None:
        """Raise TooLateError when the time is over: a process that was frozen must not wake up and send."""
        if self.has_passed or time() > self._ends_at_by_the_wall:
            raise TooLateError

    def watch(self, sock: socket.socket) -> None:
        """Cut this connection when the time is over."""
        # A duplicate of the descriptor: the TLS layer takes the original apart, and its own objects may not be
        # touched from another thread. Shutting down the duplicate ends the connection for all of them.
        duplicate = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._forget()
            self._watched = duplicate
            self.has_connected = True
        if self.has_passed:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            if self._watched is None:
                return
            try:
                self._watched.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side was faster: it is closed already.
                return

    def _forget(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None


def resolve(host: str, port: int, seconds: float) -> list[AddressInfo]:
    """Look a name up, waiting at most `seconds`; raises OSError, UnicodeError, or TimeoutError.

    The look-up can't be interrupted, so it runs in a thread that is left behind when it takes too long.
    """
    return finish_within(seconds, lambda: [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])


def finish_within(seconds: float, look_up: Callable[[], T]) -> T:
    """Return what a name look-up finds, or raise its Exception; raises TimeoutError when `seconds` are over.

    It runs in a thread that is left behind when it takes too long.
    """
    outcome: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((look_up(), None))
        except Exception as error:  # noqa: BLE001 - all of it is raised again, where it is waited for
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True, name="postpeer-look-up").start()
    try:
        found, error = outcome.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError("name look-up") from None
    if error is not None:
        raise error
    return cast(T, found)


def open_socket(
    addresses: Sequence[AddressInfo], *, timeout: float, deadline: Deadline, options: Sequence[Any]
) -> socket.socket:
    """Connect to the first address that answers; raises the last OSError, or TooLateError."""
    last: OSError = OSError("no address")
    for family, kind, protocol, _, address in addresses:
        deadline.guard()
        sock = socket.socket(family, kind, protocol)
        try:
            for option in options:
                sock.setsockopt(*option)
            sock.settimeout(max(0.001, min(timeout, deadline.remaining)))
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last


class _WatchedConnection(HTTPConnection):
    """A connection that shows its socket to the deadline of the call in progress."""

    def _new_conn(self) -> socket.socket:
        deadline = _running.get()
        if deadline is None:
            return super()._new_conn()
        allowed = self.timeout if isinstance(self.timeout, (int, float)) else deadline.remaining
        try:
            addresses = resolve(self._dns_host, self.port, min(allowed, deadline.remaining))
        except TimeoutError:
            raise ConnectTimeoutError(self, "the name look-up took too long") from None
        except (OSError, UnicodeError) as error:
            failed = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, failed) from None
        try:
            sock = open_socket(addresses, timeout=allowed, deadline=deadline, options=self.socket_options or ())
        except TimeoutError:
            raise ConnectTimeoutError(self, "no connection in time") from None
        except OSError as error:
            raise NewConnectionError(self, str(error)) from None
        sock.settimeout(allowed)
        deadline.watch(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        deadline = _running.get()
        if deadline is not None:
            deadline.guard()
            if self.sock is not None:
                deadline.watch(self.sock)
        super().request(*args, **kwargs)

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        # Plain HTTP connects only when the first bytes leave, so this is the last look at the clock before they do.
        deadline = _running.get()
        if deadline is not None:
            if self.sock is None:
                self.connect()
            deadline.guard()
        super().endheaders(*args, **kwargs)


class _WatchedTlsConnection(_WatchedConnection, HTTPSConnection):
    """The same over TLS."""


class WatchedPool(HTTPConnectionPool):
    """A pool of watched connections."""

    ConnectionCls = _WatchedConnection


class WatchedTlsPool(HTTPSConnectionPool):
    """A pool of watched TLS connections."""

    ConnectionCls = _WatchedTlsConnection
