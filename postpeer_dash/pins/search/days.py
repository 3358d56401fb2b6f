"""Read the calendar: the pins of given days by the time they are meant for, however many there are.

A pin without a time of its own is placed where it was handed in; a draft without a time is not on the calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Status
from postpeer_dash.teams.models import Team
from postpeer_dash.web.times import begin_of

# As the index `pins_calendar` has it.
GOES_AT = Coalesce("scheduled_for", "frozen_at")
# A day shows its first pins, and counts the others up to here.
FIRST, MAX = 4, 100
# When a pin goes out whose day alone was chosen.
USUAL_HOUR = 9
# One day's part of the question. Written out, since the models can't ask for the first rows of many days at once.
_PART = (
    "SELECT * FROM (SELECT %s AS day, id FROM pins_pin WHERE team_id = %s "
    "AND COALESCE(scheduled_for, frozen_at) >= %s AND COALESCE(scheduled_for, frozen_at) < %s AND status <> %s "
    "ORDER BY COALESCE(scheduled_for, frozen_at), id LIMIT %s) AS part"
)


@dataclass(frozen=True, slots=True)
class DayPins:
    """A day: the ids of its first pins in order, how many more there are, and whether that number is cut off."""

    first: list[int]
    more: int = 0
    is_cut: bool = False


def pins_between(team: Team, begins: datetime, ends: datetime, *, with_cancelled: bool = False) -> QuerySet[Pin]:
    """Return the team's pins between two instants of the calendar, without cancelled ones unless asked for."""
    within = Pin.objects.filter(GreaterThanOrEqual(GOES_AT, begins), LessThan(GOES_AT, ends), team=team)
    return within if with_cancelled else within.exclude(status=Status.CANCELLED)


def read_days(team: Team, days: Sequence[date]) -> dict[date, DayPins]:
    """Return the pins of each day of the person's calendar, in one query of at most `FIRST` + `MAX` rows a day."""
    adapt = connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for number, day in enumerate(days):
        begins, ends = adapt(begin_of(day)), adapt(begin_of(day + timedelta(days=1)))
        values += [number, team.pk, begins, ends, Status.CANCELLED.value, FIRST + MAX]
    found: dict[date, list[int]] = {day: [] for day in days}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_PART] * len(days)), values)
        for number, pk in cursor.fetchall():
            found[days[number]].append(pk)
    return {day: _day(pks) for day, pks in found.items()}


def _day(pins: list[int]) -> DayPins:
    return DayPins(pins[:FIRST], min(len(pins[FIRST:]), MAX - 1), is_cut=len(pins) == FIRST + MAX)


def suggest_time(day: date) -> datetime | None:
    """Return the local time (naive) that a pin for this day begins with; None for a day that has no such hour left.

    Nine o'clock, or where that is past, the full hour after the next.
    """
    now = timezone.localtime().replace(tzinfo=None)
    usual = datetime.combine(day, time(USUAL_HOUR))
    if usual > now + timedelta(minutes=10):
        return usual
    soon = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    return soon if soon.date() == day else None
