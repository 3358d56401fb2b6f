"""Looking for a post whose answer was lost in PostPeer's list, and what follows: found, perhaps, or not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.usage import note_used_up
from postpeer_dash.boards.services import doubt_boards
from postpeer_dash.pins.evidence import Evidence, Verdict
from postpeer_dash.pins.models import Reason, Status, Submission, Wait
from postpeer_dash.pins.publishing.follow_up import apply_post
from postpeer_dash.pins.publishing.matching import (
    count_own,
    describe_candidates,
    find_alike,
    find_same,
    find_unclaimed,
    leave_out_explained,
)
from postpeer_dash.pins.publishing.post_list import SharedReading, read_for, start_of
from postpeer_dash.pins.publishing.state import (
    apart_from_others,
    become_unconfirmed,
    change,
    give_up,
    lock,
    move,
    next_look,
    notify,
    publishing_setting,
    read_held,
    reopen,
    seconds,
    set_targets,
    wait_of,
)
from postpeer_dash.pins.publishing.submit import submit
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Post, Refused

State = Submission.State
# What a target may be when a post that was given up turns out to live: anything else was settled by another post.
_GIVEN_UP = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class ListMatch:
    """One reading, seen from one submission. `problem` says why it doesn't count; then nothing else means anything.

    at: when the reading began; what came later it can't have seen.
    """

    found: Post | None = None
    candidates: tuple[str, ...] = ()
    described: tuple[dict[str, Any], ...] = ()  # the candidates as a person is shown them
    # With exactly its body, and more of them than the dashboard has sent: another program sends the same.
    twins: tuple[Post, ...] = ()
    posts: int = 0
    problem: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def is_complete(self) -> bool:
        return not self.problem

    def added_to(self, known: Evidence) -> Evidence:
        """Return what is known of a submission with what this reading says for people."""
        return replace(known, candidates=self.candidates, candidate_posts=self.described, posts=self.posts)

    @property
    def is_absent(self) -> bool:
        """Read to the end, and neither there nor anything like it."""
        return self.is_complete and self.found is None and not self.candidates


def look_for(submission: Submission, shared: SharedReading | None = None) -> ListMatch:
    """Compare what was read with a submission; without a reading to share, read for it alone and speak to PostPeer.

    Of a reading that reaches further back than its own would, the earlier posts don't count.
    """
    if shared is None:
        shared = read_for([submission])
        # What was learnt of PostPeer's clock meanwhile says how far back it should have been read.
        submission = Submission.objects.select_related("connection").get(pk=submission.pk)
    if shared.problem:
        return ListMatch(problem=shared.problem, at=shared.at)
    start = start_of(submission)
    if start < shared.start - seconds("reading_margin") / 4:
        return ListMatch(problem="PostPeer's clock has changed; reading again.", at=shared.at)
    listed = [post for post in shared.posts if start == shared.start or not post.created_at or post.created_at >= start]
    same = _free_for(submission, find_same(submission, listed, shared.forms))
    if same and len(same) <= count_own(submission):
        return ListMatch(found=same[0], posts=len(listed), at=shared.at)
    near = _free_for(submission, find_alike(submission, listed, shared.forms))
    alike = leave_out_explained(submission, near, shared.forms)
    named = _named(submission, listed)
    others = [post for post in alike if all(post.post_id != one["id"] for one in named)]
    described = (*named, *describe_candidates(submission, others))
    ids = tuple(post["id"] for post in described)
    return ListMatch(candidates=ids, described=described, twins=tuple(same), posts=len(listed), at=shared.at)


def _named(submission: Submission, listed: Iterable[Post]) -> list[dict[str, Any]]:
    """Return the post that PostPeer's answer named and that is another submission's, whether or not the list shows it."""
    key = submission.evidence.named_id
    if not key or key in submission.evidence.dismissed:
        return []
    posts = [post for post in listed if post.post_id == key] or [Post(post_id=key, status="")]
    return describe_candidates(submission, posts[:1])


def _free_for(submission: Submission, posts: Iterable[Post]) -> list[Post]:
    return find_unclaimed(posts, submission.connection_id, apart_from=submission.pk)


def adopt(submission: Submission, post: Post, *, posts: int | None = None) -> bool:
    """Take a post of PostPeer's as this submission's; `posts` is how many were read to find it.

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
    """Whether PostPeer's list, read to the end, agrees with an answer that should mean "not done", so that it is sent again."""
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
            evidence = look.added_to(submission.evidence)
            become_unconfirmed(submission, Kind.UNCLEAR, error_kind=Reason.UNCLEAR, text="", evidence=evidence)
            return False
        at = timezone.now() + wait_of(publishing_setting("retry_waits"), submission.attempts - 1)
        fields = {"lease_until": None, "lease_key": "", "waits_for": Wait.EARLIER_UNREAD}
        move(submission, State.QUEUED, due_at=at, **fields)
        set_targets(submission, Status.QUEUED)
        record(submission.pin, Kind.READ_FAILED, submission=submission, text=look.problem, next_at=at.isoformat())
        notify(submission)
    return False


def settle_refusal(submission_id: int, lease_key: str, error: Refused) -> None:
    """Read PostPeer's list once before a refusal is believed: it can follow the deed."""
    look = look_for(Submission.objects.select_related("connection").get(pk=submission_id))
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.lease_key != lease_key or submission.state not in (State.SENDING, State.UNCONFIRMED):
            return
        kind = refusal_reason(error)
        facts: dict[str, Any] = {"http_status": error.status, "request_id": error.request_id}
        verdict = Verdict(kind=kind, text=error.message, http_status=error.status, request_id=error.request_id)
        if submission.state == State.UNCONFIRMED:
            # Its lease ended while the list was read: what PostPeer said is there for the readings that follow.
            change(submission, evidence=replace(submission.evidence, verdict=verdict))
            return
        if look.found is not None and adopt(submission, look.found, posts=look.posts):
            return
        if look.is_absent:
            conclude_refused(submission, verdict)
            return
        evidence = replace(submission.evidence, verdict=verdict)
        if look.candidates:
            evidence = look.added_to(evidence)
        facts |= {"text": error.message, "evidence": evidence}
        become_unconfirmed(submission, Kind.UNCLEAR, error_kind=Reason.REFUSED_UNREAD, **facts)


def refusal_reason(error: Refused) -> Reason:
    """Return why PostPeer refused, as its status says."""
    return {402: Reason.OUT_OF_CREDITS, 403: Reason.NOT_ALLOWED}.get(error.status or 0, Reason.REFUSED)


def conclude_refused(submission: Submission, verdict: Verdict) -> None:
    """Fail a submission that was refused and isn't there, with PostPeer's words."""
    if verdict.kind == Reason.OUT_OF_CREDITS:
        note_used_up(submission.connection)
    facts: dict[str, Any] = {"http_status": verdict.http_status, "request_id": verdict.request_id}
    record(submission.pin, Kind.REFUSED, submission=submission, text=verdict.text, **facts)
    why: dict[str, Any] = {"error_kind": verdict.kind, "error_text": verdict.text}
    held = read_held(submission)
    doubt_boards([target.account_id for target in held if target.board_id is not None], words=verdict.text)
    set_targets(submission, Status.FAILED, held=held, **why)
    now = timezone.now()
    move(submission, State.REFUSED, due_at=now + seconds("absent_apart"), answered_at=now, **why, **facts)


def reconcile(submission_ids: Sequence[int]) -> None:
    """Look once at PostPeer's list for these unconfirmed submissions of one connection, and do what follows for each."""
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
        said_at = submission.evidence.person_said_at
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
    verdict = submission.evidence.verdict
    if verdict and submission.wants_cancel:
        give_up(submission)
        return True
    if verdict:
        conclude_refused(submission, verdict)
        return True
    if submission.evidence.person_says_absent:
        give_up(submission)
        if not submission.wants_cancel:
            _send_again(submission)
        return True
    # The POST ended with its lease at the latest, wherever in it it began.
    sent_at = submission.sent_at or submission.requested_at
    if look.at < sent_at + seconds("lease") + seconds("absent_after"):
        return False
    first = submission.evidence.first_absent_at
    if first is not None and look.at - first >= seconds("absent_apart"):
        give_up(submission)
        if _is_far_ahead(submission):
            record(submission.pin, Kind.RESENT, submission=submission)
            _send_again(submission)
        return True
    if first is None:
        change(submission, evidence=replace(submission.evidence, first_absent_at=look.at))
    return False


def _is_far_ahead(submission: Submission) -> bool:
    """Whether a scheduled one is sent again by itself: once, and with time to call a late one back."""
    if submission.scheduled_for is None or submission.wants_cancel or submission.evidence.is_resent:
        return False
    return submission.scheduled_for >= timezone.now() + seconds("resend_ahead")


def _send_again(submission: Submission) -> None:
    """Hand the same targets in again, for the same time while that is ahead."""
    at = submission.scheduled_for
    ahead = at if at is not None and at > timezone.now() else None
    targets = list(submission.targets.all())
    for again in submit(submission.pin, targets, actor=submission.requested_by, scheduled_for=ahead):
        # The list was read only now, so it isn't read again for this one.
        change(again, asked_earlier=True, evidence=replace(again.evidence, is_resent=True))


def _look_again(submission: Submission, look: ListMatch) -> None:
    now = timezone.now()
    at = now + next_look(submission.checks + 1)
    known = submission.evidence
    evidence = replace(known, last_look_at=now)
    if look.is_complete:
        evidence = look.added_to(evidence)
        if look.candidates:
            # What the person hadn't seen has to be decided anew.
            evidence = replace(evidence, first_absent_at=None, person_says_absent=False)
    is_news = (
        submission.checks == 0
        or known.candidates != evidence.candidates
        or known.first_absent_at != evidence.first_absent_at
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
