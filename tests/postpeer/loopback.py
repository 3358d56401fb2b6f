"""A server of raw bytes on loopback, for what no fake inside the process can show: drips, cuts and kept connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from postpeer_dash.postpeer import Client, Timeouts

CANARY = "canary-key-0123456789"
Script = Callable[["Peer"], None]


class Peer:
    """One accepted connection, as a script of the server sees it."""

    def __init__(self, sock: socket.socket, stopped: threading.Event) -> None:
        self.sock = sock
        self.stopped = stopped

    def read_request(self) -> bytes:
        """Return one request, head and body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        wanted = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < wanted:
            body += self._receive()
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float = 0.02) -> None:
        """Send bytes one by one, for as long as the server stands."""
        for index in range(len(data)):
            if self.stopped.wait(pause):
                return
            self.sock.sendall(data[index : index + 1])

    def hold(self) -> None:
        """Say nothing until the server stops."""
        self.stopped.wait(10)

    def _receive(self) -> bytes:
        piece = self.sock.recv(65_536)
        if not piece:
            raise ConnectionError
        return piece


class Loopback:
    """Runs `script` for every connection, each in a thread; a context manager. `requests` holds what was read."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Loopback:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        # Whatever the client does to the connection is its own affair; the test looks at the client.
        with sock, suppress(OSError):
            self._script(Peer(sock, self._stopped))


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answers(*replies: bytes) -> Script:
    """Return a script that reads a request and gives the next reply, all on one connection."""

    def script(peer: Peer) -> None:
        for reply in replies:
            peer.read_request()
            peer.send(reply)

    return script


def hold(peer: Peer) -> None:
    """A script that never answers."""
    peer.hold()


def drip_headers(peer: Peer) -> None:
    """A script whose headers don't end."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.drip(b"X-Slow: " + b"a" * 1_000)


def a_client(url: str, timeouts: Timeouts | None = None, retries: int = 0) -> Client:
    """Return a client for a server of this module; its key is the canary."""
    return Client(base_url=url, api_key=CANARY, timeouts=timeouts or Timeouts(2, 2, 5, 5), retries=retries)
