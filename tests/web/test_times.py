from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.web import times
from postpeer_dash.web.templatetags.dash_times import when
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


def test_long_time_has_the_weekday_and_the_year_unless_it_is_near() -> None:
    assert times.long(NOW) == "Today, 14:12"
    assert times.long(NOW + timedelta(days=2)) == "Thursday, 26 November 2026, 14:12"


def test_seconds_are_said_where_they_are_asked_for() -> None:
    assert times.clock(NOW + timedelta(seconds=7), seconds=True) == "14:12:07"


@pytest.mark.parametrize(
    ("locale", "text"), [("en_DE", "1.234.567"), ("en_US", "1,234,567"), ("en_CH", "1’234’567"), ("en_IN", "12,34,567")]
)
def test_number_has_the_countrys_separators(locale: str, text: str) -> None:
    times.set_locale(locale)
    assert times.number(1_234_567) == text


@pytest.mark.parametrize(
    ("locale", "first", "name"), [("en_DE", 0, "Monday"), ("en_US", 6, "Sunday"), ("en_GB", 0, "Monday")]
)
def test_week_begins_as_in_the_country(locale: str, first: int, name: str) -> None:
    times.set_locale(locale)
    days = times.week_days()
    assert (days[0][0], days[0][2]) == (first, name)
    assert sorted(number for number, _short, _full in days) == list(range(7))


@pytest.mark.parametrize(("locale", "is_wide"), [("en_DE", False), ("en_GB", False), ("en_US", True), ("en_AU", True)])
def test_clock_with_am_and_pm_takes_room(locale: str, is_wide: bool) -> None:
    times.set_locale(locale)
    assert times.has_wide_clock() is is_wide


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        ("Europe/Berlin", date(2026, 11, 24), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        ("UTC", date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC)),
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ],
)
def test_day_begins_at_the_persons_midnight(zone: str, day: date, at: datetime) -> None:
    # In Cairo that midnight is skipped: the day begins an hour later by the clock, at the same instant.
    with timezone.override(ZoneInfo(zone)):
        assert times.begin_of(day) == at


def test_day_is_short_in_a_calendars_cell_and_full_in_a_sentence() -> None:
    assert times.day_short(date(2026, 12, 1)) == "1 Dec"
    assert times.weekday(NOW) == "Tuesday"


def test_zone_of_the_page_is_called_by_its_city() -> None:
    assert times.current_city() == "Berlin"
    assert times.clock_in(NOW, ZoneInfo("America/New_York")) == "08:12"
    assert times.current_city() == "Berlin"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "en_CH"),
        ("en-us", "en_US"),
        ("zh-Hant-TW", "en_150"),
        ("es-419", "en_150"),
        ("de-DE;q=0.5", "en_DE"),
        ("-", "en_150"),
        ("en-../../x", "en_150"),
    ],
)
def test_first_language_alone_decides(header: str, locale: str) -> None:
    assert times.negotiate_locale(header) == locale


def test_time_names_its_place_and_distance_from_utc() -> None:
    with timezone.override("America/Vancouver"):
        assert 'Vancouver (UTC−7)"' in str(when(datetime(2026, 12, 1, 16, tzinfo=UTC)))
    with timezone.override("UTC"):
        assert times.current_place(NOW) == "UTC"


@pytest.mark.parametrize("sign", ["%Z", "tzname(", "timeZoneName", "get_timezone_name", '"full"'])
def test_no_time_is_said_by_a_name_of_its_zone(sign: str) -> None:
    """One moment is MST to zoneinfo, Pacific Standard Time to Babel and Pacific Daylight Time to a browser."""
    root = Path(__file__).resolve().parents[2]
    files = [*root.glob("postpeer_dash/**/*.py"), *root.glob("templates/**/*.*"), *root.glob("static/js/*.js")]
    found = [path.name for path in files if sign in path.read_text()]
    # Of dates alone: there is no zone in it.
    assert found == (["times.py"] if sign == '"full"' else [])
