"""Cancelling and changing a pin that waits for its time: here while nothing has left, else at PostPeer.

A PUT is repeatable, so it is tried until a record shows what became of it. While sending is stopped a change waits like
everything else: it publishes nothing, but it can bring a time forward, and whoever stopped wants nothing moved. None
leaves in the last two minutes, when PostPeer may have begun already.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.follow_up import follow_up
from postpeer_dash.pins.publishing.pause import hold_sending, is_stopped
from postpeer_dash.pins.publishing.pending_edit import Edit, is_near, read_edit, write_edit
from postpeer_dash.pins.publishing.state import change, lock, move, notify, seconds, set_targets, write_down
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Conflict, KeyRejected, NotFound, PostPeerError, Refused
from postpeer_dash.teams.models import User

State = Submission.State


def request_cancel(pin: Pin, *, actor: User | None) -> None:
    """Cancels what still waits, and asks for the rest to be cancelled at PostPeer by a worker. No HTTP here."""
    with transaction.atomic():
        open_ones = Submission.objects.filter(pin=pin, carried__is_open=True).distinct().order_by("pk")
        for submission in [lock(key) for key in open_ones.values_list("pk", flat=True)]:
            record(pin, Kind.CANCEL_PRESSED, submission=submission, actor=actor)
            is_unsent = not submission.evidence.get("read_first")
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
    """Cancels an accepted submission at PostPeer. It counts as cancelled only when PostPeer's record says so."""
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
                record(held.pin, Kind.CANCEL_FAILED, submission=held, text=error.message)
    follow_up(submission_id)


def request_edit(submission: Submission, edit: Edit) -> None:
    """Writes the wish into the locked row of an accepted submission and calls a worker. No HTTP here."""
    write_edit(submission, edit, due_at=timezone.now())
    notify(submission)


def edit_at_postpeer(submission_id: int) -> None:
    """Changes an accepted submission at PostPeer. It counts as changed only when PostPeer's record shows it.

    The record is read first: an earlier try may have arrived, and what waits no longer is not asked to change.
    """
    if _must_wait(submission_id):
        return
    follow_up(submission_id)
    edit = _take_leave(submission_id)
    if edit is None:
        return
    remote_id = Submission.objects.values_list("remote_id", flat=True).get(pk=submission_id)
    try:
        with worker_client() as client:
            request_id = client.edit_scheduled(remote_id, edit.body)
    except PostPeerError as error:
        # The name is gone when the block ends, and the writing may be repeated.
        failed = error
        write_down(lambda: _note_error(submission_id, edit, failed))
    else:
        write_down(lambda: _note_taken(submission_id, edit, request_id))
    follow_up(submission_id)


def _must_wait(submission_id: int) -> bool:
    """Whether sending is stopped and nothing can have become of the wish so far, so that there is nothing to ask."""
    with transaction.atomic():
        submission = lock(submission_id)
        edit = read_edit(submission)
        if edit is None or edit.may_be_done or not is_stopped(submission) or is_near(submission, edit.at):
            return False
        change(submission, due_at=timezone.now() + seconds("sweep_every"))
        return True


def _take_leave(submission_id: int) -> Edit | None:
    """The wish, if a PUT may leave for it now; that one leaves is written down before it does."""
    with transaction.atomic():
        submission = lock(submission_id)
        edit = read_edit(submission)
        if edit is None or submission.state != State.ACCEPTED or submission.wants_cancel or is_stopped(submission):
            return None
        is_answered = edit.is_taken or edit.is_late or bool(edit.refusal)
        is_early = bool(edit.not_before) and datetime.fromisoformat(edit.not_before) > timezone.now()
        if is_answered or is_early or is_near(submission, edit.at):
            return None
        leaving = replace(edit, tries=edit.tries + 1, may_be_done=True, not_before="")
        # Nobody else tries meanwhile; whoever is lost on the way is followed by the sweep.
        write_edit(submission, leaving, due_at=timezone.now() + seconds("lease"))
        return edit


def _note_taken(submission_id: int, edit: Edit, request_id: str) -> None:
    with transaction.atomic():
        submission = lock(submission_id)
        now = _still(submission, edit)
        if now is None:
            return
        write_edit(submission, replace(now, is_taken=True, readings=0))
        record(submission.pin, Kind.EDIT_TAKEN, submission=submission, request_id=request_id)


def _note_error(submission_id: int, edit: Edit, error: PostPeerError) -> None:
    with transaction.atomic():
        submission = lock(submission_id)
        now = _still(submission, edit)
        if now is None:
            return
        # What certainly was not carried out leaves no doubt behind, unless an earlier try did.
        is_undone = not error.may_have_happened or isinstance(error, Conflict)
        now = replace(now, may_be_done=edit.may_be_done if is_undone else True)
        if isinstance(error, Conflict | NotFound):
            write_edit(submission, replace(now, is_late=True, request_id=error.request_id))
            return
        if isinstance(error, KeyRejected):
            hold_sending(submission.connection, "key_rejected")
        elif isinstance(error, Refused):
            write_edit(submission, replace(now, refusal=error.message, request_id=error.request_id))
            return
        later = timezone.now() + timedelta(seconds=error.retry_after or 0)
        write_edit(submission, replace(now, not_before=later.isoformat(), has_said=True))
        if not edit.has_said:
            data: dict[str, Any] = {"text": error.message, "request_id": error.request_id}
            record(submission.pin, Kind.EDIT_FAILED, submission=submission, **data)


def _still(submission: Submission, edit: Edit) -> Edit | None:
    """The wish as it is now, if it is still the one that left."""
    now = read_edit(submission)
    return now if now is not None and now.token == edit.token else None
