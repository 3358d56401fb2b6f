"""Addresses that somebody typed: what is refused, and how what is fetched is bounded."""

import io
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError

from postpeer_dash.media.fetching import guarded
from postpeer_dash.media.fetching.guarded import PUBLIC, Fetched, Rules, fetch

INSIDE = [
    # private, loopback, link-local, shared, this network, reserved, multicast, broadcast
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "0.1.2.3",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    # one number, octal, hexadecimal, short
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "10.1",
    "0",
    # IPv6, and IPv4 inside of it
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[100::1]",
    "[5f00::1]",
    "[3fff::1]",
    "[fec0::1]",
    "[ff0e::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2002:a9fe:a9fe::]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:2::1]",
    "[::ffff:0:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[4000::1]",
    # what clouds tell their own machines
    "168.63.129.16",
    "[::ffff:168.63.129.16]",
    "100.100.100.200",
    "192.0.0.192",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    # names
    "localhost",
    "LOCALHOST",
]
# Forms that lead inside for some resolvers, and nowhere for others.
HARDLY = [
    "localhost.",
    "127.0.0.1.",
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "ip6-localhost",
    "localhost.localdomain",
]
ODD = [
    ("https://ada:secret@pins.example/x.jpg", "password"),
    ("https://ada@pins.example/x.jpg", "password"),
    ("https://@pins.example/x.jpg", "password"),
    ("https://pins.example:22/x.jpg", "port"),
    ("https://pins.example:8080/x.jpg", "port"),
    ("https://pins.example:65536/x.jpg", "address"),
    ("https://pins.example:-1/x.jpg", "address"),
    ("ftp://pins.example/x.jpg", "address"),
    ("file:///etc/passwd", "address"),
    ("gopher://pins.example/x", "address"),
    ("data:image/png;base64,x", "address"),
    ("//pins.example/x.jpg", "address"),
    ("https:///x.jpg", "address"),
    ("https://", "address"),
    ("", "address"),
    ("x.jpg", "address"),
    ("https://pins.example/\r\nX: y", "address"),
    ("https://pins.example/a b.jpg", "address"),
    ("https://[::1", "address"),
    ("https://pins.example\\x.jpg", "address"),
    ("https://127.0.0.1\\.pins.example/x.jpg", "address"),
    ("https://pins.example\\@127.0.0.1/x.jpg", "address"),
    ("https://pins.example/" + "x" * 3000, "address"),
]


def code_of(url: str, *, rules: Rules = PUBLIC, max_bytes: int = 1000, seconds: float = 5.0) -> str:
    with pytest.raises(ValidationError) as refused:
        fetch(url, io.BytesIO(), max_bytes=max_bytes, seconds=seconds, rules=rules)
    assert refused.value.messages[0]
    return str(refused.value.code)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE)
def test_address_inside_a_network_is_refused(host: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_address: Any) -> None:
        raise AssertionError("It was connected to.")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert code_of(f"{scheme}://{host}/x.jpg") == "inside"


@pytest.mark.parametrize("host", HARDLY)
def test_form_that_may_lead_inside_is_connected_to_by_nobody(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_address: Any) -> None:
        raise AssertionError("It was connected to.")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert code_of(f"http://{host}/x.jpg") in ("inside", "unreachable")


def test_letters_of_any_language_name_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, *_more: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert code_of("https://bücher.example/x.jpg") == "unreachable"
    assert asked == ["xn--bcher-kva.example"]


def test_name_that_is_looked_up_for_ever_ends_with_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def look_up(*_name: Any, **_named: Any) -> list[Any]:
        is_over.wait(30)
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    begun = time.monotonic()
    assert code_of("https://slow.example/x.jpg", seconds=0.2) == "slow"
    is_over.set()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(("url", "code"), ODD)
def test_odd_address_is_refused_before_a_name_is_looked_up(
    url: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_name: Any, **_more: Any) -> None:
        raise AssertionError("A name was looked up.")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert code_of(url) == code


def test_name_that_leads_inside_the_second_time_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        # The name of the machine the first time, the number that it led to from then on.
        found = "93.184.215.14" if len(asked) == 1 or host == "93.184.215.14" else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    connected: list[Any] = []

    def connect(_sock: Any, address: Any) -> None:
        connected.append(address[0])
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)
    assert code_of("http://rebinding.example/x.jpg") == "unreachable"
    assert asked.count("rebinding.example") == 1 and set(connected) == {"93.184.215.14"}


# Against a server of this machine


Handle = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            STORIES[unquote(self.path.partition("?")[0])](self)

        def log_message(self, *_words: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()


def answer(handler: BaseHTTPRequestHandler, status: int = 200, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"Content-Length": str(len(body)), "Connection": "close", **named}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, Content_Length="1000")
    try:
        for _byte in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return


def drip_head(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(b"X-%d: y\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return


def stall(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, Content_Length="1000")
    time.sleep(0.6)


def pour_heads(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            handler.wfile.write(b"X-%d: y\r\n" % number)
    except OSError:
        return


def pour_one_head(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _part in range(100):
            handler.wfile.write(b"y" * 4096)
    except OSError:
        return


def go_on_for_ever(handler: BaseHTTPRequestHandler) -> None:
    try:
        for _answer in range(10_000):
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    except OSError:
        return


def redirect(target: str) -> Handle:
    return lambda handler: answer(handler, 302, Location=target)


PACKED = zlib.compress(bytes(1_000_000))
STORIES: dict[str, Handle] = {
    "/whole": lambda handler: answer(handler, body=b"x" * 500, Content_Type="image/jpeg; charset=x"),
    "/long": lambda handler: answer(handler, body=b"x" * 5000),
    "/part": lambda handler: answer(handler, 206, b"x" * 10, Content_Range="bytes 0-9/4000"),
    "/part-of-some": lambda handler: answer(handler, 206, b"x" * 10, Content_Range="bytes 0-9/*"),
    "/other-part": lambda handler: answer(handler, 206, b"x" * 10, Content_Range="bytes 90-99/100"),
    "/huge": lambda handler: answer(handler, body=b"x" * 5000, Content_Length=str(2**62)),
    "/odd-length": lambda handler: answer(handler, body=b"x" * 500, Content_Length="9" * 5000),
    "/stall": stall,
    "/heads": pour_heads,
    "/one-head": pour_one_head,
    "/continue": go_on_for_ever,
    "/no-http": lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "/übung oak": lambda handler: answer(handler, body=b"x"),
    "/lies": lambda handler: answer(handler, body=b"x" * 10, Content_Length="900"),
    "/gone": lambda handler: answer(handler, 404, b"no"),
    "/packed": lambda handler: answer(handler, body=PACKED, Content_Encoding="deflate"),
    "/drip": drip,
    "/drip-head": drip_head,
    "/zipped": lambda handler: answer(handler, body=PACKED, Content_Encoding="identity, gzip"),
    "/once": redirect("/whole"),
    "/thrice": redirect("/twice"),
    "/twice": redirect("/once"),
    "/four-times": redirect("/thrice"),
    # As many servers write it: bytes of UTF-8, and a blank.
    "/letters": redirect("/übung oak".encode().decode("latin-1")),
    "/as-a-number": redirect("http://2852039166/"),
    "/loop": redirect("/loop"),
    "/inward": redirect("http://169.254.169.254/latest/meta-data/"),
    "/to-port": redirect("http://pins.example:22/"),
    "/to-file": redirect("file:///etc/passwd"),
    "/with-password": redirect("https://ada:secret@pins.example/"),
}


def get(server: ThreadingHTTPServer, path: str, **options: Any) -> tuple[Fetched, bytes]:
    stream = io.BytesIO()
    fetched = fetch(url(server, path), stream, rules=rules_of(server), **{"max_bytes": 1000, "seconds": 5, **options})
    return fetched, stream.getvalue()


def url(server: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def rules_of(server: ThreadingHTTPServer) -> Rules:
    return Rules(ports=PUBLIC.ports | {server.server_port}, allow_loopback=True)


def test_whole_file_is_fetched(server: ThreadingHTTPServer) -> None:
    fetched, data = get(server, "/whole")
    assert (fetched.status, fetched.mime_type, fetched.length) == (200, "image/jpeg", 500)
    assert fetched.is_whole and data == b"x" * 500


def test_no_more_is_taken_than_was_asked_for(server: ThreadingHTTPServer) -> None:
    fetched, data = get(server, "/long")
    assert (len(data), fetched.length, fetched.is_whole) == (1000, 5000, False)


def test_part_says_how_long_all_of_it_is(server: ThreadingHTTPServer) -> None:
    fetched, data = get(server, "/part")
    assert (len(data), fetched.length, fetched.is_whole) == (10, 4000, False)


def test_part_of_an_unknown_whole_is_not_the_whole(server: ThreadingHTTPServer) -> None:
    fetched, _data = get(server, "/part-of-some")
    assert (fetched.length, fetched.is_whole) == (None, False)


def test_part_says_where_it_begins(server: ThreadingHTTPServer) -> None:
    fetched, _data = get(server, "/other-part", max_bytes=10, first_byte=90)
    assert (fetched.start, fetched.length, fetched.is_whole) == (90, 100, False)


def test_length_that_cannot_be_is_none(server: ThreadingHTTPServer) -> None:
    """urllib3 counts by it too: what comes is taken, and nobody believes that it is all."""
    fetched, data = get(server, "/huge")
    assert (len(data), fetched.is_whole) == (1000, False)


def test_length_that_was_not_kept_is_no_whole_file(server: ThreadingHTTPServer) -> None:
    with pytest.raises(ValidationError):
        get(server, "/lies")


def test_answer_of_any_status_is_told(server: ThreadingHTTPServer) -> None:
    assert get(server, "/gone")[0].status == 404


def test_redirect_is_followed(server: ThreadingHTTPServer) -> None:
    fetched, _data = get(server, "/once")
    assert fetched.is_moved and fetched.url == url(server, "/whole")
    assert not fetched.is_secure


def test_three_redirects_are_followed(server: ThreadingHTTPServer) -> None:
    assert get(server, "/thrice")[0].url == url(server, "/whole")


def test_redirect_may_have_letters_and_blanks(server: ThreadingHTTPServer) -> None:
    assert get(server, "/letters")[0].url == url(server, "/%C3%BCbung%20oak")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/loop", "redirects"),
        ("/inward", "inside"),
        ("/to-port", "port"),
        ("/to-file", "address"),
        ("/with-password", "password"),
        ("/packed", "packed"),
        ("/zipped", "packed"),
        ("/four-times", "redirects"),
        ("/as-a-number", "inside"),
        ("/heads", "unreachable"),
        ("/one-head", "unreachable"),
        ("/no-http", "unreachable"),
    ],
)
def test_answer_is_refused(server: ThreadingHTTPServer, path: str, code: str) -> None:
    assert code_of(url(server, path), rules=rules_of(server)) == code


@pytest.mark.parametrize("path", ["/drip", "/drip-head", "/stall"])
def test_slow_answer_ends_with_the_clock(server: ThreadingHTTPServer, path: str) -> None:
    begun = time.monotonic()
    assert code_of(url(server, path), rules=rules_of(server), seconds=0.2) == "slow"
    assert time.monotonic() - begun < 2


def test_answer_that_only_says_to_go_on_ends(server: ThreadingHTTPServer) -> None:
    assert code_of(url(server, "/continue"), rules=rules_of(server), seconds=0.3) in ("unreachable", "slow")


def test_silence_is_slow(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "_READ", 0.1)
    assert code_of(url(server, "/stall"), rules=rules_of(server)) == "slow"


def test_environment_names_no_proxy(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(server, "/whole")[0].status == 200
