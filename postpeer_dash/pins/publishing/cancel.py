"""Calling a pin back: at once while it waits, at PostPeer when it is scheduled there, after the outcome in between."""

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.follow_up import follow_up
from postpeer_dash.pins.publishing.rows import change, lock, move, notify, set_targets
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Conflict, NotFound, PostPeerError
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
