"""PostPeer answers with the id of a post that another submission has: nobody is robbed of what is theirs beyond doubt."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.pins.models import Event, Pin, Status, Submission
from postpeer_dash.pins.publishing.reconcile import adopt
from postpeer_dash.pins.publishing.submit import resolve_absent, resolve_found
from postpeer_dash.postpeer import Post
from tests.cast import Cast, SignIn
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

State = Submission.State
POSTS = "/v1/posts"
pytestmark = pytest.mark.usefixtures("same_clock")


def publish(cast: Cast, wire: Wire, title: str = "Oak") -> Submission:
    """Return a pin whose POST was answered with post_1; published where the record says so."""
    submission = make_submitted(cast.team, cast.bob, title=title)
    wire.post(POSTS, json=a_receipt())
    record = {"success": True, "post": a_post(rawRequestBody=submission.body)}
    wire.get("/v1/posts/post_1", json=record, optional=True)
    return work(submission)


def adopt_long_ago(cast: Cast) -> Submission:
    """Return a pin whose answer was lost, and that has adopted post_1 since."""
    submission = make_submitted(cast.team, cast.bob, title="Oak")
    target = target_of(submission)
    target.status = Status.UNCONFIRMED
    target.save()
    held = make_due(submission, state=State.UNCONFIRMED, sent_at=timezone.now())
    assert adopt(held, Post("post_1", "published"))
    Event.objects.update(at=timezone.now() - timedelta(hours=1))
    return again(submission)


@pytest.mark.parametrize("title", ["Oak", "Linen"])
def test_row_with_an_answer_of_its_own_is_never_robbed(cast: Cast, postpeer_wire: Wire, title: str) -> None:
    first = publish(cast, postpeer_wire)
    second = publish(cast, postpeer_wire, title)
    assert (again(first).state, again(first).remote_id) == (State.DONE, "post_1")
    assert target_of(first).status == Status.PUBLISHED
    assert (second.state, second.remote_id) == (State.UNCONFIRMED, "")


def test_answer_of_an_earlier_version_counts_by_its_line_in_the_timeline(cast: Cast, postpeer_wire: Wire) -> None:
    first = publish(cast, postpeer_wire)
    known = {name: value for name, value in first.evidence.to_json().items() if name != "answered_id"}
    Submission.objects.filter(pk=first.pk).update(evidence=type(first.evidence).from_json(known))
    publish(cast, postpeer_wire, "Linen")
    assert again(first).remote_id == "post_1"


def test_post_that_was_found_before_the_other_one_left_stays_where_it_is(cast: Cast, postpeer_wire: Wire) -> None:
    first = adopt_long_ago(cast)
    second = publish(cast, postpeer_wire, "Linen")
    assert (again(first).state, again(first).remote_id) == (State.DONE, "post_1")
    assert second.state == State.UNCONFIRMED


def test_person_is_told_and_never_sees_it_fail_by_itself(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    publish(cast, postpeer_wire)
    second = publish(cast, postpeer_wire, "Linen")
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    for hours in (1, 2, 3):
        make_due(second, sent_at=timezone.now() - timedelta(hours=hours))
        work(second)
    assert again(second).state == State.UNCONFIRMED
    assert Event.objects.filter(pin=second.pin, kind="named_again").count() == 1
    page = as_("bob").get(f"/t/{cast.team.slug}/pins/{second.pin.uuid}/").content.decode()
    assert "the number of a post that another pin has" in page


def test_person_says_that_it_is_out(cast: Cast, postpeer_wire: Wire) -> None:
    first = publish(cast, postpeer_wire)
    second = publish(cast, postpeer_wire, "Linen")
    assert resolve_found(submission=second, actor=cast.bob, post_id="post_1")
    assert (again(second).state, target_of(second).status) == (State.DONE, Status.PUBLISHED)
    assert again(first).remote_id == "post_1"


def test_person_says_that_it_is_not_there(cast: Cast, postpeer_wire: Wire) -> None:
    publish(cast, postpeer_wire)
    second = publish(cast, postpeer_wire, "Linen")
    postpeer_wire.get(POSTS, json=post_list(), repeat=True)
    assert resolve_absent(submission=second, actor=cast.bob)
    work(second)
    assert again(second).state == State.ABSENT
    assert Pin.objects.get(pk=second.pin_id).status == Status.QUEUED


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.ABSENT, State.REFUSED])
def test_late_answer_with_a_known_id_is_kept_for_a_person(cast: Cast, postpeer_wire: Wire, state: str) -> None:
    from postpeer_dash.pins.publishing.receipts import apply_receipt
    from postpeer_dash.postpeer import PostReceipt

    first = publish(cast, postpeer_wire)
    second = make_due(make_submitted(cast.team, cast.bob, title="Linen"), state=state, sent_at=timezone.now())
    apply_receipt(second.pk, PostReceipt("post_1", "published", success=True, http_status=202))
    after: Any = again(second)
    assert (after.state, after.evidence.named_id, after.remote_id) == (state, "post_1", "")
    assert again(first).remote_id == "post_1"
