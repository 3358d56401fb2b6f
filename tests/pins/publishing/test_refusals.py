"""Answers that say "not done", and may be wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests
import time_machine
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.pause import check_held_connections
from postpeer_dash.pins.publishing.send import end_lease
from postpeer_dash.pins.services import cancel_pin
from tests.cast import Cast
from tests.pins.factories import make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
NO = {"success": False, "message": "No."}
pytestmark = pytest.mark.usefixtures("same_clock")


def alike(submission: Submission) -> dict[str, object]:
    return a_post(postId="post_7", rawRequestBody={})


def test_refusal_with_an_unreadable_post_beside_it_is_not_believed(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, status=400, json=NO)
    postpeer_wire.get(POSTS, json=post_list(alike(submission)))
    after = work(submission)
    assert (after.state, after.evidence.candidates) == (State.UNCONFIRMED, ("post_7",))


def test_refusal_is_believed_once_that_post_is_another_ones(cast: Cast, postpeer_wire: Wire) -> None:
    submission, other = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    postpeer_wire.post(POSTS, status=400, json=NO)
    postpeer_wire.get(POSTS, json=post_list(alike(submission)), repeat=True)
    work(submission)
    Submission.objects.filter(pk=other.pk).update(remote_id="post_7", state=State.DONE)
    make_due(submission)
    assert work(submission).state == State.REFUSED
    assert target_of(submission).error_text == "No."


def test_after_a_refused_key_the_list_is_read_before_it_is_sent_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, status=401, json=NO, tolerance=True)
    work(submission)
    postpeer_wire.get("/v1/health/auth", json={"ok": True})
    check_held_connections()
    assert Connection.objects.get().held_at is None
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    make_due(submission)
    assert work(submission).state == State.DONE
    assert [call.method for call in postpeer_wire.calls].count("POST") == 1


def rate_limited(cast: Cast, wire: Wire) -> Submission:
    submission = make_submitted(cast.team, cast.bob)
    wire.post(POSTS, status=429, json=NO, tolerance=True)
    assert work(submission).state == State.QUEUED
    return make_due(submission)


def test_after_a_429_it_is_sent_when_the_list_has_nothing_like_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    postpeer_wire.get(POSTS, json=post_list())
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": a_post(rawRequestBody=submission.body)})
    assert work(submission).state == State.DONE


def test_list_is_read_from_the_first_attempt_on(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    first = timezone.now() - timedelta(hours=2)
    make_due(submission, evidence=replace(submission.evidence, first_sent_at=first))
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    assert work(submission).state == State.DONE
    assert postpeer_wire.calls[1].query["createdAfter"].startswith("2026-11-22T07:4")


def test_after_a_429_a_post_alike_is_for_a_person(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    postpeer_wire.get(POSTS, json=post_list(alike(submission)))
    assert work(submission).state == State.UNCONFIRMED


def test_after_a_429_an_unread_list_means_waiting(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody={"content": "x"}), total=2))
    postpeer_wire.get(POSTS, json=post_list(total=2), optional=True)
    assert work(submission).state == State.QUEUED


def test_wish_to_cancel_is_kept_over_a_request_that_never_left(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ConnectTimeout("no route"))
    work(submission)
    make_due(submission, wants_cancel=True)
    assert work(submission).state == State.CANCELLED
    assert target_of(submission).status == Status.CANCELLED


def test_cancelled_after_a_429_counts_when_the_list_does_not_have_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    assert target_of(submission).status == Status.QUEUED
    postpeer_wire.get(POSTS, json=post_list())
    work(submission)
    assert target_of(submission).status == Status.CANCELLED


def test_cancelled_after_a_429_and_there_all_the_same_is_published(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    work(submission)
    assert target_of(submission).status == Status.PUBLISHED


def test_too_late_after_a_429_is_looked_for_all_the_same(cast: Cast, postpeer_wire: Wire) -> None:
    submission = rate_limited(cast, postpeer_wire)
    make_due(submission, scheduled_for=timezone.now() - timedelta(minutes=16))
    assert work(submission).state == State.REFUSED
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    work(submission)
    assert target_of(submission).status == Status.PUBLISHED


def test_after_a_429_a_clock_that_was_learnt_while_it_was_read_makes_the_reading_too_short(
    cast: Cast, postpeer_wire: Wire
) -> None:
    submission = rate_limited(cast, postpeer_wire)

    def learn(_sent: object) -> None:
        Connection.objects.update(clock_least=-7200.0, clock_least_at=timezone.now())

    postpeer_wire.get(POSTS, json=post_list(), does=learn)
    after = work(make_due(submission))
    assert (after.state, after.attempts) == (State.QUEUED, 2)
    assert [call.method for call in postpeer_wire.calls].count("POST") == 1


def test_words_of_a_refusal_are_kept_when_the_lease_ends_while_the_list_is_read(
    cast: Cast, postpeer_wire: Wire
) -> None:
    submission = make_submitted(cast.team, cast.bob)

    def end(_sent: object) -> None:
        with time_machine.travel(timezone.now() + timedelta(minutes=3)):
            end_lease(submission.pk)

    postpeer_wire.post(POSTS, status=402, json={"success": False, "message": "No credits left"})
    postpeer_wire.get(POSTS, json=post_list(), does=end)
    assert work(submission).state == State.UNCONFIRMED
    postpeer_wire.get(POSTS, json=post_list())
    assert work(make_due(submission)).state == State.REFUSED
    assert target_of(submission).error_text == "No credits left"
