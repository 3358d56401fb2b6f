"""The deadline is a clock of its own: it ends what drips, wherever it drips."""

import socket
import threading
import time
from dataclasses import replace

import pytest
import requests

from postpeer_dash.postpeer import NeverSent, PostPeerError, Timeouts, Unclear, transport
from postpeer_dash.postpeer import deadline as deadline_module
from postpeer_dash.postpeer.errors import NEVER_SENT
from tests.postpeer import samples
from tests.postpeer.loopback import Loopback, Peer, Script, a_client, answers, drip_headers, hold, http

OK = http(b'{"ok":true}')
# Only the deadline can end these within the test's patience: the read timeout starts anew with each byte.
SHORT = Timeouts(connect=5, read=30, deadline=0.25, upload=0.25)
PATIENCE = 3.0


def drip_body(peer: Peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n")
    peer.drip(b'{"ok": ' + b" " * 1_000)


def drip_body_without_length(peer: Peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
    peer.drip(b'{"ok": ' + b" " * 1_000)


def drip_chunks(peer: Peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.drip(b"1\r\n \r\n" * 1_000, pause=0.01)


@pytest.mark.parametrize("script", [drip_headers, drip_body, drip_body_without_length, drip_chunks, hold])
def test_deadline_ends_a_write_that_drips(script: Script) -> None:
    with Loopback(script) as server:
        started = time.monotonic()
        with pytest.raises(Unclear) as caught:
            a_client(server.url, SHORT).create_post(samples.a_pin_body())
    assert time.monotonic() - started < PATIENCE
    assert caught.value.may_have_happened


@pytest.mark.parametrize("script", [drip_headers, drip_body, hold])
def test_deadline_ends_a_reading_that_drips(script: Script) -> None:
    with Loopback(script) as server:
        started = time.monotonic()
        with pytest.raises(Unclear, match="The time allowed was over") as caught:
            a_client(server.url, SHORT, retries=5).check_health()
    assert time.monotonic() - started < PATIENCE
    assert not caught.value.may_have_happened


def test_deadline_ends_a_silent_tls_handshake() -> None:
    with Loopback(hold) as server:
        started = time.monotonic()
        with pytest.raises(Unclear) as caught:
            a_client(server.url.replace("http:", "https:"), SHORT).create_post({})
    assert time.monotonic() - started < PATIENCE
    assert caught.value.may_have_happened


def test_deadline_holds_on_a_kept_connection() -> None:
    def once_then_hold(peer: Peer) -> None:
        answers(OK)(peer)
        peer.read_request()
        peer.hold()

    with Loopback(once_then_hold) as server, a_client(server.url, replace(SHORT, deadline=0.5)) as client:
        assert client.check_health()
        started = time.monotonic()
        with pytest.raises(Unclear, match="The time allowed was over"):
            client.check_health()
        assert time.monotonic() - started < PATIENCE
        assert server.connections == 1


def test_deadline_spans_all_pages_of_a_list() -> None:
    page = b'{"success":true,"total":9999,"integrations":[{"id":"a"}]}'

    def endless(peer: Peer) -> None:
        while True:
            peer.read_request()
            time.sleep(0.02)
            peer.send(http(page))

    with Loopback(endless) as server, pytest.raises(PostPeerError, match="The time allowed was over"):
        a_client(server.url, SHORT).list_integrations()


def test_slow_name_look_up_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = threading.Event()
    monkeypatch.setattr(deadline_module.socket, "getaddrinfo", lambda *args, **kwargs: wait.wait(5) and [])
    started = time.monotonic()
    with pytest.raises(NeverSent) as caught:
        a_client("http://slow.example", SHORT).create_post({})
    wait.set()
    assert time.monotonic() - started < PATIENCE
    assert (caught.value.may_have_happened, caught.value.can_retry) == (False, True)


def test_time_that_is_over_after_connecting_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = deadline_module.open_socket

    def frozen(*args: object, **kwargs: object) -> socket.socket:
        sock = connect(*args, **kwargs)  # type: ignore[arg-type]
        time.sleep(0.3)
        return sock

    received: list[bytes] = []
    monkeypatch.setattr(deadline_module, "open_socket", frozen)
    with Loopback(lambda peer: received.append(peer.read_request())) as server, pytest.raises(NeverSent):
        a_client(server.url, SHORT).create_post({})
    assert received == []


def test_connection_made_too_late_is_cut_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, deadline_module.Deadline(0) as deadline:
        theirs.settimeout(PATIENCE)
        deadline.watch(ours)
        assert theirs.recv(1) == b""


def test_nothing_counts_as_never_sent_once_a_connection_stood() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, deadline_module.Deadline(60) as deadline:
        deadline.watch(ours)
        assert transport.name_failure(requests.ConnectTimeout(), deadline) not in NEVER_SENT


def test_machine_that_was_suspended_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    began = deadline_module.time()
    with deadline_module.Deadline(60) as running:
        running.guard()
        monkeypatch.setattr(deadline_module, "time", lambda: began + 61)
        assert not running.has_passed
        with pytest.raises(deadline_module.TooLateError):
            running.guard()
