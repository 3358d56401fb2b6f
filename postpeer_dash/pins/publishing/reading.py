"""Reading PostPeer's list for a post whose answer was lost: found, perhaps, or not there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.accounts.usage import note_used_up
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.clocks import least_offset, note_clock
from postpeer_dash.pins.publishing.facts import describe_candidates
from postpeer_dash.pins.publishing.follow_up import apply_post
from postpeer_dash.pins.publishing.matching import Forms, find_alike, find_ours, find_unclaimed
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
from postpeer_dash.pins.publishing.timeline import Kind, Wait, record
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
    described: tuple[dict[str, Any], ...] = ()  # the candidates as a person is shown them
    posts: int = 0
    problem: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def is_complete(self) -> bool:
        return not self.problem

    @property
    def evidence(self) -> dict[str, Any]:
        """What is kept of it in the row, for people."""
        return {"candidates": list(self.candidates), "candidate_posts": list(self.described), "posts": self.posts}

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
    try:
        with worker_client() as client:
            reading = client.list_posts(created_after=_far_back(connection, since, offset_then), sort="asc")
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


@dataclass(frozen=True, slots=True)
class Shared:
    """One reading for one submission or several; `start` is the earliest that it was asked for, by PostPeer's clock."""

    at: datetime
    start: datetime
    posts: tuple[Post, ...] = ()
    problem: str = ""
    forms: Forms = field(default_factory=Forms)


def begins_at(submission: Submission) -> datetime:
    """When it was first sent: it can have been sent more than once, when the first answer said that nothing was done."""
    begun = submission.evidence.get("first_sent_at")
    return datetime.fromisoformat(begun) if begun else submission.sent_at or submission.requested_at


def read_for(submissions: Sequence[Submission]) -> Shared:
    """Reads all posts since shortly before the first POST of these submissions of one connection. Speaks to PostPeer."""
    at = timezone.now()
    start, first = min(((_start(one), one) for one in submissions), key=lambda each: each[0])
    then = first.evidence.get("clock_offset")
    reading, problem = read_list(first.connection, begins_at(first), offset_then=then)
    if reading is None:
        return Shared(at, start, problem=problem)
    return Shared(at, start, posts=reading.posts)


def look_for(submission: Submission, shared: Shared | None = None) -> Look:
    """Compares what was read with a submission; without a reading to share, reads for it alone and speaks to PostPeer.

    Of a reading that reaches further back than its own would, the earlier posts don't count.
    """
    shared = shared or read_for([submission])
    if shared.problem:
        return Look(problem=shared.problem, at=shared.at)
    start = _start(submission)
    if start < shared.start:
        return Look(problem="PostPeer's clock has changed; reading again.", at=shared.at)
    listed = [post for post in shared.posts if start == shared.start or not post.created_at or post.created_at >= start]
    posts = find_unclaimed(listed, submission.connection_id, apart_from=submission.pk)
    found = find_ours(submission, posts, shared.forms)
    alike = find_alike(submission, posts, shared.forms) if found is None else ()
    described = tuple(describe_candidates(submission, posts, alike)) if alike else ()
    return Look(found=found, candidates=alike, described=described, posts=len(listed), at=shared.at)


def _start(submission: Submission) -> datetime:
    return _far_back(submission.connection, begins_at(submission), submission.evidence.get("clock_offset"))


def _far_back(connection: Connection, since: datetime, offset_then: float | None) -> datetime:
    """From where the list is read, by PostPeer's clock."""
    least = least_offset(connection, since)
    back = min(least, least if offset_then is None else offset_then) - publishing_setting("reading_margin")
    return since + timedelta(seconds=back)


def adopt(submission: Submission, post: Post, *, posts: int | None = None) -> bool:
    """Takes a post of PostPeer's as this submission's; `posts` is how many were read to find it.

    False when another submission was faster.
    """
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
            record(submission.pin, Kind.FOUND, submission=submission, post_id=post.post_id, posts=posts)
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
        if look.found is not None and adopt(submission, look.found, posts=look.posts):
            return False
        if look.candidates:
            evidence = {**submission.evidence, **look.evidence}
            become_unconfirmed(submission, Kind.UNCLEAR, error_kind="unclear", text="", evidence=evidence)
            return False
        at = timezone.now() + wait_of(publishing_setting("retry_waits"), submission.attempts - 1)
        fields = {"lease_until": None, "lease_key": "", "error_kind": Wait.EARLIER_UNREAD}
        move(submission, State.QUEUED, due_at=at, **fields)
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
        if look.found is not None and adopt(submission, look.found, posts=look.posts):
            return
        if look.is_absent:
            conclude_refused(submission, kind=kind, text=error.message, **facts)
            return
        evidence = {**submission.evidence, "verdict": {"kind": kind, "text": error.message, **facts}}
        if look.candidates:
            evidence |= look.evidence
        become_unconfirmed(
            submission, Kind.UNCLEAR, error_kind="refused_unread", text=error.message, evidence=evidence, **facts
        )


def refusal_kind(error: Refused) -> str:
    """The key of the sentence that explains a refusal."""
    return {402: "out_of_credits", 403: "not_allowed"}.get(error.status or 0, "refused")


def conclude_refused(submission: Submission, *, kind: str, text: str, **facts: Any) -> None:
    """Refused, and not there: failed with PostPeer's words."""
    if kind == "out_of_credits":
        note_used_up(submission.connection)
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
