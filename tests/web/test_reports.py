"""No key stands in the report of an exception, whatever the name of the variable that holds it."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from postpeer_dash.web.reports import SecretsReporterFilter
from tests.postpeer.wire import KEY


class Careless:
    """Somebody else's object, whose repr tells everything."""

    def __repr__(self) -> str:
        return f"<Session headers={{'Authorization': 'Bearer {KEY}'}}>"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def frame_variables(**variables: Any) -> dict[str, Any]:
    """Return what a report shows of a frame with these variables."""
    frame: Any = SimpleNamespace(f_locals=variables, f_back=None, f_code=frame_variables.__code__)
    return dict(SecretsReporterFilter().get_traceback_frame_variables(RequestFactory().get("/"), frame))


@pytest.mark.parametrize("value", [KEY, f"Bearer {KEY}", {"x-access-key": KEY}, [KEY], Careless()])
def test_key_is_taken_out_wherever_it_stands(value: Any) -> None:
    assert KEY not in repr(frame_variables(held=value))


def test_keys_of_the_site_and_the_ones_before_are_taken_out(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = ["the key of last year, long enough to be one"]
    shown = frame_variables(now=f"{settings.SECRET_KEY}!", before=f"<{settings.SECRET_KEY_FALLBACKS[0]}>")
    assert set(shown.values()) == {"(holds a key, not shown)"}


def test_everything_else_is_shown() -> None:
    assert frame_variables(count=3, name="Linden") == {"count": 3, "name": "Linden"}


def test_missing_key_hides_nothing(settings: Any) -> None:
    settings.POSTPEER_API_KEY = ""
    assert frame_variables(name="Linden") == {"name": "Linden"}


def test_object_without_a_repr_ends_no_report() -> None:
    broken = Broken()
    assert frame_variables(broken=broken) == {"broken": broken}


def test_whole_report_holds_no_key() -> None:
    def ask(header: str) -> None:
        raise ValueError("refused")

    try:
        ask(f"Bearer {KEY}")
    except ValueError:
        report = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
        report.filter = SecretsReporterFilter()
        text = report.get_traceback_text() + report.get_traceback_html()
    assert "refused" in text
    assert KEY not in text
