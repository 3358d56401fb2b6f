from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.web import times
from postpeer_dash.web.time_zones import find_zone
from postpeer_dash.web.times import long_in

NOW = datetime(2026, 11, 24, 13, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_berlin() -> object:
    with time_machine.travel(NOW, tick=False), timezone.override(ZoneInfo("Europe/Berlin")):
        times.set_locale("en_DE")
        yield
        times.set_locale("en_150")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 24, 8, 30, tzinfo=UTC), "09:30"),
        (datetime(2026, 11, 23, 8, 30, tzinfo=UTC), "Mon 09:30"),
        (datetime(2026, 10, 1, 8, 30, tzinfo=UTC), "1 Oct"),
        (datetime(2025, 10, 1, 8, 30, tzinfo=UTC), "1 Oct 2025"),
    ],
)
def test_short_time_is_as_short_as_it_can_be(at: datetime, text: str) -> None:
    assert times.short(at) == text


def test_day_changes_at_the_persons_midnight() -> None:
    assert times.day_name(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "Tomorrow"


def test_clock_follows_the_country() -> None:
    times.set_locale(times.negotiate_locale("en-US,en;q=0.9"))
    assert times.clock(NOW) == "2:12\u202fPM"


@pytest.mark.parametrize(
    ("header", "locale"),
    [("de-DE,de", "en_DE"), ("", "en_150"), ("en", "en_150"), ("xx-ZZ", "en_150"), ("*", "en_150")],
)
def test_locale_is_english_of_the_country(header: str, locale: str) -> None:
    assert times.negotiate_locale(header) == locale


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Europe/Nowhere", "\x00"])
def test_unknown_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize(
    ("locale", "heading", "month"),
    [("en_DE", "Thursday, 26 November", "November 2026"), ("en_US", "Thursday, November 26", "November 2026")],
)
def test_day_and_month_are_written_as_in_the_country(locale: str, heading: str, month: str) -> None:
    times.set_locale(locale)
    day = date(2026, 11, 26)
    assert (times.day_heading(day), times.month_name(day)) == (heading, month)


def test_day_inside_a_sentence_begins_small() -> None:
    assert [times.day_inside(NOW + timedelta(days=days)) for days in (-1, 0, 1, 2)] == [
        "yesterday",
        "today",
        "tomorrow",
        "26 November",
    ]
    assert long_in(NOW, ZoneInfo("Asia/Tokyo")) == "today, 22:12"
