"""PostPeer's clocks: what is learnt of them may only ever have its list read from further back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
import time_machine
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.clocks import learn_from_records, note_clock
from postpeer_dash.pins.publishing.pending_edit import is_near
from postpeer_dash.pins.publishing.post_list import start_of
from postpeer_dash.pins.services import retry_pin
from postpeer_dash.postpeer import parse_instant
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, a_receipt, post_list
from tests.postpeer.wire import SERVER_DATE, Wire

State = Submission.State
POSTS = "/v1/posts"
DAY = 86_400.0
OFFSETS = [-DAY, -14 * 3600.0, -3725.0, -901.0, -3.0, 0.0, 3.0, 901.0, 3725.0, 14 * 3600.0, DAY, 30 * DAY]


@pytest.fixture(autouse=True)
def still_clock() -> Iterator[None]:
    from email.utils import parsedate_to_datetime

    with time_machine.travel(parsedate_to_datetime(SERVER_DATE), tick=False):
        yield


def date(offset: float) -> dict[str, str]:
    return {"Date": format_datetime(timezone.now() + timedelta(seconds=offset), usegmt=True)}


def lose(cast: Cast, wire: Wire, offset: float) -> Submission:
    """Return a pin whose POST was answered without an id, at a time when `Date` was so far off; it is out."""
    submission = make_submitted(cast.team, cast.bob)
    Connection.objects.update(clock_offset=offset)
    wire.post(POSTS, raises=requests.exceptions.ReadTimeout("slow"))
    return work(submission)


def asked_from(wire: Wire) -> datetime:
    at = parse_instant(wire.calls[-1].query["createdAfter"])
    assert at is not None
    return at


@pytest.mark.parametrize("then", OFFSETS)
@pytest.mark.parametrize("now", [-DAY, 0.0, DAY])
def test_live_pin_is_found_wherever_the_clock_of_the_answers_is(
    cast: Cast, postpeer_wire: Wire, then: float, now: float
) -> None:
    lost = lose(cast, postpeer_wire, then)
    sent_at = lost.sent_at
    assert sent_at is not None
    post = a_post(rawRequestBody=lost.body, createdAt=sent_at.isoformat())
    postpeer_wire.get(POSTS, json=post_list(post), headers=date(now), repeat=True)
    # Where it turns out that it should have been read from further back, it is, the next time.
    for _look in range(2):
        if again(lost).state == State.UNCONFIRMED:
            work(make_due(lost))
            assert asked_from(postpeer_wire) <= sent_at - timedelta(minutes=15)
    assert (again(lost).state, target_of(lost).status) == (State.DONE, Status.PUBLISHED)


def test_clock_that_jumps_with_every_answer_does_not_keep_it_from_being_found(cast: Cast, postpeer_wire: Wire) -> None:
    lost = lose(cast, postpeer_wire, DAY)
    for number, offset in enumerate((-DAY, DAY, -DAY, 0.0, DAY, -DAY)):
        postpeer_wire.get(POSTS, json=post_list(), headers=date(offset))
        after = work(make_due(lost))
        # Only the first one reaches back too little.
        assert (after.evidence.posts is not None) == (number > 0)


@pytest.mark.parametrize("offset", OFFSETS)
def test_list_never_begins_later_than_our_own_clock_says(cast: Cast, offset: float) -> None:
    lost = make_submitted(cast.team, cast.bob)
    make_due(lost, state=State.UNCONFIRMED, sent_at=timezone.now())
    note_clock(Connection.objects.get(), timezone.now() + timedelta(seconds=offset))
    known = Submission.objects.select_related("connection").get(pk=lost.pk)
    assert known.sent_at is not None
    assert start_of(known) == known.sent_at + timedelta(seconds=min(offset if abs(offset) > 2 else 0, 0)) - timedelta(
        minutes=15
    )


def accept(cast: Cast, wire: Wire, behind: float, **fields: Any) -> Submission:
    """Return a pin that PostPeer took, dated so far from our clock."""
    submission = make_submitted(cast.team, cast.bob, **fields)
    at = (timezone.now() + timedelta(seconds=behind)).isoformat()
    wire.post(POSTS, json=a_receipt())
    record = a_post(rawRequestBody=submission.body, createdAt=at)
    wire.get("/v1/posts/post_1", json={"success": True, "post": record})
    return work(submission)


@pytest.mark.parametrize(
    ("behind", "known"), [(-DAY, -DAY), (-7200.0, -7200.0), (-90 * DAY, -26 * 3600.0), (DAY, 0.0), (-1, 0.0)]
)
def test_records_say_how_far_the_clock_that_dates_them_is_behind(
    cast: Cast, postpeer_wire: Wire, behind: float, known: float
) -> None:
    accept(cast, postpeer_wire, behind)
    learn_from_records(Connection.objects.get())
    assert Connection.objects.get().records_behind == known


def test_live_pin_is_found_where_posts_are_dated_a_day_back(cast: Cast, postpeer_wire: Wire) -> None:
    accept(cast, postpeer_wire, -DAY, title="Before")
    lost = lose(cast, postpeer_wire, 0.0)
    assert lost.sent_at is not None
    post = a_post(postId="post_2", rawRequestBody=lost.body, createdAt=(lost.sent_at - timedelta(days=1)).isoformat())
    postpeer_wire.get(POSTS, json=post_list(post))
    assert work(make_due(lost)).state == State.DONE
    assert asked_from(postpeer_wire) < lost.sent_at - timedelta(days=1)


def test_second_attempt_is_not_sent_while_the_first_is_out(cast: Cast, postpeer_wire: Wire) -> None:
    first = make_submitted(cast.team, cast.bob)
    target = target_of(first)
    target.status = Status.FAILED
    target.save()
    first.carried.update(is_open=False)
    make_due(first, state=State.ABSENT, sent_at=timezone.now(), ended_at=timezone.now())
    Pin.objects.update(status=Status.FAILED)
    Connection.objects.update(clock_offset=DAY)
    assert retry_pin(pin=Pin.objects.get(), actor=cast.bob)
    post = a_post(rawRequestBody=first.body, createdAt=timezone.now().isoformat())
    postpeer_wire.get(POSTS, json=post_list(post), headers=date(DAY))
    work(Submission.objects.get(state=State.QUEUED))
    assert [call.method for call in postpeer_wire.calls] == ["GET"]
    assert target_of(first).status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("offset", "near"), [(0.0, False), (180.0, True), (-DAY, False), (DAY, False), (3725.0, False)]
)
def test_date_that_is_far_ahead_keeps_nobody_from_changing_a_pin(cast: Cast, offset: float, near: bool) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(minutes=4))
    Connection.objects.update(clock_offset=offset)
    assert is_near(Submission.objects.select_related("connection").get(pk=submission.pk)) == near


def test_what_is_out_is_dated_no_earlier_than_it_was_sent(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post(POSTS, json=a_receipt(), headers=date(DAY))
    record = a_post(rawRequestBody=submission.body, createdAt=timezone.now().isoformat())
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": record}, headers=date(DAY))
    after = work(submission)
    assert target_of(submission).published_at == after.sent_at
