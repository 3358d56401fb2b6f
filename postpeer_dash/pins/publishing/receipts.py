"""What an answer with a post's id says: PostPeer took it.

An id is unique at PostPeer, so that two submissions can't hold one. An answer beats an adoption, since a post may have
been adopted by another one with its body while its own answer was on the way. Whoever was named it by an answer of its
own, or had adopted it before the other one left, keeps it: PostPeer has named it again, for one and the same post or for
another, and a person has to look.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.pins.models import Reason, Status, Submission
from postpeer_dash.pins.publishing.clocks import note_clock
from postpeer_dash.pins.publishing.matching import describe_candidates
from postpeer_dash.pins.publishing.post_list import begins_at
from postpeer_dash.pins.publishing.state import (
    HeldTargets,
    become_unconfirmed,
    change,
    lock,
    move,
    notify,
    reopen,
    seconds,
    set_targets,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Post, PostReceipt

State = Submission.State


def apply_receipt(
    submission_id: int, receipt: PostReceipt, *, lease_key: str = "", held: HeldTargets | None = None
) -> None:
    """Write down that PostPeer took it, even when the lease is gone: knowing beats every rule about who may know.

    `held` are its targets as they were read when it was claimed with `lease_key`.
    """
    with transaction.atomic():
        submission = lock(submission_id)
        is_claimed = bool(lease_key) and submission.state == State.SENDING and submission.lease_key == lease_key
        # Under its claim nobody else changes what it holds.
        held = held if is_claimed else None
        note_clock(submission.connection, receipt.server_date, is_fresh=True)
        others = [lock(key) for key in _other_holders(submission, receipt.post_id)]
        if any(_is_its_own(other, submission, receipt.post_id) for other in others):
            _note_named_again(submission, receipt)
            return
        adopters = _take_back(others)
        facts = {
            "remote_id": receipt.post_id,
            "remote_status": receipt.status[:40],
            "request_id": receipt.request_id,
            "http_status": receipt.http_status,
            "answered_at": timezone.now(),
            "checks": 0,
            "evidence": replace(submission.evidence, answered_id=receipt.post_id),
        }
        if submission.state in (State.DONE, State.CANCELLED, State.ACCEPTED):
            change(submission, **facts)
        else:
            _accept(submission, receipt, held, **facts)
        # Only now: two with one body can't be without an outcome at the same time.
        for adopter in adopters:
            _look_for_another(adopter)


def _accept(submission: Submission, receipt: PostReceipt, held: HeldTargets | None, **facts: Any) -> None:
    was_given_up = submission.state in (State.ABSENT, State.REFUSED)
    now = timezone.now()
    fields = {**facts, "lease_until": None, "error_kind": "", "error_text": "", "ended_at": None}
    # Whoever writes this down asks at once what became of it; the sweep does when they are lost before that.
    move(submission, State.ACCEPTED, due_at=now + seconds("sweep_every"), **fields)
    if was_given_up and not reopen(submission, (Status.FAILED, Status.CANCELLED)):
        record(submission.pin, Kind.LATE_DUPLICATE, submission=submission, post_id=receipt.post_id)
    words = {"scheduled": Status.SCHEDULED, "pending": Status.PENDING}
    set_targets(submission, words.get(receipt.status, Status.PUBLISHING), held=held)
    elapsed = (now - submission.sent_at).total_seconds() if submission.sent_at else None
    record(
        submission.pin,
        Kind.ACCEPTED,
        submission=submission,
        post_id=receipt.post_id,
        request_id=receipt.request_id,
        seconds=round(elapsed, 1) if elapsed is not None else None,
    )


def _other_holders(submission: Submission, post_id: str) -> Sequence[int]:
    holders = Submission.objects.filter(connection_id=submission.connection_id, remote_id=post_id)
    return list(holders.exclude(pk=submission.pk).order_by("pk").values_list("pk", flat=True))


def _is_its_own(holder: Submission, submission: Submission, post_id: str) -> bool:
    """Whether a post is the holder's beyond doubt: its own answer named it, or it was found before the other one left."""
    events = holder.events.order_by("-at", "-pk")
    # What was answered before that was written down has its line in the timeline.
    answers = events.filter(kind=Kind.ACCEPTED).values_list("data", flat=True)
    if holder.evidence.answered_id == post_id or any(data.get("post_id") == post_id for data in answers):
        return True
    found_at = events.filter(kind__in=(Kind.FOUND, Kind.PERSON_FOUND)).values_list("at", flat=True).first()
    return found_at is not None and found_at < begins_at(submission)


def _note_named_again(submission: Submission, receipt: PostReceipt) -> None:
    """Leave it to a person what PostPeer's answer means: it named a post that is another submission's.

    It may have taken two posts for one, or used the number again, so that neither is this one out for certain nor may it
    be sent again by itself.
    """
    shown = describe_candidates(submission, [Post(post_id=receipt.post_id, status=receipt.status)])
    evidence = replace(
        submission.evidence, named_id=receipt.post_id, candidates=(receipt.post_id,), candidate_posts=tuple(shown)
    )
    said: dict[str, Any] = {"post_id": receipt.post_id, "request_id": receipt.request_id}
    if submission.state == State.SENDING:
        facts = {"request_id": receipt.request_id, "http_status": receipt.http_status, "evidence": evidence}
        become_unconfirmed(submission, Kind.NAMED_AGAIN, error_kind=Reason.UNCLEAR, text="", said=said, **facts)
        return
    change(submission, evidence=evidence)
    record(submission.pin, Kind.NAMED_AGAIN, submission=submission, **said)


def _take_back(adopters: list[Submission]) -> list[Submission]:
    """Take a post from whoever adopted it without an answer of its own: an answer beats an adoption."""
    for adopter in adopters:
        change(adopter, remote_id="")
    return adopters


def _look_for_another(adopter: Submission) -> None:
    """Let a submission that had adopted the post of another look for its own again."""
    if adopter.state not in (State.ACCEPTED, State.DONE):
        return
    now = timezone.now()
    evidence = replace(adopter.evidence, first_absent_at=None, candidates=())
    try:
        with transaction.atomic():
            fields = {"ended_at": None, "checks": 0, "error_kind": Reason.UNCLEAR, "evidence": evidence}
            move(adopter, State.UNCONFIRMED, due_at=now, **fields)
            reopen(adopter)
            set_targets(adopter, Status.UNCONFIRMED, url="", published_at=None, platform_post_id="")
            record(adopter.pin, Kind.UNCLEAR, submission=adopter, text="", next_at=now.isoformat())
            notify(adopter)
    except IntegrityError:
        # A third one with the same body is on its way; it has to come to its end before this one can be looked for.
        adopter.refresh_from_db()
        change(adopter, due_at=None, error_kind=Reason.RECORD_GONE)
        record(adopter.pin, Kind.RECORD_GONE, submission=adopter)
