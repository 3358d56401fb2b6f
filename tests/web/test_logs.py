"""What the console shows of requests that were refused."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from postpeer_dash.web.logs import ClientErrorFilter, OneLineFormatter
from tests.cast import Cast


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """Yield what the console's handler writes, made as the settings make it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLineFormatter("{levelname} {message}", style="{"))
    handler.addFilter(ClientErrorFilter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_settings_put_it_on_the_console(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["ordinary"]
    assert settings.LOGGING["filters"]["ordinary"]["()"].endswith("ClientErrorFilter")


def test_refused_member_is_one_line(cast: Cast, console: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.vera)
    assert client.get("/t/nordlicht/settings/").status_code == 403
    assert console.getvalue() == "WARNING Forbidden (Permission denied): /t/nordlicht/settings/\n"


def test_missing_page_is_one_line(db: None, console: io.StringIO) -> None:
    assert Client().get("/nowhere/").status_code == 404
    assert console.getvalue() == "WARNING Not Found: /nowhere/\n"


def test_strange_host_is_one_line(db: None, console: io.StringIO) -> None:
    assert Client(headers={"Host": "evil.example"}).get("/auth/login/").status_code == 400
    assert "evil.example" in console.getvalue()
    assert console.getvalue().count("\n") == 1


def test_form_with_mistakes_is_no_news(cast: Cast, console: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.bob)
    assert client.post("/me/", {"time_zone": "nonsense"}).status_code == 422
    assert console.getvalue() == ""


def test_our_own_failure_keeps_its_traceback(cast: Cast, console: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the reason")

    monkeypatch.setattr("postpeer_dash.teams.sessions.list_sessions", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.bob)
    assert client.get("/auth/sessions/").status_code == 500
    assert "RuntimeError: the reason" in console.getvalue()


def test_exception_that_is_logged_by_hand_keeps_its_traceback(console: io.StringIO) -> None:
    try:
        raise PermissionDenied("by hand")
    except PermissionDenied:
        logging.getLogger("postpeer_dash.test").exception("odd")
    assert "PermissionDenied: by hand" in console.getvalue()
