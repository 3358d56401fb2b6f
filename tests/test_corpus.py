"""Texts that want to be something else: markup, headers, lines of the log. They stay texts, wherever they came from."""

import io
import json
import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import responses
from django.db.models import CharField, TextField, URLField
from django.test import Client
from django.urls import reverse

from postpeer_dash.settings import LOGGING
from postpeer_dash.web.logs import OneLineFormatter
from tests.cast import Cast
from tests.test_smuggling import field_names, own_addresses
from tests.world import World, _models, addresses, make_world

pytestmark = [pytest.mark.usefixtures("quick"), pytest.mark.long]

# Whatever it stands in, one of them breaks out.
MARKUP = (
    '<xsscanary>"><xsscanary x="\' onxss=\'1" onxss="1</title></script></textarea><xsscanary><img src=x onxss=1>'
    "&lt;xsscanary&gt;{{ 7|add:7 }}{% xsscanary %}\u202e<xsscanary>\u202c"
)
# An address has to begin with its scheme, so each scheme is another walk; browsers see through what hides the first.
TEXTS = {"script": f" \tjava\nscript:onxss(){MARKUP}", "data": f"data:text/html,{MARKUP}"}
each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))


class Judge(HTMLParser):
    """Looks for what only markup can make of these texts."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "xsscanary":
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            bare = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            if name.startswith("on"):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action", "formaction", "poster", "data", "xlink:href") and (
                bare.startswith(("javascript:", "vbscript:", "data:text"))
            ):
                self.wrong.append(f"{tag} {name}={value}")

    handle_startendtag = handle_starttag


def wrongs(answer: Any) -> list[str]:
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return []
    judge = Judge()
    judge.feed(answer.content.decode())
    return judge.wrong


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture
def owner(cast: Cast) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(cast.alice)
    return client


# What must stay as it is for a row to be found and shown at all.
KEEP = {
    "slug", "time_zone", "theme", "pins_view", "password", "email", "session_key", "token_hash", "nonce_hash", "key_hash",
    "session_hash", "base_url", "health", "status", "review", "role", "platform", "media_type", "key", "key_fingerprint",
    "dominant_color", "remote_id", "kind", "body_hash", "approved_hash", "lease_key", "state", "privacy", "language", "action", "to", "fingerprint",
}  # fmt: skip


def poison(text: str) -> None:
    """Put a text into every column of texts that a person, a platform or PostPeer fills."""
    for model in _models().values():
        if not model.__module__.startswith("postpeer_dash."):
            continue
        for column in model._meta.concrete_fields:
            is_text = isinstance(column, (CharField, TextField)) and not column.choices and not column.unique
            if is_text and (column.name not in KEEP or isinstance(column, URLField)):
                value = text[: column.max_length] if column.max_length else text
                _write(model, column, value)


def _write(model: Any, column: Any, value: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        quote = connection.ops.quote_name
        cursor.execute(f"UPDATE {quote(model._meta.db_table)} SET {quote(column.column)} = %s", [value])


@pytest.fixture
def no_answer() -> Iterator[None]:
    from tests.world import silent_postpeer

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        silent_postpeer(mock)
        yield


@each_text
def test_no_text_becomes_markup(world: World, owner: Client, no_answer: None, text: str) -> None:
    poison(text)
    found = {}
    for address in addresses():
        for path in own_addresses(world, address) if "team" in address.ids else []:
            for query in ({}, {"view": "table"}):
                answer = owner.get(path, query)
                assert answer.status_code < 500 or answer.status_code in (502, 503), path
                found[path] = wrongs(answer)
    found["/me/"] = wrongs(owner.get("/me/"))
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@each_text
def test_no_field_or_query_becomes_markup(world: World, owner: Client, no_answer: None, text: str) -> None:
    fields = dict.fromkeys(field_names() | {"q", "next", "view", "email", "login", "token", "state"}, text)
    found = {}
    for address in addresses():
        paths = own_addresses(world, address) if "team" in address.ids else [_other(address)]
        for path in paths:
            for client in (owner, Client()):
                found[f"GET {path}"] = wrongs(client.get(path, fields))
            if address.name not in ("account_logout",):
                found[f"POST {path}"] = wrongs(owner.post(path, fields))
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _other(address: Any) -> str:
    return str(address.fill({"nonce": "x", "token": "x", "pk": 1, "key": "x", "team_id": 1}))


def tainted(text: str) -> Any:
    """Return a PostPeer that puts the text into every field of every answer."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        identity = {
            "platform": "pinterest", "platformUserId": text, "username": text, "displayName": text, "profileUrl": text,
            "imageUrl": text, "authStatus": "reconnect_required", "authFailureReason": text, "profileId": "prof_1",
            "createdAt": "2026-03-01T10:00:00.000Z",
        }  # fmt: skip
        body: dict[str, Any] = {"success": True, "error": text, "message": text, "url": text}
        body["integrations"] = [{"id": f"int_{name}", **identity} for name in ("nordlicht", "nordlicht_new")]
        body["boards"] = [{"id": "1", "name": text, "description": text, "privacy": text}]
        body["profiles"] = [{"id": "prof_1", "name": text, "description": text}]
        body["profile"] = body["profiles"][0]
        body["integration"] = body["integrations"][0]
        body |= {"total": 2, "status": text, "postId": text, "platforms": [{"platform": "pinterest", "error": text}]}
        body["data"] = {"uploadUrl": text, "publicUrl": text}
        status = 400 if request.method == "POST" and "upload" in request.url else 200
        return status, {"Content-Type": "application/json"}, json.dumps(body)

    return answer


@each_text
def test_no_text_of_postpeer_becomes_markup(world: World, owner: Client, text: str) -> None:
    found = {}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(".*"), callback=tainted(text))
        for address in addresses():
            for path in own_addresses(world, address) if "team" in address.ids else []:
                found[f"POST {path}"] = wrongs(owner.post(path, {"integration": "int_nordlicht_new"}, follow=True))
                found[f"GET {path}"] = wrongs(owner.get(path))
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_judge_sees_what_is_wrong() -> None:
    class Answer:
        streaming = False
        headers = {"Content-Type": "text/html"}
        content = b'<p><xsscanary><a href=" java\nscript:x">a</a><img onxss=1>'

    assert len(wrongs(Answer())) == 3


BREAKS = ["a\r\nSet-Cookie: owned=1\nX-Owned: 1\rX-Owned: 2", 'a\u2028X-Owned: 1"; filename="b.exe']


@pytest.mark.parametrize("text", BREAKS)
def test_line_break_begins_no_header(world: World, owner: Client, no_answer: None, text: str) -> None:
    poison(text.replace("\x00", ""))
    for address in addresses():
        for path in own_addresses(world, address) if "team" in address.ids else [_other(address)]:
            for answer in (owner.get(path, {"next": text, "q": text, "at": text}), owner.head(path)):
                assert answer.status_code < 500 or answer.status_code in (502, 503), path
                assert "owned" not in {name.lower() for name in answer.headers} | set(answer.cookies)
                assert not [value for value in answer.headers.values() if re.search(r"[\r\n\x00]", value)]


@pytest.mark.parametrize("text", BREAKS)
def test_line_break_begins_no_subject(cast: Cast, text: str) -> None:
    from postpeer_dash.teams.mail import queue_mail

    mail = queue_mail(to="bob@example.com", subject=text, body="x")
    assert not re.search(r"[\r\n\x00]", mail.subject)


@pytest.mark.parametrize("text", BREAKS)
def test_line_break_begins_no_line_of_the_log(text: str) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter("{levelname} {message}", style="{"))
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, "it said %s", (f"{text}\nERROR made up",), None)
    handler.emit(record)
    assert out.getvalue().count("\n") == 1
    assert LOGGING["formatters"]["line"]["class"].endswith("OneLineFormatter")


def test_strange_requests_begin_no_line_of_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    formatter = OneLineFormatter("{levelname} {message}", style="{")
    client = Client(headers={"User-Agent": "a\tERROR made up"}, raise_request_exception=False)
    client.get("/nowhere/%0aERROR%20made%20up/")
    client.get(f"{reverse('account_login')}?next=%0aERROR")
    client.post("/auth/login/", {"login": "a@example.com\nERROR made up", "password": "x"})
    lines = "\n".join(formatter.format(record) for record in caplog.records).splitlines()
    assert not [line for line in lines if line.startswith("ERROR")]
