"""The time zones on offer, and the old names that stay understood."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser

from postpeer_dash.web.time_zone_fields import BrowserZoneField, TimeZoneField
from postpeer_dash.web.time_zones import (
    SkippedTime,
    current_name,
    find_ambiguous,
    find_zone,
    former_names,
    offered_names,
    offset_text,
    resolve_local,
    zone_city,
    zone_groups,
    zone_of,
    zone_words,
)

OLD = ["Asia/Calcutta", "Europe/Kiev", "US/Pacific", "America/Buenos_Aires", "Asia/Saigon", "Pacific/Enderbury"]


class ZoneForm(forms.Form):
    zone = TimeZoneField()


@pytest.mark.parametrize("name", OLD)
def test_names_of_old_are_not_offered(name: str) -> None:
    assert name not in offered_names()


@pytest.mark.parametrize("name", ["UTC", "Europe/Oslo", "Europe/Berlin", "Asia/Kolkata", "Europe/Kyiv"])
def test_places_are_offered(name: str) -> None:
    assert name in offered_names()


def test_every_zone_on_offer_works() -> None:
    assert all(datetime.now(find_zone(name)) for name in offered_names())
    assert len({name for _area, group in zone_groups() for name, _words in group}) == len(offered_names()) > 400


@pytest.mark.parametrize("name", OLD)
def test_saved_name_of_old_stays_chosen_and_valid(name: str) -> None:
    assert ZoneForm({"zone": name}).is_valid()
    assert f'<option value="{name}" selected>' in str(ZoneForm(initial={"zone": name})["zone"])


@pytest.mark.parametrize("name", ["", "Europe/Nowhere", "Etc/GMT+3", "../UTC"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not ZoneForm({"zone": name}).is_valid()


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "at"),
    [
        ("Europe/Berlin", "2026-11-26T14:05", "2026-11-26T13:05"),
        ("Asia/Kathmandu", "2026-11-26T14:05", "2026-11-26T08:20"),
        ("UTC", "2026-11-26T14:05", "2026-11-26T14:05"),
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
    ],
)
def test_clock_time_is_one_instant(zone: str, local: str, at: str) -> None:
    assert resolve_local(datetime.fromisoformat(local), ZoneInfo(zone)) == instant(at)


@pytest.mark.parametrize(
    ("zone", "local", "following"),
    [
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
)
def test_skipped_time_tells_the_first_instant_after_it(zone: str, local: str, following: str) -> None:
    with pytest.raises(SkippedTime) as skipped:
        resolve_local(datetime.fromisoformat(local), ZoneInfo(zone))
    assert skipped.value.following == instant(following)


@pytest.mark.parametrize(
    ("zone", "local", "first", "second"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00", "2026-11-01T06:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15"),
    ],
)
def test_time_that_comes_twice_is_chosen_by_its_fold(zone: str, local: str, first: str, second: str) -> None:
    clock, place = datetime.fromisoformat(local), ZoneInfo(zone)
    found = find_ambiguous(clock, place)
    assert found is not None
    assert (found.first, found.second) == (instant(first), instant(second))
    assert [resolve_local(clock, place, fold=fold) for fold in (0, 1)] == [instant(first), instant(second)]


@pytest.mark.parametrize("local", ["2026-10-25T01:59", "2026-10-25T03:00", "2026-03-29T02:30", "2026-11-26T14:05"])
def test_every_other_time_comes_once(local: str) -> None:
    assert find_ambiguous(datetime.fromisoformat(local), ZoneInfo("Europe/Berlin")) is None


@pytest.mark.parametrize(("zone", "local"), [("Asia/Tokyo", "0001-01-01"), ("America/New_York", "9999-12-31T23:00")])
def test_ends_of_the_calendar_overflow(zone: str, local: str) -> None:
    with pytest.raises(OverflowError):
        resolve_local(datetime.fromisoformat(local), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "UTC+0"),
        ("Europe/Berlin", "UTC+1"),
        ("America/St_Johns", "UTC−3:30"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/New_York", "UTC−5"),
    ],
)
def test_distance_from_utc_is_written_short(zone: str, text: str) -> None:
    assert offset_text(ZoneInfo(zone), instant("2026-11-26T12:00")) == text


def test_distance_follows_the_season() -> None:
    assert zone_words("Europe/Berlin", instant("2026-07-01T12:00")) == "Berlin (UTC+2)"
    assert zone_words("Europe/Berlin", instant("2026-11-01T12:00")) == "Berlin (UTC+1)"


@pytest.mark.parametrize(
    ("name", "city"),
    [("UTC", "UTC"), ("America/New_York", "New York"), ("America/Argentina/Buenos_Aires", "Buenos Aires")],
)
def test_zone_is_called_by_its_city(name: str, city: str) -> None:
    assert zone_city(name) == city


def test_zone_nobody_knows_has_no_distance() -> None:
    assert zone_words("Mars/Olympus", instant("2026-11-26T12:00")) == "Olympus"


@pytest.mark.parametrize(
    ("own", "of_the_site", "found"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("Mars/Olympus", "Europe/Berlin", "Europe/Berlin"),
        ("", "Mars/Olympus", "UTC"),
    ],
)
def test_person_without_a_zone_has_the_sites(settings: Any, own: str, of_the_site: str, found: str) -> None:
    settings.TIME_ZONE = of_the_site
    assert str(zone_of(SimpleNamespace(time_zone=own))) == found
    assert str(zone_of(AnonymousUser())) == (of_the_site if find_zone(of_the_site) else "UTC")


def test_groups_begin_with_utc_and_go_by_continent() -> None:
    groups = dict(zone_groups())
    assert next(iter(groups)) == "UTC"
    assert {name for name, _words in groups["Africa"]} >= {"Africa/Cairo", "Africa/Lagos"}
    assert all(name.startswith("Europe/") for name, _words in groups["Europe"])


@pytest.mark.parametrize(("value", "count"), [("Europe/Berlin", 1), ("Asia/Calcutta", 1), ("Mars/Olympus", 0), ("", 0)])
def test_select_marks_what_is_chosen_once(value: str, count: int) -> None:
    html = str(ZoneForm(initial={"zone": value})["zone"])
    assert html.count(" selected>") == count
    assert "Mars" not in html


FORMER = {
    "Asia/Calcutta": "Asia/Kolkata",
    "Europe/Kiev": "Europe/Kyiv",
    "America/Godthab": "America/Nuuk",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "US/Pacific": "America/Los_Angeles",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    # IANA links these to other places with the same clock.
    "America/Coral_Harbour": "America/Atikokan",
    "Africa/Asmera": "Africa/Asmara",
    "Pacific/Truk": "Pacific/Chuuk",
    "Iceland": "Atlantic/Reykjavik",
    "Etc/UTC": "UTC",
    "GMT": "UTC",
}


@pytest.mark.parametrize(("former", "current"), FORMER.items())
def test_former_name_becomes_the_current_one(former: str, current: str) -> None:
    assert current_name(former) == current in offered_names()
    form = ZoneForm({"zone": former})
    assert form.is_valid() and form.cleaned_data["zone"] == current
    assert BrowserZoneField().clean(former) == current


def test_what_is_offered_stays_as_it_is() -> None:
    assert [name for name in offered_names() if current_name(name) != name] == []


def test_every_former_name_keeps_its_clock() -> None:
    now = datetime.now(UTC)
    for former, current in former_names().items():
        zone = find_zone(former)
        assert find_zone(current) is not None
        assert zone is None or now.astimezone(zone).utcoffset() == now.astimezone(find_zone(current)).utcoffset()


@pytest.mark.parametrize("reported", ["", "Mars/Olympus", "Etc/GMT+3", "x" * 10_000, "Asia/\x00", None])
def test_what_no_browser_should_report_is_nothing(reported: object) -> None:
    assert BrowserZoneField().clean(reported) == ""
