"""Changing a pin that waits for its time: each answer to the PUT, and what the record says."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins.models import Event, Pin, Status, Submission
from postpeer_dash.pins.publishing.jobs import find_due
from postpeer_dash.pins.publishing.matching import Forms, find_same
from postpeer_dash.pins.publishing.pause import resume_sending, stop_sending
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.services import cancel_pin
from postpeer_dash.postpeer import Post
from tests.cast import Cast
from tests.pins.editing import (
    NEW,
    POST,
    PUT,
    TAKEN,
    a_record,
    carry_out,
    change,
    in_minutes,
    kinds,
    look_again,
    make_held,
    on_the_wire,
    wanted,
)
from tests.pins.factories import again, make_account, make_board, make_due, target_of, work
from tests.postpeer.samples import a_platform_state
from tests.postpeer.wire import Wire

State = Submission.State
DOWN: dict[str, Any] = {"status": 500, "json": {"success": False, "message": "down"}, "tolerance": True}
NO_LONGER = {"status": 409, "json": {"success": False, "message": "The post is no longer scheduled"}}
pytestmark = pytest.mark.usefixtures("same_clock")


def test_change_is_shown_when_the_record_shows_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission, at = make_held(cast), in_minutes(180)
    assert change(submission, cast.bob, description=NEW, title="Night", at=at)
    assert Pin.objects.get().title == "A calm kitchen"
    after = carry_out(postpeer_wire, submission)
    assert read_edit(after) is None and after.scheduled_for == at
    assert (Pin.objects.get().title, Pin.objects.get().description, Pin.objects.get().scheduled_for) == (
        "Night",
        NEW,
        at,
    )
    assert kinds(submission) == ["edit_pressed", "edit_taken", "edited"]
    assert Pin.objects.get().status == Status.SCHEDULED


def test_put_carries_the_time_and_this_teams_ids(cast: Cast, postpeer_wire: Wire) -> None:
    submission, at = make_held(cast), in_minutes(180)
    board = make_board(Account.objects.get(), remote_id="1013802628540199999")
    change(submission, cast.bob, board=board, at=at)
    carry_out(postpeer_wire, submission)
    (sent,) = [call.json for call in postpeer_wire.calls if call.method == "PUT"]
    assert (sent["scheduledFor"], sent["timezone"]) == (on_the_wire(at), "UTC")
    (entry,) = sent["platforms"]
    assert entry["accountId"] == "int_1"
    assert entry["platformSpecificData"]["boardId"] == "1013802628540199999"
    assert target_of(submission).board == board and Pin.objects.get().board == board


def test_new_time_moves_when_it_is_asked_about(cast: Cast, postpeer_wire: Wire) -> None:
    submission, at = make_held(cast), in_minutes(180)
    change(submission, cast.bob, at=at)
    assert carry_out(postpeer_wire, submission).due_at == at + timedelta(seconds=1)


def test_title_alone_counts_by_the_answer_since_no_record_shows_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    carry_out(postpeer_wire, submission)
    assert Pin.objects.get().title == "Night"


def test_taken_is_not_done_until_the_record_was_read(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, json=TAKEN)
    postpeer_wire.get(POST, **DOWN, repeat=True)
    assert read_edit(work(submission)) is not None
    assert Pin.objects.get().title == "A calm kitchen"


def test_record_that_shows_it_late_is_read_again(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    body = wanted(submission)
    postpeer_wire.put(PUT, json=TAKEN)
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.get(POST, json=a_record(submission, body))
    assert read_edit(work(submission)) is not None
    assert read_edit(look_again(submission)) is None
    assert Pin.objects.get().description == NEW


def test_record_that_never_shows_it_is_said(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    postpeer_wire.put(PUT, json=TAKEN)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    work(submission)
    for _look in range(3):
        look_again(submission)
    assert kinds(submission)[-1] == "edit_unseen"
    assert Pin.objects.get().description != NEW


LOST = {
    "timeout": {"raises": requests.Timeout()},
    "cut": {"raises": requests.ConnectionError()},
    "500": DOWN,
    "html": {"raw": b"<html>", "content_type": "text/html", "tolerance": True},
    "no success": {"json": {"success": False}, "tolerance": True},
}


@pytest.mark.parametrize("name", LOST)
def test_lost_answer_is_cleared_up_by_the_record(cast: Cast, postpeer_wire: Wire, name: str) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    assert read_edit(carry_out(postpeer_wire, submission, **LOST[name])) is None
    assert Pin.objects.get().description == NEW
    assert kinds(submission) == ["edit_pressed", "edit_failed", "edited"]


@pytest.mark.parametrize("name", LOST)
def test_unclear_put_that_was_not_done_is_sent_again(cast: Cast, postpeer_wire: Wire, name: str) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, **LOST[name])
    postpeer_wire.put(PUT, json=TAKEN)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    assert read_edit(work(submission)) is not None
    assert read_edit(look_again(submission)) is None
    assert Pin.objects.get().title == "Night"


def test_failing_is_said_once(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, **DOWN, repeat=True)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    work(submission)
    look_again(submission)
    look_again(submission)
    assert kinds(submission) == ["edit_pressed", "edit_failed"]


def test_too_many_requests_are_waited_for(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    later = {"status": 429, "json": {"success": False, "message": "later"}, "headers": {"Retry-After": "40"}}
    postpeer_wire.put(PUT, **later, tolerance=True)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    after = work(submission)
    assert after.due_at and after.due_at > timezone.now() + timedelta(seconds=35)
    work(make_due(submission))
    assert len([call for call in postpeer_wire.calls if call.method == "PUT"]) == 1


@pytest.mark.parametrize("status", [400, 402, 403])
def test_refusal_ends_it_with_postpeers_words(cast: Cast, postpeer_wire: Wire, status: int) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, status=status, json={"success": False, "message": "No such board"}, tolerance=True)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    assert read_edit(work(submission)) is None
    assert Event.objects.get(kind="edit_refused").data["text"] == "No such board"
    assert (Pin.objects.get().title, Pin.objects.get().status) == ("A calm kitchen", Status.SCHEDULED)


def test_refused_key_holds_sending_and_keeps_the_wish(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, status=401, json={"success": False, "message": "key"}, tolerance=True)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    assert read_edit(work(submission)) is not None
    assert Connection.objects.get().held_reason == "key_rejected"
    assert read_edit(look_again(submission)) is not None
    assert len([call for call in postpeer_wire.calls if call.method == "PUT"]) == 1


@pytest.mark.parametrize("status", [409, 404])
def test_too_late_shows_what_it_is_by_now(cast: Cast, postpeer_wire: Wire, status: int) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, status=status, json={"success": False, "message": "Not scheduled"}, tolerance=True)
    postpeer_wire.get(POST, json=a_record(submission, status="published"))
    assert work(submission).state == State.DONE
    assert kinds(submission) == ["edit_pressed", "edit_too_late"]
    assert (Pin.objects.get().status, Pin.objects.get().description) == (
        Status.PUBLISHED,
        "Oak, linen and a little light.",
    )


def test_record_that_is_gone_ends_the_wish(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    gone = {"status": 404, "json": {"success": False, "message": "Post not found"}}
    postpeer_wire.get(POST, **gone, repeat=True)
    postpeer_wire.put(PUT, **gone)
    assert read_edit(work(submission)) is None
    assert kinds(submission) == ["edit_pressed", "edit_too_late"]


def test_lost_change_that_went_out_is_seen_afterwards(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    body = wanted(submission)
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, raises=requests.Timeout())
    postpeer_wire.get(POST, **DOWN, repeat=True)
    work(submission)
    postpeer_wire.prepared.clear()
    postpeer_wire.get(POST, json=a_record(submission, body, status="published"), repeat=True)
    assert look_again(submission).state == State.DONE
    assert Pin.objects.get().description == NEW


def test_lost_title_is_not_guessed_once_it_is_out(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, raises=requests.Timeout())
    postpeer_wire.get(POST, json=a_record(submission, status="published"))
    work(submission)
    assert kinds(submission)[-1] == "edit_unseen"
    assert Pin.objects.get().title == "A calm kitchen"


def test_nothing_is_put_in_the_last_two_minutes(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    Submission.objects.update(scheduled_for=in_minutes(1))
    postpeer_wire.get(POST, json=a_record(submission))
    assert read_edit(work(submission)) is None
    assert kinds(submission) == ["edit_pressed", "edit_too_late"]


def test_doubt_is_kept_through_the_last_two_minutes(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, raises=requests.Timeout())
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    work(submission)
    Submission.objects.update(scheduled_for=in_minutes(1))
    assert read_edit(look_again(submission)) is not None
    assert len([call for call in postpeer_wire.calls if call.method == "PUT"]) == 1


def test_put_that_never_left_leaves_no_doubt(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, raises=requests.exceptions.ConnectTimeout())
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    assert read_edit(work(submission)) is not None
    Submission.objects.update(scheduled_for=in_minutes(1))
    assert read_edit(look_again(submission)) is None
    assert kinds(submission)[-1] == "edit_too_late"


def test_killed_worker_leaves_word_that_a_put_may_have_left(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")

    def die(_sent: object) -> None:
        raise KeyboardInterrupt

    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, json=TAKEN, does=die)
    with pytest.raises(KeyboardInterrupt):
        work(submission)
    left = again(submission)
    edit = read_edit(left)
    assert edit and edit.state == "leaving" and edit.may_be_done and left.due_at and left.due_at > timezone.now()
    assert find_due(9) == []
    postpeer_wire.put(PUT, json=TAKEN)
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    assert read_edit(look_again(submission)) is None
    assert Pin.objects.get().title == "Night"


def test_creating_body_proves_nothing_when_it_is_changed_back(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    first = submission.body
    change(submission, cast.bob, description=NEW)
    carry_out(postpeer_wire, submission)
    change(submission, cast.bob, description="Oak, linen and a little light.")
    postpeer_wire.get(POST, json=a_record(again(submission), rawRequestBody=first))
    postpeer_wire.put(PUT, **DOWN)
    postpeer_wire.get(POST, json=a_record(again(submission), rawRequestBody=first))
    assert read_edit(work(submission)) is not None


def test_changed_post_is_still_known_by_the_body_that_created_it(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    first = submission.body
    change(submission, cast.bob, description=NEW)
    after = carry_out(postpeer_wire, submission)
    assert find_same(after, [Post("post_1", "scheduled", raw_request_body=first)], Forms())
    assert find_same(after, [Post("post_1", "scheduled", raw_request_body=after.body)], Forms())
    assert after.remote_id == "post_1"


def test_cancelled_while_a_change_is_under_way_is_cancelled(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    cancel_pin(pin=submission.pin, actor=cast.bob)
    postpeer_wire.delete(PUT, json={"success": True, "message": "Cancelled"})
    postpeer_wire.get(POST, json=a_record(submission, status="draft"))
    after = work(submission)
    assert (after.state, read_edit(after)) == (State.CANCELLED, None)
    assert kinds(submission) == ["edit_pressed", "edit_dropped"]


def test_cancel_between_the_put_and_its_answer_wins(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    postpeer_wire.get(POST, json=a_record(submission))
    postpeer_wire.put(PUT, json=TAKEN, does=lambda _sent: cancel_pin(pin=submission.pin, actor=cast.bob))
    postpeer_wire.get(POST, json=a_record(submission, wanted(submission)))
    assert work(submission).wants_cancel
    postpeer_wire.delete(PUT, json={"success": True, "message": "Cancelled"})
    postpeer_wire.get(POST, json=a_record(submission, status="draft"))
    assert work(make_due(submission)).state == State.CANCELLED


def test_cancel_before_the_put_lets_none_leave(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    pressed = a_record(submission)
    postpeer_wire.get(POST, json=pressed, does=lambda _sent: cancel_pin(pin=submission.pin, actor=cast.bob))
    assert work(submission).wants_cancel
    assert [call.method for call in postpeer_wire.calls] == ["GET"]


def test_stopped_after_an_unclear_put_only_looks(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, title="Night")
    postpeer_wire.put(PUT, raises=requests.Timeout())
    postpeer_wire.get(POST, json=a_record(submission), repeat=True)
    work(submission)
    stop_sending(team=cast.team, actor=cast.adam)
    assert read_edit(look_again(submission)) is not None
    assert [call.method for call in postpeer_wire.calls] == ["GET", "PUT", "GET", "GET"]


def test_stopped_team_changes_nothing_until_it_goes_on(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    stop_sending(team=cast.team, actor=cast.adam)
    assert read_edit(work(submission)) is not None
    assert postpeer_wire.calls == []
    resume_sending(team=cast.team, actor=cast.adam)
    assert read_edit(carry_out(postpeer_wire, submission)) is None


def test_change_that_waited_too_long_for_a_stopped_team_is_said_to_be_late(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_held(cast)
    change(submission, cast.bob, description=NEW)
    stop_sending(team=cast.team, actor=cast.adam)
    Submission.objects.update(scheduled_for=in_minutes(1))
    postpeer_wire.get(POST, json=a_record(submission))
    assert read_edit(work(submission)) is None
    assert kinds(submission) == ["edit_pressed", "edit_too_late"]


def test_both_platforms_of_a_post_are_changed_together(cast: Cast, postpeer_wire: Wire) -> None:
    linkedin = make_account(cast.team, platform="linkedin")
    submission = make_held(cast, account=make_account(cast.team), cross_post=(linkedin,))
    change(submission, cast.bob, description=NEW)
    body = wanted(submission)
    assert {entry["platform"] for entry in body["platforms"]} == {"pinterest", "linkedin"}
    both = [a_platform_state(status="scheduled"), a_platform_state(platform="linkedin", status="scheduled")]
    postpeer_wire.get(POST, json=a_record(submission, platforms=both))
    postpeer_wire.put(PUT, json=TAKEN, json_body=body)
    postpeer_wire.get(POST, json=a_record(submission, body, platforms=both))
    assert read_edit(work(submission)) is None
    assert set(submission.pin.targets.values_list("status", flat=True)) == {Status.SCHEDULED}


def test_board_of_the_targets_is_changed_before_the_pin_is_locked(cast: Cast, postpeer_wire: Wire) -> None:
    # Whoever follows up another submission of the pin has a target first and then the pin.
    submission = make_held(cast)
    change(submission, cast.bob, board=make_board(submission.pin.account), description=NEW)
    with CaptureQueriesContext(connection) as queries:
        carry_out(postpeer_wire, submission)
    heads = [query["sql"] for query in queries]
    settled = heads[max(n for n, sql in enumerate(heads) if '"body_hash" =' in sql and sql.startswith("UPDATE")) :]
    target = next(n for n, sql in enumerate(settled) if sql.startswith('UPDATE "pins_target"'))
    pin = next(n for n, sql in enumerate(settled) if sql.startswith('SELECT "pins_pin"'))
    assert target < pin
