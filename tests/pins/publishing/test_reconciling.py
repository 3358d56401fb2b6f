"""What is unconfirmed: what the list, the clock and a person make of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.post_list import note_clock
from postpeer_dash.pins.publishing.submit import resolve_absent, resolve_found
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def make_unconfirmed(cast: Cast, *, scheduled_for: Any = None, **fields: Any) -> Submission:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=scheduled_for)
    target = target_of(submission)
    target.status = Status.UNCONFIRMED
    target.save()
    return make_due(submission, **{"state": State.UNCONFIRMED, "sent_at": timezone.now(), **fields})


def give_up(submission: Submission, wire: Wire, **evidence: Any) -> Submission:
    """Lets the second complete reading without it come."""
    wire.get(POSTS, json=post_list())
    first = timezone.now() - timedelta(minutes=6)
    sent_at = timezone.now() - timedelta(minutes=40)
    make_due(submission, sent_at=sent_at, evidence=Evidence(first_absent_at=first, **evidence))
    return work(submission)


def newest(submission: Submission) -> Submission:
    return Submission.objects.filter(pin=submission.pin).latest("pk")


def test_scheduled_one_far_ahead_is_sent_again_by_itself(cast: Cast, postpeer_wire: Wire) -> None:
    at = timezone.now() + timedelta(minutes=31)
    submission = make_unconfirmed(cast, scheduled_for=at)
    assert give_up(submission, postpeer_wire).state == State.ABSENT
    second = newest(submission)
    assert (second.state, second.scheduled_for) == (State.QUEUED, at)


def test_scheduled_one_is_sent_again_only_once(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, scheduled_for=timezone.now() + timedelta(hours=5))
    give_up(submission, postpeer_wire, is_resent=True)
    assert newest(submission) == submission
    assert target_of(submission).error_kind == "absent"


@pytest.mark.parametrize("minutes", [None, 29])
def test_without_half_an_hour_left_a_person_sends_it_again(
    cast: Cast, postpeer_wire: Wire, minutes: int | None
) -> None:
    at = timezone.now() + timedelta(minutes=minutes) if minutes else None
    submission = make_unconfirmed(cast, scheduled_for=at)
    give_up(submission, postpeer_wire)
    assert newest(submission) == submission


def test_absent_that_was_to_be_cancelled_is_cancelled(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, scheduled_for=timezone.now() + timedelta(hours=5), wants_cancel=True)
    give_up(submission, postpeer_wire)
    assert target_of(submission).status == Status.CANCELLED
    assert newest(submission) == submission


def test_person_says_absent_and_the_time_is_kept(cast: Cast, postpeer_wire: Wire) -> None:
    at = timezone.now() + timedelta(hours=2)
    submission = make_unconfirmed(cast, scheduled_for=at)
    resolve_absent(submission=submission, actor=cast.bob)
    postpeer_wire.get(POSTS, json=post_list())
    work(submission)
    assert newest(submission).scheduled_for == at


def unreadable(post_id: str) -> dict[str, Any]:
    return a_post(postId=post_id, rawRequestBody={})


def test_candidates_a_person_has_seen_do_not_count_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, evidence=Evidence(candidates=("post_7",)))
    resolve_absent(submission=submission, actor=cast.bob)
    postpeer_wire.get(POSTS, json=post_list(unreadable("post_7")))
    assert work(submission).state == State.ABSENT
    assert newest(submission).state == State.QUEUED


def test_new_candidate_is_asked_about_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, evidence=Evidence(candidates=("post_7",)))
    resolve_absent(submission=submission, actor=cast.bob)
    postpeer_wire.get(POSTS, json=post_list(unreadable("post_8")))
    after = work(submission)
    assert (after.state, after.evidence.candidates) == (State.UNCONFIRMED, ("post_8",))
    assert not after.evidence.person_says_absent


def test_person_chooses_a_candidate(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, evidence=Evidence(candidates=("post_7",)))
    assert resolve_found(submission=submission, actor=cast.bob, post_id="post_7")
    postpeer_wire.get("/v1/posts/post_7", json={"success": True, "post": unreadable("post_7")})
    assert work(again(submission)).state == State.DONE
    assert target_of(submission).status == Status.PUBLISHED


def test_candidate_that_is_another_ones_cannot_be_chosen(cast: Cast) -> None:
    other = make_submitted(cast.team, cast.bob, title="Another")
    Submission.objects.filter(pk=other.pk).update(remote_id="post_7")
    submission = make_unconfirmed(cast, evidence=Evidence(candidates=("post_7",)))
    assert not resolve_found(submission=submission, actor=cast.bob, post_id="post_7")


def test_post_made_from_anothers_body_is_no_candidate(cast: Cast, postpeer_wire: Wire) -> None:
    other = make_submitted(cast.team, cast.bob, title="Another")
    make_due(other, state=State.SENDING, sent_at=timezone.now())
    submission = make_unconfirmed(cast)
    postpeer_wire.get(POSTS, json=post_list(a_post(postId="post_7", rawRequestBody=other.body)))
    assert work(submission).evidence.candidates == ()


def test_body_with_nothing_to_recognise_it_by_is_a_candidate(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast)
    postpeer_wire.get(POSTS, json=post_list(a_post(postId="post_7", rawRequestBody={"v": 2})))
    assert work(submission).evidence.candidates == ("post_7",)


def test_reading_that_began_too_early_does_not_decide(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast)
    postpeer_wire.get(POSTS, json=post_list())
    make_due(submission, sent_at=timezone.now() - timedelta(minutes=16, seconds=50))
    assert work(submission).evidence.first_absent_at is None


def test_list_is_read_from_the_clock_that_was_right_then(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast, evidence=Evidence(clock_offset=-3600.0))
    postpeer_wire.get(POSTS, json=post_list())
    work(submission)
    asked = postpeer_wire.calls[0].query["createdAfter"]
    assert asked.startswith("2026-11-22T08:4")


def test_list_is_read_from_a_clock_that_was_learnt_of_only_after_the_post(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast)
    for hours in (-1, 0):
        note_clock(Connection.objects.get(), timezone.now() + timedelta(hours=hours))
    postpeer_wire.get(POSTS, json=post_list())
    work(submission)
    assert postpeer_wire.calls[0].query["createdAfter"].startswith("2026-11-22T08:4")


def test_clock_that_was_put_right_before_the_post_is_none_of_its_business(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_unconfirmed(cast)
    Connection.objects.update(clock_least=-3600, clock_least_at=timezone.now() - timedelta(minutes=1))
    postpeer_wire.get(POSTS, json=post_list())
    work(submission)
    assert postpeer_wire.calls[0].query["createdAfter"].startswith("2026-11-22T09:4")
