"""The state in which nobody can know: how a submission comes to it, and how PostPeer's list or a person ends it."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.rows import move, notify, publishing_setting, seconds, set_targets, wait_of
from postpeer_dash.pins.publishing.timeline import Kind, record

State = Submission.State
# So many looks, a minute apart, before they become rarer.
_PATIENCE = 180


def become_unconfirmed(submission: Submission, kind: Kind, *, error_kind: str, text: str, **facts: Any) -> None:
    """It may be out or not. From here on it is only looked for, never sent again. In the caller's transaction."""
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
    record(submission.pin, kind, submission=submission, text=text, next_at=at.isoformat())
    notify(submission)


def next_look(checks: int) -> timedelta:
    """The wait before PostPeer's list is read again; ten times as long once it has waited for a person for hours."""
    wait = wait_of(publishing_setting("reconcile_waits"), checks)
    return wait * 10 if checks > _PATIENCE else wait


def decided_by(submission: Submission) -> datetime:
    """When PostPeer's list decides at the latest, as long as it can be read: two complete readings without the post."""
    first = submission.evidence.get("first_absent_at")
    if isinstance(first, str):
        return datetime.fromisoformat(first) + seconds("absent_apart")
    sent_at = submission.sent_at or submission.requested_at
    return sent_at + seconds("lease") + seconds("absent_after") + seconds("absent_apart")


def give_up(submission: Submission) -> None:
    """It was not taken: failed, or cancelled when that was wished for. Watched for a day. In the caller's transaction."""
    record(submission.pin, Kind.ABSENT, submission=submission)
    if submission.wants_cancel:
        # It was to be called back, and it never came to be.
        set_targets(submission, Status.CANCELLED, error_kind="", error_text="")
        record(submission.pin, Kind.CANCELLED, submission=submission)
    else:
        set_targets(submission, Status.FAILED, error_kind="absent", error_text="")
    move(submission, State.ABSENT, due_at=timezone.now() + seconds("absent_apart"), error_kind="absent")
