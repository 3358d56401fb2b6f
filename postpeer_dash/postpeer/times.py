"""Instants as they travel: ISO 8601 in bodies, HTTP dates in headers. Aware UTC on our side of the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def to_wire(moment: datetime) -> str:
    """Write an aware instant as UTC with milliseconds and `Z`, the one form every reading of PostPeer's rule agrees on.

    Raises ValueError for a naive datetime: nobody could say which instant it means.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a time for PostPeer needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(value: object) -> datetime | None:
    """Read an ISO 8601 instant as aware UTC; one without an offset counts as UTC. None when it is not readable."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_http_date(value: str | None) -> datetime | None:
    """Read an HTTP date (RFC 9110, 5.6.7) as aware UTC; None when absent or not readable."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
