"""A key that sings: put in as PostPeer's key, then looked for in everything that leaves or stays."""

import base64
import io
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
import responses
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.views.debug import ExceptionReporter

from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.postpeer import PostPeerError
from tests.cast import Cast
from tests.pins.factories import make_due
from tests.test_smuggling import own_addresses
from tests.world import Address, World, addresses, make_world, silent_postpeer

pytestmark = [pytest.mark.usefixtures("quick"), pytest.mark.long]

CANARY = "pk_live_C4N4RYc4n4ryS1ngsInTheM1ne-7f3d9a"
FORMS = [
    CANARY,
    quote(CANARY, safe=""),
    base64.b64encode(CANARY.encode()).decode().rstrip("=")[4:-4],
    CANARY.encode().hex(),
]
Answerer = Callable[[Any], tuple[int, dict[str, str], bytes]]


def says(status: int, body: str, **headers: str) -> Answerer:
    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        assert request.headers.get("x-access-key") in (CANARY, None)
        return status, {"Content-Type": "application/json", "x-request-id": CANARY, **headers}, body.encode()

    return answer


def breaks(error: Exception) -> Answerer:
    def answer(_request: Any) -> tuple[int, dict[str, str], bytes]:
        raise error

    return answer


# A PostPeer that repeats the key in every way it can think of.
MOODS: dict[str, Answerer] = {
    "unauthorized": says(401, f'{{"success": false, "message": "The key {CANARY} is unknown."}}'),
    "credits": says(402, f'{{"error": "No credits for {CANARY}."}}'),
    "forbidden": says(403, f'{{"statusCode": 403, "code": "{CANARY}", "error": "x", "message": "{CANARY}"}}'),
    "missing": says(404, f'{{"error": "{CANARY}"}}'),
    "busy": says(429, f'{{"error": "{CANARY}"}}', **{"Retry-After": "1"}),
    "broken": says(500, f"<html>x-access-key: {CANARY}</html>"),
    "half": says(200, f'{{"success": true, "boards": [{{"id": "1", "name": "{CANARY}'),
    "odd": says(200, f'["{CANARY}"]'),
    "redirect": says(302, "", Location=f"https://elsewhere.example/?key={CANARY}"),
    "cut": breaks(requests.exceptions.ConnectionError(f"cut: x-access-key {CANARY}")),
    "late": breaks(requests.exceptions.ReadTimeout(f"{CANARY}")),
    "bug": breaks(RuntimeError(f"nobody thought of this: {CANARY}")),
}


# The addresses that ask PostPeer while a page waits; a test below walks all and finds these.
ASKING = {"accounts:connect", "accounts:disconnect", "accounts:reconnect", "boards:refresh", "home:usage"}


@pytest.fixture
def world(cast: Cast, settings: Any) -> World:
    settings.POSTPEER_API_KEY = CANARY
    return make_world(cast)


@pytest.fixture(params=sorted(MOODS))
def mood(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("postpeer_dash.postpeer.transport.sleep", lambda _seconds: None)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(".*"), callback=MOODS[request.param])
        yield request.param
        # Otherwise there was nothing to be heard.
        assert request.param == "bug" or len(mock.calls) >= 3


def songs(text: str) -> list[str]:
    """Where it is heard, with what stands around it."""
    return [
        text[max(0, found.start() - 120) : found.end() + 40]
        for form in FORMS
        for found in re.finditer(re.escape(form), text)
    ]


def dump() -> str:
    """Return the whole database as text, binary columns included."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.serialize_headers().decode()}\n{content.decode()}"


def own_paths(world: World) -> Iterator[tuple[Address, str]]:
    """Every address of the own team, filled with the own ids."""
    for address in addresses():
        if "team" in address.ids:
            yield from ((address, path) for path in own_addresses(world, address))


def ask(client: Client, path: str) -> Any:
    return client.post(path, {"integration": "int_nordlicht_new"})


def test_these_addresses_ask_postpeer(world: World) -> None:
    client = Client()
    client.force_login(world.cast.alice)
    asking = set()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        silence = silent_postpeer(mock)
        for address, path in own_paths(world):
            before = len(silence.asked)
            client.get(path)
            assert len(silence.asked) == before, path
            ask(client, path)
            if len(silence.asked) > before:
                asking.add(address.name)
    assert asking == ASKING


def test_it_is_heard_nowhere_whatever_postpeer_says(
    world: World, mood: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(raise_request_exception=False)
    client.force_login(world.cast.alice)
    # First whatever asks; then every page, for what was kept of the answers.
    shown = [body_of(ask(client, path)) for address, path in own_paths(world) if address.name in ASKING]
    for submission in Submission.objects.all():
        make_due(submission)
        try:
            handle_submission(submission.pk)
        except RuntimeError as error:
            # What nobody thought of ends the task; its text is the test's own, and what is logged of it counts.
            assert mood == "bug", error
    shown += [body_of(client.get(path)) for _address, path in own_paths(world)]
    said = "".join(capfd.readouterr())
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    if mood == "bug":
        # The made-up error's own words are no doing of ours.
        logged = logged.replace(f"nobody thought of this: {CANARY}", "")
        said = said.replace(f"nobody thought of this: {CANARY}", "")
    assert songs("\n".join(shown)) == []
    assert songs(logged) == []
    assert songs(said) == []
    assert songs(dump()) == []


def test_errors_and_clients_say_nothing_of_it(world: World, mood: str) -> None:
    if mood == "bug":
        pytest.skip("the test's own words")
    client = page_client()
    texts = [repr(client), str(client), repr(vars(client))]
    for ask in (client.check_key, client.list_profiles, client.list_integrations):
        try:
            ask()
        except PostPeerError as error:
            texts += [repr(error), str(error), repr(vars(error)), repr(error.__cause__), repr(error.__context__)]
    assert songs("\n".join(texts)) == []


def test_report_of_an_exception_says_nothing_of_it(world: World, settings: Any) -> None:
    settings.DEBUG = True
    with responses.RequestsMock() as mock:
        mock.add_callback("GET", re.compile(".*"), callback=breaks(RuntimeError("nobody thought of this")))
        try:
            page_client().check_key()
        except RuntimeError:
            reporter = ExceptionReporter(None, *sys.exc_info())
    html, text = reporter.get_traceback_html(), reporter.get_traceback_text()
    assert "nobody thought of this" in html
    assert "x-access-key" in html or "holds a key" in html
    assert songs(html + text) == []


def test_dump_of_the_database_says_nothing_of_it(world: World, tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    assert songs(out.getvalue() + dump()) == []


def test_searching_finds_it_where_it_is(world: World) -> None:
    world.cast.team.name = f"Team {CANARY}"
    world.cast.team.save()
    assert songs(dump())
    assert songs(f"?key={quote(CANARY, safe='')}")
    assert songs(base64.b64encode(CANARY.encode()).decode())
