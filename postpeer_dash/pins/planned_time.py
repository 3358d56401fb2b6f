"""The time that a person chose for a pin: an instant, the clock that was meant, and the rules that led from one to the
other. Every pin gets its time here.

Laws change, and a pin that was scheduled for nine would then go out at ten without a word. So the clock is kept beside
the instant, and when the rules in use show another one, a person is asked.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from postpeer_dash.pins.models import PendingEdit, Pin
from postpeer_dash.web.time_zones import find_zone
from postpeer_dash.worker.jobs import periodic

TIME_FIELDS = ("scheduled_for", "time_zone", "wall_clock", "zone_release", "hour_asked_at")
_CHECK_EVERY = 3600.0
_CHUNK = 500


def current_release() -> str:
    """Return IANA's name of the rules that this process goes by."""
    release: str = settings.ZONE_DATA.release
    return release


def read_wall_clock(at: datetime, time_zone: str) -> str:
    """Return what the clock in a zone shows at an instant by the rules in use: 2026-12-01T09:00, with seconds if any.

    A pin without a zone, or with one that no longer exists, was meant by UTC's clock.
    """
    local = at.astimezone(find_zone(time_zone) or UTC).replace(tzinfo=None, microsecond=0)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def set_time(pin: Pin, at: datetime | None, time_zone: str) -> None:
    """Give a pin another time, resolved by the rules in use, without saving it (`TIME_FIELDS`).

    Who saves the time that it has, since only the text was changed, hasn't said which hour holds: that is still asked.
    """
    if _is_time_of(pin, at, time_zone) and has_moved(pin):
        return
    _resolve_anew(pin, at, time_zone)


def keep_time(pin: Pin) -> None:
    """Let the hour that the rules in use show be the one that is meant, without saving it (`TIME_FIELDS`)."""
    _resolve_anew(pin, pin.scheduled_for, pin.time_zone)


def _resolve_anew(pin: Pin, at: datetime | None, time_zone: str) -> None:
    pin.scheduled_for, pin.time_zone, pin.hour_asked_at = at, time_zone, None
    pin.wall_clock = read_wall_clock(at, time_zone) if at else ""
    pin.zone_release = current_release() if at else ""


def time_to_json(at: datetime, time_zone: str) -> dict[str, str]:
    """Return a time as a change that waits keeps it."""
    return {
        "scheduled_for": at.isoformat(),
        "time_zone": time_zone,
        "wall_clock": read_wall_clock(at, time_zone),
        "zone_release": current_release(),
    }


def set_time_from(pin: Pin, content: Mapping[str, Any]) -> None:
    """Give a pin the time of a change, which may have waited while the rules changed, without saving it.

    A change of something else leaves the time with all that is known of it.
    """
    at, time_zone = datetime.fromisoformat(content["scheduled_for"]), content["time_zone"]
    if _is_time_of(pin, at, time_zone):
        return
    _resolve_anew(pin, at, time_zone)
    if content.get("zone_release", "") != pin.zone_release:
        pin.wall_clock, pin.zone_release = content.get("wall_clock", ""), content.get("zone_release", "")
        pin.hour_asked_at = timezone.now() if has_moved(pin) else None


def _is_time_of(pin: Pin, at: datetime | None, time_zone: str) -> bool:
    return (pin.scheduled_for, pin.time_zone) == (at, time_zone)


def has_moved(pin: Pin) -> bool:
    """Return whether the clock shows something else at the pin's instant than was meant, or nobody knows what was."""
    return pin.scheduled_for is not None and pin.wall_clock != read_wall_clock(pin.scheduled_for, pin.time_zone)


def check_hours() -> None:
    """Ask about every future pin whose hour the rules in use have moved, and no longer about those moved back.

    Only what was resolved by other rules is looked at, so that this costs nothing while they are the same.
    """
    now = timezone.now()
    ahead = Pin.objects.filter(scheduled_for__gt=now).exclude(zone_release=current_release())
    # What is to be changed gets its clock with the change.
    changing = PendingEdit.objects.values("submission__pin")
    moved: list[int] = []
    same: list[int] = []
    fields = ("pk", "scheduled_for", "time_zone", "wall_clock", "hour_asked_at")
    for pin in ahead.exclude(pk__in=changing).only(*fields).iterator(_CHUNK):
        if has_moved(pin) != (pin.hour_asked_at is not None):
            (same if pin.hour_asked_at else moved).append(pin.pk)
    for keys, at in ((moved, now), (same, None)):
        for start in range(0, len(keys), _CHUNK):
            # A time that was chosen anew meanwhile was resolved by the rules in use.
            rows = Pin.objects.filter(Q(pk__in=keys[start : start + _CHUNK]), ~Q(zone_release=current_release()))
            rows.update(hour_asked_at=at)


HOURS = periodic("hours of pins", check_hours, every=_CHECK_EVERY)
