"""Asking to change a pin that waits for its time: what is taken, and what is refused at once."""

import pytest

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins import editing
from postpeer_dash.pins.editing import EditError
from postpeer_dash.pins.models import Pin, Review, Status, Submission
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.publishing.state import lock
from postpeer_dash.pins.services import cancel_pin, hash_of, retry_pin
from postpeer_dash.teams.models import AuditEvent
from tests.cast import Cast
from tests.pins.editing import (
    NEW,
    POST,
    a_record,
    carry_out,
    change,
    in_minutes,
    kinds,
    make_held,
    on_the_wire,
)
from tests.pins.factories import again, make_account, make_submitted, work
from tests.postpeer.samples import a_receipt
from tests.postpeer.wire import Wire

State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def test_unsent_pin_leaves_with_its_new_content(cast: Cast, postpeer_wire: Wire) -> None:
    submission, at = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(60)), in_minutes(180)
    assert change(submission, cast.bob, title="Night", at=at)
    body = again(submission).body
    assert body["scheduledFor"] == on_the_wire(at)
    postpeer_wire.post("/v1/posts", json=a_receipt(status="scheduled"), json_body=body)
    postpeer_wire.get(POST, json=a_record(again(submission)))
    assert work(submission).state == State.ACCEPTED
    assert Submission.objects.count() == 1
    assert Pin.objects.get().title == "Night"


@pytest.mark.parametrize(
    ("state", "kind"),
    [(State.SENDING, "edit_sending"), (State.UNCONFIRMED, "edit_unconfirmed"), (State.DONE, "edit_over")],
)
def test_what_is_on_its_way_or_over_is_not_changed(cast: Cast, state: str, kind: str) -> None:
    submission = make_held(cast)
    Submission.objects.update(state=state)
    with pytest.raises(EditError) as caught:
        change(submission, cast.bob, title="Night")
    assert caught.value.kind == kind
    assert read_edit(again(submission)) is None and Pin.objects.get().title == "A calm kitchen"


def test_claim_that_was_faster_refuses_the_change(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(60))
    refused = []

    def press(_sent: object) -> None:
        with pytest.raises(EditError) as caught:
            change(submission, cast.bob, title="Night")
        refused.append(caught.value.kind)

    postpeer_wire.post("/v1/posts", json=a_receipt(status="scheduled"), json_body=submission.body, does=press)
    postpeer_wire.get(POST, json=a_record(submission))
    work(submission)
    assert refused == ["edit_sending"]


def test_what_may_be_there_from_an_earlier_attempt_is_not_changed_unseen(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(60))
    Submission.objects.update(read_first=True)
    with pytest.raises(EditError, match="edit_sending"):
        change(submission, cast.bob, title="Night")


@pytest.mark.parametrize("minutes", [-1, 0.5, 1.9])
def test_none_within_two_minutes_of_its_time(cast: Cast, minutes: float) -> None:
    submission = make_held(cast, minutes=60)
    Submission.objects.update(scheduled_for=in_minutes(minutes))
    with pytest.raises(EditError, match="edit_near"):
        change(submission, cast.bob, at=in_minutes(180))


def test_postpeers_clock_that_runs_ahead_counts(cast: Cast) -> None:
    submission = make_held(cast, minutes=4)
    Connection.objects.update(clock_offset=180)
    with pytest.raises(EditError, match="edit_near"):
        change(submission, cast.bob, at=in_minutes(180))


def test_new_time_is_two_minutes_ahead(cast: Cast) -> None:
    submission = make_held(cast)
    with pytest.raises(EditError, match="edit_soon"):
        change(submission, cast.bob, at=in_minutes(1.9))


def test_second_change_waits_for_the_first(cast: Cast) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    with pytest.raises(EditError, match="edit_under_way"):
        change(submission, cast.alice, title="Day")


def test_pressed_twice_asks_once(cast: Cast) -> None:
    submission = make_held(cast)
    assert change(submission, cast.bob, title="Night")
    assert change(submission, cast.bob, title="Night")
    assert kinds(submission) == ["edit_pressed"]
    assert AuditEvent.objects.filter(action="pin.edited").count() == 1


def test_nothing_different_asks_for_nothing(cast: Cast) -> None:
    submission = make_held(cast)
    assert not change(submission, cast.bob)
    assert (kinds(submission), read_edit(again(submission))) == ([], None)


def test_pin_that_is_being_cancelled_is_not_changed(cast: Cast) -> None:
    submission = make_held(cast)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    with pytest.raises(EditError, match="edit_cancelling"):
        change(submission, cast.bob, title="Night")


def test_pin_with_a_disconnected_account_is_not_changed(cast: Cast) -> None:
    submission = make_held(cast)
    Account.objects.update(health=Account.Health.DISCONNECTED)
    with pytest.raises(EditError, match="edit_account"):
        change(submission, cast.bob, title="Night")


def test_editors_change_of_an_approved_pin_is_their_own_decision(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    Pin.objects.update(review=Review.APPROVED, approved_hash=submission.body_hash, reviewed_by=cast.alice)
    change(submission, cast.bob, description=NEW)
    after = carry_out(postpeer_wire, submission)
    pin = Pin.objects.get()
    assert (pin.review, pin.reviewed_by) == (Review.APPROVED, cast.bob)
    assert pin.approved_hash == after.body_hash == hash_of(pin)
    line = AuditEvent.objects.get(action="pin.edited")
    assert (line.actor, line.detail["was_approved"], line.detail["changed"]) == (cast.bob, True, ["description"])


def test_pin_sent_again_while_the_change_waited_for_a_lock_is_not_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin = make_account(cast.team, platform="linkedin")
    submission = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(60))
    submission.pin.targets.create(account=linkedin, platform="linkedin", status=Status.FAILED)

    def lock_late(key: int) -> Submission:
        retry_pin(pin=submission.pin, actor=cast.alice)
        return lock(key)

    monkeypatch.setattr(editing, "lock", lock_late)
    with pytest.raises(EditError, match="edit_sending"):
        change(submission, cast.bob, description=NEW)
    assert len({one.body["content"] for one in Submission.objects.all()}) == 1
