"""One reading of PostPeer's list for all second attempts that are due, and for all that was given up and is watched."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing import late_posts
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.pins.publishing.post_list import take_given_up, take_second_attempts
from postpeer_dash.pins.publishing.reconcile import ListMatch
from postpeer_dash.pins.services import retry_pin
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of
from tests.postpeer.samples import a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def make_given_up(cast: Cast, number: int = 0, *, ago: timedelta = timedelta(minutes=30)) -> Submission:
    """Return a submission that was not taken, as far as PostPeer's list says; each has a body of its own."""
    submission = make_submitted(cast.team, cast.bob, description=f"Given up {number}")
    target = target_of(submission)
    target.status = Status.FAILED
    target.save()
    submission.carried.update(is_open=False)
    now = timezone.now()
    return make_due(submission, state=State.ABSENT, sent_at=now - ago, ended_at=now)


def send_again(cast: Cast, *given_up: Submission) -> list[Submission]:
    return [retry_pin(pin=one.pin, actor=cast.bob)[0] for one in given_up]


def readings(wire: Wire) -> int:
    return len([call for call in wire.calls if call.method == "GET" and call.path == POSTS])


def sends(wire: Wire) -> int:
    return len([call for call in wire.calls if call.method == "POST"])


def take_posts(wire: Wire, count: int, *, optional: bool = False) -> None:
    """So many POSTs are taken, and PostPeer's records aren't there yet. `optional` where none is to come."""
    gone = {"success": False, "message": "Post not found"}
    for number in range(count):
        wire.post(POSTS, json=a_receipt(postId=f"new_{number}"), optional=optional)
        wire.get(f"/v1/posts/new_{number}", status=404, json=gone, optional=optional)


def late_post_of(submission: Submission) -> dict[str, Any]:
    return a_post(postId="late", rawRequestBody=submission.body, createdAt=timezone.now().isoformat())


def handle(*submissions: Submission) -> None:
    for one in submissions:
        handle_submission(one.pk)


def states(*submissions: Submission) -> list[str]:
    return [again(one).state for one in submissions]


def test_fifty_second_attempts_read_the_list_once(cast: Cast, postpeer_wire: Wire) -> None:
    second_attempts = send_again(cast, *(make_given_up(cast, number) for number in range(50)))
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    take_posts(postpeer_wire, 50)
    handle(*second_attempts)
    assert (readings(postpeer_wire), sends(postpeer_wire)) == (1, 50)
    assert set(states(*second_attempts)) == {State.ACCEPTED}


def test_only_what_came_in_late_is_left_out(cast: Cast, postpeer_wire: Wire) -> None:
    first, late, third = (make_given_up(cast, number) for number in range(3))
    second_attempts = send_again(cast, first, late, third)
    postpeer_wire.get(POSTS, json=post_list(late_post_of(late)))
    take_posts(postpeer_wire, 2)
    handle(*second_attempts)
    assert states(*second_attempts) == [State.ACCEPTED, State.CANCELLED, State.ACCEPTED]
    assert (again(late).remote_id, target_of(late).status) == ("late", Status.PUBLISHED)


def test_reading_that_does_not_count_sends_none_of_them(cast: Cast, postpeer_wire: Wire) -> None:
    second_attempts = send_again(cast, *(make_given_up(cast, number) for number in range(3)))
    postpeer_wire.get(POSTS, json={**post_list(), "total": 1})
    handle(*second_attempts)
    assert (readings(postpeer_wire), sends(postpeer_wire)) == (1, 0)
    assert set(states(*second_attempts)) == {State.QUEUED}
    assert all(again(one).due_at > timezone.now() for one in second_attempts)


def test_what_waited_long_after_the_look_is_looked_for_again(cast: Cast, postpeer_wire: Wire) -> None:
    first, other = (make_given_up(cast, number) for number in range(2))
    second_attempts = send_again(cast, first, other)
    postpeer_wire.get(POSTS, json=post_list())
    take_posts(postpeer_wire, 1)
    handle(second_attempts[0])
    # Looked for with the first one, and then kept from leaving.
    later = timezone.now() + timedelta(minutes=3)
    postpeer_wire.get(POSTS, json=post_list(late_post_of(other)))
    with time_machine.travel(later, tick=False):
        handle(second_attempts[1])
    assert (readings(postpeer_wire), sends(postpeer_wire)) == (2, 1)
    assert again(other).remote_id == "late"


def test_one_handed_in_after_the_reading_is_looked_for_itself(cast: Cast, postpeer_wire: Wire) -> None:
    first, other = (make_given_up(cast, number) for number in range(2))
    second = send_again(cast, first)[0]
    postpeer_wire.get(POSTS, json=post_list())
    take_posts(postpeer_wire, 1)
    handle(second)
    postpeer_wire.get(POSTS, json=post_list(late_post_of(other)))
    handle(*send_again(cast, other))
    assert (sends(postpeer_wire), again(other).remote_id) == (1, "late")


def test_second_worker_gets_none_of_the_second_attempts(cast: Cast) -> None:
    second_attempts = send_again(cast, *(make_given_up(cast, number) for number in range(3)))
    assert list(take_second_attempts(second_attempts[0])) == [one.pk for one in second_attempts]
    assert [take_second_attempts(one) for one in second_attempts] == [{}, {}, {}]


def test_first_attempts_are_not_held_up_by_the_look_of_second_ones(cast: Cast) -> None:
    second = send_again(cast, make_given_up(cast))[0]
    fresh = make_submitted(cast.team, cast.bob, description="Never sent")
    assert list(take_second_attempts(second)) == [second.pk]
    assert again(fresh).due_at == fresh.due_at


def test_attempt_after_one_of_yesterday_does_not_make_anothers_reading_long(cast: Cast) -> None:
    fresh, old = send_again(cast, make_given_up(cast), make_given_up(cast, 1, ago=timedelta(hours=20)))
    assert list(take_second_attempts(fresh)) == [fresh.pk]
    assert list(take_second_attempts(old)) == [old.pk]


def test_fifty_that_are_watched_read_the_list_once(cast: Cast, postpeer_wire: Wire) -> None:
    given_up = [make_given_up(cast, number) for number in range(50)]
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    handle(*given_up)
    assert readings(postpeer_wire) == 1
    assert all(again(one).due_at > timezone.now() + timedelta(minutes=4) for one in given_up)


def test_look_of_a_second_attempt_counts_for_what_is_watched_too(cast: Cast, postpeer_wire: Wire) -> None:
    given_up = make_given_up(cast)
    postpeer_wire.get(POSTS, json=post_list())
    take_posts(postpeer_wire, 1)
    handle(*send_again(cast, given_up), given_up)
    assert readings(postpeer_wire) == 1


def test_given_up_that_another_worker_watches_is_not_watched_twice(cast: Cast) -> None:
    given_up = [make_given_up(cast, number) for number in range(2)]
    assert take_given_up(given_up[0]) == [one.pk for one in given_up]
    assert [take_given_up(one) for one in given_up] == [[], []]


def test_row_that_another_worker_took_is_not_taken_by_one_that_reads_it_afterwards(cast: Cast) -> None:
    second_attempts = send_again(cast, make_given_up(cast), make_given_up(cast, 1))
    assert take_second_attempts(second_attempts[0])
    assert [take_second_attempts(again(one)) for one in second_attempts] == [{}, {}]


def test_first_attempts_do_not_take_the_places_of_second_ones(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postpeer_dash.pins.publishing.post_list._MAX", 4)
    for number in range(5):
        make_submitted(cast.team, cast.bob, description=f"First {number}")
    second_attempts = send_again(cast, *(make_given_up(cast, number) for number in range(3)))
    assert list(take_second_attempts(second_attempts[0])) == [one.pk for one in second_attempts]


def test_clock_that_was_learnt_after_the_look_calls_for_another(cast: Cast, postpeer_wire: Wire) -> None:
    first, other = make_given_up(cast), make_given_up(cast, 1)
    second_attempts = send_again(cast, first, other)
    postpeer_wire.get(POSTS, json=post_list())
    take_posts(postpeer_wire, 1)
    handle(second_attempts[0])
    Connection.objects.update(clock_least=-7200.0, clock_least_at=timezone.now() + timedelta(seconds=1))
    postpeer_wire.get(POSTS, json=post_list(late_post_of(other)))
    handle(second_attempts[1])
    assert (sends(postpeer_wire), again(other).remote_id) == (1, "late")


def test_look_from_the_future_does_not_count(cast: Cast, postpeer_wire: Wire) -> None:
    given_up = make_given_up(cast)
    (second,) = send_again(cast, given_up)
    # Our own clock was put back since.
    looked_at = timezone.now() + timedelta(hours=1)
    Submission.objects.filter(pk=second.pk).update(evidence=Evidence(looked_at=looked_at))
    postpeer_wire.get(POSTS, json=post_list(late_post_of(given_up)))
    handle(second)
    assert (sends(postpeer_wire), again(given_up).remote_id) == (0, "late")


def test_what_one_row_meets_keeps_none_of_the_others(
    cast: Cast, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = [make_given_up(cast, number) for number in range(3)]
    second_attempts = send_again(cast, *given_up)
    settle = late_posts._settle

    def fail_for_first(key: int, look: ListMatch) -> str:
        if key == given_up[0].pk:
            raise OperationalError("database is locked")
        return settle(key, look)

    monkeypatch.setattr(late_posts, "_settle", fail_for_first)
    postpeer_wire.get(POSTS, json=post_list())
    take_posts(postpeer_wire, 2)
    handle(*second_attempts)
    assert states(*second_attempts) == [State.QUEUED, State.ACCEPTED, State.ACCEPTED]


def test_wait_that_postpeer_asked_for_is_kept_when_two_workers_had_the_row(cast: Cast, postpeer_wire: Wire) -> None:
    (second,) = send_again(cast, make_given_up(cast))
    until = timezone.now() + timedelta(minutes=5)

    def send_elsewhere(_sent: object) -> None:
        told = {"asked_earlier": True, "read_first": True, "evidence": Evidence(first_sent_at=timezone.now())}
        Submission.objects.filter(pk=second.pk).update(due_at=until, attempts=1, sent_at=timezone.now(), **told)

    postpeer_wire.get(POSTS, json=post_list(), does=send_elsewhere)
    handle(second)
    assert (sends(postpeer_wire), again(second).due_at) == (0, until)


def test_few_seconds_of_drift_do_not_spoil_a_reading(cast: Cast, postpeer_wire: Wire) -> None:
    (second,) = send_again(cast, make_given_up(cast))
    # Another thread's POST was answered slowly: its Date is three seconds old when it is read.
    postpeer_wire.get(POSTS, json=post_list(), does=lambda _sent: Connection.objects.update(clock_offset=-3.0))
    take_posts(postpeer_wire, 1)
    handle(second)
    assert states(second) == [State.ACCEPTED]


def test_post_that_is_out_for_two_targets_keeps_the_one_that_waits_from_leaving(
    cast: Cast, postpeer_wire: Wire
) -> None:
    given_up = make_given_up(cast)
    target = target_of(given_up)
    other = Target.objects.create(pin=given_up.pin, account=target.account, platform="linkedin", status=Status.SENDING)
    SubmissionTarget.objects.create(submission=given_up, target=other, is_open=False)
    (second,) = send_again(cast, given_up)
    on_its_way = Submission.objects.create(
        pin=given_up.pin,
        connection=second.connection,
        body={"content": "another"},
        body_hash="another",
        state=State.SENDING,
        sent_at=timezone.now(),
        lease_until=timezone.now() + timedelta(minutes=2),
    )
    SubmissionTarget.objects.create(submission=on_its_way, target=other)
    postpeer_wire.get(POSTS, json=post_list(late_post_of(given_up)))
    handle(second)
    assert (sends(postpeer_wire), states(second)) == (0, [State.QUEUED])
