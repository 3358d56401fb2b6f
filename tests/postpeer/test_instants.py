"""Instants as they travel."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpeer_dash.postpeer import parse_instant, to_wire
from postpeer_dash.postpeer.instants import parse_http_date

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_wire_form_is_utc_with_milliseconds() -> None:
    local = datetime(2026, 11, 22, 13, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=1)))
    assert to_wire(local) == "2026-11-22T12:00:00.123Z"


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_wire(datetime(2026, 11, 22, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00.000Z",
        "2026-11-22T13:00:00+01:00",
        "2026-11-22T12:00:00.000000000+0000",
        "2026-11-22T12:00Z",
        "2026-11-22 12:00:00",
        " 2026-11-22T12:00:00Z ",
    ],
)
def test_instants_are_read_in_every_usual_form(text: str) -> None:
    assert parse_instant(text) == NOON


@pytest.mark.parametrize(
    "value",
    [None, 7, "", "soon", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", {}, "2" * 9_999],
)
def test_what_is_no_instant_is_none(value: object) -> None:
    assert parse_instant(value) is None


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_wire_form_reads_back_to_the_millisecond(moment: datetime) -> None:
    back = parse_instant(to_wire(moment))
    assert back is not None
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_http_date_is_read() -> None:
    assert parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT") == NOON


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "Sun, 99 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 99999 12:00:00 GMT"]
)
def test_unreadable_http_date_is_none(value: str | None) -> None:
    assert parse_http_date(value) is None
