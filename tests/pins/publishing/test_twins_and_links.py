"""What other programs post with the very same body, and links that come after the publishing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.pins.models import Status, Submission
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_platform_state, a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

State = Submission.State
POSTS = "/v1/posts"
pytestmark = pytest.mark.usefixtures("same_clock")


def lost(cast: Cast) -> Submission:
    one = make_submitted(cast.team, cast.bob)
    target = target_of(one)
    target.status = Status.UNCONFIRMED
    target.save()
    return make_due(one, state=State.UNCONFIRMED, sent_at=timezone.now())


def twins(wire: Wire, one: Submission, count: int) -> None:
    posts = [a_post(postId=f"post_{number}", rawRequestBody=one.body) for number in range(count)]
    wire.get(POSTS, json=post_list(*posts), repeat=True)


def test_more_of_one_body_than_the_dashboard_sent_are_shown_to_a_person(cast: Cast, postpeer_wire: Wire) -> None:
    one = lost(cast)
    twins(postpeer_wire, one, 2)
    after = work(one)
    assert (after.state, after.remote_id) == (State.UNCONFIRMED, "")
    assert after.evidence.candidates == ("post_0", "post_1")


def test_as_many_as_the_dashboard_sent_are_its_own(cast: Cast, postpeer_wire: Wire) -> None:
    given_up = lost(cast)
    make_due(given_up, state=State.ABSENT, ended_at=timezone.now())
    one = lost(cast)
    twins(postpeer_wire, one, 2)
    assert work(one).remote_id == "post_0"


def publish(cast: Cast, wire: Wire, url: str | None) -> Submission:
    one = make_submitted(cast.team, cast.bob)
    wire.post(POSTS, json=a_receipt())
    show(wire, one, url)
    return work(one)


def show(wire: Wire, one: Submission, url: str | None) -> None:
    record = a_post(rawRequestBody=one.body, platforms=[a_platform_state(platformPostUrl=url)])
    wire.get("/v1/posts/post_1", json={"success": True, "post": record})


def test_published_pin_without_a_link_is_asked_about_for_a_while(cast: Cast, postpeer_wire: Wire) -> None:
    one = publish(cast, postpeer_wire, None)
    assert (one.state, target_of(one).status) == (State.DONE, Status.PUBLISHED)
    assert one.due_at is not None and one.due_at > timezone.now()
    show(postpeer_wire, one, None)
    assert work(make_due(one)).due_at is not None
    show(postpeer_wire, one, "https://www.pinterest.com/pin/7/")
    assert work(make_due(one)).due_at is None
    assert target_of(one).url == "https://www.pinterest.com/pin/7/"


def test_pin_with_its_link_is_let_be(cast: Cast, postpeer_wire: Wire) -> None:
    assert publish(cast, postpeer_wire, "https://www.pinterest.com/pin/7/").due_at is None


@pytest.mark.parametrize(("answer", "hours"), [({"status": 404}, 25), ({"status": 200}, 25)])
def test_after_a_day_it_is_let_be(cast: Cast, postpeer_wire: Wire, answer: dict[str, Any], hours: int) -> None:
    one = publish(cast, postpeer_wire, None)
    body = {"success": False, "message": "gone"} if answer["status"] == 404 else {"success": True, "post": a_post()}
    if answer["status"] == 200:
        body["post"] = a_post(platforms=[a_platform_state(platformPostUrl=None)])
    postpeer_wire.get("/v1/posts/post_1", json=body, **answer)
    make_due(one, ended_at=timezone.now() - timedelta(hours=hours))
    work(one)
    assert again(one).due_at is None and target_of(one).status == Status.PUBLISHED


def test_record_that_cannot_be_had_changes_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    one = publish(cast, postpeer_wire, None)
    postpeer_wire.get("/v1/posts/post_1", status=500, raw=b"", tolerance=True, repeat=True)
    after = work(make_due(one))
    assert after.due_at is not None and after.state == State.DONE
