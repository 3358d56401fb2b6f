"""Slow clients of a real server: however many there are, a page comes at once for everybody else."""

import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from select import select

import pytest

from tests.installation.processes import ROOT, clean_environ, free_ports, python, running, wait_for

pytestmark = pytest.mark.long

CSRF = "c" * 32
PREPARE = """
import django
django.setup()
from django.test import Client
from django.conf import settings
from postpeer_dash.teams.operators import make_owner
from postpeer_dash.installation.preparing import collect_static, prepare_data
prepare_data()
collect_static()
user, team = make_owner(email="ada@example.com", name="Ada", password="a long enough password", team_name="Atelier")
client = Client()
client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


@dataclass(frozen=True)
class Server:
    """A web process of four threads, whose PostPeer takes connections and never answers."""

    port: int
    session: str
    deaf: socket.socket

    @property
    def cookies(self) -> str:
        return f"dash_session_{self.port}={self.session}; dash_csrf_{self.port}={CSRF}"

    def ask(
        self, path: str, *, method: str = "GET", is_signed_in: bool = False
    ) -> tuple[int, dict[str, str], str, float]:
        """One request: its status, headers and text, and how long it took in seconds."""
        headers = {"Host": f"localhost:{self.port}", "X-CSRFToken": CSRF}
        if is_signed_in:
            headers["Cookie"] = self.cookies
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        begun = time.monotonic()
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, dict(response.headers), text, time.monotonic() - begun

    def begin(self, path: str, *, length: int, cookies: str = "", body: bytes = b"", more: str = "") -> socket.socket:
        """Begin a POST whose body doesn't come to its end."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {cookies}\r\nContent-Length: {length}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n{more}\r\n"
        )
        return self.send(head.encode() + body)

    def read_nothing_of(self, path: str) -> socket.socket:
        """Ask for a large answer, with hardly any room for it."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sock.connect(("127.0.0.1", self.port))
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n\r\n".encode())
        return sock

    def send(self, data: bytes) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        sock.sendall(data)
        return sock


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("slow")
    port = free_ports()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as deaf:
        environ = clean_environ(
            VAR=str(folder / "var"),
            PORT=str(port),
            POSTPEER_API_KEY="a-key-that-nobody-has",
            POSTPEER_BASE_URL=f"http://127.0.0.1:{deaf.getsockname()[1]}",
            SECRET_KEY="k" * 50,
            WEB_WORKERS="1",
            WEB_THREADS="4",
            DJANGO_SETTINGS_MODULE="postpeer_dash.settings",
            PYTHONPATH=str(ROOT),
        )
        done = subprocess.run(python("-c", PREPARE), cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        command = python("-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi")
        with running(command, environ, folder):
            found = Server(port, done.stdout.strip(), deaf)

            def is_up() -> bool:
                try:
                    return found.ask("/healthz")[0] == 200
                except OSError:
                    return False

            wait_for(is_up)
            yield found


def assert_quick(server: Server) -> None:
    """The process answers within a second, more than once."""
    for _number in range(3):
        status, _headers, _text, seconds = server.ask("/readyz")
        assert status == 200
        assert seconds < 1


UPLOAD = "/t/atelier/pins/new/"
FORM = b'--x\r\nContent-Disposition: form-data; name="media_file"; filename="a.jpg"\r\n\r\n' + b"\xff" * 70_000


def test_strangers_who_drip_hold_nothing(server: Server) -> None:
    with ExitStack() as stack:
        for number in range(8):
            stack.enter_context(server.begin("/auth/login/", length=50, body=b"x" * number))
            stack.enter_context(server.begin(UPLOAD, length=9_000_000, body=FORM))
            stack.enter_context(server.send(b"GET / HTTP/1.1\r\nHost: loc"))
            stack.enter_context(server.send(b""))
            stack.enter_context(server.begin("/auth/login/", length=60_000, more="Expect: 100-continue\r\n"))
            stack.enter_context(server.read_nothing_of("/static/vendor/bootstrap/bootstrap.min.css"))
        assert_quick(server)


def test_slow_uploads_leave_half_of_the_threads_and_say_so(server: Server) -> None:
    with ExitStack() as stack:
        socks = [
            stack.enter_context(server.begin(UPLOAD, length=9_000_000, cookies=server.cookies, body=FORM))
            for _number in range(8)
        ]
        assert_quick(server)
        wait_for(lambda: len(select(socks, [], [], 0)[0]) == 6)
        refused = [sock.recv(65_536).decode() for sock in select(socks, [], [], 0)[0]]
        assert all(answer.startswith("HTTP/1.1 503 ") for answer in refused)
        assert all("Retry-After: 10" in answer and "None of this was read" in answer for answer in refused)
    # Whoever hung up holds nothing any more.
    wait_for(lambda: server.ask(UPLOAD, method="POST", is_signed_in=True)[0] == 422)


def test_client_that_waits_to_be_told_to_go_on_is_told_once(server: Server) -> None:
    with server.begin("/auth/login/", length=3, more="Expect: 100-continue\r\nConnection: close\r\n") as sock:
        assert sock.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"a=b")
        answer = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b"100 Continue" not in answer


def test_head_that_is_too_long_is_refused(server: Server) -> None:
    with server.send(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000) as sock:
        assert sock.recv(65_536).startswith(b"HTTP/1.1 431 ")


def test_requests_in_one_piece_are_answered_in_their_order(server: Server) -> None:
    host = f"Host: localhost:{server.port}\r\n".encode()
    first = b"POST /auth/login/ HTTP/1.1\r\n" + host + b"Content-Length: 3\r\n\r\na=b"
    last = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + host + b"\r\n"
    with server.send(first + last) as sock:
        answer = b"".join(iter(lambda: sock.recv(65_536), b"")).decode(errors="replace")
    assert answer.startswith("HTTP/1.1 422 ")
    assert answer.index("HTTP/1.1 200 ") > 0


def test_pressing_connect_while_postpeer_hangs_costs_nobody_else_anything(server: Server) -> None:
    with ThreadPoolExecutor(8) as people:
        path = "/t/atelier/accounts/connect/pinterest/"
        pressed = [people.submit(server.ask, path, method="POST", is_signed_in=True) for _number in range(8)]
        time.sleep(0.2)
        assert_quick(server)
        wait_for(lambda: sum(each.done() for each in pressed) == 6)
        # PostPeer hangs up on the two that wait for it.
        server.deaf.close()
        answers = [each.result() for each in pressed]
    busy = [answer for answer in answers if answer[0] == 503]
    assert len(busy) == 6
    assert all(headers["Retry-After"] == "10" for _status, headers, _text, _seconds in busy)
    assert all("others are waiting for it already" in text for _status, _headers, text, _seconds in busy)
    assert max(seconds for _status, _headers, _text, seconds in busy) < 3
    assert [status for status, *_rest in answers if status != 503] == [200, 200]
