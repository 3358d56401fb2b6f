"""What a pin's page says while it waits, and what it keeps to itself afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection, Usage
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Pin, Status, Submission, Wait
from postpeer_dash.pins.publishing import restore
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import AuditEvent, Team
from tests.cast import Cast, SignIn
from tests.conftest import really_look_around
from tests.pins.factories import again, make_due, make_submitted, work
from tests.pins.listing import make_pin, make_submission
from tests.postpeer.samples import post_list
from tests.postpeer.wire import Wire
from tests.squeezing import squeeze

POSTS = "/v1/posts"
State = Submission.State
REFUSED = {"success": False, "message": "Invalid key"}


def read(client: Client, pin: Pin) -> str:
    response = client.get(f"/t/{pin.team.slug}/pins/{pin.uuid}/")
    assert response.status_code == 200
    return response.content.decode()


def summary(client: Client, pin: Pin) -> Any:
    return client.get(f"/t/{pin.team.slug}/pins/{pin.uuid}/").context["summary"]


@pytest.mark.usefixtures("same_clock")
def test_refused_key_has_a_line_of_its_own(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=REFUSED, status=401, tolerance=True)
    after = work(submission)
    assert (after.state, after.waits_for) == (State.QUEUED, Wait.KEY_REFUSED)
    text = read(as_("vera"), after.pin)
    assert "PostPeer refused this dashboard’s key. Whoever runs the dashboard has to look at it." in text
    assert "It never left" not in text
    assert "PostPeer refuses this dashboard’s key, so nothing is sent" in summary(as_("vera"), after.pin).text


@pytest.mark.usefixtures("same_clock")
def test_after_a_429_the_page_says_what_is_waited_for(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=REFUSED, status=429, headers={"Retry-After": "20"}, tolerance=True)
    after = work(submission)
    text = summary(as_("bob"), after.pin).text
    assert text.startswith("It is in line: PostPeer asks us to come back later. We try again at 11:00")


@pytest.mark.usefixtures("same_clock")
def test_before_the_first_reading_the_page_says_so(
    cast: Cast, as_: SignIn, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "_gate", restore._Gate())
    monkeypatch.setattr(restore, "look_around", really_look_around)
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=REFUSED, status=500, tolerance=True, repeat=True)
    after = work(submission)
    assert after.waits_for == Wait.FIRST_READING
    assert "before anything leaves we read what PostPeer has already" in summary(as_("bob"), after.pin).text


def test_what_it_waited_for_is_forgotten_when_it_leaves(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_due(make_submitted(cast.team, cast.bob), waits_for=Wait.NEVER_SENT)
    postpeer_wire.post(POSTS, json=REFUSED, status=500, tolerance=True)
    assert work(submission).error_kind == "unclear"


@pytest.mark.parametrize(
    ("rows", "fields", "words"),
    [
        (Team.objects, {"stopped_at": timezone.now()}, "Somebody has stopped this team’s sending"),
        (Connection.objects, {"stopped_at": timezone.now()}, "Whoever runs the dashboard has stopped sending"),
        (
            Connection.objects,
            {"held_at": timezone.now(), "held_reason": "unknown_posts"},
            "PostPeer has posts that nothing here explains",
        ),
    ],
)
def test_stopped_pin_says_who_has_stopped_it(
    cast: Cast, as_: SignIn, rows: Any, fields: dict[str, Any], words: str
) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    rows.update(**fields)
    assert words in summary(as_("bob"), pin).text


def test_pin_that_is_due_leaves_within_seconds(cast: Cast, as_: SignIn) -> None:
    assert "leaves within seconds" in summary(as_("bob"), make_submitted(cast.team, cast.bob).pin).text


def test_next_look_is_said_only_while_it_is_ahead(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=Status.UNCONFIRMED)
    one = make_submission(pin, state=State.UNCONFIRMED, sent_at=timezone.now())
    at = (timezone.now() + timedelta(minutes=1)).isoformat()
    record(pin, Kind.READ, submission=one, posts=3, candidates=[], next_at=at)
    assert "it isn’t there. We look again at" in read(as_("vera"), pin)
    record(pin, Kind.READ_FAILED, submission=one, text="", next_at=timezone.now().isoformat())
    assert "it isn’t there. We look again at" not in read(as_("vera"), pin)
    assert "couldn’t be read.</div>" in squeeze(read(as_("vera"), pin))


def test_next_look_is_not_said_once_it_has_ended(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    one = make_submission(pin, state=State.DONE)
    at = (timezone.now() + timedelta(minutes=1)).isoformat()
    record(pin, Kind.READ, submission=one, posts=3, candidates=[], next_at=at)
    assert "We look again" not in read(as_("vera"), pin)


def test_unconfirmed_pin_says_until_when_it_is_waited_for(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, status=Status.UNCONFIRMED)
    one = make_submission(pin, state=State.UNCONFIRMED, sent_at=timezone.now(), due_at=timezone.now())
    assert "We wait for it to show up in PostPeer’s list, until" in read(as_("vera"), pin)
    Submission.objects.filter(pk=one.pk).update(sent_at=timezone.now() - timedelta(hours=2))
    assert "until PostPeer’s list has been read to the end twice" in read(as_("vera"), pin)


def test_headline_speaks_of_the_last_submission(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account, at=timezone.now() - timedelta(days=3))
    earlier = timezone.now() - timedelta(days=3)
    make_submission(pin, cast.bob, requested_at=earlier, sent_at=earlier, state=State.REFUSED)
    make_submission(pin, cast.alice, requested_at=timezone.now(), sent_at=timezone.now())
    assert summary(as_("vera"), pin).text.startswith("Alice published it today at")


def scheduled(cast: Cast, account: Account) -> Pin:
    at = timezone.now() + timedelta(days=1)
    pin = make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at)
    make_submission(pin, cast.bob, state=State.ACCEPTED, scheduled_for=at)
    return pin


def test_well_scheduled_pin_is_warned_of_nothing(cast: Cast, account: Account, as_: SignIn) -> None:
    Usage.objects.create(connection=current_connection(), left=3, limit=500)
    assert list(summary(as_("bob"), scheduled(cast, account)).notes) == []


def test_account_to_reconnect_is_named_before_the_time(cast: Cast, account: Account, as_: SignIn) -> None:
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED)
    notes = summary(as_("bob"), scheduled(cast, account)).notes
    assert notes == ["Atelier has to be connected again. Without that it fails on Pinterest."]


def test_board_that_is_gone_is_named_before_the_time(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = scheduled(cast, account)
    Board.objects.update(gone_at=timezone.now())
    (note,) = summary(as_("bob"), pin).notes
    assert note.startswith("The board Winter away is gone from Pinterest, so it will fail there.")


@pytest.mark.parametrize(("days", "is_said"), [(None, True), (2, True), (0.5, False)])
def test_credits_that_are_used_up_are_named_until_the_cycle_ends(
    cast: Cast, account: Account, as_: SignIn, days: float | None, is_said: bool
) -> None:
    end = timezone.now() + timedelta(days=days) if days else None
    Usage.objects.create(connection=current_connection(), left=0, limit=500, cycle_end=end)
    notes = summary(as_("bob"), scheduled(cast, account)).notes
    assert any("credits were used up" in note for note in notes) is is_said


@pytest.mark.usefixtures("same_clock")
def test_refusal_for_want_of_credits_is_kept_with_its_time(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Usage.objects.create(connection=submission.connection, left=3, limit=500)
    postpeer_wire.post(POSTS, json=REFUSED, status=402, tolerance=True)
    postpeer_wire.get(POSTS, json=post_list())
    assert work(submission).error_kind == "out_of_credits"
    assert (Usage.objects.get().left, Usage.objects.get().limit) == (0, 500)


def fail(cast: Cast, account: Account) -> Pin:
    target = {"error_kind": "platform_failed", "error_text": "No."}
    return make_pin(cast.team, cast.bob, account, status=Status.FAILED, target=target)


def needs(client: Client) -> list[str]:
    return [need.sign for need in client.get("/t/nordlicht/").context["overview"].needs]


def test_dismissed_failure_leaves_home_and_is_in_the_audit(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = fail(cast, account)
    assert "Dismiss" in as_("bob").get("/t/nordlicht/").content.decode()
    assert as_("bob").post(f"/t/nordlicht/pins/{pin.uuid}/dismiss/").headers["Location"] == "/t/nordlicht/"
    assert needs(as_("bob")) == []
    assert AuditEvent.objects.get(action="pin.dismissed").actor == cast.bob
    assert "No." in read(as_("bob"), pin)


def test_contributor_has_nothing_to_dismiss(cast: Cast, account: Account, as_: SignIn) -> None:
    fail(cast, account)
    assert "Dismiss" not in as_("cora").get("/t/nordlicht/").content.decode()


def test_what_is_out_cannot_be_dismissed(cast: Cast, account: Account, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob, account)
    as_("bob").post(f"/t/nordlicht/pins/{pin.uuid}/dismiss/")
    pin.refresh_from_db()
    assert pin.dismissed_at is None


@pytest.mark.usefixtures("same_clock")
def test_dismissed_one_that_fails_anew_is_shown_again(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json={"success": False, "message": "No."}, status=400, tolerance=True, repeat=True)
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    pin = work(submission).pin
    as_("bob").post(f"/t/nordlicht/pins/{pin.uuid}/dismiss/")
    assert needs(as_("bob")) == []
    as_("bob").post(f"/t/nordlicht/pins/{pin.uuid}/retry/")
    second = Submission.objects.filter(pin=pin).latest("pk")
    assert work(second).state == State.REFUSED
    assert needs(as_("bob")) == ["failed"]
    assert again(submission).state == State.REFUSED


@pytest.mark.parametrize("days", [1, 40])
def test_pin_of_another_day_does_not_go_out_within_seconds(cast: Cast, as_: SignIn, days: int) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=days))
    text = summary(as_("bob"), submission.pin).text
    assert text.startswith("It is in line for PostPeer, which holds it until its time: it goes out ")
    assert "seconds" not in text


def test_pin_of_now_does(cast: Cast, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob)
    assert "leaves within seconds" in summary(as_("bob"), submission.pin).text


def test_pin_of_another_day_that_is_read_first_says_both(cast: Cast, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=2))
    Submission.objects.update(read_first=True)
    text = summary(as_("bob"), submission.pin).text
    assert "then PostPeer gets it. It goes out " in text


@pytest.mark.usefixtures("same_clock")
def test_try_of_another_day_is_said_with_its_day(cast: Cast, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Submission.objects.update(due_at=timezone.now() + timedelta(days=3), waits_for=Wait.NEVER_SENT)
    text = summary(as_("bob"), submission.pin).text
    assert "We try again at 11:00, " in text
