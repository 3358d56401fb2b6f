"""One reading of PostPeer's list for all that is looked for in the same moment, with the rules of a reading of one's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.pins.publishing.post_list import take_unconfirmed
from postpeer_dash.pins.publishing.reconcile import reconcile
from postpeer_dash.pins.publishing.submit import resolve_absent
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def make_lost(cast: Cast, number: int = 0, **fields: Any) -> Submission:
    """Return a submission whose answer was lost; each has a body of its own."""
    submission = make_submitted(cast.team, cast.bob, description=f"Lost {number}")
    target = target_of(submission)
    target.status = Status.UNCONFIRMED
    target.save()
    return make_due(submission, **{"state": State.UNCONFIRMED, "sent_at": timezone.now(), "checks": 5, **fields})


def due_in(submission: Submission, seconds: float) -> Submission:
    Submission.objects.filter(pk=submission.pk).update(due_at=timezone.now() + timedelta(seconds=seconds))
    return again(submission)


def of(submission: Submission, post_id: str, **fields: Any) -> dict[str, Any]:
    return a_post(postId=post_id, rawRequestBody=submission.body, createdAt=timezone.now().isoformat(), **fields)


def test_fifty_that_are_due_together_read_the_list_once(cast: Cast, postpeer_wire: Wire) -> None:
    lost = [make_lost(cast, number) for number in range(50)]
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    for one in lost:
        handle_submission(one.pk)
    assert len(postpeer_wire.calls) == 1
    assert set(Submission.objects.values_list("checks", flat=True)) == {6}


def test_fifty_spread_over_a_minute_come_together(cast: Cast, postpeer_wire: Wire, settings: Any) -> None:
    for number in range(50):
        due_in(make_lost(cast, number), number * 1.2)
    begin = timezone.now()
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    settings.PUBLISHING = {**settings.PUBLISHING, "reading_margin": 3600}
    asked = []
    for second in range(0, 300, 2):
        with time_machine.travel(begin + timedelta(seconds=second), tick=False):
            before = len(postpeer_wire.calls)
            for key in list(Submission.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True)):
                handle_submission(key)
            asked += [second] * (len(postpeer_wire.calls) - before)
    assert len(asked) <= 6, asked
    assert len([second for second in asked if second >= 60]) <= 4


def test_each_finds_its_own_post_in_the_one_reading(cast: Cast, postpeer_wire: Wire) -> None:
    first, second, third = (make_lost(cast, number) for number in range(3))
    postpeer_wire.get(
        POSTS, json=post_list(of(first, "post_a", status="publishing"), of(third, "post_c", status="publishing"))
    )
    work(first)
    assert [again(one).remote_id for one in (first, second, third)] == ["post_a", "", "post_c"]
    assert again(second).state == State.UNCONFIRMED


def test_twins_never_take_the_same_post(cast: Cast, postpeer_wire: Wire) -> None:
    first = make_lost(cast)
    second = make_lost(cast, 1)
    # The one that was late once has the other's body as its earlier one.
    Submission.objects.filter(pk=second.pk).update(evidence=Evidence(earlier_body=first.body))
    postpeer_wire.get(POSTS, json=post_list(of(first, "post_a", status="publishing")))
    work(first)
    assert sorted(again(one).remote_id for one in (first, second)) == ["", "post_a"]


def test_reading_that_does_not_count_counts_for_none(cast: Cast, postpeer_wire: Wire) -> None:
    long_ago = timezone.now() - timedelta(minutes=40)
    evidence = Evidence(first_absent_at=timezone.now() - timedelta(minutes=6))
    lost = [make_lost(cast, number, sent_at=long_ago, evidence=evidence) for number in range(3)]
    postpeer_wire.get(POSTS, json={**post_list(), "total": 1})
    work(lost[0])
    assert {again(one).state for one in lost} == {State.UNCONFIRMED}


def test_list_is_read_from_the_earliest_of_them(cast: Cast, postpeer_wire: Wire) -> None:
    late = make_lost(cast, 0)
    make_lost(cast, 1, sent_at=timezone.now() - timedelta(minutes=20))
    postpeer_wire.get(POSTS, json=post_list())
    work(late)
    asked = datetime.fromisoformat(postpeer_wire.calls[0].query["createdAfter"])
    assert timedelta(minutes=34) < timezone.now() - asked < timedelta(minutes=36)


def test_post_from_before_ones_own_window_is_no_candidate(cast: Cast, postpeer_wire: Wire) -> None:
    late, early = make_lost(cast, 0), make_lost(cast, 1, sent_at=timezone.now() - timedelta(minutes=20))
    at = timezone.now() - timedelta(minutes=30)
    postpeer_wire.get(POSTS, json=post_list(a_post(postId="post_9", rawRequestBody={}, createdAt=at.isoformat())))
    work(late)
    assert (again(late).evidence.candidates, again(early).evidence.candidates) == ((), ("post_9",))


def test_what_was_sent_days_ago_does_not_make_anothers_reading_long(cast: Cast) -> None:
    fresh, old = make_lost(cast, 0), make_lost(cast, 1, sent_at=timezone.now() - timedelta(days=3))
    assert take_unconfirmed(fresh) == [fresh.pk]
    assert sorted(take_unconfirmed(old)) == [old.pk]


def test_what_was_just_looked_for_does_not_join(cast: Cast) -> None:
    due, half, new = make_lost(cast, 0), make_lost(cast, 1), make_lost(cast, 2)
    half, new = due_in(half, 29), due_in(new, 45)
    assert take_unconfirmed(due) == [due.pk, half.pk]


def test_fresh_one_keeps_its_first_wait(cast: Cast) -> None:
    due, fresh = make_lost(cast, 0), make_lost(cast, 1, checks=0)
    due_in(fresh, 4)
    assert take_unconfirmed(due) == [due.pk]


def test_second_worker_gets_none_of_them(cast: Cast) -> None:
    lost = [make_lost(cast, number) for number in range(3)]
    assert len(take_unconfirmed(lost[0])) == 3
    assert [take_unconfirmed(one) for one in lost] == [[], [], []]


def test_word_of_a_person_is_asked_about_by_a_reading_that_began_afterwards(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_lost(cast, evidence=Evidence(candidates=("post_7",)))

    def press(_sent: object) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=1)):
            resolve_absent(submission=again(submission), actor=cast.bob)

    unreadable = post_list(a_post(postId="post_7", rawRequestBody={}))
    postpeer_wire.get(POSTS, json=unreadable, does=press)
    after = work(submission)
    assert (after.state, after.evidence.person_says_absent) == (State.UNCONFIRMED, True)
    postpeer_wire.get(POSTS, json=unreadable)
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert work(make_due(submission)).state == State.ABSENT


def test_clock_that_turns_out_to_have_been_behind_makes_the_reading_too_short(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_lost(cast)

    def learn(_sent: object) -> None:
        type(submission.connection).objects.update(clock_least=-3600.0, clock_least_at=timezone.now())

    postpeer_wire.get(POSTS, json=post_list(), does=learn)
    reconcile([submission.pk])
    assert again(submission).evidence.posts is None
