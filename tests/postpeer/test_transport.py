"""What only real connections show: cuts, kept connections, and where the key goes."""

import io
import logging
import os
import socket
import time
import traceback
from urllib.parse import unquote

import pytest

from postpeer_dash.postpeer import (
    BadAnswer,
    Client,
    NeverSent,
    NotFound,
    PostPeerError,
    Timeouts,
    Unclear,
    Upload,
    transport,
)
from postpeer_dash.postpeer import deadline as deadline_module
from tests.postpeer import samples
from tests.postpeer.loopback import CANARY, Loopback, Peer, Script, a_client, answers, drip_headers, hold, http

OK = http(b'{"ok":true}')
TAKEN = http(b'{"success":true,"status":"published","postId":"p1","platforms":[]}')
SHORT = Timeouts(connect=5, read=30, deadline=0.25, upload=0.25)


def test_no_descriptor_is_left_open() -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    with Loopback(answers(TAKEN)) as server:
        a_client(server.url).create_post({})
        before = count()
        for _ in range(5):
            a_client(server.url).create_post({})
        time.sleep(0.05)
        assert count() <= before + 2


# What became of it


def test_refused_connection_is_never_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NeverSent) as caught:
        a_client(f"http://127.0.0.1:{port}").create_post({})
    assert not caught.value.may_have_happened


def test_unknown_host_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(deadline_module.socket, "getaddrinfo", fail)
    with pytest.raises(NeverSent, match="name of the server"):
        a_client("http://nowhere.example").create_post({})


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 2",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 60\r\n\r\n" + b'{"success":true,"post',
        b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{" + b'"a":',
        b"HTTP/1.1 202 Accepted\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 202 Accepted\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
    ],
)
def test_cut_or_garbled_answer_to_a_write_is_unclear(reply: bytes) -> None:
    with Loopback(answers(reply)) as server, pytest.raises(Unclear) as caught:
        a_client(server.url).create_post({})
    assert caught.value.may_have_happened


def test_read_timeout_after_sending_is_unclear() -> None:
    with Loopback(hold) as server, pytest.raises(Unclear, match="did not answer in time"):
        a_client(server.url, Timeouts(connect=1, read=0.1, deadline=5)).create_post({})


def test_tls_error_is_unclear() -> None:
    with (
        Loopback(lambda peer: peer.send(b"no TLS is spoken here\r\n")) as server,
        pytest.raises(Unclear, match="secure connection failed") as caught,
    ):
        a_client(server.url.replace("http:", "https:")).create_post({})
    assert caught.value.may_have_happened


def test_oversized_answer_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1_000)
    with Loopback(answers(http(b" " * 2_000))) as server, pytest.raises(Unclear, match="larger than"):
        a_client(server.url).create_post({})


@pytest.mark.parametrize("location", ["/elsewhere", "http://[broken", "", "\x80\xff", "http://127.0.0.1:1/"])
def test_redirect_is_an_error_and_not_followed(location: str) -> None:
    reply = http(b"", "307 Temporary Redirect", f"Location: {location}")
    with Loopback(answers(reply, TAKEN)) as server:
        with pytest.raises(Unclear) as caught:
            a_client(server.url).create_post({})
        assert (server.connections, caught.value.status) == (1, 307)
        assert not caught.value.can_retry


# Connections


def test_readings_share_a_connection() -> None:
    with Loopback(answers(OK, OK, OK)) as server, a_client(server.url) as client:
        assert [client.check_health() for _ in range(3)] == [True] * 3
        assert server.connections == 1


def test_a_write_has_a_connection_of_its_own() -> None:
    with Loopback(answers(OK, TAKEN)) as server, a_client(server.url) as client:
        client.check_health()
        with pytest.raises(Unclear):
            client.create_post({})
        assert server.connections == 2


def test_a_write_is_sent_once_whatever_happens() -> None:
    with Loopback(answers(http(b"", "503 Busy", "Retry-After: 0"), TAKEN)) as server:
        with pytest.raises(Unclear):
            a_client(server.url, retries=5).create_post({})
        assert server.connections == 1


def test_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Loopback(answers(OK)) as server:
        assert a_client(server.url).check_health()


def test_cookies_are_not_kept() -> None:
    seen: list[bytes] = []

    def script(peer: Peer) -> None:
        for _ in range(2):
            seen.append(peer.read_request())
            peer.send(http(b'{"ok":true}', "200 OK", "Set-Cookie: a=b; Path=/"))

    with Loopback(script) as server, a_client(server.url) as client:
        client.check_health()
        client.check_health()
    assert not any(b"cookie" in request.lower() for request in seen)


@pytest.mark.parametrize("hostile", ["../x", "a/b", "a?b=c", "a#b", "a%2Fb", "ä 🌿", "//host/x", "..\\x", "a\r\nb: c"])
def test_an_id_stays_one_segment(hostile: str) -> None:
    seen: list[bytes] = []

    def script(peer: Peer) -> None:
        seen.append(peer.read_request())
        peer.send(http(b'{"success":false,"message":"No such post"}', "404 Not Found"))

    with Loopback(script) as server, pytest.raises(NotFound):
        a_client(server.url).get_post(hostile)
    target = seen[0].split(b" ")[1].decode()
    assert target.startswith("/v1/posts/")
    assert target.count("/") == 3
    assert unquote(target.rpartition("/")[2]) == hostile


# The key


def test_key_goes_to_its_own_origin_alone() -> None:
    auth = transport.KeyAuth(CANARY, "https://api.postpeer.dev")
    own = ["https://api.postpeer.dev/v1/posts", "https://api.postpeer.dev:443/"]
    other = ["http://api.postpeer.dev/", "https://api.postpeer.dev:8443/", "https://api.postpeer.dev.evil.example/"]
    for url in own + other:
        request = transport.requests.Request("GET", url).prepare()
        assert ("x-access-key" in auth(request).headers) == (url in own)


def test_upload_sends_no_key_and_exactly_the_stated_bytes() -> None:
    seen: list[bytes] = []

    def script(peer: Peer) -> None:
        seen.append(peer.read_request())
        peer.send(http(b""))

    with Loopback(script) as server:
        upload = Upload(f"{server.url}/put?signature=s3cr3t", f"{server.url}/oak.jpg")
        media = io.BytesIO(b"0123456789" * 20_000 + b"more")
        a_client(server.url).put_media(upload, stream=media, length=200_000, mime_type="image/jpeg")
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert body == b"0123456789" * 20_000
    assert b"content-length: 200000" in head.lower()
    assert b"content-type: image/jpeg" in head.lower()
    assert b"transfer-encoding" not in head.lower()
    assert CANARY.encode() not in head


def test_upload_that_ends_early_says_so() -> None:
    with Loopback(answers(http(b""))) as server, pytest.raises(Unclear, match="The file ended"):
        upload = Upload(f"{server.url}/put", f"{server.url}/oak.jpg")
        a_client(server.url).put_media(upload, stream=io.BytesIO(b"abc"), length=10, mime_type="image/jpeg")


def test_upload_has_a_deadline() -> None:
    with Loopback(drip_headers) as server, pytest.raises(Unclear, match="The time allowed was over"):
        upload = Upload(f"{server.url}/put", f"{server.url}/oak.jpg")
        a_client(server.url, SHORT).put_media(upload, stream=io.BytesIO(b"abc"), length=3, mime_type="image/jpeg")


LEAKS = [
    answers(http(b'{"error":"bad key ' + CANARY.encode() + b'"}', "401 Unauthorized")),
    answers(http(CANARY.encode(), "502 Bad Gateway", f"x-request-id: {CANARY}")),
    answers(http(b"", "302 Found", f"Location: /?key={CANARY}")),
    answers(b""),
    answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    hold,
]


@pytest.mark.parametrize("script", LEAKS)
def test_key_is_in_no_error_and_no_log(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Loopback(script) as server, a_client(server.url, SHORT) as client:
        with pytest.raises(PostPeerError) as caught:
            client.create_post(samples.a_pin_body())
        assert CANARY not in repr(client)
    error = caught.value
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert CANARY not in "".join(shown.format())
    assert CANARY not in repr(vars(error)) + repr(error.args) + caplog.text
    assert error.__cause__ is None
    assert error.__context__ is None


def test_malformed_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        Client(base_url="https://api.postpeer.dev", api_key=f"{CANARY}\nx: y")
    assert CANARY not in str(caught.value)


def test_log_has_one_line_a_request_without_ids_or_bodies(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="postpeer_dash.postpeer")
    reply = http(b'{"success":false,"message":"secret words"}', "404 Not Found", "x-request-id: req-7")
    with Loopback(answers(reply)) as server, pytest.raises(NotFound):
        a_client(server.url).get_post("post_9")
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("GET /v1/posts/{id} 404 request=req-7 ")
    assert "post_9" not in caplog.text
    assert "secret words" not in caplog.text


def test_half_a_json_that_ends_cleanly_is_a_bad_answer() -> None:
    with Loopback(answers(http(b'{"success":true,"postId":"p1"'))) as server, pytest.raises(BadAnswer) as caught:
        a_client(server.url).create_post({})
    assert caught.value.may_have_happened
