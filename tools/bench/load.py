"""The measuring client, in a process of its own: a few connections that are kept, each asking again when answered.

`python -m tools.bench.load` reads a job as JSON from its input and prints what it measured as JSON.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 262_144
# Then a connection is made anew, so that no worker keeps more than its share of them by chance.
_KEPT_FOR = 20


@dataclass(slots=True)
class Talk:
    """One connection: what has come of the answer so far, and when it was asked for."""

    connection: socket.socket
    asked: float = 0.0
    head: bytes = b""
    missing: int = -1  # bytes of the body; -1 while the head isn't complete
    took: list[float] = field(default_factory=list)

    @classmethod
    def begin(cls, port: int) -> "Talk":
        """Return a connection on which nothing was asked yet."""
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection)

    def ask(self, request: bytes) -> None:
        self.head, self.missing = b"", -1
        self.asked = time.perf_counter()
        self.connection.sendall(request)

    def hear(self) -> bool:
        """Take what has come in; whether the answer is complete."""
        part = self.connection.recv(_CHUNK)
        if not part:
            raise ConnectionError("The server closed the connection.")
        if self.missing < 0:
            self.head += part
            head, found, body = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            status = head.split(b" ", 2)[1]
            if status != b"200":
                raise ConnectionError(f"The server answered {status.decode()}.")
            self.missing = _length(head) - len(body)
        else:
            self.missing -= len(part)
        return self.missing == 0


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ConnectionError("The answer has no length.")


def run(*, port: int, path: str, cookie: str, clients: int, seconds: float, max_requests: int) -> dict[str, Any]:
    """Asks until the time or the number of requests is reached. Returns each answer's seconds, and the time all took."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n"
        "Accept-Language: en-GB,en;q=0.9\r\nUser-Agent: bench\r\nConnection: keep-alive\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    took: list[float] = []
    start = time.perf_counter()
    for _n in range(clients):
        _open(selector, port, request)
    asked, waiting = clients, clients
    while waiting:
        for key, _events in selector.select():
            talk = key.data
            if not talk.hear():
                continue
            now = time.perf_counter()
            talk.took.append(now - talk.asked)
            goes_on = now - start < seconds and asked < max_requests
            asked, waiting = asked + goes_on, waiting - (not goes_on)
            if goes_on and len(talk.took) < _KEPT_FOR:
                talk.ask(request)
                continue
            took += talk.took
            selector.unregister(talk.connection)
            talk.connection.close()
            if goes_on:
                _open(selector, port, request)
    return {"took": took, "seconds": time.perf_counter() - start}


def _open(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    talk = Talk.begin(port)
    selector.register(talk.connection, selectors.EVENT_READ, talk)
    talk.ask(request)


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
