"""PostPeer's list of posts, read to its end: from when on, whether a reading counts, and which rows share one.

The list is asked by PostPeer's own clocks, as far as they reach further back than ours (`clocks`).
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Submission, SubmissionTarget
from postpeer_dash.pins.publishing.clocks import learn_from_records, min_offset, note_clock
from postpeer_dash.pins.publishing.matching import Forms
from postpeer_dash.pins.publishing.state import GIVEN_UP, next_look, publishing_setting, seconds
from postpeer_dash.postpeer import Post, PostPeerError, PostReading
from postpeer_dash.worker.claims import claim

# Begun so many reading margins apart at the most: what has waited for days makes nobody else's reading long.
_SPAN = 4


def read_list(
    connection: Connection, since: datetime, *, offset_then: float | None = None
) -> tuple[PostReading | None, str]:
    """Return all posts that PostPeer has made since some time before `since`, of all profiles; or why it doesn't count.

    A reading counts when it is complete and was asked for by PostPeer's own clock: by `offset_then`, how far that was
    from ours (seconds) at `since`, or how far it is or lately was, whichever reaches further back. Speaks to PostPeer.
    """
    margin = publishing_setting("reading_margin")
    learn_from_records(connection)
    try:
        with worker_client() as client:
            reading = client.list_posts(created_after=_far_back(connection, since, offset_then), sort="asc")
    except PostPeerError as error:
        return None, error.message
    if reading.read_at is not None:
        offset, before = (reading.read_at - timezone.now()).total_seconds(), connection.clock_offset
        if abs(offset - before) > margin / 2:
            note_clock(connection, reading.read_at)
            if offset < _least_offset(connection, since, offset_then) - margin / 2:
                # It should have been read from further back.
                return None, "PostPeer's clock has changed; reading again."
    if not reading.is_complete:
        return None, "The list changed while it was read."
    return reading, ""


@dataclass(frozen=True, slots=True)
class SharedReading:
    """One reading for one submission or several; `start` is the earliest that it was asked for, by PostPeer's clock.

    at: when the reading began; what came later it can't have seen.
    """

    at: datetime
    start: datetime
    posts: tuple[Post, ...] = ()
    problem: str = ""
    forms: Forms = field(default_factory=Forms)


def begins_at(submission: Submission) -> datetime:
    """Return when a submission was first sent: it can have been sent more than once, when the first answer said that nothing was done."""
    return submission.evidence.first_sent_at or submission.sent_at or submission.requested_at


def earliest_to_share_with(begun: datetime) -> datetime:
    """Return since when another may have been sent to share a reading with what was sent at `begun`."""
    return begun - _SPAN * seconds("reading_margin")


def start_of(submission: Submission) -> datetime:
    """Return from where the list is read for a submission, by PostPeer's clock."""
    return _far_back(submission.connection, begins_at(submission), submission.evidence.clock_offset)


def _far_back(connection: Connection, since: datetime, offset_then: float | None) -> datetime:
    back = _least_offset(connection, since, offset_then) - publishing_setting("reading_margin")
    return since + timedelta(seconds=back)


def _least_offset(connection: Connection, since: datetime, offset_then: float | None) -> float:
    """Return the offset that the list is read by.

    Never one ahead: the `Date` of an answer may be another clock's than that of the posts, which would be passed over.
    """
    known = min_offset(connection, since)
    return min(known, known if offset_then is None else offset_then, 0.0)


def read_for(submissions: Sequence[Submission]) -> SharedReading:
    """Read all posts since shortly before the first POST of these submissions of one connection. Speaks to PostPeer.

    The threads of a worker that ask while one of them reads share the next reading, which begins after they have asked,
    and some seconds later at the most: whoever asks may hold a lease that runs out. Never inside a transaction.
    """
    first = min(submissions, key=start_of)
    turn, is_mine = _take_turn(first)
    if not is_mine:
        turn.is_over.wait()
        return turn.shared or _read(first)
    line = _line_of(first.connection_id)
    is_in_line = line.acquire(timeout=publishing_setting("reading_line"))
    try:
        _close(turn)
        turn.shared = _read(turn.first)
        return turn.shared
    finally:
        if is_in_line:
            line.release()
        _close(turn)
        turn.is_over.set()


def _read(first: Submission) -> SharedReading:
    at = timezone.now()
    reading, problem = read_list(first.connection, begins_at(first), offset_then=first.evidence.clock_offset)
    # Only now: what is learnt of PostPeer's clocks before the list is read says from where it was.
    start = start_of(first)
    if reading is None:
        return SharedReading(at, start, problem=problem)
    return SharedReading(at, start, posts=reading.posts)


class _Turn:
    """A reading that has not begun yet; `shared` stays None when the thread that was to read has failed."""

    def __init__(self, first: Submission) -> None:
        self.first = self.last = first
        self.is_over = threading.Event()
        self.shared: SharedReading | None = None


_guard = threading.Lock()
_open_turns: dict[int, _Turn] = {}
_lines: dict[int, threading.Lock] = {}


def _take_turn(first: Submission) -> tuple[_Turn, bool]:
    """Return the reading that will do for a submission, and whether the caller is the one who has to read."""
    with _guard:
        turn = _open_turns.get(first.connection_id)
        if turn is None:
            turn = _open_turns[first.connection_id] = _Turn(first)
            return turn, True
        if not (_is_near(turn.first, first) and _is_near(turn.last, first)):
            return _Turn(first), True
        turn.first = min(turn.first, first, key=start_of)
        turn.last = max(turn.last, first, key=begins_at)
        return turn, False


def _is_near(one: Submission, other: Submission) -> bool:
    earlier, later = sorted((begins_at(one), begins_at(other)))
    return earlier >= earliest_to_share_with(later)


def _line_of(connection_id: int) -> threading.Lock:
    with _guard:
        return _lines.setdefault(connection_id, threading.Lock())


def _close(turn: _Turn) -> None:
    """Let nobody join any more: the reading begins, or won't."""
    with _guard:
        if _open_turns.get(turn.first.connection_id) is turn:
            del _open_turns[turn.first.connection_id]


State = Submission.State
_MAX = 200
# By then the waits between two looks are at their usual length.
_PATIENT = 10


def take_unconfirmed(submission: Submission) -> list[int]:
    """Return the ids of this unconfirmed submission and of the others of its connection that one reading will do for.

    A row joins when half of its wait is over; looked at together, they are due together the next time as well. Whoever
    was first sent much earlier doesn't, so that what has waited for days makes nobody else's reading long. Empty when
    this one isn't due any more, or another worker has it.
    """
    return _take(submission, (State.UNCONFIRMED,), lambda one: next_look(one.checks) / 2, next_look(_PATIENT) / 2)


def take_given_up(submission: Submission) -> list[int]:
    """Return the same for what was given up and is watched."""
    half = seconds("absent_apart") / 2
    return _take(submission, GIVEN_UP, lambda _one: half, half)


def take_second_attempts(submission: Submission) -> dict[int, list[int]]:
    """Return the ids of this queued second attempt and of the others that are due, in their order.

    Each with what was given up before it and has to be looked for first. Empty when this one isn't due any more, or
    another has it.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = _free((State.QUEUED,))
        due = rows.filter(due_at__lte=now)
        mine = due.filter(pk=submission.pk, due_at=submission.due_at).first()
        if mine is None:
            return {}
        sent_before = SubmissionTarget.objects.filter(
            submission=OuterRef("pk"), target__carried__submission__state__in=GIVEN_UP
        )
        others = due.filter(Exists(sent_before), connection_id=mine.connection_id).exclude(pk=mine.pk)
        unasked = others.filter(asked_earlier=False).select_related("connection").order_by("due_at")
        near = [one.pk for one in unasked[:_MAX] if not is_looked_for(one)]
        before = _given_up_before([mine.pk, *near])
        lost = {one for group in before.values() for one in group}
        begun = {one.pk: begins_at(one) for one in Submission.objects.filter(pk__in=lost)}
        first = min((begun[key] for key in before.get(mine.pk, ())), default=now)
        earliest = earliest_to_share_with(first)
        taken = {mine.pk: before.get(mine.pk, [])}
        for key in near:
            if key in before and min(begun[one] for one in before[key]) >= earliest:
                taken[key] = before[key]
        claim(Submission.objects.filter(pk__in=taken), "due_at", publishing_setting("lease"))
    return taken


def given_up_before(submission: Submission) -> list[int]:
    """Return the submissions before this one that were given up, of the same targets, which PostPeer may have after all."""
    return _given_up_before([submission.pk]).get(submission.pk, [])


def is_looked_for(submission: Submission) -> bool:
    """Whether a reading that began lately has been compared with what was given up before it.

    Not when PostPeer's clock was found to have changed since: then it has to be read from further back.
    """
    looked_at, now, clock_at = submission.evidence.looked_at, timezone.now(), submission.connection.clock_least_at
    if looked_at is None:
        return False
    return now - seconds("lease") < looked_at <= now and (clock_at is None or clock_at < looked_at)


def _given_up_before(keys: Iterable[int]) -> dict[int, list[int]]:
    """Return the same for several, by the id of each that has any."""
    carried = list(
        SubmissionTarget.objects.filter(submission__in=keys).order_by("pk").values_list("submission", "target")
    )
    lost: dict[int, list[int]] = {}
    rows = SubmissionTarget.objects.filter(
        target__in={target for _key, target in carried}, submission__state__in=GIVEN_UP, submission__remote_id=""
    ).exclude(submission__sent_at=None)
    for target, key in rows.order_by("submission").values_list("target", "submission"):
        lost.setdefault(target, []).append(key)
    found: dict[int, list[int]] = {}
    for key, target in carried:
        earlier = [one for one in lost.get(target, ()) if one < key]
        if earlier:
            found[key] = sorted({*found.get(key, ()), *earlier})
    return found


def _free(states: Iterable[str]) -> QuerySet[Submission]:
    """Return rows that no other worker is about to take."""
    return Submission.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=states)


def _take(
    submission: Submission, states: Iterable[str], ahead: Callable[[Submission], timedelta], max_ahead: timedelta
) -> list[int]:
    """`ahead`: how long before it is due a row joins; `max_ahead`: the longest of these."""
    now = timezone.now()
    with transaction.atomic():
        rows = _free(states)
        mine = rows.filter(pk=submission.pk, due_at=submission.due_at).first()
        if mine is None:
            return []
        same = rows.filter(connection_id=mine.connection_id, remote_id="").exclude(pk=mine.pk)
        near = same.filter(due_at__lte=now + max_ahead).order_by("due_at")
        earliest = earliest_to_share_with(begins_at(mine))
        others = [
            one.pk
            for one in near[:_MAX]
            if one.due_at and one.due_at <= now + ahead(one) and begins_at(one) >= earliest
        ]
        taken = [mine.pk, *others]
        claim(Submission.objects.filter(pk__in=taken), "due_at", publishing_setting("lease"))
    return taken
