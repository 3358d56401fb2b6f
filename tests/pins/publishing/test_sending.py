"""One submission from the queue to its end, with PostPeer faked at the wire."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.jobs import find_due
from postpeer_dash.pins.services import cancel_pin, publish_pin, retry_pin
from postpeer_dash.worker.shares import Shares
from tests.cast import Cast
from tests.pins.factories import again, make_account, make_draft, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_platform_state, a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

pytestmark = pytest.mark.usefixtures("same_clock")
POSTS = "/v1/posts"
POST = "/v1/posts/post_1"
State = Submission.State


def published(submission: Submission, **fields: object) -> dict[str, object]:
    return {"success": True, "post": a_post(rawRequestBody=submission.body, **fields)}


def test_published_pin_has_its_link(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=a_receipt(), json_body=submission.body)
    postpeer_wire.get(POST, json=published(submission))
    assert work(submission).state == State.DONE
    assert target_of(submission).status == Status.PUBLISHED
    assert target_of(submission).url == "https://www.pinterest.com/pin/1/"
    assert Pin.objects.get().status == Status.PUBLISHED


def test_receipt_alone_never_shows_published(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get(POST, status=404, json={"success": False, "message": "Post not found"}, repeat=True)
    assert work(submission).state == State.ACCEPTED
    assert target_of(submission).status == Status.PUBLISHING


def test_publishing_is_dated_by_our_own_clock(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Connection.objects.update(clock_offset=420)
    ahead = (timezone.now() + timedelta(minutes=7)).isoformat()
    postpeer_wire.post(POSTS, json=a_receipt(), headers={"Date": ""})
    postpeer_wire.get(POST, json=published(submission, platforms=[a_platform_state(publishedAt=ahead)]))
    work(submission)
    at = target_of(submission).published_at
    assert at is not None
    assert abs((timezone.now() - at).total_seconds()) < 5


def test_pressing_publish_twice_hands_in_once(cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob)
    publish_pin(pin=pin, actor=cast.bob)
    publish_pin(pin=pin, actor=cast.bob)
    assert Submission.objects.count() == 1


def test_task_rung_twice_posts_once(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get(POST, json=published(submission))
    work(submission)
    work(submission)
    assert [call.method for call in postpeer_wire.calls] == ["POST", "GET"]


def test_request_that_never_left_goes_back_to_the_queue(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ConnectTimeout("no route"))
    after = work(submission)
    assert after.state == State.QUEUED
    assert after.due_at and after.due_at > timezone.now()
    assert target_of(submission).status == Status.QUEUED


@pytest.mark.parametrize(
    "answer",
    [
        {"raises": requests.exceptions.ReadTimeout("slow")},
        {"raises": requests.exceptions.SSLError("eof")},
        {"raises": requests.exceptions.ConnectionError("reset")},
        {"status": 500, "raw": b"<html>", "content_type": "text/html", "tolerance": True},
        {"status": 202, "raw": b'{"success": tr', "tolerance": True},
        {"status": 202, "json": {"success": True, "status": "published", "platforms": []}, "tolerance": True},
        {"status": 302, "raw": b"", "headers": {"Location": "https://elsewhere.example/"}, "tolerance": True},
        {"status": 409, "json": {"success": False, "message": "conflict"}, "tolerance": True},
        {"status": 403, "raw": b"<html>blocked", "content_type": "text/html", "tolerance": True},
    ],
)
def test_unclear_answer_is_unconfirmed_and_never_sent_again(
    cast: Cast, postpeer_wire: Wire, answer: dict[str, object]
) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, **answer)
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    assert work(submission).state == State.UNCONFIRMED
    assert Pin.objects.get().status == Status.UNCONFIRMED
    for _again in range(3):
        make_due(submission)
        work(submission)
    assert [call.method for call in postpeer_wire.calls].count("POST") == 1


def test_unconfirmed_that_is_in_the_list_is_adopted(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    work(submission)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    make_due(submission)
    after = work(submission)
    assert (after.state, after.remote_id) == (State.DONE, "post_1")
    assert target_of(submission).status == Status.PUBLISHED


def test_post_of_another_submission_is_never_adopted(cast: Cast, postpeer_wire: Wire) -> None:
    first = make_submitted(cast.team, cast.bob)
    Submission.objects.filter(pk=first.pk).update(state=State.DONE, remote_id="post_1", due_at=None)
    second = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    work(second)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=second.body)))
    make_due(second)
    assert work(second).state == State.UNCONFIRMED


def test_post_alike_waits_for_a_person(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    work(submission)
    other = {**submission.body, "content": "Changed on the way"}
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=other)))
    make_due(submission)
    after = work(submission)
    assert after.state == State.UNCONFIRMED
    assert after.evidence.candidates == ("post_1",)


def test_absent_twice_far_enough_apart_was_not_taken(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    work(submission)
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    make_due(submission, sent_at=timezone.now() - timedelta(minutes=17))
    first = work(submission)
    assert first.state == State.UNCONFIRMED
    assert first.evidence.first_absent_at
    earlier = replace(first.evidence, first_absent_at=timezone.now() - timedelta(minutes=5, seconds=1))
    make_due(submission, evidence=earlier)
    assert work(submission).state == State.ABSENT
    assert target_of(submission).status == Status.FAILED


def test_absent_too_early_decides_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    work(submission)
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    make_due(submission)
    assert work(submission).evidence.first_absent_at is None


@pytest.mark.parametrize(("status", "kind"), [(400, "refused"), (402, "out_of_credits"), (403, "not_allowed")])
def test_refusal_is_believed_after_one_reading(cast: Cast, postpeer_wire: Wire, status: int, kind: str) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, status=status, json={"success": False, "message": "Board not found."})
    postpeer_wire.get(POSTS, json=post_list())
    assert work(submission).state == State.REFUSED
    target = target_of(submission)
    assert (target.status, target.error_kind, target.error_text) == (Status.FAILED, kind, "Board not found.")


def test_refusal_after_the_deed_is_adopted(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, status=400, json={"success": False, "message": "No."})
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    assert work(submission).state == State.DONE
    assert target_of(submission).status == Status.PUBLISHED


def test_refused_key_holds_all_sending(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, status=401, json={"success": False, "message": "Unauthorized"}, tolerance=True)
    assert work(submission).state == State.QUEUED
    assert Connection.objects.get().held_reason == "key_rejected"
    make_due(submission)
    work(submission)
    assert len(postpeer_wire.calls) == 1


def test_rate_limited_reads_before_it_sends_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    limited = {"success": False, "message": "Slow down"}
    postpeer_wire.post(POSTS, status=429, json=limited, headers={"Retry-After": "30"}, tolerance=True)
    after = work(submission)
    assert after.state == State.QUEUED
    assert after.due_at and after.due_at > timezone.now() + timedelta(seconds=25)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    make_due(submission)
    assert work(submission).state == State.DONE
    assert [call.method for call in postpeer_wire.calls] == ["POST", "GET"]


def test_identical_pin_waits_for_its_twin(cast: Cast, postpeer_wire: Wire) -> None:
    first, second = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob)
    Submission.objects.filter(pk=first.pk).update(state=State.UNCONFIRMED)
    assert work(second).state == State.QUEUED
    assert postpeer_wire.calls == []


def test_scheduled_pin_carries_its_time_as_utc(cast: Cast, postpeer_wire: Wire) -> None:
    at = timezone.now().replace(microsecond=0) + timedelta(days=2)
    submission = make_submitted(cast.team, cast.bob, scheduled_for=at)
    assert submission.body["scheduledFor"] == at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert submission.body["timezone"] == "UTC"
    assert "publishNow" not in submission.body
    postpeer_wire.post(POSTS, json=a_receipt(status="scheduled", platforms=[]))
    entry = a_platform_state(status="scheduled", platformPostUrl=None, publishedAt=None, platformPostId=None)
    postpeer_wire.get(POST, json=published(submission, status="scheduled", platforms=[entry]))
    work(submission)
    assert Pin.objects.get().status == Status.SCHEDULED


def test_late_pin_goes_out_at_once(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1))
    make_due(submission, scheduled_for=timezone.now() - timedelta(minutes=10))
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get(POST, json=published(submission))
    work(submission)
    assert postpeer_wire.calls[0].json["publishNow"] is True
    assert "scheduledFor" not in postpeer_wire.calls[0].json


def test_pin_that_is_too_late_asks_a_person(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1))
    make_due(submission, scheduled_for=timezone.now() - timedelta(minutes=16))
    assert work(submission).state == State.REFUSED
    assert target_of(submission).error_kind == "too_late"
    assert postpeer_wire.calls == []


def test_cancelled_in_the_queue_is_never_sent(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    assert work(submission).state == State.CANCELLED
    assert Pin.objects.get().status == Status.CANCELLED
    assert postpeer_wire.calls == []


def scheduled_at_postpeer(cast: Cast, wire: Wire) -> Submission:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1))
    wire.post(POSTS, json=a_receipt(status="scheduled", platforms=[]))
    wire.get(POST, json=published(submission, status="scheduled", platforms=[a_platform_state(status="scheduled")]))
    return work(submission)


def test_cancelled_only_when_the_record_says_so(cast: Cast, postpeer_wire: Wire) -> None:
    submission = scheduled_at_postpeer(cast, postpeer_wire)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    assert Pin.objects.get().status == Status.SCHEDULED
    postpeer_wire.delete("/v1/posts/scheduled/post_1", json={"success": True, "message": "Cancelled"})
    postpeer_wire.get(POST, json=published(submission, status="draft", platforms=[a_platform_state(status="draft")]))
    make_due(submission)
    assert work(submission).state == State.CANCELLED
    assert Pin.objects.get().status == Status.CANCELLED


def test_cancel_that_comes_too_late_shows_published(cast: Cast, postpeer_wire: Wire) -> None:
    submission = scheduled_at_postpeer(cast, postpeer_wire)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    postpeer_wire.delete("/v1/posts/scheduled/post_1", status=409, json={"success": False, "message": "Not scheduled"})
    postpeer_wire.get(POST, json=published(submission))
    make_due(submission)
    assert work(submission).state == State.DONE
    assert Pin.objects.get().status == Status.PUBLISHED


def two_platforms(cast: Cast, wire: Wire) -> Submission:
    linkedin = make_account(cast.team, platform="linkedin")
    submission = make_submitted(cast.team, cast.bob, account=make_account(cast.team), cross_post=(linkedin,))
    entries = [
        a_platform_state(),
        a_platform_state(platform="linkedin", status="failed", platformPostUrl=None, errorMessage="Duplicate"),
    ]
    wire.post(POSTS, json=a_receipt())
    wire.get(POST, json=published(submission, status="partial", platforms=entries))
    return work(submission)


def test_cross_post_has_a_result_for_each_platform(cast: Cast, postpeer_wire: Wire) -> None:
    submission = two_platforms(cast, postpeer_wire)
    assert {entry["platform"] for entry in submission.body["platforms"]} == {"pinterest", "linkedin"}
    assert target_of(submission).status == Status.PUBLISHED
    assert target_of(submission, "linkedin").error_text == "Duplicate"
    assert submission.pin.status == Status.PARTIAL


def test_retry_asks_first_and_sends_to_the_failed_platform_alone(cast: Cast, postpeer_wire: Wire) -> None:
    submission = two_platforms(cast, postpeer_wire)
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    failed = a_platform_state(platform="linkedin", status="failed", errorMessage="Duplicate")
    postpeer_wire.get(POST, json=published(submission, status="partial", platforms=[a_platform_state(), failed]))
    postpeer_wire.post(POSTS, json=a_receipt(postId="post_2"))
    done = a_post(postId="post_2", platforms=[a_platform_state(platform="linkedin")])
    postpeer_wire.get("/v1/posts/post_2", json={"success": True, "post": done})
    assert work(second).state == State.DONE
    assert [entry["platform"] for entry in postpeer_wire.calls[-2].json["platforms"]] == ["linkedin"]
    assert Pin.objects.get().status == Status.PUBLISHED


def test_retry_leaves_out_what_lives_after_all(cast: Cast, postpeer_wire: Wire) -> None:
    submission = two_platforms(cast, postpeer_wire)
    (second,) = retry_pin(pin=submission.pin, actor=cast.bob)
    alive = a_platform_state(platform="linkedin", status="published")
    postpeer_wire.get(POST, json=published(submission, platforms=[a_platform_state(), alive]))
    assert work(second).state == State.CANCELLED
    assert Pin.objects.get().status == Status.PUBLISHED


def test_lost_worker_leaves_unconfirmed_not_queued(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    past = timezone.now() - timedelta(seconds=1)
    Submission.objects.filter(pk=submission.pk).update(state=State.SENDING, lease_until=past, due_at=past)
    assert work(submission).state == State.UNCONFIRMED


def test_lease_that_runs_is_left_alone(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    later = timezone.now() + timedelta(seconds=30)
    Submission.objects.filter(pk=submission.pk).update(state=State.SENDING, lease_until=later)
    make_due(submission)
    assert work(submission).state == State.SENDING


def test_stopped_team_sends_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    cast.team.stopped_at = timezone.now()
    cast.team.save()
    assert work(submission).state == State.QUEUED
    assert postpeer_wire.calls == []


def test_disconnected_account_gets_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Account.objects.update(health=Account.Health.DISCONNECTED)
    assert work(submission).state == State.REFUSED
    assert target_of(submission).error_kind == "account_disconnected"


def test_unknown_status_keeps_the_old_one(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    odd = a_platform_state(status="transmogrifying")
    postpeer_wire.post(POSTS, json=a_receipt(status="publishing", platforms=[]))
    record = published(submission, status="transmogrifying", platforms=[odd])
    postpeer_wire.get(POST, json=record, tolerance=True)
    assert work(submission).state == State.ACCEPTED
    assert target_of(submission).status == Status.PUBLISHING


def test_what_is_due_and_was_lost_is_found_again(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Submission.objects.filter(pk=submission.pk).update(rung_at=timezone.now() - timedelta(minutes=5))
    assert find_due(9) == [submission.pk]
    assert find_due(9) == []
    assert again(submission).rung_at is not None


def test_what_somebody_is_at_is_not_found(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    assert find_due(9, {submission.pk}) == []
    assert find_due(9) == [submission.pk]


def test_what_is_due_anew_is_found_at_once(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    assert find_due(9) == [submission.pk]
    make_due(submission)
    assert find_due(9) == [submission.pk]


def test_what_waits_to_be_sent_is_found_first(cast: Cast) -> None:
    asking, waiting = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    Submission.objects.filter(pk=asking.pk).update(state=State.UNCONFIRMED)
    assert find_due(1) == [waiting.pk]
    assert find_due(9) == [asking.pk]


def test_what_a_lost_worker_left_is_found_before_all_that_waits(cast: Cast) -> None:
    waiting, left = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    Submission.objects.filter(pk=left.pk).update(state=State.SENDING, lease_until=timezone.now())
    assert find_due(1) == [left.pk]
    assert find_due(9) == [waiting.pk]


def test_what_a_lost_worker_left_needs_no_thread_of_its_teams(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Shares(threads=2)
    monkeypatch.setattr("postpeer_dash.pins.publishing.jobs.shares", full)
    waiting, left = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    Submission.objects.filter(pk=left.pk).update(state=State.SENDING, lease_until=timezone.now())
    with full.hold(waiting.connection_id, cast.team.pk):
        assert find_due(9) == [left.pk]
    assert find_due(9) == [waiting.pk]
