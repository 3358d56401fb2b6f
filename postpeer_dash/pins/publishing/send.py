"""Sending once: claim with a lease, commit, one POST, and the answer read strictly.

An answer is one of: accepted, come back later, never sent, refused, or nobody knows.
"""

import logging
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Reason, Status, Submission, Wait
from postpeer_dash.pins.publishing.follow_up import follow_up
from postpeer_dash.pins.publishing.pause import hold_sending, is_stopped
from postpeer_dash.pins.publishing.receipts import apply_receipt
from postpeer_dash.pins.publishing.reconcile import read_before_sending, settle_refusal
from postpeer_dash.pins.publishing.restore import is_cleared, note_sent
from postpeer_dash.pins.publishing.retry import refresh_earlier
from postpeer_dash.pins.publishing.scheduled import is_still_wanted
from postpeer_dash.pins.publishing.state import (
    HeldTargets,
    become_unconfirmed,
    change,
    lock,
    move,
    notify,
    publishing_setting,
    read_held,
    seconds,
    set_targets,
    wait_of,
    write_down,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import KeyRejected, NeverSent, PostPeerError, RateLimited, Refused
from postpeer_dash.worker import watchdog
from postpeer_dash.worker.running import is_ending

log = logging.getLogger(__name__)
State = Submission.State


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one submission once, until the lease ends."""

    submission_id: int
    connection_id: int
    sent_at: datetime
    lease_key: str
    lease_until: datetime
    body: dict[str, Any]
    must_read_first: bool
    held: HeldTargets | None = None
    taken_at: float = field(default_factory=monotonic)

    @property
    def is_running(self) -> bool:
        """Whether there is time for a whole POST within the lease, by the wall clock and by one that nobody sets."""
        lease, deadline = publishing_setting("lease"), publishing_setting("post_deadline")
        is_in_time = timezone.now() + timedelta(seconds=deadline) < self.lease_until
        return is_in_time and monotonic() + deadline < self.taken_at + lease


def send(submission_id: int, known: Submission | None = None) -> None:
    """Send one queued submission that is due. Do nothing when it isn't, or when somebody else has it.

    `known` is its row as the caller has just read it, with its pin, team and connection; whether it leaves is decided
    anew when it is claimed.
    """
    if known is None:
        known = Submission.objects.select_related("pin__team", "connection").get(pk=submission_id)
    if not _may_leave(known) or not (known.asked_earlier or refresh_earlier(submission_id)):
        return
    claim = _claim(submission_id)
    if claim is None:
        return
    watch_over_this_process()
    note_sent(claim.connection_id, claim.sent_at)
    if claim.must_read_first and not read_before_sending(claim.submission_id, claim.lease_key):
        return
    is_late = not claim.is_running or is_ending()
    if is_late or (claim.must_read_first and not _may_still_leave(submission_id)):
        # It took too long to get here, or this process was asked to end and may not outlive a whole POST.
        give_back(
            claim.submission_id,
            claim.lease_key,
            kind=Kind.PUT_BACK,
            waits_for=Wait.PUT_BACK,
            text="",
            wait=timedelta(0),
        )
        return
    # From here on no question is asked and no row is locked: the bytes leave.
    post(claim)


def watch_over_this_process() -> None:
    """Arm the watchdog: a process must not be frozen, and wake up and send when its claim has run out unseen.

    Done here, so that it holds under whatever runs this.
    """
    watchdog.arm((publishing_setting("lease") - publishing_setting("post_deadline")) / 2)


def post(claim: Claim) -> None:
    """Send the one POST of a claim, and do what its answer says."""
    watch_over_this_process()
    key = claim.submission_id
    try:
        with worker_client() as client:
            receipt = client.create_post(claim.body)
    except PostPeerError as error:
        # The name is gone when the block ends, and the writing may be repeated.
        failed = error
        write_down(lambda: apply_error(key, claim.lease_key, failed))
    else:
        write_down(lambda: apply_receipt(key, receipt, lease_key=claim.lease_key, held=claim.held))
        follow_up(key, receipt.post_id)


def _may_still_leave(submission_id: int) -> bool:
    return _may_leave(Submission.objects.select_related("pin__team", "connection").get(pk=submission_id))


def _may_leave(submission: Submission) -> bool:
    """Whether anything may leave at all; otherwise it stays queued, and the sweep looks again."""
    is_held_up = is_stopped(submission)
    if not is_held_up and is_cleared(submission.connection):
        return True
    # Only as it was when it was looked at: whoever lets sending go on at this moment has made it due.
    waiting = Submission.objects.filter(pk=submission.pk, state=State.QUEUED, due_at=submission.due_at)
    waits_for = submission.waits_for if is_held_up else Wait.FIRST_READING
    waiting.update(due_at=timezone.now() + seconds("sweep_every"), waits_for=waits_for)
    return False


def _claim(submission_id: int) -> Claim | None:
    try:
        with transaction.atomic():
            return _claim_in_transaction(submission_id)
    except IntegrityError:
        # The partial unique index: an identical body is on its way. This one, a duplicate meant on purpose, waits for it.
        with transaction.atomic():
            submission = lock(submission_id)
            if submission.state == State.QUEUED:
                at = timezone.now() + wait_of(publishing_setting("retry_waits"), 0)
                change(submission, due_at=at, waits_for=Wait.DUPLICATE)
                if not submission.events.filter(kind=Kind.DUPLICATE_WAITS).exists():
                    record(submission.pin, Kind.DUPLICATE_WAITS, submission=submission, next_at=at.isoformat())
                notify(submission)
        return None


def _claim_in_transaction(submission_id: int) -> Claim | None:
    submission = lock(submission_id)
    now = timezone.now()
    if submission.state != State.QUEUED or submission.due_at is None or submission.due_at > now:
        return None
    if is_stopped(submission):
        change(submission, due_at=now + seconds("sweep_every"))
        return None
    if submission.wants_cancel and not submission.read_first:
        set_targets(submission, Status.CANCELLED)
        move(submission, State.CANCELLED, due_at=None)
        record(submission.pin, Kind.CANCELLED, submission=submission)
        return None
    held = read_held(submission)
    if not is_still_wanted(submission, held, now):
        return None
    key, until = secrets.token_hex(16), now + seconds("lease")
    move(
        submission,
        State.SENDING,
        due_at=until,
        lease_key=key,
        lease_until=until,
        sent_at=now,
        attempts=submission.attempts + 1,
        error_kind="",
        evidence=_note_beginning(submission, now),
    )
    set_targets(submission, Status.SENDING, held=held)
    record(submission.pin, Kind.SENT, submission=submission)
    return Claim(
        submission.pk,
        submission.connection_id,
        now,
        key,
        until,
        submission.body,
        submission.read_first,
        held,
    )


def _note_beginning(submission: Submission, now: datetime) -> Evidence:
    """Note where PostPeer's list has to be read from: the first POST of all, by PostPeer's clock as it was then."""
    known, offset = submission.evidence, submission.connection.clock_offset
    least = offset if known.clock_offset is None else min(offset, known.clock_offset)
    return replace(known, first_sent_at=known.first_sent_at or now, clock_offset=least)


def end_lease(submission_id: int) -> None:
    """Make unconfirmed what a lost worker left behind as sending: it may be out or not."""
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.SENDING or submission.lease_until is None:
            return
        if submission.lease_until > timezone.now():
            return
        become_unconfirmed(submission, Kind.LEASE_ENDED, error_kind=Reason.LEASE_ENDED, text="")


def apply_error(submission_id: int, lease_key: str, error: PostPeerError) -> None:
    """Write down any answer but a receipt, by what may have happened."""
    if isinstance(error, NeverSent):
        give_back(submission_id, lease_key, kind=Kind.NEVER_SENT, waits_for=Wait.NEVER_SENT, text=error.message)
    elif isinstance(error, RateLimited):
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        why: dict[str, Any] = {"kind": Kind.RATE_LIMITED, "waits_for": Wait.RATE_LIMITED, "text": error.message}
        give_back(submission_id, lease_key, **why, wait=wait, read_first=True)
    elif isinstance(error, KeyRejected):
        hold_sending(Connection.objects.get(submissions=submission_id), "key_rejected")
        # A refusal can follow the deed, this one too.
        give_back(
            submission_id,
            lease_key,
            kind=Kind.KEY_REFUSED,
            waits_for=Wait.KEY_REFUSED,
            text=error.message,
            read_first=True,
        )
    elif isinstance(error, Refused):
        settle_refusal(submission_id, lease_key, error)
    else:
        with transaction.atomic():
            submission = lock(submission_id)
            if submission.state == State.SENDING and submission.lease_key == lease_key:
                become_unconfirmed(
                    submission,
                    Kind.UNCLEAR,
                    error_kind=Reason.UNCLEAR,
                    text=error.message,
                    http_status=error.status,
                    request_id=error.request_id,
                )


def give_back(
    submission_id: int,
    lease_key: str,
    *,
    kind: Kind,
    waits_for: Wait,
    text: str,
    wait: timedelta | None = None,
    read_first: bool = False,
) -> None:
    """Put a submission back into the queue, for what certainly was not carried out; try again after `wait` or the usual
    backoff.
    """
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.SENDING or submission.lease_key != lease_key:
            return
        pause = wait if wait is not None else wait_of(publishing_setting("retry_waits"), submission.attempts - 1)
        at = timezone.now() + pause
        fields = {"lease_until": None, "lease_key": "", "read_first": read_first or submission.read_first}
        move(submission, State.QUEUED, due_at=at, waits_for=waits_for, **fields)
        set_targets(submission, Status.QUEUED)
        record(submission.pin, kind, submission=submission, text=text, next_at=at.isoformat())
        notify(submission)
