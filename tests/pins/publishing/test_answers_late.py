"""Answers that come when something else was believed already, and wishes that wait for an outcome."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.utils import timezone

from postpeer_dash.pins.models import Event, Status, Submission
from postpeer_dash.pins.publishing import state
from postpeer_dash.pins.publishing.send import apply_receipt
from postpeer_dash.pins.publishing.state import write_down
from postpeer_dash.pins.services import cancel_pin
from postpeer_dash.postpeer import PostReceipt
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_platform_state, a_post, a_receipt
from tests.postpeer.wire import Wire

State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def receipt(post_id: str = "post_1", status: str = "publishing") -> PostReceipt:
    return PostReceipt(post_id=post_id, status=status, success=True, platforms=(), http_status=202)


def make_adopter(cast: Cast) -> Submission:
    """Return a submission that had adopted post_1, and shows it as published."""
    adopter = make_submitted(cast.team, cast.bob)
    target = target_of(adopter)
    target.status = Status.PUBLISHED
    target.save()
    adopter.carried.update(is_open=False)
    return make_due(adopter, state=State.DONE, remote_id="post_1", sent_at=timezone.now())


def test_answer_beats_an_adoption(cast: Cast) -> None:
    adopter, owner = make_adopter(cast), make_submitted(cast.team, cast.bob, title="Another")
    make_due(owner, state=State.SENDING, sent_at=timezone.now())
    apply_receipt(owner.pk, receipt())
    assert (again(owner).state, again(owner).remote_id) == (State.ACCEPTED, "post_1")
    assert (again(adopter).state, again(adopter).remote_id) == (State.UNCONFIRMED, "")
    assert target_of(adopter).status == Status.UNCONFIRMED


def test_answer_beats_an_adoption_by_a_twin(cast: Cast) -> None:
    adopter, owner = make_adopter(cast), make_submitted(cast.team, cast.bob)
    make_due(owner, state=State.SENDING, sent_at=timezone.now())
    apply_receipt(owner.pk, receipt())
    assert again(owner).state == State.ACCEPTED
    assert again(adopter).state == State.UNCONFIRMED


def test_answer_after_the_lease_is_written_down(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    make_due(submission, state=State.UNCONFIRMED, sent_at=timezone.now())
    apply_receipt(submission.pk, receipt())
    assert again(submission).state == State.ACCEPTED


def test_answer_after_it_was_given_up_is_written_down(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    target = target_of(submission)
    target.status = Status.FAILED
    target.save()
    submission.carried.update(is_open=False)
    make_due(submission, state=State.ABSENT, sent_at=timezone.now())
    apply_receipt(submission.pk, receipt())
    assert target_of(submission).status == Status.PUBLISHING
    assert not Event.objects.filter(kind="late_twin").exists()


def test_wish_to_cancel_comes_first_once_it_is_accepted(cast: Cast, postpeer_wire: Wire) -> None:
    at = timezone.now() + timedelta(days=1)
    submission = make_submitted(cast.team, cast.bob, scheduled_for=at)
    make_due(submission, wants_cancel=False)
    state = [a_platform_state(status="scheduled", platformPostUrl=None)]
    postpeer_wire.post(
        "/v1/posts",
        json=a_receipt(status="scheduled", platforms=[]),
        does=lambda _sent: cancel_pin(pin=submission.pin, actor=cast.bob),
    )
    record = a_post(rawRequestBody=submission.body, status="scheduled", platforms=state)
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": record})
    after = work(submission)
    assert after.wants_cancel
    assert after.due_at and (after.due_at - timezone.now()).total_seconds() < 5


def follow(cast: Cast, wire: Wire, **record: Any) -> Submission:
    submission = make_submitted(cast.team, cast.bob)
    make_due(submission, state=State.ACCEPTED, remote_id="post_1", answered_at=timezone.now())
    target = target_of(submission)
    target.status = Status.PUBLISHING
    target.save()
    post = a_post(rawRequestBody=submission.body, **record)
    wire.get("/v1/posts/post_1", json={"success": True, "post": post})
    return work(submission)


def test_post_that_is_out_in_part_says_nothing_of_a_platform_it_does_not_name(cast: Cast, postpeer_wire: Wire) -> None:
    submission = follow(cast, postpeer_wire, status="partial", platforms=[])
    assert target_of(submission).status == Status.PUBLISHING


def test_what_is_out_is_out_even_of_a_draft(cast: Cast, postpeer_wire: Wire) -> None:
    submission = follow(cast, postpeer_wire, status="draft", platforms=[a_platform_state()])
    assert target_of(submission).status == Status.PUBLISHED


def test_record_that_is_gone_is_said_aloud_once_and_asked_for_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    make_due(submission, state=State.ACCEPTED, remote_id="post_1", answered_at=timezone.now())
    gone = {"success": False, "message": "Post not found"}
    postpeer_wire.get("/v1/posts/post_1", status=404, json=gone, repeat=True)
    for _time in range(7):
        make_due(submission)
        work(submission)
    assert Event.objects.filter(kind="record_gone").count() == 1
    assert again(submission).due_at is not None


def test_answer_is_written_down_again_when_the_database_does_not_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    monkeypatch.setattr(state, "_WRITE_PAUSES", (0, 0))
    monkeypatch.setattr(state, "connection", Mock(in_atomic_block=False))

    def write() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")

    write_down(write)
    assert len(tries) == 3
