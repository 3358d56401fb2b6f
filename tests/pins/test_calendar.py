"""The calendar: which day a pin stands on, what a month shows, and what it costs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postpeer_dash.pins.models import Pin, Review, Status
from postpeer_dash.pins.search.days import FIRST, MAX, read_days, suggest_time
from postpeer_dash.web import times
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account
from tests.pins.listing import make_pin
from tests.pins.test_plans import SORTS, plan_of

NOW = datetime(2026, 11, 24, 13, 12, tzinfo=UTC)
PAGE = "/t/nordlicht/calendar/"


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def planned(cast: Cast, at: datetime, status: str = Status.SCHEDULED, **fields: Any) -> Pin:
    return make_pin(cast.team, cast.bob, status=status, scheduled_for=at, **fields)


def day_of(client: Client, day: date, month: str = "") -> Any:
    """One day of the page's weeks."""
    weeks = client.get(PAGE, {"month": month or f"{day:%Y-%m}"}).context["weeks"]
    return next(each for week in weeks for each in week if each.date == day)


@pytest.mark.parametrize("status", [each for each in Status.values if each != Status.CANCELLED])
def test_pin_stands_on_the_day_it_is_meant_for(cast: Cast, as_: SignIn, status: str) -> None:
    at = datetime(2026, 12, 12, 8, 30, tzinfo=UTC)
    pin = planned(cast, at, status)
    (slot,) = day_of(as_("vera"), date(2026, 12, 12)).slots
    assert (slot.at, str(pin.uuid) in slot.card.url, slot.card.sign) == (at, True, status)


def test_pin_without_a_time_stands_where_it_was_handed_in(cast: Cast, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert len(day_of(as_("vera"), date(2026, 11, 3)).slots) == 1


def test_draft_without_a_time_and_cancelled_pin_stand_nowhere(cast: Cast, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, status=Status.DRAFT)
    planned(cast, NOW + timedelta(days=1), Status.CANCELLED)
    assert as_("vera").get(PAGE).context["is_empty"]


def test_draft_that_asks_for_approval_says_so(cast: Cast, as_: SignIn) -> None:
    planned(cast, NOW + timedelta(days=1), Status.DRAFT, review=Review.WAITING)
    assert b"To approve" in as_("vera").get(PAGE).content


def test_other_teams_pins_are_not_on_it(cast: Cast, as_: SignIn) -> None:
    make_pin(cast.other_team, cast.charlie, scheduled_for=NOW, title="Harbour's own")
    response = as_("alice").get(PAGE)
    assert response.context["is_empty"] and b"Harbour&#x27;s own" not in response.content


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", 13), ("Europe/Berlin", 12), ("Pacific/Honolulu", 12)])
def test_day_is_the_persons_own(cast: Cast, as_: SignIn, zone: str, day: int) -> None:
    cast.vera.time_zone = zone
    cast.vera.save()
    planned(cast, datetime(2026, 12, 12, 20, 0, tzinfo=UTC))
    assert len(day_of(as_("vera"), date(2026, 12, day)).slots) == 1


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight itself is skipped
        ("Atlantic/Azores", date(2026, 10, 25), 25),  # the hour after midnight comes twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day never was
    ],
)
def test_day_with_a_clock_change_is_whole(cast: Cast, zone: str, day: date, hours: int) -> None:
    with timezone.override(ZoneInfo(zone)):
        begins, ends = times.begin_of(day), times.begin_of(day + timedelta(days=1))
        assert ends - begins == timedelta(hours=hours)
        inside = [begins, ends - timedelta(microseconds=1)] if hours else []
        for at in [begins - timedelta(microseconds=1), *inside, ends]:
            planned(cast, at)
        assert len(read_days(cast.team, [day])[day].first) == len(inside)


def test_days_leave_nothing_out_and_hold_nothing_twice(cast: Cast) -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        pins = {planned(cast, datetime(2026, 10, 24, tzinfo=UTC) + timedelta(hours=n)).pk for n in range(0, 72, 12)}
        days = read_days(cast.team, [date(2026, 10, 24) + timedelta(days=n) for n in range(4)])
    assert sorted(pk for day in days.values() for pk in day.first) == sorted(pins)


def test_slots_stand_in_the_order_of_the_day(cast: Cast, as_: SignIn) -> None:
    for hour in (15, 8, 11):
        planned(cast, datetime(2026, 11, 12, hour, tzinfo=UTC))
    assert [slot.at.hour for slot in day_of(as_("vera"), date(2026, 11, 12)).slots] == [8, 11, 15]


def test_full_day_shows_the_first_and_leads_to_the_others(cast: Cast, as_: SignIn) -> None:
    client = as_("vera")
    for number in range(FIRST + 5):
        planned(cast, datetime(2026, 12, 12, 8, number, tzinfo=UTC))
    planned(cast, datetime(2026, 12, 13, 8, 0, tzinfo=UTC))
    day = day_of(client, date(2026, 12, 12))
    assert (len(day.slots), day.more) == (FIRST, "5 more")
    assert len(client.get(day.more_url).context["cards"]) == FIRST + 5


def test_crowded_day_is_counted_to_its_limit(cast: Cast, as_: SignIn) -> None:
    made = planned(cast, NOW)
    rows = [Pin(team=cast.team, status="scheduled", scheduled_for=NOW) for _n in range(FIRST + MAX)]
    Pin.objects.bulk_create(rows)
    assert made.scheduled_for and day_of(as_("vera"), made.scheduled_for.date()).more == "99+ more"


def test_history_of_a_day_turns_pages(cast: Cast, as_: SignIn) -> None:
    for number in range(30):
        planned(cast, datetime(2026, 12, 12, 8, number, tzinfo=UTC))
    client = as_("vera")
    first = client.get("/t/nordlicht/pins/?day=2026-12-12").context
    second = client.get(first["older"]).context
    assert len({card.url for card in [*first["cards"], *second["cards"]]}) == 30
    assert [chip.label for chip in first["chips"]] == ["12 December"]
    assert len(client.get(second["newer"]).context["cards"]) == 24


@pytest.mark.parametrize(
    ("query", "count"),
    [("status=failed", 1), ("status=cancelled", 1), ("author={bob}", 3), ("q=lemon", 1), ("account={account}", 1)],
)
def test_history_of_a_day_can_be_narrowed_further(cast: Cast, as_: SignIn, query: str, count: int) -> None:
    at, account = datetime(2026, 12, 12, 8, tzinfo=UTC), make_account(cast.team)
    planned(cast, at, Status.FAILED)
    planned(cast, at, Status.CANCELLED)
    planned(cast, at, title="Lemon tart")
    make_pin(cast.team, cast.bob, account, scheduled_for=at)
    planned(cast, at + timedelta(days=1), Status.FAILED)
    query = query.format(bob=cast.bob.pk, account=account.pk)
    assert len(as_("vera").get(f"/t/nordlicht/pins/?day=2026-12-12&{query}").context["cards"]) == count


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("de-DE", "Monday"),
        ("en-US", "Sunday"),
        ("en-SD", "Saturday"),
        # Where Babel knows no English.
        ("pt-BR", "Sunday"),
        ("ja-JP", "Sunday"),
        ("ar-EG", "Saturday"),
        ("ar-EG-u-nu-latn", "Saturday"),
        ("fa-IR", "Saturday"),
        ("zh-Hant-TW", "Sunday"),
        ("fr-CA,en;q=0.5", "Sunday"),
        ("pl-PL", "Monday"),
        ("dv-MV", "Friday"),
        ("es-419", "Monday"),
        # Without a country the one where most people speak it; English is the world's.
        ("ja", "Sunday"),
        ("en", "Monday"),
        ("xx-ZZ", "Monday"),
        ("", "Monday"),
    ],
)
def test_week_begins_as_in_the_persons_country(cast: Cast, as_: SignIn, language: str, first: str) -> None:
    response = as_("vera").get(PAGE, headers={"accept-language": language})
    assert response.context["names"][0][2] == first
    weeks = response.context["weeks"]
    assert {f"{week[0].date:%A}" for week in weeks} == {first} and {len(week) for week in weeks} == {7}


def test_months_lead_to_each_other(as_: SignIn) -> None:
    context = as_("vera").get(PAGE, {"month": "2026-12"}).context
    assert context["month"] == "December 2026"
    assert (context["before"]["url"], context["after"]["url"]) == (f"{PAGE}?month=2026-11", f"{PAGE}?month=2027-01")


@pytest.mark.parametrize(
    "month", ["2026-13", "0000-01", "9999-12", "1969-12", "2026-1", "-1", "x" * 500, "２０２６-12"]
)
def test_month_that_makes_no_sense_is_this_one(as_: SignIn, month: str) -> None:
    context = as_("vera").get(PAGE, {"month": month}).context
    assert context["month"] == "November 2026" and context["is_odd"]


@pytest.mark.parametrize(("month", "missing"), [("1970-01", "before"), ("2199-12", "after")])
def test_calendar_has_ends(as_: SignIn, month: str, missing: str) -> None:
    assert as_("vera").get(PAGE, {"month": month}).context[missing] == {}


def test_today_is_the_persons_today(cast: Cast, as_: SignIn) -> None:
    cast.vera.time_zone = "Pacific/Auckland"
    cast.vera.save()
    weeks = as_("vera").get(PAGE).context["weeks"]
    assert [day.date.day for week in weeks for day in week if day.is_today] == [25]


def test_coming_day_begins_a_pin_for_who_may_compose(cast: Cast, as_: SignIn) -> None:
    assert day_of(as_("cora"), date(2026, 12, 12)).new_url == "/t/nordlicht/pins/new/?day=2026-12-12"
    assert day_of(as_("cora"), date(2026, 11, 24)).new_url
    assert not day_of(as_("cora"), date(2026, 11, 23)).new_url
    assert not day_of(as_("vera"), date(2026, 12, 12)).new_url


def test_compose_begins_with_the_day(cast: Cast, as_: SignIn) -> None:
    make_account(cast.team)
    assert b'value="2026-12-12T09:00"' in as_("cora").get("/t/nordlicht/pins/new/?day=2026-12-12").content
    assert b'value="2026' not in as_("cora").get("/t/nordlicht/pins/new/?day=2026-99-12").content


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 11, 25), datetime(2026, 11, 25, 9)),  # noqa: DTZ001
        (date(2026, 11, 24), datetime(2026, 11, 24, 16)),  # noqa: DTZ001
        (date(2026, 11, 23), None),
    ],
)
def test_suggested_time_is_never_past(day: date, at: datetime | None) -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert suggest_time(day) == at


def test_empty_month_says_what_to_do(as_: SignIn) -> None:
    assert "Choose a day to compose a pin for it." in as_("cora").get(PAGE, {"month": "2027-02"}).content.decode()
    assert "Choose a day" not in as_("vera").get(PAGE, {"month": "2027-02"}).content.decode()
    assert "Nothing went out in March 2026." in as_("cora").get(PAGE, {"month": "2026-03"}).content.decode()


def test_calendar_takes_ten_queries_at_most(
    cast: Cast, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    account = make_account(cast.team)
    for number in range(90):
        at = datetime(2026, 11, 1, 8, tzinfo=UTC) + timedelta(hours=8 * number)
        make_pin(cast.team, cast.bob, account, status=Status.values[number % 11], scheduled_for=at)
    client = as_("alice")
    with django_assert_max_num_queries(10):
        assert not client.get(PAGE).context["is_empty"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize("filters", ["", "&status=failed", "&author=1", "&board=1", "&q=lemon"])
def test_day_is_led_by_its_index_and_sorts_nothing(cast: Cast, as_: SignIn, filters: str) -> None:
    client = as_("alice")
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
        client.get(f"/t/nordlicht/pins/?day=2026-11-12{filters.replace('board=1', '')}")
    asked = [each["sql"] for each in queries if "COALESCE(" in each["sql"] and "pins_pin" in each["sql"]]
    assert len(asked) == 2
    for sql in asked:
        plan = plan_of(sql)
        assert "pins_calendar (team_id=? AND <expr>>? AND <expr><?)" in plan
        assert SORTS not in plan
        assert "SCAN pins_pin" not in plan
