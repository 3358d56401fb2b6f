"""The moved hours of a team, the next one first, with what the reader may do about each."""

from collections.abc import Mapping
from dataclasses import dataclass

from postpeer_dash.pins.access import may_edit, may_publish
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.moved_hours import MovedHour, moved_pins, read_moved_hours
from postpeer_dash.pins.pin_pictures import picture_of
from postpeer_dash.pins.text.hours import describe_hour, describe_hours, hour_words, name_keep, name_restore
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.teams.models import Membership
from postpeer_dash.web.time_zones import place_words
from postpeer_dash.web.times import day_short

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class HourRow:
    """A pin in the list. `back` is empty where nobody knows which hour was meant."""

    pin: Pin
    title: str
    picture: str
    text: str
    day: str
    is_known: bool
    zone: str
    back: str
    keep: str
    may_change: bool


def read_hours_page(membership: Membership) -> Mapping[str, object]:
    """Return the page's whole context: the next hundred pins, and what can be pressed for all of them."""
    rows = [_make_row(pin, membership) for pin in moved_pins(membership.team)[:_SHOWN]]
    groups = [
        {
            "title": describe_hours(hours)[0],
            "back": name_restore(hours) if hours.first.meant else "",
            "keep": name_keep(hours),
            "is_known": hours.first.meant is not None,
            # None where all of these come after the pins that are shown.
            "rows": [row for row in rows if row.is_known == (hours.first.meant is not None)],
        }
        for hours in read_moved_hours(membership.team)
    ]
    return {
        "groups": groups,
        "rows": rows,
        "may_change_all": may_publish(membership),
        "shown": _SHOWN,
    }


def _make_row(pin: Pin, membership: Membership) -> HourRow:
    assert pin.scheduled_for is not None  # nosec B101 - by the query
    one = MovedHour.of(pin.scheduled_for, pin.time_zone, pin.wall_clock, pin.zone_release)
    return HourRow(
        pin=pin,
        title=find_title(pin.title, pin.description),
        picture=picture_of(membership.team.slug, pin),
        text=describe_hour(one),
        day=day_short(one.now.date()),
        is_known=one.meant is not None,
        zone=place_words(pin.time_zone or "UTC", pin.scheduled_for),
        back=hour_words(one, one.meant) if one.meant else "",
        keep=hour_words(one, one.now),
        may_change=may_edit(membership, pin) or may_publish(membership),
    )
