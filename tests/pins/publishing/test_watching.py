"""What was given up and comes in late, and what happens to a second attempt meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.pins.models import Event, Status, Submission
from postpeer_dash.pins.services import retry_pin
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_platform_state, a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def make_given_up(cast: Cast, **fields: Any) -> Submission:
    submission = make_submitted(cast.team, cast.bob, **fields)
    target = target_of(submission)
    target.status = Status.FAILED
    target.save()
    submission.carried.update(is_open=False)
    now = timezone.now()
    return make_due(submission, state=State.ABSENT, sent_at=now - timedelta(minutes=30), ended_at=now)


def test_given_up_that_comes_in_late_is_shown_published(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    assert work(submission).state == State.DONE
    assert target_of(submission).status == Status.PUBLISHED


def test_given_up_is_watched_for_a_day(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    assert work(submission).due_at is not None
    make_due(submission, ended_at=timezone.now() - timedelta(hours=25))
    assert work(submission).due_at is None


def test_second_attempt_looks_for_the_first_before_it_leaves(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    assert work(second).state == State.CANCELLED
    assert again(submission).state == State.DONE
    assert target_of(submission).status == Status.PUBLISHED


def test_second_attempt_waits_while_the_list_cannot_be_read(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    down = {"success": False, "message": "down"}
    postpeer_wire.get(POSTS, status=500, json=down, tolerance=True, repeat=True)
    after = work(second)
    assert after.state == State.QUEUED
    assert after.due_at and after.due_at > timezone.now()


def sent_again(cast: Cast, wire: Wire, submission: Submission, **record: Any) -> Submission:
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    wire.get(POSTS, json=post_list())
    wire.post(POSTS, json=a_receipt(postId="post_2"))
    post = a_post(postId="post_2", rawRequestBody=second.body, **record)
    wire.get("/v1/posts/post_2", json={"success": True, "post": post})
    work(second)
    return second


def test_late_twin_is_said_aloud(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    second = sent_again(cast, postpeer_wire, submission)
    twin = a_post(rawRequestBody=submission.body)
    postpeer_wire.get(POSTS, json=post_list(twin, a_post(postId="post_2", rawRequestBody=second.body)))
    make_due(submission)
    after = work(submission)
    assert (after.state, after.remote_id, after.error_kind) == (State.ABSENT, "post_1", "late_twin")
    assert Event.objects.filter(pin=submission.pin, kind="late_twin").count() == 1


def test_late_twin_that_is_only_scheduled_is_called_back(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast, scheduled_for=timezone.now() + timedelta(days=1))
    state = [a_platform_state(status="scheduled", platformPostUrl=None)]
    sent_again(cast, postpeer_wire, submission, status="scheduled", platforms=state)
    twin = a_post(rawRequestBody=submission.body, status="scheduled", platforms=state)
    postpeer_wire.get(POSTS, json=post_list(twin))
    postpeer_wire.delete("/v1/posts/scheduled/post_1", json={"success": True, "message": "Cancelled"})
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": {**twin, "status": "draft"}})
    make_due(submission)
    work(submission)
    assert Event.objects.filter(pin=submission.pin, kind="twin_cancelled").exists()
    assert target_of(submission).status == Status.SCHEDULED


def test_twin_that_could_not_be_called_back_is_tried_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    make_due(submission, remote_id="post_1", duplicate="scheduled")
    down = {"success": False, "message": "down"}
    postpeer_wire.delete("/v1/posts/scheduled/post_1", status=500, json=down, tolerance=True)
    assert work(submission).due_at is not None
    assert again(submission).duplicate == "scheduled"


def test_identical_one_on_its_way_is_awaited(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    twin = make_submitted(cast.team, cast.bob)
    make_due(twin, state=State.SENDING, sent_at=timezone.now())
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    after = work(submission)
    assert (after.state, after.remote_id) == (State.ABSENT, "")


def test_what_is_on_its_way_after_all_is_not_sent_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_given_up(cast)
    make_due(submission, state=State.DONE, remote_id="post_1")
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    state = [a_platform_state(status="publishing", platformPostUrl=None)]
    alive = a_post(rawRequestBody=submission.body, status="publishing", platforms=state)
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": alive})
    assert work(second).state == State.CANCELLED
    earlier = again(submission)
    assert (earlier.state, earlier.due_at is not None) == (State.ACCEPTED, True)
    assert target_of(submission).status == Status.PUBLISHING
