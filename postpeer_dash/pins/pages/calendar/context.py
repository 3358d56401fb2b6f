"""The context of the calendar: a month as weeks on wide screens, and as the days that hold pins on narrow ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from postpeer_dash.pins.pages.cards import Card, make_cards
from postpeer_dash.pins.search.days import DayPins, read_days
from postpeer_dash.pins.search.filters import FIRST_DAY, LAST_DAY, Filters
from postpeer_dash.pins.search.pin_lists import HistoryPage, Row, read_rows
from postpeer_dash.teams.models import Team
from postpeer_dash.web import times

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A pin on its day."""

    at: datetime
    card: Card


@dataclass(frozen=True, slots=True)
class Day:
    """A day: its first pins, words for how many more there are and where they are, and where to compose a new pin."""

    date: date
    number: str
    heading: str
    is_today: bool
    is_other: bool  # of the month before or after
    slots: list[Slot]
    more: str
    more_url: str
    new_url: str


def read_calendar(team: Team, month: str, *, may_compose: bool) -> dict[str, Any]:
    """Return the calendar's context for a month (`2026-12`), in two queries; any other text means this month."""
    today = timezone.localdate()
    asked = _read_month(month)
    first = asked or today.replace(day=1)
    names = times.week_days()
    days = list(_list_days(first, begins_on=names[0][0]))
    shown = _read_slots(team, days)
    weeks = [_make_day(day, shown[day], team, first, today, may_compose=may_compose) for day in days]
    agenda = [day for day in weeks if not day.is_other and (day.slots or day.is_today)]
    is_current = first == today.replace(day=1)
    home = reverse("pins:calendar", args=[team.slug])
    return {
        "month": times.month_name(first),
        "is_odd": bool(month) and asked is None,
        "is_past": _next_month(first) <= today,
        "is_this_month": is_current,
        "is_empty": not any(day.slots for day in agenda),
        # The list for a phone begins with today; what was before is one tap away.
        "earlier": [day for day in agenda if is_current and day.date < today],
        "names": names,
        "weeks": [weeks[start : start + 7] for start in range(0, len(weeks), 7)],
        "agenda": [day for day in agenda if not is_current or day.date >= today],
        "has_wide_clock": times.has_wide_clock(),
        "home": home,
        "before": _month_link(home, (first - _DAY).replace(day=1)),
        "after": _month_link(home, _next_month(first)),
    }


def _read_month(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    try:
        first = date(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    return first if FIRST_DAY <= first < LAST_DAY else None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _list_days(first: date, *, begins_on: int) -> Iterator[date]:
    """Yield the month's days with those that complete its first and its last week."""
    day = first - timedelta(days=(first.weekday() - begins_on) % 7)
    end = _next_month(first)
    while day < end or day.weekday() != begins_on:
        yield day
        day += _DAY


def _read_slots(team: Team, days: list[date]) -> dict[date, tuple[DayPins, list[Slot]]]:
    found = read_days(team, days)
    rows = read_rows([pk for day in found.values() for pk in day.first])
    address = reverse("pins:history", args=[team.slug])
    # Which platforms a pin goes to stands on its own page.
    cards = make_cards(HistoryPage(list(rows.values()), {}, "", ""), address, slug=team.slug, accounts={})
    slots = {pk: Slot(_time_of(row), card) for (pk, row), card in zip(rows.items(), cards, strict=True)}
    return {day: (pins, [slots[pk] for pk in pins.first if pk in slots]) for day, pins in found.items()}


def _time_of(row: Row) -> datetime:
    return row.scheduled_for or row.sort_at


def _make_day(
    day: date, shown: tuple[DayPins, list[Slot]], team: Team, first: date, today: date, *, may_compose: bool
) -> Day:
    pins, slots = shown
    is_other = (day.year, day.month) != (first.year, first.month)
    compose = reverse("pins:compose", args=[team.slug]) if may_compose and day >= today else ""
    history = reverse("pins:history", args=[team.slug]) if pins.more else ""
    count = times.number(pins.more) + ("+" if pins.is_cut else "")
    return Day(
        date=day,
        number=times.day_short(day) if is_other and day.day == 1 else str(day.day),
        heading=times.day_heading(day),
        is_today=day == today,
        is_other=is_other,
        slots=slots,
        more=ngettext("%(count)s more", "%(count)s more", pins.more) % {"count": count} if pins.more else "",
        more_url=history + Filters(day=day).query() if history else "",
        new_url=f"{compose}?day={day.isoformat()}" if compose else "",
    )


def _month_link(home: str, first: date) -> dict[str, str]:
    """Return the address and the name of a neighbouring month; nothing where the calendar ends."""
    if not FIRST_DAY <= first < LAST_DAY:
        return {}
    return {"url": f"{home}?month={first:%Y-%m}", "name": times.month_name(first)}
