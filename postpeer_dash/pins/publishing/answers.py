"""What each answer to a POST does to its submission. Accepted, come back later, never sent, refused, or nobody knows."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.clocks import note_clock
from postpeer_dash.pins.publishing.hold import hold_sending
from postpeer_dash.pins.publishing.reading import settle_refusal
from postpeer_dash.pins.publishing.rows import (
    change,
    lock,
    move,
    notify,
    publishing_setting,
    reopen,
    set_targets,
    wait_of,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.publishing.unconfirmed import become_unconfirmed
from postpeer_dash.postpeer import KeyRejected, NeverSent, PostPeerError, PostReceipt, RateLimited, Refused

State = Submission.State


def apply_receipt(submission_id: int, receipt: PostReceipt) -> None:
    """PostPeer took it. Written down even when the lease is gone: knowing beats every rule about who may know."""
    with transaction.atomic():
        submission = lock(submission_id)
        now = timezone.now()
        adopters = _take_back(submission, receipt.post_id)
        facts = {
            "remote_id": receipt.post_id,
            "remote_status": receipt.status[:40],
            "request_id": receipt.request_id,
            "http_status": receipt.http_status,
            "answered_at": now,
            "checks": 0,
        }
        note_clock(submission.connection, receipt.server_date)
        if submission.state in (State.DONE, State.CANCELLED, State.ACCEPTED):
            change(submission, **facts)
        else:
            _accept(submission, receipt, **facts)
        # Only now: two with one body can't be without an outcome at the same time.
        for adopter in adopters:
            _look_for_another(adopter)


def _accept(submission: Submission, receipt: PostReceipt, **facts: Any) -> None:
    was_given_up = submission.state in (State.ABSENT, State.REFUSED)
    now = timezone.now()
    fields = {**facts, "lease_until": None, "error_kind": "", "error_text": "", "ended_at": None}
    move(submission, State.ACCEPTED, due_at=now, **fields)
    if was_given_up and not reopen(submission, (Status.FAILED, Status.CANCELLED)):
        record(submission.pin, Kind.LATE_TWIN, submission=submission, post_id=receipt.post_id)
    set_targets(
        submission, {"scheduled": Status.SCHEDULED, "pending": Status.PENDING}.get(receipt.status, Status.PUBLISHING)
    )
    elapsed = (now - submission.sent_at).total_seconds() if submission.sent_at else None
    record(
        submission.pin,
        Kind.ACCEPTED,
        submission=submission,
        post_id=receipt.post_id,
        request_id=receipt.request_id,
        seconds=round(elapsed, 1) if elapsed is not None else None,
    )
    notify(submission)


def _take_back(submission: Submission, post_id: str) -> list[Submission]:
    """An answer beats an adoption: whoever holds this post without an answer of its own lets go of it."""
    holders = Submission.objects.filter(connection_id=submission.connection_id, remote_id=post_id)
    keys = holders.exclude(pk=submission.pk).values_list("pk", flat=True)
    adopters = [lock(key) for key in keys]
    for adopter in adopters:
        change(adopter, remote_id="")
    return adopters


def _look_for_another(adopter: Submission) -> None:
    """Whoever had adopted the post of another looks for its own again."""
    if adopter.state not in (State.ACCEPTED, State.DONE):
        return
    now = timezone.now()
    evidence = {key: value for key, value in adopter.evidence.items() if key not in ("first_absent_at", "candidates")}
    try:
        with transaction.atomic():
            fields = {"ended_at": None, "checks": 0, "error_kind": "unclear", "evidence": evidence}
            move(adopter, State.UNCONFIRMED, due_at=now, **fields)
            reopen(adopter)
            set_targets(adopter, Status.UNCONFIRMED, url="", published_at=None, platform_post_id="")
            record(adopter.pin, Kind.UNCLEAR, submission=adopter, text="", next_at=now.isoformat())
            notify(adopter)
    except IntegrityError:
        # A third one with the same body is on its way; it has to come to its end before this one can be looked for.
        adopter.refresh_from_db()
        change(adopter, due_at=None, error_kind="record_gone")
        record(adopter.pin, Kind.RECORD_GONE, submission=adopter)


def apply_error(submission_id: int, lease_key: str, error: PostPeerError) -> None:
    """Anything but a receipt, sorted by what may have happened."""
    if isinstance(error, NeverSent):
        give_back(submission_id, lease_key, kind=Kind.NEVER_SENT, text=error.message)
    elif isinstance(error, RateLimited):
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        give_back(submission_id, lease_key, kind=Kind.RATE_LIMITED, text=error.message, wait=wait, read_first=True)
    elif isinstance(error, KeyRejected):
        hold_sending(Connection.objects.get(submissions=submission_id), "key_rejected")
        # A refusal can follow the deed, this one too.
        give_back(submission_id, lease_key, kind=Kind.KEY_REFUSED, text=error.message, read_first=True)
    elif isinstance(error, Refused):
        settle_refusal(submission_id, lease_key, error)
    else:
        with transaction.atomic():
            submission = lock(submission_id)
            if submission.state == State.SENDING and submission.lease_key == lease_key:
                become_unconfirmed(
                    submission,
                    Kind.UNCLEAR,
                    error_kind="unclear",
                    text=error.message,
                    http_status=error.status,
                    request_id=error.request_id,
                )


def give_back(
    submission_id: int,
    lease_key: str,
    *,
    kind: Kind,
    text: str,
    wait: timedelta | None = None,
    read_first: bool = False,
) -> None:
    """Back to the queue, for what certainly was not carried out; the next try after `wait` or the usual backoff.

    While it is queued, the row's `error_kind` says what it waits for.
    """
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.SENDING or submission.lease_key != lease_key:
            return
        pause = wait if wait is not None else wait_of(publishing_setting("retry_waits"), submission.attempts - 1)
        at = timezone.now() + pause
        if read_first:
            submission.evidence = {**submission.evidence, "read_first": True}
        fields = {"lease_until": None, "lease_key": "", "evidence": submission.evidence, "error_kind": kind.value}
        move(submission, State.QUEUED, due_at=at, **fields)
        set_targets(submission, Status.QUEUED)
        record(submission.pin, kind, submission=submission, text=text, next_at=at.isoformat())
        notify(submission)
