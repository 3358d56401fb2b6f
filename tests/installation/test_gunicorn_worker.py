"""The web process's worker: what its main loop waits for, and what it gives up on."""

import selectors
import socket
import time
from collections.abc import Iterator
from concurrent import futures
from types import SimpleNamespace
from typing import Any

import pytest

from postpeer_dash import gunicorn_worker
from postpeer_dash.gunicorn_worker import Arrival, BufferingWorker, PacedUnreader, SendBuffer

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


def arrival_of(*pieces: bytes) -> Arrival:
    arrival = Arrival(until=0)
    for piece in pieces:
        arrival.take(piece)
    return arrival


@pytest.mark.parametrize(
    ("pieces", "is_ready", "is_paced"),
    [
        ([b"GET / HTTP/1.1\r\nHo"], False, False),
        ([b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"], True, False),
        ([b"GET / HTTP/1.1\r\nHost: x\r", b"\n\r", b"\n"], True, False),
        ([HEAD + b"Content-Length: 3\r\n\r\nab"], False, False),
        ([HEAD + b"Content-Length: 3\r\n\r\nab", b"c"], True, False),
        ([HEAD + b"CONTENT-LENGTH:3\r\n\r\nabcd"], True, False),
        ([HEAD + b"Content-Length: 65536\r\n\r\n"], False, False),
        # A thread reads these, or refuses what is odd.
        ([HEAD + b"Content-Length: 65537\r\n\r\n"], True, True),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], True, True),
        ([HEAD + b"Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n"], True, True),
        ([HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n"], True, True),
        ([HEAD + b"Content-Length: -3\r\n\r\n"], True, True),
        ([HEAD + b"Content-Length: \xb3\r\n\r\n"], True, True),
        ([HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"], True, True),
    ],
)
def test_request_is_ready_once_its_head_and_a_short_body_are_there(
    pieces: list[bytes], is_ready: bool, is_paced: bool
) -> None:
    arrival = arrival_of(*pieces)
    assert (arrival.is_ready, arrival.is_paced) == (is_ready, is_paced)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


Pair = tuple[socket.socket, socket.socket]


def test_body_that_keeps_its_pace_is_read(pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(b"oak")
    ours.settimeout(30)
    assert PacedUnreader(ours).chunk() == b"oak"
    assert ours.gettimeout() == 30


def test_body_that_drips_is_given_up(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "WINDOW", 0.02)
    ours, theirs = pair
    theirs.sendall(b"o")
    reader = PacedUnreader(ours)
    assert reader.chunk() == b"o"
    with pytest.raises(TimeoutError, match="too slowly"):
        reader.chunk()


def test_window_with_enough_bytes_is_followed_by_another(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "WINDOW", 0.02)
    monkeypatch.setattr(gunicorn_worker, "WINDOW_BYTES", 3)
    ours, theirs = pair
    theirs.sendall(b"oak")
    reader = PacedUnreader(ours)
    reader.chunk()
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match="too slowly"):
        reader.chunk()
    assert time.monotonic() - begun > 0.03


def test_whole_body_has_an_end_of_its_own(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "WHOLE_BODY_WITHIN", 0.01)
    with pytest.raises(TimeoutError, match="too long"):
        PacedUnreader(pair[0]).chunk()


def test_shorter_limit_of_somebody_else_holds(pair: Pair) -> None:
    pair[0].settimeout(0.01)
    with pytest.raises(TimeoutError):
        PacedUnreader(pair[0]).chunk()


class Connection(SimpleNamespace):
    """What the worker knows of a connection."""

    __hash__ = object.__hash__

    def close(self) -> None:
        self.sock.close()


@pytest.fixture
def worker() -> Iterator[Any]:
    """Yield a worker without its process."""
    made: Any = object.__new__(BufferingWorker)
    made.poller = selectors.DefaultSelector()
    made.alive, made.nr_conns = True, 1
    made._arriving, made._sending, made._lingering = {}, {}, {}
    made.pending_conns = []
    yield made
    made.poller.close()


def begin(worker: Any, ours: socket.socket) -> Any:
    conn = Connection(sock=ours, initialized=False)
    worker.enqueue_req(conn)
    return conn


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(b"", b""), (b"GET / HT", b"HTTP/1.1 408 "), (HEAD + b"Content-Length: 9\r\n\r\nab", b"HTTP/1.1 408 ")],
)
def test_what_does_not_arrive_in_time_is_given_up(
    worker: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch, sent: bytes, answer: bytes
) -> None:
    for name in ("FIRST_BYTE_WITHIN", "HEAD_WITHIN", "SMALL_BODY_WITHIN"):
        monkeypatch.setattr(gunicorn_worker, name, 0)
    ours, theirs = pair
    theirs.sendall(sent)
    begin(worker, ours)
    worker.murder_pending()
    assert theirs.recv(1000).startswith(answer)
    assert worker._arriving == {}


def test_what_may_still_arrive_is_waited_for(worker: Any, pair: Pair) -> None:
    pair[1].sendall(b"GET / HT")
    conn = begin(worker, pair[0])
    worker.murder_pending()
    assert conn in worker._arriving and worker.nr_conns == 1


def test_worker_that_stops_does_not_wait_for_who_said_nothing(
    worker: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gunicorn_worker, "LINGER", 0)
    begin(worker, pair[0])
    worker.alive = False
    worker.murder_pending()
    assert worker.nr_conns == 0


def test_client_that_goes_away_is_forgotten(worker: Any, pair: Pair) -> None:
    pair[1].sendall(b"GET")
    conn = begin(worker, pair[0])
    pair[1].close()
    worker._receive(conn, conn.sock)
    assert (worker._arriving, worker.nr_conns) == ({}, 0)


def test_connection_lingers_until_its_client_has_read_on(
    worker: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pair
    conn = Connection(sock=ours)
    worker._linger(conn)
    theirs.sendall(b"more of it")
    worker._discard(conn, ours)
    assert worker.nr_conns == 1
    theirs.close()
    worker._discard(conn, ours)
    assert worker.nr_conns == 0


def test_connection_lingers_no_longer_than_it_may(worker: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "LINGER", 0)
    worker._linger(Connection(sock=pair[0]))
    worker.murder_pending()
    assert (worker._lingering, worker.nr_conns) == ({}, 0)


def test_answer_is_sent_as_far_as_it_is_read(pair: Pair) -> None:
    ours, theirs = pair
    buffer = SendBuffer(ours)
    buffer.sendall(b"x" * 900_000)
    assert 0 < len(buffer.unsent) < 900_000
    assert ours.gettimeout() is None
    assert len(theirs.recv(1_000_000)) + len(buffer.unsent) <= 900_000


def test_answer_that_is_too_long_to_keep_waits_for_its_reader(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "SEND_WITHIN", 0.01)
    with pytest.raises(TimeoutError):
        SendBuffer(pair[0]).sendall(b"x" * 3_000_000)


def test_rest_of_an_answer_is_sent_by_the_main_loop(worker: Any, pair: Pair) -> None:
    ours, theirs = pair
    conn = Connection(sock=ours, unsent=bytearray(b"x" * 900_000))
    done: futures.Future[bool] = futures.Future()
    done.set_result(False)
    worker.finish_request(conn, done)
    read = 0
    while conn in worker._sending:
        worker._send_on(conn, ours)
        read += len(theirs.recv(1_000_000))
    read += len(theirs.recv(1_000_000)) if read < 900_000 else 0
    assert read == 900_000
    assert conn in worker._lingering


def test_answer_that_nobody_reads_is_given_up(worker: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn_worker, "SEND_WITHIN", 0)
    done: futures.Future[bool] = futures.Future()
    done.set_result(True)
    worker.finish_request(Connection(sock=pair[0], unsent=bytearray(b"x")), done)
    worker.murder_pending()
    assert (worker._sending, worker.nr_conns) == ({}, 0)


def test_client_that_waits_to_be_told_to_go_on_is_told(worker: Any, pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(HEAD + b"Content-Length: 3\r\nexpect: 100-Continue\r\n\r\n")
    conn = begin(worker, ours)
    assert theirs.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert conn in worker._arriving


def test_client_that_does_not_wait_is_not_told(worker: Any, pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(HEAD + b"Content-Length: 3\r\n\r\n")
    begin(worker, ours)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1000)
