"""A database of an earlier version, with everything under way, is brought up to date and goes on."""

import gzip
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.http_server import QuietServer
from tests.installation.processes import ROOT, clean_environ, python, running, wait_for
from tests.postpeer.samples import a_platform_state, a_post, a_receipt, post_list

pytestmark = pytest.mark.long
# A database of commit e305d0f: a submission in every state, a change of a scheduled pin under way, two mails that wait,
# and the queue's tasks, one of them begun. What is due has been due since 2020, or will be in 2099.
OLD = ROOT / "tests" / "worker" / "e305d0f.sqlite3.gz"
# What the earlier version ran with.
KEY, SECRET = "a-key-of-the-earlier-version", "the key of the earlier version, fifty signs or more of it"


class Answers(BaseHTTPRequestHandler):
    """A PostPeer that takes everything, knows each post by its id and lists none."""

    asked: list[tuple[str, str, Any]]

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.asked.append((self.command, self.path.partition("?")[0], body))
        said = json.dumps(self._say(self.path.partition("?")[0])).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _say(self, path: str) -> Any:
        name = path.rpartition("/")[2]
        if self.command == "POST":
            return a_receipt(postId=f"post_of_{len(self.asked)}")
        if path == "/v1/posts":
            return post_list()
        if self.command == "PUT":
            return {"success": True, "message": "Post updated", "postId": name}
        if path.startswith("/v1/posts/"):
            status = "scheduled" if name == "post_1" else "published"
            platforms = [a_platform_state(status=status)]
            return {"success": True, "post": a_post(postId=name, status=status, platforms=platforms)}
        return {"success": True}

    do_GET = do_POST = do_PUT = _answer  # noqa: N815


@pytest.fixture
def postpeer() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    asked: list[tuple[str, str, Any]] = []
    handler = type("Here", (Answers,), {"asked": asked})
    with QuietServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        return connection.execute(query).fetchall()


def test_everything_under_way_goes_on(tmp_path: Path, postpeer: tuple[str, list[tuple[str, str, Any]]]) -> None:
    url, asked = postpeer
    file = tmp_path / "var" / "live" / "db.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.decompress(OLD.read_bytes()))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE accounts_connection SET base_url = ?", [url])
        connection.commit()
    tasks = rows(file, "SELECT status, count(*) FROM django_tasks_database_dbtaskresult GROUP BY status")
    environ = clean_environ(
        VAR=str(tmp_path / "var"),
        POSTPEER_API_KEY=KEY,
        POSTPEER_BASE_URL=url,
        SECRET_KEY=SECRET,
        EMAIL_URL="dummymail://",
        DJANGO_SETTINGS_MODULE="postpeer_dash.settings",
    )
    with running(python("manage.py", "prepare"), environ, tmp_path) as process:
        assert process.wait(120) == 0, (tmp_path / "output").read_text()
    unsettled = "SELECT count(*) FROM pins_submission WHERE due_at < '2021-01-01'"
    assert rows(file, unsettled) == [(6,)]
    with running(python("manage.py", "worker"), environ, tmp_path) as worker:
        wait_for(lambda: rows(file, unsettled) == [(0,)], seconds=60)
        wait_for(lambda: rows(file, "SELECT count(*) FROM teams_mail WHERE sent_at IS NOT NULL") == [(1,)], seconds=30)
        wait_for(lambda: any(method == "PUT" for method, _path, _body in asked), seconds=30)
        query = "SELECT count(*) FROM pins_submission WHERE state IN ('queued', 'sending')"
        wait_for(lambda: rows(file, query) == [(0,)], seconds=30)
        assert worker.poll() is None, (tmp_path / "output").read_text()
    sent = sorted(body["content"] for method, _path, body in asked if method == "POST")
    assert sent == ["queued one", "queued two"]
    states = "SELECT p.description, s.state FROM pins_submission s JOIN pins_pin p ON p.id = s.pin_id ORDER BY s.id"
    assert dict(rows(file, states)) == {
        "queued one": "done",
        "queued two": "done",
        "sending": "unconfirmed",
        "unconfirmed": "unconfirmed",
        "accepted": "done",
        "done": "done",
        "refused": "refused",
        "absent": "absent",
        "cancelled": "cancelled",
        "changing": "accepted",
    }
    # What was tried before waits for its time, and can still be read then.
    assert rows(file, "SELECT attempts FROM teams_mail WHERE sent_at IS NULL AND sealed_body <> ''") == [(3,)]
    # Whoever has to go back finds the queue as it was.
    assert rows(file, "SELECT status, count(*) FROM django_tasks_database_dbtaskresult GROUP BY status") == tasks
