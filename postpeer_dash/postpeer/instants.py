"""Instants as they travel: ISO 8601 in bodies, HTTP dates in headers. Aware UTC on our side of the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def to_wire(moment: datetime) -> str:
    """Write an aware instant as UTC with milliseconds and `Z`, the one form every reading of PostPeer's rule agrees on.

    Raises ValueError for a naive datetime: nobody could say which instant it means.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a time for PostPeer needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(value: object) -> datetime | None:
    """Read an ISO 8601 instant as aware UTC; one without an offset counts as UTC. None when it is not usable."""
    if not isinstance(value, str):
        return None
    try:
        return _in_utc(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime) -> datetime | None:
    """Return the same instant in UTC; None at the ends of the calendar, where some zone has no such day."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def parse_http_date(value: str | None) -> datetime | None:
    """Read an HTTP date (RFC 9110, 5.6.7) as aware UTC; None when absent or not usable."""
    if not value:
        return None
    try:
        return _in_utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
