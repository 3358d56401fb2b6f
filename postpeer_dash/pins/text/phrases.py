"""Times and names as they stand inside of sentences about pins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.web import times


def moment(at: datetime) -> str:
    """Return a time inside a sentence: today at 13:38, on Thursday, 26 November at 18:15."""
    facts = {"day": times.day_inside(at), "time": times.clock(at)}
    if abs(_distance(at)) <= 1:
        return _("%(day)s at %(time)s") % facts
    return _("on %(weekday)s, %(day)s at %(time)s") % {**facts, "weekday": times.weekday(at)}


def moment_with_place(at: datetime) -> str:
    """Return a time inside a sentence with the place whose clock it is: today at 13:38, Berlin (UTC+1)."""
    return _("%(when)s, %(place)s") % {"when": moment(at), "place": times.current_place(at)}


def _distance(at: datetime) -> int:
    return (timezone.localtime(at).date() - timezone.localtime().date()).days


def join_names(names: Sequence[str]) -> str:
    """Names in a sentence: Pinterest, LinkedIn and Bluesky."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def parse_instant(value: Any) -> datetime | None:
    """Return an instant from a timeline's data, or None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None
