"""How far PostPeer's clock is from ours, and lately was: its list is asked by its own times.

An offset is PostPeer's clock minus ours, in seconds.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.publishing.rows import publishing_setting

# Differences below this (seconds) are a matter of rounding and of the way.
GRAIN = 2.0
# What was given up is watched for a day, so its list is read that far back.
_REMEMBERED = timedelta(days=2)


def note_clock(connection: Connection, server_date: datetime | None) -> None:
    """Keeps what the `Date` of an answer that was just read says; None when it had none."""
    if server_date is None:
        return
    # As it is now: another thread may have learnt more while this one read.
    connection, now = Connection.objects.get(pk=connection.pk), timezone.now()
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
    """The offset that reaches furthest back, of now and of those that were in force after `since`, by our clock.

    A post is dated by the clock that PostPeer had when it was made. We may have learnt of that clock only afterwards,
    from another answer, and it may be a third one by the time the list is read.
    """
    now, until = connection.clock_offset, connection.clock_least_at
    return min(now, connection.clock_least) if until is not None and since <= until else now


def _is_remembered(connection: Connection) -> bool:
    at = connection.clock_least_at
    return at is not None and timezone.now() - at < _REMEMBERED
