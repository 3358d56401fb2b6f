"""Changing the rows of a submission: what is saved, and what its pin's status is then."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.pins.models import PendingEdit, Pin, Status, Submission, Wait
from postpeer_dash.pins.publishing.pending_edit import EDIT_STEPS, move_edit
from postpeer_dash.pins.publishing.state import StepError, change, lock, move, read_held, set_targets
from postpeer_dash.pins.services import publish_pin, retry_pin
from tests.cast import Cast
from tests.pins.editing import change as ask_for_change
from tests.pins.editing import make_held
from tests.pins.factories import again, make_account, make_draft, make_submitted

State = Submission.State


def test_change_saves_what_it_was_given_alone(cast: Cast) -> None:
    stale = make_submitted(cast.team, cast.bob)
    Submission.objects.update(state=State.SENDING, attempts=1)
    change(stale, checks=3)
    after = again(stale)
    assert (after.state, after.attempts, after.checks) == (State.SENDING, 1, 3)


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.SENDING])
def test_step_is_one_update(cast: Cast, state: str) -> None:
    submission = make_submitted(cast.team, cast.bob)
    with CaptureQueriesContext(connection) as queries:
        move(submission, state, due_at=None)
    assert len([query for query in queries if query["sql"].startswith('UPDATE "pins_submission"')]) == 1
    assert (again(submission).ended_at is None) == (state == State.SENDING)


def test_what_leaves_the_queue_waits_for_nothing(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    change(submission, waits_for=Wait.RATE_LIMITED)
    move(submission, State.SENDING, due_at=None)
    assert again(submission).waits_for == ""
    move(submission, State.QUEUED, due_at=None, waits_for=Wait.PUT_BACK)
    assert again(submission).waits_for == Wait.PUT_BACK


def make_two(cast: Cast) -> Submission:
    """One submission that carries a pin to Pinterest and LinkedIn."""
    make_account(cast.team, platform="pinterest")
    linkedin = make_account(cast.team, platform="linkedin")
    pin = make_draft(cast.team, cast.bob, cross_post=(linkedin,))
    publish_pin(pin=pin, actor=cast.bob)
    return Submission.objects.select_related("pin").get()


def test_held_targets_are_all_of_a_new_pin(cast: Cast) -> None:
    held = read_held(lock(make_two(cast).pk))
    assert ([target.platform for target in held], held.is_whole) == (["pinterest", "linkedin"], True)


def test_pin_is_summed_up_from_what_another_submission_left_too(cast: Cast) -> None:
    first = make_two(cast)
    move(first, State.SENDING, due_at=None)
    set_targets(first, Status.PUBLISHED)
    first.pin.targets.filter(platform="linkedin").update(status=Status.FAILED)
    move(first, State.ACCEPTED, due_at=None)
    move(first, State.DONE, due_at=None)
    (second,) = retry_pin(pin=first.pin, actor=cast.bob)
    held = read_held(lock(second.pk))
    assert ([target.platform for target in held], held.is_whole) == (["linkedin"], False)
    set_targets(second, Status.FAILED, held=held)
    assert Pin.objects.get().status == Status.PARTIAL


@pytest.mark.parametrize(("status", "is_kept"), [(Status.FAILED, True), (Status.PUBLISHED, False)])
def test_dismissed_failure_comes_up_again_when_something_new_became_of_it(
    cast: Cast, status: Status, is_kept: bool
) -> None:
    submission = make_submitted(cast.team, cast.bob)
    Pin.objects.update(status=Status.FAILED, dismissed_at=timezone.now())
    set_targets(submission, status)
    assert (Pin.objects.get().dismissed_at is not None) == is_kept


def test_first_try_has_nothing_before_it_to_ask_about(cast: Cast) -> None:
    first = make_submitted(cast.team, cast.bob)
    assert first.asked_earlier
    first.pin.targets.update(status=Status.FAILED)
    first.carried.update(is_open=False)
    (second,) = retry_pin(pin=first.pin, actor=cast.bob)
    assert not again(second).asked_earlier


def test_every_state_of_a_change_has_its_steps() -> None:
    assert set(EDIT_STEPS) == set(PendingEdit.State.values)


@pytest.mark.parametrize("answer", [PendingEdit.State.LATE, PendingEdit.State.REFUSED, PendingEdit.State.WANTED])
def test_what_postpeer_took_is_not_taken_back_by_a_later_answer(cast: Cast, answer: str) -> None:
    submission = make_held(cast)
    assert ask_for_change(submission, cast.bob, title="Night")
    edit = PendingEdit.objects.get()
    move_edit(edit, PendingEdit.State.LEAVING)
    move_edit(edit, PendingEdit.State.TAKEN)
    with pytest.raises(StepError):
        move_edit(edit, answer)
