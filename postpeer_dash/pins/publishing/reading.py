"""Reading PostPeer's list for a post whose answer was lost: found, perhaps, or not there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.clocks import least_offset, note_clock
from postpeer_dash.pins.publishing.follow_up import apply_post
from postpeer_dash.pins.publishing.matching import find_alike, find_unclaimed, is_ours
from postpeer_dash.pins.publishing.rows import (
    lock,
    move,
    publishing_setting,
    reopen,
    ring,
    seconds,
    set_targets,
    wait_of,
)
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.publishing.unconfirmed import become_unconfirmed, give_up
from postpeer_dash.postpeer import Post, PostPeerError, PostReading, Refused

State = Submission.State
# What a target may be when a post that was given up turns out to live: anything else was settled by another post.
_GIVEN_UP = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Look:
    """One reading, seen from one submission. `problem` says why it doesn't count; then nothing else means anything.

    at: when the reading began; what came later it can't have seen.
    """

    found: Post | None = None
    candidates: tuple[str, ...] = ()
    posts: int = 0
    problem: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def is_complete(self) -> bool:
        return not self.problem

    @property
    def is_absent(self) -> bool:
        """Read to the end, and neither there nor anything like it."""
        return self.is_complete and self.found is None and not self.candidates


def read_list(
    connection: Connection, since: datetime, *, offset_then: float | None = None
) -> tuple[PostReading | None, str]:
    """All posts that PostPeer has made since some time before `since`, not filtered by profile; or why it doesn't count.

    A reading counts when it is complete and was asked for by PostPeer's own clock: by `offset_then`, how far that was
    from ours (seconds) at `since`, or how far it is or lately was, whichever reaches further back. Speaks to PostPeer.
    """
    margin, offset = publishing_setting("reading_margin"), connection.clock_offset
    least = least_offset(connection)
    back = min(least, least if offset_then is None else offset_then) - margin
    try:
        with worker_client() as client:
            reading = client.list_posts(created_after=since + timedelta(seconds=back), sort="asc")
    except PostPeerError as error:
        return None, error.message
    if reading.read_at is not None:
        now_offset = (reading.read_at - timezone.now()).total_seconds()
        if abs(now_offset - offset) > margin / 2:
            note_clock(connection, reading.read_at)
            return None, "PostPeer's clock has changed; reading again."
    if not reading.is_complete:
        return None, "The list changed while it was read."
    return reading, ""


def look_for(submission: Submission) -> Look:
    """Reads all posts since shortly before the POST, and compares. Speaks to PostPeer."""
    at = timezone.now()
    # A submission can have been sent more than once, when the first answer said that nothing was done.
    begun = submission.evidence.get("first_sent_at")
    since = datetime.fromisoformat(begun) if begun else submission.sent_at or submission.requested_at
    then = submission.evidence.get("clock_offset")
    reading, problem = read_list(submission.connection, since, offset_then=then)
    if reading is None:
        return Look(problem=problem, at=at)
    posts = find_unclaimed(reading.posts, submission.connection_id, apart_from=submission.pk)
    found = next((post for post in posts if is_ours(submission, post)), None)
    alike = find_alike(submission, posts) if found is None else ()
    return Look(found=found, candidates=alike, posts=len(reading.posts), at=at)


def adopt(submission: Submission, post: Post) -> bool:
    """Takes a post of PostPeer's as this submission's. False when another submission was faster."""
    try:
        with transaction.atomic():
            was_given_up = submission.state in (State.ABSENT, State.REFUSED)
            move(
                submission,
                State.ACCEPTED,
                due_at=timezone.now(),
                remote_id=post.post_id,
                checks=0,
                lease_until=None,
                error_kind="",
                error_text="",
                ended_at=None,
            )
            if was_given_up:
                reopen(submission, _GIVEN_UP)
            set_targets(submission, Status.PUBLISHING, error_kind="", error_text="")
            record(submission.pin, Kind.FOUND, submission=submission, post_id=post.post_id)
            apply_post(submission, post)
    except IntegrityError:
        submission.refresh_from_db()
        return False
    return True


def read_before_sending(submission_id: int, lease_key: str) -> bool:
    """Before a second try after an answer that should mean "not done": whether PostPeer's list, read to the end, agrees."""
    look = look_for(Submission.objects.select_related("connection").get(pk=submission_id))
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.SENDING or submission.lease_key != lease_key:
            return False
        if look.is_absent and submission.wants_cancel:
            give_up(submission)
            return False
        if look.is_absent:
            return True
        if look.found is not None and adopt(submission, look.found):
            return False
        if look.candidates:
            evidence = {**submission.evidence, "candidates": list(look.candidates), "posts": look.posts}
            become_unconfirmed(submission, Kind.UNCLEAR, error_kind="unclear", text="", evidence=evidence)
            return False
        at = timezone.now() + wait_of(publishing_setting("retry_waits"), submission.attempts - 1)
        move(submission, State.QUEUED, due_at=at, lease_until=None, lease_key="")
        set_targets(submission, Status.QUEUED)
        record(submission.pin, Kind.READ_FAILED, submission=submission, text=look.problem, next_at=at.isoformat())
        ring(submission)
    return False


def settle_refusal(submission_id: int, lease_key: str, error: Refused) -> None:
    """A refusal can follow the deed, so PostPeer's list is read once before it is believed."""
    look = look_for(Submission.objects.select_related("connection").get(pk=submission_id))
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state != State.SENDING or submission.lease_key != lease_key:
            return
        kind = refusal_kind(error)
        facts = {"http_status": error.status, "request_id": error.request_id}
        if look.found is not None and adopt(submission, look.found):
            return
        if look.is_absent:
            conclude_refused(submission, kind=kind, text=error.message, **facts)
            return
        evidence = {**submission.evidence, "verdict": {"kind": kind, "text": error.message, **facts}}
        if look.candidates:
            evidence |= {"candidates": list(look.candidates), "posts": look.posts}
        become_unconfirmed(
            submission, Kind.UNCLEAR, error_kind="refused_unread", text=error.message, evidence=evidence, **facts
        )


def refusal_kind(error: Refused) -> str:
    """The key of the sentence that explains a refusal."""
    return {402: "out_of_credits", 403: "not_allowed"}.get(error.status or 0, "refused")


def conclude_refused(submission: Submission, *, kind: str, text: str, **facts: Any) -> None:
    """Refused, and not there: failed with PostPeer's words."""
    record(submission.pin, Kind.REFUSED, submission=submission, text=text, **facts)
    set_targets(submission, Status.FAILED, error_kind=kind, error_text=text)
    watched = timezone.now() + seconds("absent_apart")
    move(
        submission,
        State.REFUSED,
        due_at=watched,
        answered_at=timezone.now(),
        error_kind=kind,
        error_text=text,
        **facts,
    )
