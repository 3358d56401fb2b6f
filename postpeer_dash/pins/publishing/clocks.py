"""PostPeer's clocks: the one that dates its answers, and the one that dates its posts. They need not be the same.

An offset is such a clock minus ours, in seconds.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.state import publishing_setting
from postpeer_dash.postpeer import Post

# Differences below this (seconds) are a matter of rounding and of the way.
GRAIN = 2.0
# What was given up is watched for a day, so its list is read that far back.
_REMEMBERED = timedelta(days=2)


def note_clock(connection: Connection, server_date: datetime | None, *, is_fresh: bool = False) -> None:
    """Keep what the `Date` of an answer that was just read says; None when it had none.

    `is_fresh` when the connection was read in this transaction; otherwise another thread may have learnt more while this
    one read.
    """
    if server_date is None:
        return
    if not is_fresh:
        connection = Connection.objects.get(pk=connection.pk)
    now = timezone.now()
    offset, before = (server_date - now).total_seconds(), connection.clock_offset
    if abs(offset - before) <= GRAIN:
        return
    fields: dict[str, Any] = {"clock_offset": offset}
    if abs(offset - before) > publishing_setting("reading_margin") / 2:
        # The old one was in force until now, and what was made under it bears its times. Less is within the margin.
        lately = (connection.clock_least,) if _is_remembered(connection) else ()
        fields |= {"clock_least": min(offset, before, *lately), "clock_least_at": now}
    Connection.objects.filter(pk=connection.pk).update(**fields)


def min_offset(connection: Connection, since: datetime) -> float:
    """Return the offset that reaches furthest back, of now and of those that were in force after `since`, by our clock.

    A post is dated by the clock that PostPeer had when it was made. We may have learnt of that clock only afterwards,
    from another answer, and it may be a third one by the time the list is read. What dates the posts may be yet another
    clock than what dates the answers.
    """
    now, until = min(connection.clock_offset, connection.records_behind), connection.clock_least_at
    return min(now, connection.clock_least) if until is not None and since <= until else now


# A server that writes local times as if they were UTC is some hours off; what is further off is no clock.
_MOST_BEHIND = 26 * 3600.0
_RECENT = 50


def note_record(submission: Submission, post: Post) -> Evidence:
    """Return what is known of a submission with how far the clock that dates the posts is behind ours.

    The record of a post that its answer has named says so: it was made after it was sent, whatever it says itself.
    """
    known = submission.evidence
    # Of several tries the first may have been carried out all the same.
    sent_at = known.first_sent_at or submission.sent_at
    if post.created_at is None or sent_at is None or known.answered_id != post.post_id:
        return known
    behind = max((post.created_at - sent_at).total_seconds(), -_MOST_BEHIND)
    return replace(known, record_behind=behind) if behind < -GRAIN else known


def learn_from_records(connection: Connection) -> None:
    """Keep how far the clock that dates the posts is behind ours, by the last posts whose records are known."""
    sent = Submission.objects.filter(connection=connection, sent_at__isnull=False).exclude(remote_id="")
    known = list(sent.order_by("-sent_at").values_list("evidence", flat=True)[:_RECENT])
    behind, before = min((one.record_behind for one in known), default=0.0), connection.records_behind
    if abs(behind - before) <= GRAIN:
        return
    fields: dict[str, Any] = {"records_behind": behind}
    if behind > before:
        # It was put right some time ago, and what was made until then bears its times.
        lately = (connection.clock_least,) if _is_remembered(connection) else ()
        fields |= {"clock_least": min(before, *lately), "clock_least_at": timezone.now()}
    Connection.objects.filter(pk=connection.pk).update(**fields)
    for name, value in fields.items():
        setattr(connection, name, value)


def _is_remembered(connection: Connection) -> bool:
    at = connection.clock_least_at
    return at is not None and timezone.now() - at < _REMEMBERED
