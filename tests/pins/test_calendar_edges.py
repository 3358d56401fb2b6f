"""The calendar's months whole, wherever a week begins and whatever the zone; and times that are suggested."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.pins.models import Status
from postpeer_dash.pins.pages.calendar.context import read_calendar
from postpeer_dash.pins.search.days import FIRST, read_days, suggest_time
from postpeer_dash.web import times
from tests.cast import Cast
from tests.pins.listing import make_pin

NOW = datetime(2026, 11, 24, 13, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_november() -> Any:
    with time_machine.travel(NOW, tick=False), timezone.override(ZoneInfo("Europe/Berlin")):
        yield
    times.set_locale("en_150")


def shown_days(cast: Cast, month: str, locale: str = "en_150") -> list[Any]:
    times.set_locale(locale)
    weeks = read_calendar(cast.team, month, may_compose=True)["weeks"]
    assert {len(week) for week in weeks} == {7}
    return list(chain(*weeks))


@pytest.mark.parametrize(("locale", "first"), [("en_DE", 0), ("en_US", 6), ("en_SD", 5), ("en_MV", 4)])
@pytest.mark.parametrize(
    ("month", "length"),
    [
        ("1970-01", 31),
        ("2026-02", 28),
        ("2027-02", 28),
        ("2028-02", 29),
        ("2100-02", 28),
        ("2026-03", 31),
        ("2199-12", 31),
    ],
)
def test_month_is_whole_weeks_of_days_in_a_row(cast: Cast, month: str, length: int, locale: str, first: int) -> None:
    days = shown_days(cast, month, locale)
    assert days[0].date.weekday() == first
    assert all(after.date - before.date == timedelta(days=1) for before, after in pairwise(days))
    assert sum(not day.is_other for day in days) == length
    assert sum(day.is_other for day in days) < 14


def test_month_that_fills_its_weeks_has_no_other_days(cast: Cast) -> None:
    days = shown_days(cast, "2027-02", "en_DE")
    assert (len(days), [day for day in days if day.is_other]) == (28, [])


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [
        ("2026-11", "2026-10", "2026-12"),
        ("2026-01", "2025-12", "2026-02"),
        ("2026-12", "2026-11", "2027-01"),
        ("2028-03", "2028-02", "2028-04"),
        ("1970-01", "", "1970-02"),
        ("2199-12", "2199-11", ""),
    ],
)
def test_months_are_linked_until_the_calendar_ends(cast: Cast, month: str, before: str, after: str) -> None:
    context = read_calendar(cast.team, month, may_compose=False)
    links = [context[name].get("url", "").rpartition("=")[2] for name in ("before", "after")]
    assert links == [before, after]


@pytest.mark.parametrize("month", ["", "2026-11"])
def test_month_of_today_is_not_called_odd(cast: Cast, month: str) -> None:
    context = read_calendar(cast.team, month, may_compose=False)
    assert (context["is_odd"], context["is_this_month"], context["is_past"]) == (False, True, False)


@pytest.mark.parametrize(
    "month",
    ["2026", "2026-00", "2026-13", "2026-1", "0000-01", "1969-12", "2200-01", "٢٠٢٦-١١", " 2026-11", "2026-11-24", "x"],
)
def test_odd_month_is_this_one_and_said(cast: Cast, month: str) -> None:
    context = read_calendar(cast.team, month, may_compose=False)
    assert (context["is_odd"], context["is_this_month"]) == (True, True)


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("Pacific/Kiritimati", date(2026, 11, 25)),
        ("Europe/Berlin", date(2026, 11, 24)),
        ("Pacific/Pago_Pago", date(2026, 11, 24)),
    ],
)
def test_today_is_marked_once_in_the_persons_zone(cast: Cast, zone: str, today: date) -> None:
    with timezone.override(ZoneInfo(zone)):
        marked = [day.date for day in shown_days(cast, "2026-11") if day.is_today]
    assert marked == [today]


def test_only_coming_days_begin_a_pin(cast: Cast) -> None:
    days = shown_days(cast, "2026-11")
    assert all(bool(day.new_url) == (day.date >= date(2026, 11, 24)) for day in days)
    assert days[-1].new_url.endswith(f"?day={days[-1].date.isoformat()}")


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        # The last moment of one day and the first of the next, in zones on either side of the date line.
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 9, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 10, 0, tzinfo=UTC), date(2026, 12, 1)),
        ("Pacific/Pago_Pago", datetime(2026, 12, 1, 10, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        ("Pacific/Pago_Pago", datetime(2026, 12, 1, 11, 0, tzinfo=UTC), date(2026, 12, 1)),
        ("Asia/Kathmandu", datetime(2026, 11, 30, 18, 15, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_pin_at_the_end_of_a_month_stands_on_one_day(cast: Cast, zone: str, at: datetime, day: date) -> None:
    pin = make_pin(cast.team, cast.bob, status=Status.SCHEDULED, scheduled_for=at)
    with timezone.override(ZoneInfo(zone)):
        found = read_days(cast.team, [date(2026, 11, 30), date(2026, 12, 1)])
    assert [each for each, pins in found.items() if pins.first == [pin.pk]] == [day]


@pytest.mark.parametrize("more", [0, 1, 2])
def test_day_is_full_before_it_is_counted(cast: Cast, more: int) -> None:
    for number in range(FIRST + more):
        make_pin(cast.team, cast.bob, status=Status.SCHEDULED, scheduled_for=NOW + timedelta(minutes=number))
    (pins,) = read_days(cast.team, [NOW.date()]).values()
    assert (len(pins.first), pins.more, pins.is_cut) == (FIRST, more, False)


@pytest.mark.parametrize(
    ("now", "day", "hour"),
    [
        ("08:49", 24, 9),
        ("08:51", 24, 10),
        ("13:12", 24, 15),
        ("21:59", 24, 23),
        ("22:00", 24, None),
        ("23:59", 24, None),
        ("13:12", 25, 9),
        ("13:12", 23, None),
    ],
)
def test_suggested_hour_is_ahead_on_that_day(now: str, day: int, hour: int | None) -> None:
    local = datetime.fromisoformat(f"2026-11-24T{now}:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    with time_machine.travel(local, tick=False):
        found = suggest_time(date(2026, 11, day))
    assert (found.hour if found else None) == hour
