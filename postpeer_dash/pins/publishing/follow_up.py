"""Asking PostPeer what became of what it has accepted, until every target has ended."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.boards.services import doubt_boards
from postpeer_dash.pins.models import Reason, Status, Submission, Target
from postpeer_dash.pins.publishing.clocks import note_record
from postpeer_dash.pins.publishing.pending_edit import lose_edit, next_try, read_edit, settle_edit
from postpeer_dash.pins.publishing.state import (
    change,
    lock,
    move,
    next_target_status,
    notify,
    read_held,
    release_final,
    seconds,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import NotFound, PlatformState, Post, PostPeerError

State = Submission.State
_KIND_OF = {
    Status.PUBLISHED: Kind.PUBLISHED,
    Status.FAILED: Kind.FAILED,
    Status.SCHEDULED: Kind.SCHEDULED,
    Status.CANCELLED: Kind.CANCELLED,
}
# What a record tells of a target.
_TOLD = (
    "status",
    "url",
    "platform_post_id",
    "warning_text",
    "error_kind",
    "error_text",
    "published_at",
    "updated_at",
)
# A link can come after the publishing: asked about after so long, then half of the time it has been out, for a day.
_LINK_WAIT = timedelta(seconds=60)
# How often a record may be missing before it is said aloud.
_GONE_AFTER = 5


def follow_up(submission_id: int, remote_id: str = "") -> None:
    """Ask once about an accepted submission, write down what PostPeer's record says, and set the next time.

    `remote_id` is that of its post, when the caller has just learnt it.
    """
    if not remote_id:
        accepted = Submission.objects.filter(pk=submission_id, state=State.ACCEPTED)
        remote_id = accepted.values_list("remote_id", flat=True).first() or ""
    if not remote_id:
        return
    try:
        with worker_client() as client:
            post = client.get_post(remote_id)
    except NotFound:
        _record_missing(submission_id)
    except PostPeerError:
        _ask_later(submission_id)
    else:
        with transaction.atomic():
            submission = lock(submission_id)
            # An answer of its own can have taken the place of an adopted post meanwhile.
            if submission.state == State.ACCEPTED and submission.remote_id == post.post_id:
                apply_post(submission, post)


def follow_link(submission_id: int) -> None:
    """Ask once for the links of what is published without one, and set the next time; after a day it is let be."""
    submission = Submission.objects.get(pk=submission_id)
    post: Post | None = None
    if submission.remote_id:
        with suppress(PostPeerError), worker_client() as client:
            post = client.get_post(submission.remote_id)
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.DONE or submission.due_at is None:
            return
        carried = Target.objects.filter(submissions=submission, status=Status.PUBLISHED, url="").order_by("pk")
        entries = {entry.platform: entry for entry in post.platforms} if post else {}
        left = 0
        for target in carried:
            entry = entries.get(target.platform)
            if entry is None or not entry.url:
                left += 1
                continue
            target.url, target.updated_at = entry.url, timezone.now()
            target.platform_post_id = target.platform_post_id or entry.platform_post_id[:300]
            target.save(update_fields=["url", "platform_post_id", "updated_at"])
        age = timezone.now() - (submission.ended_at or timezone.now())
        is_over = not left or age > seconds("watch_for")
        change(submission, due_at=None if is_over else timezone.now() + max(_LINK_WAIT, age / 2))


def apply_post(submission: Submission, post: Post) -> None:
    """Take over what a record of PostPeer's says of each platform. In the caller's transaction."""
    settle_edit(submission, post)
    entries = {entry.platform: entry for entry in post.platforms}
    held = read_held(submission)
    for target in held:
        entry = entries.get(target.platform)
        remote = _word_for(post, entry)
        apply_entry(submission, target, entry or PlatformState(target.platform, remote), remote)
    is_over = release_final(submission, held)
    held.sum_up(submission.pin)
    facts: dict[str, Any] = {"remote_status": post.status[:40], "checks": submission.checks + 1}
    evidence = note_record(submission, post)
    if evidence is not submission.evidence:
        facts["evidence"] = evidence
    if is_over:
        is_cancelled = all(target.status == Status.CANCELLED for target in held) and bool(held)
        has_all = all(target.url for target in held if target.status == Status.PUBLISHED)
        at = None if has_all else timezone.now() + _LINK_WAIT
        move(submission, State.CANCELLED if is_cancelled else State.DONE, due_at=at, wants_cancel=False, **facts)
        return
    _set_next(submission, **facts)


def _word_for(post: Post, entry: PlatformState | None) -> str:
    """Return what the record says of one platform of a post."""
    if entry is None:
        # Of a post that is out in part, nobody can say which part this is.
        return "" if post.status == "partial" else post.status
    # A cancelled post is a draft as a whole, whatever its platforms still say; what is out is out even so.
    return "draft" if post.status == "draft" and entry.status not in ("published", "partial") else entry.status


def _by_our_clock(submission: Submission, at: datetime | None) -> datetime:
    """Return an instant of PostPeer's by our own clock: theirs may be minutes away.

    Nothing went out in the future, nor before it was sent.
    """
    now = timezone.now()
    offset = submission.connection.clock_offset
    # A `Date` has whole seconds: less than a few of them is no difference.
    corrected = at - timedelta(seconds=offset if abs(offset) > 5 else 0) if at is not None else now
    earliest = submission.sent_at or submission.requested_at
    return min(max(corrected, earliest), now)


def apply_entry(submission: Submission, target: Target, entry: PlatformState, remote: str) -> None:
    """Take over what the record says of one platform: `remote` is its word for how things stand."""
    before = target.status
    target.status = next_target_status(before, remote)
    target.url = entry.url or target.url
    target.platform_post_id = entry.platform_post_id[:300] or target.platform_post_id
    target.warning_text = entry.warning
    if remote == "partial" and not target.warning_text:
        target.warning_text = entry.error
    if target.status == Status.FAILED:
        target.error_kind, target.error_text = Reason.PLATFORM_FAILED, entry.error
    elif target.status != Status.UNCONFIRMED:
        target.error_kind = target.error_text = ""
    if target.status == Status.PUBLISHED and target.published_at is None:
        target.published_at = _by_our_clock(submission, entry.published_at)
    target.updated_at = timezone.now()
    target.save(update_fields=_TOLD)
    if target.status == Status.FAILED != before and target.board_id is not None:
        doubt_boards([target.account_id], words=target.error_text)
    if target.status != before and target.status in _KIND_OF:
        record(
            submission.pin,
            _KIND_OF[Status(target.status)],
            submission=submission,
            platform=target.platform,
            url=target.url,
            text=target.error_text,
        )


def _set_next(submission: Submission, **fields: Any) -> None:
    """Set these fields, and when to ask again: after half the time since it was accepted or due, within bounds."""
    for name, value in fields.items():
        setattr(submission, name, value)
    now = timezone.now()
    since = submission.answered_at or submission.requested_at
    if submission.scheduled_for and submission.remote_status == "scheduled":
        since = max(since, submission.scheduled_for)
    if submission.wants_cancel:
        # Before anything else it is to be called back; the more often that failed, the longer the pause.
        at = now + min(seconds("follow_up_min") * 2 ** min(submission.checks, 12), seconds("follow_up_max"))
    elif (edit := read_edit(submission)) is not None:
        at = next_try(edit)
    elif since > now:
        # Asked now and then even so: it may be cancelled or moved at PostPeer.
        at = min(since + seconds("follow_up_min"), now + 6 * seconds("follow_up_max"))
    else:
        at = now + min(max((now - since) / 2, seconds("follow_up_min")), seconds("follow_up_max"))
    ask_at(submission, at, **fields)


def ask_at(submission: Submission, at: datetime, **fields: Any) -> None:
    """Set these fields, and when PostPeer is asked next."""
    change(submission, due_at=at, **fields)
    notify(submission)


def _ask_later(submission_id: int) -> None:
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state == State.ACCEPTED:
            _set_next(submission)


def _record_missing(submission_id: int) -> None:
    """Note that PostPeer has no such post: it may be late in showing it. After some tries it is said, after a day let be."""
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.ACCEPTED:
            return
        missing = submission.evidence.missing + 1
        facts: dict[str, Any] = {"evidence": replace(submission.evidence, missing=missing)}
        lose_edit(submission, is_gone=missing >= _GONE_AFTER)
        if missing == _GONE_AFTER:
            record(submission.pin, Kind.RECORD_GONE, submission=submission)
            facts["error_kind"] = Reason.RECORD_GONE
        since = submission.answered_at or submission.requested_at
        if missing > _GONE_AFTER and timezone.now() - since > seconds("watch_for"):
            change(submission, due_at=None, **facts)
            return
        _set_next(submission, **facts)
