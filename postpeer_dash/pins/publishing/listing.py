"""PostPeer's list of posts, read to its end: from when on, whether a reading counts, and who shares one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.clocks import min_offset, note_clock
from postpeer_dash.pins.publishing.matching import Forms
from postpeer_dash.pins.publishing.rows import publishing_setting, seconds
from postpeer_dash.postpeer import Post, PostPeerError, PostReading

# Begun so many reading margins apart at the most: what has waited for days makes nobody else's reading long.
_SPAN = 4


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
    """When it was first sent: it can have been sent more than once, when the first answer said that nothing was done."""
    begun = submission.evidence.get("first_sent_at")
    return datetime.fromisoformat(begun) if begun else submission.sent_at or submission.requested_at


def earliest_to_share_with(begun: datetime) -> datetime:
    """Since when another may have been sent to share a reading with what was sent at `begun`."""
    return begun - _SPAN * seconds("reading_margin")


def start_of(submission: Submission) -> datetime:
    """From where the list is read for it, by PostPeer's clock."""
    return _far_back(submission.connection, begins_at(submission), submission.evidence.get("clock_offset"))


def _far_back(connection: Connection, since: datetime, offset_then: float | None) -> datetime:
    earliest = min_offset(connection, since)
    back = min(earliest, earliest if offset_then is None else offset_then) - publishing_setting("reading_margin")
    return since + timedelta(seconds=back)


def read_for(submissions: Sequence[Submission]) -> SharedReading:
    """Reads all posts since shortly before the first POST of these submissions of one connection. Speaks to PostPeer.

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
    at, start = timezone.now(), start_of(first)
    reading, problem = read_list(first.connection, begins_at(first), offset_then=first.evidence.get("clock_offset"))
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
    """The reading that will do for it, and whether the caller is the one who has to read."""
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
    """From here on nobody joins: the reading begins, or won't."""
    with _guard:
        if _open_turns.get(turn.first.connection_id) is turn:
            del _open_turns[turn.first.connection_id]
