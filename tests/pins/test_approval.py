from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.approval import ApprovalError, approve_pin
from postpeer_dash.pins.models import Event, Pin, Review, Status, Submission
from postpeer_dash.pins.services import hash_of, submit_for_review
from postpeer_dash.teams.models import AuditEvent
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_draft


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def url(pin: Pin, name: str = "pin") -> str:
    return reverse(f"pins:{name}", args=["nordlicht", pin.uuid])


def handed_in(cast: Cast, **fields: Any) -> Pin:
    pin = make_draft(cast.team, cast.cora, **fields)
    submit_for_review(pin=pin, actor=cast.cora)
    return again(pin)


def again(pin: Pin) -> Pin:
    return Pin.objects.get(pk=pin.pk)


def approve(client: Client, pin: Pin, **more: Any) -> Any:
    return client.post(url(pin, "approve"), {"seen": hash_of(pin), **more}, follow=True)


def test_approving_publishes_what_asked_for_no_time(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    text = approve(as_("bob"), pin).content.decode()
    assert again(pin).review == Review.APPROVED and again(pin).status == Status.QUEUED
    assert Submission.objects.get().scheduled_for is None and "Bob approved it as it was" in text


def test_approving_schedules_for_the_time_asked_for(cast: Cast, as_: SignIn) -> None:
    at = timezone.now() + timedelta(days=2)
    pin = handed_in(cast, scheduled_for=at)
    assert "Approve and schedule" in as_("bob").get(url(pin)).content.decode()
    approve(as_("bob"), pin)
    assert Submission.objects.get().scheduled_for == at


def test_what_was_approved_is_what_is_sent(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    approve(as_("bob"), pin)
    assert again(pin).approved_hash == Submission.objects.get().body_hash
    assert AuditEvent.objects.get(action="pin.approved").detail["hash"] == again(pin).approved_hash


@pytest.mark.parametrize("change", [{"title": "Another"}, {"scheduled_for": timezone.now() + timedelta(days=3)}])
def test_what_changed_while_it_was_looked_at_is_not_sent(cast: Cast, as_: SignIn, change: dict[str, Any]) -> None:
    pin = handed_in(cast)
    seen = hash_of(pin)
    Pin.objects.filter(pk=pin.pk).update(**change)
    response = as_("bob").post(url(pin, "approve"), {"seen": seen}, follow=True)
    assert "was changed while you looked at it" in response.content.decode()
    assert not Submission.objects.exists() and again(pin).review == Review.WAITING


def test_other_target_is_another_hash(cast: Cast) -> None:
    pin = handed_in(cast)
    before = hash_of(pin)
    pin.targets.update(board=Board.objects.create(account=pin.account, remote_id="77", name="Other"))
    assert hash_of(pin) != before


def test_approved_twice_it_is_sent_once(cast: Cast) -> None:
    pin = handed_in(cast)
    seen = hash_of(pin)
    approve_pin(pin=pin, actor=cast.bob, seen_hash=seen)
    with pytest.raises(ApprovalError, match="review_over"):
        approve_pin(pin=pin, actor=cast.adam, seen_hash=seen)
    assert Submission.objects.count() == 1


def test_contributor_cannot_approve(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    assert as_("cora").post(url(pin, "approve"), {"seen": hash_of(pin)}).status_code == 403
    assert as_("cora").post(url(pin, "send_back"), {"note": "x"}).status_code == 403
    assert "Approve" not in as_("cora").get(url(pin)).content.decode()


def test_late_pin_goes_out_at_once_only_when_that_is_said(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast, scheduled_for=timezone.now() - timedelta(minutes=1))
    assert "publish now" in as_("bob").get(url(pin)).content.decode()
    assert "has passed" in approve(as_("bob"), pin).content.decode() and not Submission.objects.exists()
    approve(as_("bob"), pin, at_once="on")
    assert Submission.objects.get().scheduled_for is None
    assert again(pin).approved_hash == Submission.objects.get().body_hash


def test_account_that_needs_reconnecting_keeps_it_waiting(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED)
    assert "has to be connected again" in approve(as_("bob"), pin).content.decode()
    assert again(pin).review == Review.WAITING and not Submission.objects.exists()


def test_board_that_is_gone_keeps_it_waiting(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    Board.objects.update(gone_at=timezone.now())
    assert "is gone from Pinterest" in approve(as_("bob"), pin).content.decode()
    assert again(pin).review == Review.WAITING


def test_author_reads_the_note_on_the_pin_on_home_and_in_the_form(cast: Cast, as_: SignIn, desk: Desk) -> None:
    pin = handed_in(cast)
    as_("bob").post(url(pin, "send_back"), {"note": "A warmer picture, <please>"})
    for address in (url(pin), "/t/nordlicht/", url(pin, "edit")):
        assert "A warmer picture, &lt;please&gt;" in as_("cora").get(address).content.decode(), address
    assert AuditEvent.objects.get(action="pin.returned").actor == cast.bob


def test_note_of_anothers_pin_is_not_on_home(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    as_("bob").post(url(pin, "send_back"), {"note": "A warmer picture"})
    assert "A warmer picture" not in as_("bob").get("/t/nordlicht/").content.decode()


@pytest.mark.parametrize("note", ["", "x" * 1001])
def test_sending_back_needs_a_note_of_some_length(cast: Cast, as_: SignIn, note: str) -> None:
    pin = handed_in(cast)
    response = as_("bob").post(url(pin, "send_back"), {"note": note})
    assert response.status_code == 422 and again(pin).review == Review.WAITING


def test_sent_back_twice_the_second_is_told(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    as_("bob").post(url(pin, "send_back"), {"note": "One"})
    response = as_("adam").post(url(pin, "send_back"), {"note": "Two"}, follow=True)
    assert "no longer waits" in response.content.decode() and again(pin).review_note == "One"


def save(client: Client, pin: Pin, desk: Desk, **more: Any) -> Any:
    fields = desk.fields(form_id=str(pin.form_id), **more)
    return client.post(url(pin, "edit"), fields)


def test_note_stays_until_it_is_handed_in_again(cast: Cast, as_: SignIn, desk: Desk) -> None:
    pin = handed_in(cast)
    as_("bob").post(url(pin, "send_back"), {"note": "Warmer"})
    save(as_("cora"), pin, desk, title="Half done")
    assert (again(pin).review, again(pin).review_note) == (Review.RETURNED, "Warmer")
    save(as_("cora"), pin, desk, title="Done", action="submit")
    assert (again(pin).review, again(pin).review_note) == (Review.WAITING, "")


def test_author_who_changes_a_waiting_pin_takes_it_back(cast: Cast, as_: SignIn, desk: Desk) -> None:
    pin = handed_in(cast)
    save(as_("cora"), pin, desk, title="Changed")
    assert again(pin).review == Review.NONE


def test_editor_who_changes_a_waiting_pin_leaves_it_waiting(cast: Cast, as_: SignIn, desk: Desk) -> None:
    pin = handed_in(cast)
    save(as_("bob"), pin, desk, title="Changed")
    assert again(pin).review == Review.WAITING


def test_editor_who_publishes_from_the_form_has_approved_it(cast: Cast, as_: SignIn, desk: Desk) -> None:
    pin = handed_in(cast)
    save(as_("bob"), pin, desk, title="Changed", action="publish")
    assert again(pin).review == Review.APPROVED and again(pin).reviewed_by == cast.bob
    assert Event.objects.filter(pin=pin, kind="approved").count() == 1


def test_own_pin_is_published_without_an_approval(cast: Cast, as_: SignIn, desk: Desk) -> None:
    desk.post(as_("bob"), action="publish")
    assert Pin.objects.get().review == Review.NONE


def test_pin_of_another_team_is_not_found(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    client = as_("charlie")
    for name in ("approve", "send_back"):
        assert (
            client.post(reverse(f"pins:{name}", args=["harbour", pin.uuid]), {"seen": hash_of(pin)}).status_code == 404
        )


def test_queue_lists_what_waits(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast, title="Please look")
    make_draft(cast.team, cast.cora, title="Not yet")
    text = as_("bob").get("/t/nordlicht/pins/?status=waiting").content.decode()
    assert "Please look" in text and "Not yet" not in text and str(pin.uuid) in text


def test_author_s_page_moves_by_itself_and_the_approvers_stands_still(cast: Cast, as_: SignIn) -> None:
    pin = handed_in(cast)
    assert 'hx-trigger="every' in as_("cora").get(url(pin)).content.decode()
    assert 'hx-trigger="every' not in as_("bob").get(url(pin)).content.decode()
