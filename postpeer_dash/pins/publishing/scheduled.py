"""Cancelling and changing a pin that waits for its time: here while nothing has left, else at PostPeer.

A PUT is repeatable, and the PATCH of a time alone, so they are tried until a record shows what became of it. While
sending is stopped a change waits like everything else: it publishes nothing, but it can bring a time forward, and
whoever stopped wants nothing moved. None leaves in the last two minutes, when PostPeer may have begun already.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import PendingEdit, Pin, Reason, Status, Submission
from postpeer_dash.pins.publishing.follow_up import follow_up
from postpeer_dash.pins.publishing.pause import hold_sending, is_stopped
from postpeer_dash.pins.publishing.payload import Body, body_hash, without_schedule
from postpeer_dash.pins.publishing.pending_edit import is_near, move_edit, read_edit
from postpeer_dash.pins.publishing.state import (
    HeldTargets,
    change,
    lock,
    move,
    notify,
    seconds,
    set_targets,
    write_down,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Conflict, KeyRejected, NotFound, PostPeerError, Refused
from postpeer_dash.teams.models import User

State = Submission.State


def request_cancel(pin: Pin, *, actor: User | None) -> None:
    """Cancel what still waits, and ask for the rest to be cancelled at PostPeer by a worker. No HTTP here."""
    with transaction.atomic():
        open_ones = Submission.objects.filter(pin=pin, carried__is_open=True).distinct().order_by("pk")
        for submission in [lock(key) for key in open_ones.values_list("pk", flat=True)]:
            record(pin, Kind.CANCEL_PRESSED, submission=submission, actor=actor)
            is_unsent = not submission.read_first
            if submission.state == State.QUEUED and is_unsent:
                set_targets(submission, Status.CANCELLED)
                move(submission, State.CANCELLED, due_at=None)
                record(pin, Kind.CANCELLED, submission=submission)
            elif submission.state in (State.ACCEPTED, State.QUEUED):
                # What was sent and refused may be there all the same: the list is read before it counts as called back.
                change(submission, wants_cancel=True, due_at=timezone.now(), checks=0)
                notify(submission)
            else:
                # Sending or unconfirmed: the wish is kept until the outcome is known.
                change(submission, wants_cancel=True)


def cancel_at_postpeer(submission_id: int) -> None:
    """Cancel an accepted submission at PostPeer. It counts as cancelled only when PostPeer's record says so."""
    submission = Submission.objects.get(pk=submission_id)
    if submission.state != State.ACCEPTED or not submission.wants_cancel:
        return
    try:
        with worker_client() as client:
            client.cancel_scheduled(submission.remote_id)
    except (Conflict, NotFound):
        # It is no longer scheduled: the record tells what it is instead.
        with transaction.atomic():
            held = lock(submission_id)
            change(held, wants_cancel=False)
            record(held.pin, Kind.CANCEL_TOO_LATE, submission=held)
    except PostPeerError as error:
        with transaction.atomic():
            held = lock(submission_id)
            change(held, checks=held.checks + 1)
            if held.checks == 1:
                record(held.pin, Kind.CANCEL_FAILED, submission=held, text=error.message, **_is_down(error))
    follow_up(submission_id)


def request_edit(submission: Submission, edit: PendingEdit) -> None:
    """Write down a change of an accepted submission, whose row is locked, and call a worker. No HTTP here."""
    edit.submission = submission
    edit.save(force_insert=True)
    change(submission, due_at=timezone.now())
    notify(submission)


@dataclass(frozen=True, slots=True)
class Departure:
    """The right to send one change. `was_in_doubt`: an earlier try may have been carried out.

    at: the new time, when nothing else is changed.
    """

    submission_id: int
    edit_id: int
    number: int
    remote_id: str
    body: Body
    was_in_doubt: bool
    at: datetime | None = None


def edit_at_postpeer(submission_id: int) -> None:
    """Change an accepted submission at PostPeer. It counts as changed only when PostPeer's record shows it.

    The record is read first: an earlier try may have arrived, and what waits no longer is not asked to change.
    """
    if _must_wait(submission_id):
        return
    follow_up(submission_id)
    departure = _depart(submission_id)
    if departure is None:
        return
    try:
        with worker_client() as client:
            if departure.at is not None:
                request_id = client.move_scheduled(departure.remote_id, scheduled_for=departure.at)
            else:
                request_id = client.edit_scheduled(departure.remote_id, departure.body)
    except PostPeerError as error:
        # The name is gone when the block ends, and the writing may be repeated.
        failed = error
        write_down(lambda: _note_error(departure, failed))
    else:
        write_down(lambda: _note_taken(departure, request_id))
    follow_up(submission_id)


def _must_wait(submission_id: int) -> bool:
    """Whether sending is stopped and nothing can have become of the change so far, so that there is nothing to ask."""
    with transaction.atomic():
        submission = lock(submission_id)
        edit = read_edit(submission)
        if edit is None or edit.may_be_done or not is_stopped(submission) or is_near(submission, edit.scheduled_for):
            return False
        change(submission, due_at=timezone.now() + seconds("sweep_every"))
        return True


def _depart(submission_id: int) -> Departure | None:
    """Write down that a PUT or PATCH leaves for a change, if one may leave now."""
    with transaction.atomic():
        submission = lock(submission_id)
        edit = read_edit(submission)
        if edit is None or submission.state != State.ACCEPTED or submission.wants_cancel or is_stopped(submission):
            return None
        now = timezone.now()
        is_early = edit.not_before is not None and edit.not_before > now
        if edit.is_answered or is_early or is_near(submission, edit.scheduled_for):
            return None
        was_in_doubt = edit.may_be_done
        move_edit(edit, PendingEdit.State.LEAVING, tries=edit.tries + 1, may_be_done=True, not_before=None)
        # Nobody else tries meanwhile; whoever is lost on the way is followed by the sweep.
        change(submission, due_at=now + seconds("lease"))
        at = edit.scheduled_for if edit.is_move else None
        return Departure(submission.pk, edit.pk, edit.tries, submission.remote_id, edit.body, was_in_doubt, at)


def _note_taken(departure: Departure, request_id: str) -> None:
    with transaction.atomic():
        submission = lock(departure.submission_id)
        edit = _find_edit(submission, departure)
        if edit is None or edit.state == PendingEdit.State.TAKEN:
            return
        move_edit(edit, PendingEdit.State.TAKEN, readings=0)
        record(submission.pin, Kind.EDIT_TAKEN, submission=submission, request_id=request_id)


def _note_error(departure: Departure, error: PostPeerError) -> None:
    with transaction.atomic():
        submission = lock(departure.submission_id)
        edit = _find_edit(submission, departure)
        if edit is None or edit.is_answered:
            # Another worker's try has told more meanwhile.
            return
        # What certainly was not carried out leaves no doubt behind, unless another try did.
        is_undone = not error.may_have_happened or isinstance(error, Conflict)
        is_alone = edit.tries == departure.number and not departure.was_in_doubt
        facts: dict[str, Any] = {"may_be_done": not (is_undone and is_alone)}
        if isinstance(error, Conflict | NotFound):
            move_edit(edit, PendingEdit.State.LATE, request_id=error.request_id, **facts)
            return
        if isinstance(error, KeyRejected):
            hold_sending(submission.connection, "key_rejected")
        elif isinstance(error, Refused):
            words = {"refusal": error.message, "request_id": error.request_id}
            move_edit(edit, PendingEdit.State.REFUSED, **words, **facts)
            return
        is_news = not edit.has_told
        later = timezone.now() + timedelta(seconds=error.retry_after or 0)
        move_edit(edit, PendingEdit.State.WANTED, not_before=later, has_told=True, **facts)
        if is_news:
            data: dict[str, Any] = {"text": error.message, "request_id": error.request_id, **_is_down(error)}
            record(submission.pin, Kind.EDIT_FAILED, submission=submission, **data)


def _is_down(error: PostPeerError) -> dict[str, Any]:
    """Return what a timeline says of PostPeer's scheduling: a 503 there is about that alone."""
    return {"is_down": True} if error.status == 503 else {}


def _find_edit(submission: Submission, departure: Departure) -> PendingEdit | None:
    """Return the change as it is now, if it is still the one that left."""
    edit = read_edit(submission)
    return edit if edit is not None and edit.pk == departure.edit_id else None


def is_still_wanted(submission: Submission, held: HeldTargets, now: datetime) -> bool:
    """Whether it may go out as it is; otherwise end it, or turn a late one into one for now."""
    if any(target.account.health == Account.Health.DISCONNECTED for target in held):
        _end_unsent(submission, Kind.ACCOUNT_GONE, Reason.ACCOUNT_DISCONNECTED)
        return False
    if submission.scheduled_for is None or submission.scheduled_for >= now + seconds("schedule_min"):
        return True
    if submission.scheduled_for > now:
        # Too near to be left to PostPeer's clock: it goes out from here when its time comes.
        change(submission, due_at=submission.scheduled_for)
        notify(submission)
        return False
    if now - submission.scheduled_for <= seconds("late_after"):
        if not submission.body.get("publishNow"):
            body = without_schedule(submission.body)
            evidence = replace(submission.evidence, earlier_body=submission.body)
            change(submission, body=body, body_hash=body_hash(body), evidence=evidence)
            record(submission.pin, Kind.LATE, submission=submission)
        return True
    _end_unsent(submission, Kind.TOO_LATE, Reason.TOO_LATE)
    return False


def _end_unsent(submission: Submission, kind: Kind, error_kind: Reason) -> None:
    record(submission.pin, kind, submission=submission)
    set_targets(submission, Status.FAILED, error_kind=error_kind)
    # One that was sent before, and refused, may be there all the same: it is looked for as what was given up is.
    was_sent = submission.read_first
    move(submission, State.REFUSED, due_at=timezone.now() if was_sent else None, error_kind=error_kind)
    notify(submission)
