"""Changing submissions, their targets and their pin together: each function is one transaction's worth of rows."""

import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.bell import enqueue
from postpeer_dash.pins.publishing.transitions import FINAL_STATUSES, OPEN_STATES, check_step, sum_statuses

log = logging.getLogger(__name__)
# A bell is rung at once for what is due this soon (seconds); the sweep finds the rest when its time comes.
NOTIFY_AHEAD = 60
# Pauses (seconds) before what PostPeer has said is written down again, when the database didn't take it.
_WRITE_PAUSES = (0.2, 1.0, 3.0, 10.0)


def lock(submission_id: int) -> Submission:
    """The submission, locked until the transaction ends, with its pin and connection."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("pin", "pin__team", "connection")
        .get(pk=submission_id)
    )


def move(submission: Submission, state: str, *, due_at: datetime | None, **fields: Any) -> None:
    """Takes a submission one step along the table, and sets when something is to be done about it next."""
    check_step(submission.state, state)
    submission.state = state
    change(submission, due_at=due_at, **fields)
    if state not in OPEN_STATES:
        change(submission, ended_at=timezone.now(), lease_until=None)
        SubmissionTarget.objects.filter(submission=submission).update(is_open=False)


def change(submission: Submission, **fields: Any) -> None:
    """Sets fields of a submission without a step."""
    for name, value in fields.items():
        setattr(submission, name, value)
    submission.save(update_fields=[*fields, "state"])


def set_targets(submission: Submission, status: str, **fields: Any) -> None:
    """Gives all targets the submission still holds one status, and sums the pin's up again."""
    Target.objects.filter(carried__submission=submission, carried__is_open=True).update(
        status=status, updated_at=timezone.now(), **fields
    )
    sum_up(submission.pin)


def sum_up(pin: Pin) -> None:
    """Sets the pin's status from its targets'. What was dismissed comes up again once something new became of it."""
    # The pin's lock comes before the look: two submissions of one pin at once would each miss what the other one did.
    before = Pin.objects.select_for_update().only("pk", "status", "dismissed_at").get(pk=pin.pk)
    statuses = Target.objects.filter(pin=pin).values_list("status", flat=True)
    pin.status = sum_statuses(statuses)
    pin.dismissed_at = before.dismissed_at if before.status == pin.status else None
    pin.updated_at = timezone.now()
    pin.save(update_fields=["status", "dismissed_at", "updated_at"])


def release_final(submission: Submission, targets: Iterable[Target]) -> bool:
    """Lets go of targets that have ended. Returns whether the submission holds none any more."""
    done = [target.pk for target in targets if target.status in FINAL_STATUSES]
    SubmissionTarget.objects.filter(submission=submission, target__in=done).update(is_open=False)
    return not SubmissionTarget.objects.filter(submission=submission, is_open=True).exists()


def reopen(submission: Submission, statuses: Container[str] | None = None) -> bool:
    """Holds targets again that nobody holds: all, or those with one of these statuses. Whether there were any."""
    again = False
    for carried in SubmissionTarget.objects.filter(submission=submission, is_open=False).select_related("target"):
        is_wanted = statuses is None or carried.target.status in statuses
        if is_wanted and not SubmissionTarget.objects.filter(target_id=carried.target_id, is_open=True).exists():
            carried.is_open = again = True
            carried.save(update_fields=["is_open"])
    return again


def notify(submission: Submission) -> None:
    """Calls a worker for what is due soon. Inside the caller's transaction, so that a rollback takes it back."""
    now = timezone.now()
    if submission.due_at is None or submission.due_at > now + timedelta(seconds=NOTIFY_AHEAD):
        return
    change(submission, rung_at=now)
    enqueue(submission.pk, submission.state, submission.due_at if submission.due_at > now else None)


def write_down(write: Callable[[], None]) -> None:
    """Runs what writes down an answer of PostPeer's, again after pauses while the database doesn't take it.

    An answer that is lost here has to be looked for in PostPeer's list later, which takes much longer.
    """
    for pause in _WRITE_PAUSES:
        try:
            return write()
        except OperationalError:
            if connection.in_atomic_block:
                raise
            log.warning("an answer could not be written down; again in %s s", pause)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    return write()


@contextmanager
def apart_from_others(submission_id: int) -> Iterator[None]:
    """What the database doesn't take of one submission keeps nobody from going on with those taken together with it."""
    try:
        yield
    except DatabaseError:
        log.exception("submission %s could not be written down; it is looked at again later", submission_id)


def wait_of(waits: list[float], number: int) -> timedelta:
    """The wait before the next try, by how many there have been; the last one repeats."""
    return timedelta(seconds=waits[min(number, len(waits) - 1)])


def publishing_setting(name: str) -> Any:
    """One of the protocol's waits, in seconds."""
    return settings.PUBLISHING[name]


def seconds(name: str) -> timedelta:
    """One of the protocol's waits."""
    return timedelta(seconds=settings.PUBLISHING[name])


def is_open_for(target: Target) -> bool:
    """Whether a new submission may carry this target."""
    return (
        target.status in (Status.DRAFT, Status.FAILED, Status.CANCELLED)
        and not target.carried.filter(is_open=True).exists()
    )
