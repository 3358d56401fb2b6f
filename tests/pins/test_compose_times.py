"""Clock times in a zone: the ones that don't exist, the ones that come twice, the ones that are gone."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from postpeer_dash.pins.models import Pin
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_draft

SKIPPED = "2027-03-28T02:30"  # Berlin's clocks go from 02:00 to 03:00
TWICE = "2027-10-31T02:30"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


@pytest.fixture(autouse=True)
def _november(in_november: None) -> None:
    pass


def error_of(response: Any) -> str:
    assert response.status_code == 422
    return str(response.context["form"].errors["scheduled_for"][0])


@pytest.mark.parametrize("action", ["schedule", "draft"])
def test_skipped_hour_names_the_next_time(desk: Desk, as_: SignIn, action: str) -> None:
    response = desk.post(as_("bob"), scheduled_for=SKIPPED, action=action)
    assert "doesn’t exist" in error_of(response)
    assert "03:00" in error_of(response)
    assert f'value="{SKIPPED}"' in response.content.decode()


def test_publishing_doesnt_mind_a_skipped_hour(desk: Desk, as_: SignIn) -> None:
    assert desk.post(as_("bob"), scheduled_for=SKIPPED, action="publish").status_code == 302


def test_hour_that_comes_twice_is_asked_about(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), scheduled_for=TWICE, action="schedule")
    assert "comes twice" in error_of(response)
    page = response.content.decode()
    assert "the first 02:30 (UTC+2)" in page
    assert "the second 02:30 (UTC+1)" in page


@pytest.mark.parametrize(("fold", "at"), [("0", "2027-10-31T00:30:00+00:00"), ("1", "2027-10-31T01:30:00+00:00")])
def test_answer_chooses_one_of_the_two(desk: Desk, as_: SignIn, fold: str, at: str) -> None:
    bob = as_("bob")
    desk.post(bob, scheduled_for=TWICE, fold=fold, action="schedule")
    scheduled_for = Pin.objects.get().scheduled_for
    assert scheduled_for is not None
    assert scheduled_for.isoformat() == at


def test_answer_is_remembered_in_a_draft(desk: Desk, as_: SignIn, cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account, scheduled_for=datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    page = as_("bob").get(f"/t/nordlicht/pins/{pin.uuid}/edit/").content.decode()
    assert 'value="1" id="fold-1" checked' in page


def test_ordinary_time_asks_nothing(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), scheduled_for="2026-12-01T09:00", link="http://x.example")
    assert "Which one?" not in response.content.decode()


@pytest.mark.parametrize("text", ["2026-11-22T10:59", "2026-11-22T11:00", "2020-01-01T00:00", "0001-01-01T00:00"])
def test_time_that_has_passed_is_refused(desk: Desk, as_: SignIn, text: str) -> None:
    assert error_of(desk.post(as_("bob"), scheduled_for=text, action="schedule"))


def test_draft_may_have_a_time_that_has_passed(desk: Desk, as_: SignIn) -> None:
    assert desk.post(as_("bob"), scheduled_for="2026-11-01T09:00").status_code == 302


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "2028-01-01T00:00"])
def test_time_too_far_away_is_refused(desk: Desk, as_: SignIn, text: str) -> None:
    assert error_of(desk.post(as_("bob"), scheduled_for=text, timezone="America/New_York", action="schedule"))


@pytest.mark.parametrize("text", ["9999-12-31T20:00", "2200-01-02T10:00", "1969-12-30T10:00", "0001-01-01T02:00"])
def test_draft_for_a_day_that_not_every_calendar_has_is_refused(desk: Desk, as_: SignIn, text: str) -> None:
    # Shown in Auckland's time, the last evening of 9999 has no day: nobody there would see any list with it.
    response = desk.post(as_("cora"), scheduled_for=text, timezone="UTC", action="draft")
    assert "No calendar goes that far" in error_of(response)
    assert not Pin.objects.exists()


def test_scheduling_needs_a_time(desk: Desk, as_: SignIn) -> None:
    assert error_of(desk.post(as_("bob"), action="schedule")) == "Choose the day and time at which it goes out."


def test_time_with_seconds_is_taken(desk: Desk, as_: SignIn) -> None:
    desk.post(as_("bob"), scheduled_for="2026-11-26T18:15:30", action="schedule")
    assert Pin.objects.get().scheduled_for == datetime(2026, 11, 26, 17, 15, 30, tzinfo=UTC)


def test_without_a_zone_the_persons_own_is_meant(desk: Desk, as_: SignIn) -> None:
    desk.post(as_("bob"), scheduled_for="2026-11-26T18:15", timezone=None, action="schedule")
    pin = Pin.objects.get()
    assert (pin.time_zone, pin.scheduled_for) == ("Europe/Berlin", datetime(2026, 11, 26, 17, 15, tzinfo=UTC))


def test_saved_time_is_shown_in_the_zone_it_was_meant_in(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    response = desk.post(bob, scheduled_for="2026-11-26T18:15", timezone="Asia/Tokyo")
    page = bob.get(response.headers["Location"]).content.decode()
    assert 'value="2026-11-26T18:15"' in page
    assert '<option value="Asia/Tokyo" selected>' in page


def test_zones_distance_is_that_of_today() -> None:
    from postpeer_dash.web.time_zones import zone_groups

    def berlin() -> str:
        return next(words for _area, group in zone_groups() for name, words in group if name == "Europe/Berlin")

    with time_machine.travel(datetime(2026, 1, 15, tzinfo=UTC)):
        assert berlin() == "Berlin (UTC+1)"
    with time_machine.travel(datetime(2026, 7, 15, tzinfo=UTC)):
        assert berlin() == "Berlin (UTC+2)"


# The browser's rules


@pytest.mark.parametrize("action", ["schedule", "submit"])
def test_browser_with_other_rules_is_asked_about_once(desk: Desk, as_: SignIn, action: str) -> None:
    bob = as_("bob")
    typed = {"scheduled_for": "2026-12-01T09:00", "timezone": "America/Vancouver", "action": action}
    response = desk.post(bob, shown_at="2026-12-01T17:00:00.000Z", **typed)
    said = error_of(response)
    assert "09:00 in Vancouver for UTC−8" in said and "09:00, Vancouver (UTC−7)" in said and "calls 08:00" in said
    page = response.content.decode()
    assert 'value="2026-12-01T09:00"' in page and 'value="A calm kitchen"' in page
    confirmed = page.split('name="confirmed_at" value="')[1].split('"')[0]
    other = {**typed, "scheduled_for": "2026-12-01T10:00"}
    assert "calls 09:00" in error_of(
        desk.post(bob, shown_at="2026-12-01T18:00:00.000Z", confirmed_at=confirmed, **other)
    )
    assert desk.post(bob, shown_at="2026-12-01T17:00:00.000Z", confirmed_at=confirmed, **typed).status_code == 302
    assert Pin.objects.get().scheduled_for == datetime(2026, 12, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("shown", ["2026-12-01T16:00:00.000Z", "", "soon", "2020-01-01T00:00:00Z", "9999-12-31T23:59"])
def test_browser_that_agrees_or_says_nothing_of_use_is_not_asked_about(desk: Desk, as_: SignIn, shown: str) -> None:
    typed = {"scheduled_for": "2026-12-01T09:00", "timezone": "America/Vancouver", "action": "schedule"}
    assert desk.post(as_("bob"), shown_at=shown, **typed).status_code == 302


@pytest.mark.parametrize("fold", ["0", "1"])
def test_either_of_two_equal_hours_agrees_with_the_browser(desk: Desk, as_: SignIn, fold: str) -> None:
    shown = "2027-10-31T00:30:00.000Z"
    assert desk.post(as_("bob"), scheduled_for=TWICE, fold=fold, shown_at=shown, action="schedule").status_code == 302


def test_draft_asks_nothing_and_tells_the_moment_beside_the_field(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    typed = {"scheduled_for": "2026-12-01T09:00", "timezone": "America/Vancouver", "shown_at": "2026-12-01T17:00Z"}
    page = bob.get(desk.post(bob, **typed).headers["Location"]).content.decode()
    assert 'data-local="2026-12-01T09:00"' in page and 'data-at="2026-12-01T16:00:00+00:00"' in page
