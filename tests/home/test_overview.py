from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.home.overview import Overview, read_overview
from postpeer_dash.pins.models import Pin, Review, Status, Submission
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account
from tests.pins.listing import make_pin, make_submission

URL = "/t/nordlicht/"


def read(client: Client) -> tuple[Overview, str]:
    response = client.get(URL)
    assert response.status_code == 200
    return response.context["overview"], response.content.decode()


def fail(cast: Cast, account: Account, text: str = "Board not found.", **fields: object) -> Pin:
    target = {"error_kind": "platform_failed", "error_text": text}
    return make_pin(cast.team, cast.bob, account, status=Status.FAILED, target=target, **fields)


def test_new_team_is_shown_three_steps(cast: Cast, as_: SignIn) -> None:
    overview, text = read(as_("alice"))
    assert overview.is_new and "Welcome to Nordlicht" in text
    for step in ("Connect Pinterest", "Compose a pin", "See what becomes of it"):
        assert step in text


def test_viewer_of_a_new_team_is_not_asked_to_connect(cast: Cast, as_: SignIn) -> None:
    _overview, text = read(as_("vera"))
    assert "Connect Pinterest" not in text and "Somebody who manages the team" in text


def test_team_with_a_draft_is_not_new(cast: Cast, account: Account, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, account, status=Status.DRAFT)
    assert not read(as_("bob"))[0].is_new


def test_calm_day_is_said_in_one_sentence(cast: Cast, account: Account, as_: SignIn) -> None:
    with time_machine.travel("2026-11-24T13:12:00Z", tick=False):
        for hours in (2, 4):
            at = timezone.now() + timedelta(hours=hours)
            make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
        overview, _text = read(as_("bob"))
    assert overview.headline == "Nothing needs you."
    assert overview.subline == ("Two pins go out today, the next one at 16:12. It is Tuesday, 14:12 in Berlin.")


def test_failed_pin_needs_somebody_with_the_platforms_words(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account, title="Citrus")
    overview, text = read(as_("bob"))
    assert overview.headline == "One thing needs you"
    assert "Pinterest says" in text and "Board not found." in text and "Choose another board" in text


def test_old_failure_is_history(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account, at=timezone.now() - timedelta(days=15))
    assert not read(as_("bob"))[0].needs


def test_pin_scheduled_long_ago_that_failed_today_is_shown(cast: Cast, account: Account, as_: SignIn) -> None:
    now = timezone.now()
    fail(cast, account, at=now - timedelta(days=40), scheduled_for=now - timedelta(hours=1))
    assert len(read(as_("bob"))[0].needs) == 1


def test_failure_found_in_two_ways_is_shown_once(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account, scheduled_for=timezone.now() - timedelta(minutes=1))
    assert len(read(as_("bob"))[0].needs) == 1


def test_partly_out_pin_is_shown_with_its_failed_part(cast: Cast, account: Account, as_: SignIn) -> None:
    other = make_account(cast.team, platform="linkedin")
    pin = make_pin(cast.team, cast.bob, account, status=Status.PARTIAL, others=[other])
    pin.targets.filter(account=account).update(status=Status.PUBLISHED)
    pin.targets.filter(account=other).update(error_kind="platform_failed", error_text="Duplicate")
    assert [(need.sign, need.said_by) for need in read(as_("bob"))[0].needs] == [("partial", "LinkedIn")]


def test_unconfirmed_pin_comes_first(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account)
    pin = make_pin(cast.team, cast.bob, account, status=Status.UNCONFIRMED)
    make_submission(pin, state=Submission.State.UNCONFIRMED, due_at=timezone.now())
    overview, text = read(as_("bob"))
    assert [need.sign for need in overview.needs] == ["unconfirmed", "failed"]
    assert "it may be out or not" in text


def test_overdue_pin_is_said_aloud(cast: Cast, account: Account, as_: SignIn) -> None:
    at = timezone.now() - timedelta(minutes=11)
    make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    assert "should have gone out" in read(as_("bob"))[1]


def test_account_to_reconnect_tells_how_many_pins_wait(cast: Cast, account: Account, as_: SignIn) -> None:
    for days in (1, 2, 3):
        at = timezone.now() + timedelta(days=days)
        make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED, failure_reason="access_revoked")
    _overview, text = read(as_("alice"))
    assert "Atelier has to be connected again" in text and "The permission was taken back at Pinterest." in text
    assert "Three scheduled pins need it, the first one tomorrow at" in text and "Waits for Atelier" in text


def test_unknown_reason_has_a_sentence_too(cast: Cast, account: Account, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, account)
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED, failure_reason="something_new")
    assert "doesn’t let PostPeer in any more" in read(as_("alice"))[1]


@pytest.mark.parametrize(("name", "is_shown"), [("bob", True), ("cora", False), ("vera", False)])
def test_approval_is_asked_of_those_who_may(
    cast: Cast, account: Account, as_: SignIn, name: str, is_shown: bool
) -> None:
    for _number in range(2):
        make_pin(cast.team, cast.cora, account, status=Status.DRAFT, review=Review.WAITING)
    assert ("Two pins by Cora" in read(as_(name))[1]) is is_shown


def test_viewer_sees_what_is_wrong_without_buttons(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account)
    overview, text = read(as_("vera"))
    assert overview.headline == "One thing needs an editor"
    assert "Choose another board" not in text and "See what we know" in text


def test_contributor_is_told_of_their_own_work_first(cast: Cast, account: Account, as_: SignIn) -> None:
    make_pin(cast.team, cast.cora, account, status=Status.DRAFT, review=Review.RETURNED, title="Sent back")
    make_pin(cast.team, cast.cora, account, status=Status.DRAFT, title="Begun")
    make_pin(cast.team, cast.cora, account, status=Status.DRAFT, review=Review.WAITING, title="Handed in")
    make_pin(cast.team, cast.bob, account, status=Status.DRAFT, title="Of somebody else")
    fail(cast, account, title="Citrus")
    overview, text = read(as_("cora"))
    assert overview.headline == "Two things need you" and "Of somebody else" not in text
    assert [need.title for need in overview.needs] == ["Sent back", "Begun"]
    assert [need.title for need in overview.others] == ["Handed in", "Citrus"]


def test_contributors_own_failure_is_theirs_to_change(cast: Cast, account: Account, as_: SignIn) -> None:
    target = {"error_kind": "platform_failed", "error_text": "Board not found."}
    make_pin(cast.team, cast.cora, account, status=Status.FAILED, target=target)
    overview, text = read(as_("cora"))
    assert len(overview.needs) == 1 and not overview.others and "Choose another board" in text


def test_contributors_several_drafts_stand_together(cast: Cast, account: Account, as_: SignIn) -> None:
    for _number in range(3):
        make_pin(cast.team, cast.cora, account, status=Status.DRAFT)
    (need,) = read(as_("cora"))[0].needs
    assert need.title == "Three drafts of yours" and need.acts[0].url.endswith(f"status=draft&author={cast.cora.pk}")


def test_nothing_of_a_contributors_own_is_said_calmly(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account)
    overview, text = read(as_("cora"))
    assert overview.headline == "Nothing needs you." and "What others see to" in text and "All is well" not in text


def test_what_will_fail_within_a_day_comes_before_what_has_failed(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account)
    other = make_account(cast.team, display_name="Kornhaus", health=Account.Health.RECONNECT_REQUIRED)
    pin = make_pin(
        cast.team, cast.bob, other, status=Status.SCHEDULED, scheduled_for=timezone.now() + timedelta(hours=5)
    )
    assert [need.sign for need in read(as_("alice"))[0].needs] == ["reconnect_required", "failed"]
    Pin.objects.filter(pk=pin.pk).update(scheduled_for=timezone.now() + timedelta(days=2))
    assert [need.sign for need in read(as_("alice"))[0].needs] == ["failed", "reconnect_required"]


def test_what_goes_out_is_listed_by_day(cast: Cast, account: Account, as_: SignIn) -> None:
    with time_machine.travel("2026-11-24T13:12:00Z", tick=False):
        for hours in (2, 3, 24, 60):
            at = timezone.now() + timedelta(hours=hours)
            make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at, title=str(hours))
        overview, _text = read(as_("bob"))
    assert [(day.name, [pin.card.title for pin in day.pins]) for day in overview.days] == [
        ("Today", ["2", "3"]),
        ("Tomorrow", ["24"]),
        ("27 November", ["60"]),
    ]


def test_what_is_too_much_is_counted(cast: Cast, account: Account, as_: SignIn) -> None:
    with time_machine.travel("2026-11-24T13:12:00Z", tick=False):
        for hours in range(1, 14):
            at = timezone.now() + timedelta(hours=hours)
            make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
        overview, _text = read(as_("bob"))
    assert sum(len(day.pins) for day in overview.days) == 8
    assert overview.more == "Five more until tomorrow."


def test_what_is_under_way_stands_on_top(cast: Cast, account: Account, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, account, status=Status.PUBLISHING, title="On its way")
    assert [pin.card.title for pin in read(as_("bob"))[0].now] == ["On its way"]


def test_went_out_last_goes_by_the_time_it_went_out(cast: Cast, account: Account, as_: SignIn) -> None:
    now = timezone.now()
    make_pin(cast.team, cast.bob, account, title="Now", at=now - timedelta(hours=2))
    make_pin(
        cast.team,
        cast.bob,
        account,
        title="Scheduled long ago",
        at=now - timedelta(days=30),
        scheduled_for=now - timedelta(hours=1),
    )
    for number in range(8):
        make_pin(cast.team, cast.bob, account, title=str(number), at=now - timedelta(days=2 + number))
    assert [card.title for card in read(as_("bob"))[0].last] == ["Scheduled long ago", "Now", "0", "1", "2", "3"]


def test_another_teams_pins_are_nowhere(cast: Cast, as_: SignIn) -> None:
    account = make_account(cast.other_team, display_name="Secret harbour")
    for status in Status.values:
        make_pin(cast.other_team, cast.charlie, account, status=status, title="Secret")
    assert "Secret" not in read(as_("alice"))[1]


def test_hostile_words_are_only_text(cast: Cast, account: Account, as_: SignIn) -> None:
    Account.objects.update(display_name="<script>alert(1)</script>", health=Account.Health.RECONNECT_REQUIRED)
    fail(cast, account, "<script>alert(2)</script>", title="<script>alert(3)</script>")
    assert "<script>alert" not in read(as_("alice"))[1]


def test_more_than_a_list_holds_is_counted(cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=3)
    Pin.objects.bulk_create(
        Pin(team=cast.team, status="scheduled", scheduled_for=soon + timedelta(minutes=number)) for number in range(130)
    )
    Pin.objects.bulk_create(Pin(team=cast.team, status="queued", frozen_at=timezone.now()) for _number in range(45))
    overview = read_overview(cast.team.memberships.get(user=cast.bob))
    assert "175 pins are on their way" in overview.subline and overview.more == "130 in all."
