from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Thread

import pytest

from tests.http_server import QuietServer
from tools.bench.load import run

BODY = b"x" * 300_000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status = 200 if self.headers["Cookie"] == "a=b" else 302
        self.send_response(status)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with QuietServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_asks_as_often_as_told(port: int) -> None:
    answer = run(port=port, path="/", cookie="a=b", clients=3, seconds=30, max_requests=70)
    assert len(answer["took"]) == 70
    assert all(0 < took <= answer["seconds"] for took in answer["took"])


def test_stops_when_the_time_is_over(port: int) -> None:
    assert len(run(port=port, path="/", cookie="a=b", clients=2, seconds=0, max_requests=70)["took"]) == 2


def test_page_that_isnt_one_is_no_measurement(port: int) -> None:
    with pytest.raises(ConnectionError, match="answered 302"):
        run(port=port, path="/", cookie="nobody", clients=1, seconds=1, max_requests=5)
