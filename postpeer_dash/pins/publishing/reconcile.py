"""Deciding about what is unconfirmed by PostPeer's own list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.listing import read_for
from postpeer_dash.pins.publishing.reading import ListMatch, adopt, conclude_refused, look_for
from postpeer_dash.pins.publishing.rows import apart_from_others, change, lock, notify, seconds
from postpeer_dash.pins.publishing.submit import submit
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.publishing.unconfirmed import give_up, next_look

State = Submission.State


def reconcile(submission_ids: Sequence[int]) -> None:
    """One look at PostPeer's list for these unconfirmed submissions of one connection, and what follows for each."""
    rows = Submission.objects.select_related("connection").filter(state=State.UNCONFIRMED)
    waiting = list(rows.filter(pk__in=submission_ids))
    if not waiting:
        return
    shared = read_for(waiting)
    for key in submission_ids:
        with apart_from_others(key):
            # As it is now: a reading can take long.
            submission = rows.filter(pk=key).first()
            if submission is not None:
                _settle(key, look_for(submission, shared))


def _settle(submission_id: int, look: ListMatch) -> None:
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.UNCONFIRMED:
            return
        if look.found is not None and adopt(submission, look.found, posts=look.posts):
            return
        said_at = _instant(submission.evidence.get("person_said_at"))
        if said_at is not None and look.at < said_at:
            # What a person has said is asked about by a reading that began afterwards.
            change(submission, due_at=timezone.now())
            notify(submission)
            return
        if look.is_absent and _conclude(submission, look):
            return
        _look_again(submission, look)


def _conclude(submission: Submission, look: ListMatch) -> bool:
    """Whether one more complete reading without it decides."""
    verdict: dict[str, Any] | None = submission.evidence.get("verdict")
    if verdict and submission.wants_cancel:
        give_up(submission)
        return True
    if verdict:
        conclude_refused(submission, **verdict)
        return True
    if submission.evidence.get("person_says_absent"):
        give_up(submission)
        if not submission.wants_cancel:
            _send_again(submission)
        return True
    # The POST ended with its lease at the latest, wherever in it it began.
    sent_at = submission.sent_at or submission.requested_at
    if look.at < sent_at + seconds("lease") + seconds("absent_after"):
        return False
    first = _instant(submission.evidence.get("first_absent_at"))
    if first is not None and look.at - first >= seconds("absent_apart"):
        give_up(submission)
        if _is_far_ahead(submission):
            record(submission.pin, Kind.RESENT, submission=submission)
            _send_again(submission)
        return True
    if first is None:
        change(submission, evidence={**submission.evidence, "first_absent_at": look.at.isoformat()})
    return False


def _is_far_ahead(submission: Submission) -> bool:
    """Whether a scheduled one is sent again by itself: once, and with time to call a late one back."""
    if submission.scheduled_for is None or submission.wants_cancel or submission.evidence.get("resent"):
        return False
    return submission.scheduled_for >= timezone.now() + seconds("resend_ahead")


def _send_again(submission: Submission) -> None:
    """Hands the same targets in again, for the same time while that is ahead."""
    at = submission.scheduled_for
    ahead = at if at is not None and at > timezone.now() else None
    targets = list(submission.targets.all())
    for again in submit(submission.pin, targets, actor=submission.requested_by, scheduled_for=ahead):
        # The list was read only now, so it isn't read again for this one.
        change(again, evidence={**again.evidence, "asked_earlier": True, "resent": True})


def _look_again(submission: Submission, look: ListMatch) -> None:
    now = timezone.now()
    at = now + next_look(submission.checks + 1)
    known = submission.evidence
    evidence = {**known, "last_look_at": now.isoformat()}
    if look.is_complete:
        evidence |= look.evidence
        if look.candidates:
            evidence.pop("first_absent_at", None)
            # What the person hadn't seen has to be decided anew.
            evidence.pop("person_says_absent", None)
    is_news = (
        submission.checks == 0
        or known.get("candidates", []) != evidence.get("candidates", [])
        or known.get("first_absent_at") != evidence.get("first_absent_at")
    )
    change(submission, due_at=at, checks=submission.checks + 1, evidence=evidence)
    if is_news and look.is_complete:
        record(
            submission.pin,
            Kind.READ,
            submission=submission,
            posts=look.posts,
            candidates=list(look.candidates),
            next_at=at.isoformat(),
        )
    elif is_news:
        record(submission.pin, Kind.READ_FAILED, submission=submission, text=look.problem, next_at=at.isoformat())
    notify(submission)


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
