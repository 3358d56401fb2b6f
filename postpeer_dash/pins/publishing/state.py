"""What state a submission, its targets and its pin are in, and every step that may be taken. The one table.

Functions that change rows change those that belong together, in the caller's transaction.
"""

import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, When
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Reason, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.worker.bell import ring

State = Submission.State

# From each state, the states that can follow. What has ended never goes back to the queue: sending again is a new
# submission. QUEUED leads to ACCEPTED when PostPeer turns out to have it already, after a restore. REFUSED and ABSENT lead
# to ACCEPTED alone, when PostPeer turns out to have the post after all. DONE and CANCELLED lead there when PostPeer no
# longer calls failed or cancelled what it had called so. ACCEPTED and DONE lead to UNCONFIRMED when the post they had
# adopted turns out to be another submission's. Nothing but QUEUED leads to SENDING, and nothing but SENDING to QUEUED.
SUBMISSION_STEPS: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED, State.REFUSED, State.ACCEPTED}),
    State.SENDING: frozenset({State.QUEUED, State.ACCEPTED, State.REFUSED, State.UNCONFIRMED, State.ABSENT}),
    State.UNCONFIRMED: frozenset({State.ACCEPTED, State.REFUSED, State.ABSENT, State.DONE}),
    State.ACCEPTED: frozenset({State.DONE, State.CANCELLED, State.UNCONFIRMED}),
    State.REFUSED: frozenset({State.ACCEPTED}),
    State.ABSENT: frozenset({State.ACCEPTED}),
    State.DONE: frozenset({State.UNCONFIRMED, State.ACCEPTED}),
    State.CANCELLED: frozenset({State.ACCEPTED}),
}

# States in which the submission still holds its targets.
OPEN_STATES = frozenset({State.QUEUED, State.SENDING, State.UNCONFIRMED, State.ACCEPTED})

# Ended without the post that it asked for, which may come in late all the same.
GIVEN_UP = frozenset({State.ABSENT, State.REFUSED})

FINAL_STATUSES = frozenset({Status.PUBLISHED, Status.FAILED, Status.CANCELLED})
# What a new submission may carry, unless an open one holds it.
CARRIABLE = frozenset({Status.DRAFT, Status.FAILED, Status.CANCELLED})
UNDER_WAY = frozenset({Status.QUEUED, Status.SENDING, Status.PENDING, Status.PUBLISHING, Status.UNCONFIRMED})

# PostPeer's word for one platform of a post, and ours. A draft at PostPeer is a post that was cancelled there;
# what is partly out on a platform is out, and is never sent again.
STATUS_OF_REMOTE: dict[str, str] = {
    "draft": Status.CANCELLED,
    "pending": Status.PENDING,
    "scheduled": Status.SCHEDULED,
    "publishing": Status.PUBLISHING,
    "published": Status.PUBLISHED,
    "partial": Status.PUBLISHED,
    "failed": Status.FAILED,
}

# A pin's status is the first of these groups that any of its targets is in.
_FIRST_OF: tuple[tuple[str, frozenset[str]], ...] = (
    (Status.UNCONFIRMED, frozenset({Status.UNCONFIRMED})),
    (Status.SENDING, frozenset({Status.SENDING})),
    (Status.PUBLISHING, frozenset({Status.PUBLISHING, Status.PENDING})),
    (Status.QUEUED, frozenset({Status.QUEUED})),
    (Status.SCHEDULED, frozenset({Status.SCHEDULED})),
)


class StepError(Exception):
    """A step that the table doesn't have."""


def check_step(before: str, after: str) -> None:
    """Raise StepError when a submission can't go from one state to the other."""
    if after not in SUBMISSION_STEPS[before]:
        raise StepError(f"A submission can't go from {before} to {after}.")


def next_target_status(before: str, remote: str) -> str:
    """Return a target's status after a reading of PostPeer's record. What is final stays; an unknown word changes nothing."""
    if before in FINAL_STATUSES:
        return before
    return STATUS_OF_REMOTE.get(remote, before)


def sum_statuses(statuses: Iterable[str]) -> str:
    """Return a pin's status from those of its targets; a pin without targets is a draft."""
    present = set(statuses)
    for status, group in _FIRST_OF:
        if present & group:
            return status
    if not present:
        return Status.DRAFT
    return present.pop() if len(present) == 1 else Status.PARTIAL


log = logging.getLogger(__name__)
# The worker's name for what is to be done about submissions.
JOB = "submissions"
# Pauses (seconds) before what PostPeer has said is written down again, when the database didn't take it.
_WRITE_PAUSES = (0.2, 1.0, 3.0, 10.0)


def lock(submission_id: int) -> Submission:
    """Return the submission, locked until the transaction ends, with its pin and connection."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("pin", "pin__team", "connection")
        .get(pk=submission_id)
    )


def move(submission: Submission, state: str, *, due_at: datetime | None, **fields: Any) -> None:
    """Take a submission one step along the table, and set when something is to be done about it next."""
    check_step(submission.state, state)
    if submission.state == State.QUEUED:
        fields.setdefault("waits_for", "")
    if state not in OPEN_STATES:
        fields |= {"ended_at": timezone.now(), "lease_until": None}
        SubmissionTarget.objects.filter(submission=submission).update(is_open=False)
    change(submission, state=state, due_at=due_at, **fields)


def change(submission: Submission, **fields: Any) -> None:
    """Set these fields of a submission, and save these alone."""
    for name, value in fields.items():
        setattr(submission, name, value)
    submission.save(update_fields=list(fields))


class HeldTargets(list[Target]):
    """The targets that a locked submission holds, with their accounts. `is_whole` when its pin has no others."""

    is_whole = False

    def sum_up(self, pin: Pin) -> None:
        """Set the pin's status from its targets'.

        Nobody else changes what a submission holds while its row is locked, so that where it holds all of the pin's
        nothing has to be read again.
        """
        if not self.is_whole:
            sum_up(pin)
            return
        status = sum_statuses(target.status for target in self)
        as_before = When(status=status, then=F("dismissed_at"))
        # What was dismissed comes up again once something new became of it.
        dismissed_at = Case(as_before, default=None, output_field=DateTimeField())
        pin.status, pin.updated_at = status, timezone.now()
        Pin.objects.filter(pk=pin.pk).update(status=status, dismissed_at=dismissed_at, updated_at=pin.updated_at)


def read_held(submission: Submission) -> HeldTargets:
    """Return the targets that a submission holds. Its row has to be locked: who holds what is decided under that lock."""
    carried = SubmissionTarget.objects.filter(submission=submission, target=OuterRef("pk"), is_open=True)
    every = Target.objects.filter(pin=submission.pin_id).annotate(is_held=Exists(carried)).select_related("account")
    rows = list(every.order_by("pk"))
    held = HeldTargets(target for target in rows if target.is_held)
    held.is_whole = len(held) == len(rows)
    return held


def set_targets(submission: Submission, status: str, *, held: HeldTargets | None = None, **fields: Any) -> None:
    """Give all targets the submission still holds one status, and sum the pin's up again.

    `held` are those targets, when they were read already under the submission's lock.
    """
    if held is None:
        held = read_held(submission)
    Target.objects.filter(pk__in=[target.pk for target in held]).update(
        status=status, updated_at=timezone.now(), **fields
    )
    for target in held:
        target.status = status
    held.sum_up(submission.pin)


def sum_up(pin: Pin) -> None:
    """Set the pin's status from its targets'. What was dismissed comes up again once something new became of it."""
    # The pin's lock comes before the look: two submissions of one pin at once would each miss what the other one did.
    before = Pin.objects.select_for_update().only("pk", "status", "dismissed_at").get(pk=pin.pk)
    statuses = Target.objects.filter(pin=pin).values_list("status", flat=True)
    pin.status = sum_statuses(statuses)
    pin.dismissed_at = before.dismissed_at if before.status == pin.status else None
    pin.updated_at = timezone.now()
    pin.save(update_fields=["status", "dismissed_at", "updated_at"])


def release_final(submission: Submission, held: HeldTargets) -> bool:
    """Let go of the held targets that have ended. Return whether none is left; the step that follows lets go of those."""
    done = [target.pk for target in held if target.status in FINAL_STATUSES]
    if len(done) == len(held):
        return True
    if done:
        SubmissionTarget.objects.filter(submission=submission, target__in=done).update(is_open=False)
    return False


def reopen(submission: Submission, statuses: Container[str] | None = None) -> bool:
    """Hold targets again that nobody holds: all, or those with one of these statuses. Return whether there were any."""
    again = False
    for carried in SubmissionTarget.objects.filter(submission=submission, is_open=False).select_related("target"):
        is_wanted = statuses is None or carried.target.status in statuses
        if is_wanted and not SubmissionTarget.objects.filter(target_id=carried.target_id, is_open=True).exists():
            carried.is_open = again = True
            carried.save(update_fields=["is_open"])
    return again


def notify(submission: Submission) -> None:
    """Call a worker for what is due now, in the caller's transaction; what is due later is found when its time comes."""
    now = timezone.now()
    if submission.due_at is None or submission.due_at > now:
        return
    if ring(JOB, submission.pk, is_urgent=submission.state == State.QUEUED):
        change(submission, rung_at=now)


def write_down(write: Callable[[], None]) -> None:
    """Run what writes down an answer of PostPeer's, again after pauses while the database doesn't take it.

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
    """Go on with the submissions taken together with this one, when the database doesn't take what becomes of it."""
    try:
        yield
    except DatabaseError:
        log.exception("submission %s could not be written down; it is looked at again later", submission_id)


def wait_of(waits: list[float], number: int) -> timedelta:
    """Return the wait before the next try, by how many there have been; the last one repeats."""
    return timedelta(seconds=waits[min(number, len(waits) - 1)])


def publishing_setting(name: str) -> Any:
    """Return one of the protocol's waits, in seconds."""
    return settings.PUBLISHING[name]


def seconds(name: str) -> timedelta:
    """Return one of the protocol's waits as a span."""
    return timedelta(seconds=settings.PUBLISHING[name])


# So many looks, a minute apart, before they become rarer.
_PATIENCE = 180


def become_unconfirmed(
    submission: Submission,
    kind: Kind,
    *,
    error_kind: Reason,
    text: str,
    said: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Write down that it may be out or not: from here on it is only looked for. In the caller's transaction.

    `said` is what else the line in the timeline tells.
    """
    at = timezone.now() + next_look(0)
    move(
        submission,
        State.UNCONFIRMED,
        due_at=at,
        lease_until=None,
        checks=0,
        error_kind=error_kind,
        error_text=text,
        answered_at=timezone.now(),
        **facts,
    )
    set_targets(submission, Status.UNCONFIRMED, error_kind=error_kind, error_text=text)
    record(submission.pin, kind, submission=submission, text=text, next_at=at.isoformat(), **(said or {}))
    notify(submission)


def next_look(checks: int) -> timedelta:
    """Return the wait before PostPeer's list is read again; ten times as long once it has waited for a person for hours."""
    wait = wait_of(publishing_setting("reconcile_waits"), checks)
    return wait * 10 if checks > _PATIENCE else wait


def decided_by(submission: Submission) -> datetime:
    """Return when PostPeer's list decides at the latest, as long as it can be read: two complete readings without the post."""
    first = submission.evidence.first_absent_at
    if first is not None:
        return first + seconds("absent_apart")
    sent_at = submission.sent_at or submission.requested_at
    return sent_at + seconds("lease") + seconds("absent_after") + seconds("absent_apart")


def give_up(submission: Submission) -> None:
    """Write down that it was not taken: failed, or cancelled where that was asked for. In the caller's transaction.

    It is watched for a day.
    """
    record(submission.pin, Kind.ABSENT, submission=submission)
    if submission.wants_cancel:
        # It was to be called back, and it never came to be.
        set_targets(submission, Status.CANCELLED, error_kind="", error_text="")
        record(submission.pin, Kind.CANCELLED, submission=submission)
    else:
        set_targets(submission, Status.FAILED, error_kind=Reason.ABSENT, error_text="")
    move(submission, State.ABSENT, due_at=timezone.now() + seconds("absent_apart"), error_kind=Reason.ABSENT)
