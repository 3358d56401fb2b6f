"""Before its first POST a worker reads what PostPeer has that the database may have forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing import restore
from postpeer_dash.pins.publishing.pause import accept_unknown_posts, unknown_posts_of
from postpeer_dash.pins.publishing.send import send
from postpeer_dash.worker import watchdog
from tests.cast import Cast
from tests.conftest import really_look_around
from tests.pins.factories import again, make_account, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, a_receipt, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock", "just_started")


@pytest.fixture
def just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a worker that has sent nothing yet."""
    monkeypatch.setattr(restore, "_gate", restore._Gate())
    monkeypatch.setattr(restore, "look_around", really_look_around)


def published(submission: Submission, **fields: object) -> dict[str, object]:
    return {"success": True, "post": a_post(rawRequestBody=submission.body, **fields)}


def test_first_post_waits_for_a_reading(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list())
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json=published(submission))
    assert work(submission).state == State.DONE
    assert [call.method for call in postpeer_wire.calls] == ["GET", "POST", "GET"]


def test_list_is_read_once(cast: Cast, postpeer_wire: Wire) -> None:
    first, second = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    postpeer_wire.get(POSTS, json=post_list())
    for number, one in enumerate((first, second), start=1):
        postpeer_wire.post(POSTS, json=a_receipt(postId=f"post_{number}"))
        postpeer_wire.get(f"/v1/posts/post_{number}", json=published(one, postId=f"post_{number}"))
        assert work(one).state == State.DONE


def test_nothing_leaves_while_the_list_cannot_be_read(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, status=500, json={"success": False, "message": "down"}, tolerance=True, repeat=True)
    assert work(submission).state == State.QUEUED


def test_what_waits_here_and_is_there_is_adopted(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=submission.body)))
    after = work(submission)
    assert (after.state, after.remote_id) == (State.DONE, "post_1")
    assert target_of(submission).status == Status.PUBLISHED


def test_what_went_to_an_account_that_has_another_number_by_now_is_adopted(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Account.objects.update(remote_id="int_renewed")
    foreign = {**stranger("int_1"), "postId": "post_8"}
    postpeer_wire.get(POSTS, json=post_list(foreign, a_post(rawRequestBody=submission.body)))
    after = work(submission)
    assert (after.state, after.remote_id) == (State.DONE, "post_1")
    assert Connection.objects.get().held_at is None


def test_late_one_that_went_out_as_one_for_now_is_known_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(hours=1))
    sent = {key: value for key, value in submission.body.items() if key not in ("scheduledFor", "timezone")}
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody={**sent, "publishNow": True})))
    assert work(submission).remote_id == "post_1"


def stranger(account: str) -> dict[str, object]:
    entry = {"platform": "pinterest", "accountId": account, "platformSpecificData": {"boardId": "1"}}
    body = {"content": "Never seen here", "platforms": [entry], "publishNow": True}
    return a_post(postId="post_9", content="Never seen here", rawRequestBody=body)


def test_unknown_post_of_ours_holds_sending(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list(stranger("int_1")))
    assert work(submission).state == State.QUEUED
    assert Connection.objects.get().held_reason == "unknown_posts"
    assert [post["text"] for post in unknown_posts_of(cast.team)] == ["Never seen here"]


def test_post_to_an_account_that_is_not_ours_is_no_ones_business(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list(stranger("int_of_somebody_else")))
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json=published(submission))
    assert work(submission).state == State.DONE


def test_sending_goes_on_once_a_person_has_looked(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list(stranger("int_1")))
    work(submission)
    assert accept_unknown_posts(team=cast.team, actor=cast.adam) == 1
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json=published(submission))
    assert work(again(submission)).state == State.DONE


def test_what_was_looked_at_does_not_hold_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list(stranger("int_1")), repeat=True)
    work(submission)
    accept_unknown_posts(team=cast.team, actor=cast.adam)
    restore._gate.seen.clear()
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json=published(submission))
    assert work(again(submission)).state == State.DONE


def test_other_team_neither_sees_nor_releases_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.team, cast.bob)
    make_account(cast.other_team)
    postpeer_wire.get(POSTS, json=post_list(stranger("int_1")))
    work(submission)
    assert unknown_posts_of(cast.other_team) == []
    assert accept_unknown_posts(team=cast.other_team, actor=cast.charlie) == 0
    assert Connection.objects.get().held_at is not None


def test_database_put_back_under_a_running_worker_is_noticed(cast: Cast, postpeer_wire: Wire) -> None:
    first = make_submitted(cast.team, cast.bob)
    postpeer_wire.get(POSTS, json=post_list())
    postpeer_wire.post(POSTS, json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json=published(first))
    work(first)
    body = first.body
    first.pin.delete()
    second = make_submitted(cast.team, cast.bob)
    assert second.body == body
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=body)))
    assert work(second).remote_id == "post_1"


def test_lost_one_that_is_looked_for_already_explains_a_post(cast: Cast, postpeer_wire: Wire) -> None:
    lost, waiting = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob, title="Another")
    make_due(lost, state=State.UNCONFIRMED, sent_at=timezone.now())
    postpeer_wire.get(POSTS, json=post_list(a_post(rawRequestBody=lost.body)))
    postpeer_wire.post(POSTS, json=a_receipt(postId="post_2"))
    postpeer_wire.get("/v1/posts/post_2", json=published(waiting, postId="post_2"))
    assert work(waiting).state == State.DONE
    assert Connection.objects.get().held_at is None


def test_whatever_runs_the_step_it_looks_first_and_is_watched(cast: Cast, postpeer_wire: Wire) -> None:
    watchdog.disarm()
    submission = make_submitted(cast.team, cast.bob)
    armed: list[bool] = []
    postpeer_wire.get(POSTS, json=post_list())
    postpeer_wire.post(POSTS, json=a_receipt(), does=lambda _sent: armed.append(watchdog.is_armed()))
    postpeer_wire.get("/v1/posts/post_1", json=published(submission))
    send(submission.pk)
    assert armed == [True]
    assert [call.method for call in postpeer_wire.calls] == ["GET", "POST", "GET"]
