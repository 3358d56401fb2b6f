"""Times as the API writes them: UTC with milliseconds and a Z. Such texts sort as the instants do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utc_now(skew: float = 0.0) -> datetime:
    """Return the present instant, `skew` seconds off where a fault says so."""
    return datetime.now(UTC) + timedelta(seconds=skew)


def to_text(moment: datetime) -> str:
    """Return an aware instant as `2026-11-22T13:05:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(text: str) -> str:
    """Return an instant in the API's spelling as a person reads it, still in UTC: `2026-11-22 13:05:00`."""
    return f"{text[:10]} {text[11:19]}"


def from_text(text: str) -> datetime:
    """Return the instant of an RFC 3339 text; raise ValueError when it isn't one or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.astimezone(UTC)


def read_schedule(text: str, timezone: str) -> datetime:
    """Return the instant that `scheduledFor` and `timezone` mean; raise ValueError with a sentence otherwise.

    A time with `Z` is read as local to `timezone`, as a public client of PostPeer found; other offsets are taken as
    written.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"Invalid timezone: {timezone[:80]}") from None
    try:
        moment = from_text(text)
        if text.endswith(("Z", "z")):
            moment = moment.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("scheduledFor must be a valid ISO 8601 date with an offset") from None
    return moment
