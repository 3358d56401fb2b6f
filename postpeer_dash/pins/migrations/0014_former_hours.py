"""Each future time of before is read back with the rules that made it: the system's zone files, wherever they are there.

Read with today's rules, a pin that was meant for nine would be said to be meant for ten, for good. Where the files have
been written since the pin was begun, or none are there, nobody knows which hour was meant: then the clock stays empty,
and a person is asked. Where they only came to this place since (a new image has the files of its own build) they are
the likeliest rules, and the release has a question mark.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from postpeer_dash.zone_data import ZoneFile, find_former_zone

_CHUNK = 500
_UNKNOWN = "", "?"


class Clocks:
    """What clocks showed by the rules of before. Each zone is read once."""

    def __init__(self) -> None:
        self._zones: dict[str, ZoneFile | None] = {}

    def read(self, at: datetime, key: str, begun: datetime) -> tuple[str, str]:
        """Return the clock time that was meant, and the release that made the instant of it."""
        if key not in self._zones:
            self._zones[key] = find_former_zone(key, settings.SYSTEM_ZONE_PATH)
        file = self._zones[key]
        if file is None or file.built_at > begun:
            return _UNKNOWN
        doubt = "?" if file.placed_at > begun and file.release else ""
        return _write(at.astimezone(file.zone)), f"{file.release or '?'}{doubt}"


def _write(local: datetime) -> str:
    return local.replace(tzinfo=None, microsecond=0).isoformat(timespec="seconds" if local.second else "minutes")


def _is_shown_now(at: datetime, key: str, clock: str) -> bool:
    from postpeer_dash.web.time_zones import find_zone

    return _write(at.astimezone(find_zone(key) or UTC)) == clock


def fill(apps: Any, _schema_editor: Any) -> None:
    pins = apps.get_model("pins", "Pin").objects
    now, clocks = timezone.now(), Clocks()
    fields = ("pk", "scheduled_for", "time_zone", "created_at")
    found = []
    for pin in pins.filter(scheduled_for__gt=now).only(*fields).iterator(_CHUNK):
        try:
            pin.wall_clock, pin.zone_release = clocks.read(pin.scheduled_for, pin.time_zone, pin.created_at)
            is_same = _is_shown_now(pin.scheduled_for, pin.time_zone, pin.wall_clock)
        except (OverflowError, ValueError):
            # The last days of the calendar, or the first: there is no such time elsewhere.
            (pin.wall_clock, pin.zone_release), is_same = _UNKNOWN, False
        pin.hour_asked_at = None if is_same else now
        found.append(pin)
    pins.bulk_update(found, ["wall_clock", "zone_release", "hour_asked_at"], batch_size=_CHUNK)
    for edit in apps.get_model("pins", "PendingEdit").objects.select_related("submission__pin").iterator(_CHUNK):
        if isinstance(edit.content, dict) and "zone_release" not in edit.content:
            clock, release = _read_edit(edit, clocks)
            edit.content = {**edit.content, "wall_clock": clock, "zone_release": release}
            edit.save(update_fields=["content"])


def _read_edit(edit: Any, clocks: Clocks) -> tuple[str, str]:
    try:
        at = datetime.fromisoformat(edit.content["scheduled_for"])
        return clocks.read(at, edit.content["time_zone"], edit.submission.pin.created_at)
    except (KeyError, TypeError, ValueError, OverflowError):
        return _UNKNOWN


class Migration(migrations.Migration):
    dependencies = [("pins", "0013_planned_time")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
