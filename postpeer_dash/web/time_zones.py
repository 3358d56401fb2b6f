"""Time zones by their IANA names, the list to choose from, and clock times that a clock change skips or repeats."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from django.conf import settings
from django.utils import timezone

from postpeer_dash.zone_data import read_links

# The longest that any place ever skipped is a day (Samoa, 2011).
_LONGEST_GAP = timedelta(hours=25)

ZoneGroup = tuple[str, list[tuple[str, str]]]


class SkippedTime(Exception):
    """A clock change skips this time. `following` is the first instant after it (UTC)."""

    def __init__(self, following: datetime) -> None:
        super().__init__(following.isoformat())
        self.following = following


@dataclass(frozen=True, slots=True)
class AmbiguousTime:
    """A clock time that comes twice: both instants (UTC)."""

    first: datetime
    second: datetime


@lru_cache(maxsize=512)
def find_zone(name: str) -> tzinfo | None:
    """Return the zone with this IANA name, or None when there is none."""
    if not name or name not in zone_names():
        return None
    # What the system lists can still be unreadable.
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every name that is accepted: places and UTC. `offered_names` has the fewer that are offered."""
    return frozenset(
        name for name in available_timezones() if name == "UTC" or ("/" in name and not name.startswith("Etc/"))
    )


def zone_of(user: Any) -> tzinfo:
    """Return the zone in which a person reads times; the installation's for everybody without one."""
    return find_zone(getattr(user, "time_zone", "") or "") or find_zone(settings.TIME_ZONE) or UTC


@lru_cache(maxsize=256)
def zone_city(name: str) -> str:
    """Return what people call a zone: `Europe/Berlin` is Berlin."""
    return name if "/" not in name else name.rsplit("/", 1)[1].replace("_", " ")


def offset_text(zone: tzinfo, at: datetime | None = None) -> str:
    """Return a zone's distance from UTC at a moment: UTC+1, UTC−3:30."""
    return offset_words((at or timezone.now()).astimezone(zone).utcoffset() or timedelta())


def offset_words(delta: timedelta) -> str:
    """Return a distance from UTC as it is written: UTC+1, UTC−3:30."""
    minutes = int(delta.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


@lru_cache(maxsize=1)
def offered_names() -> list[str]:
    """Return the zones to choose from: UTC, and those that zone.tab lists for a country, so none under a former name.

    A former name that somebody saved (`Asia/Calcutta`, as some browsers still say) stays accepted.
    """
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    places = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return sorted({"UTC", *places} & zone_names())


@lru_cache(maxsize=1)
def former_names() -> dict[str, str]:
    """Return the current name, one that is offered, of each former name: `Asia/Calcutta` is `Asia/Kolkata` now.

    Unicode's aliases come first, since they keep to the place; IANA's links lead to any place whose clock is the same.
    """
    offered = frozenset(offered_names())
    aliases: dict[str, str] = dict(get_global("zone_aliases"))
    places: dict[str, set[str]] = {}
    for old, kept in aliases.items():
        places.setdefault(kept, {kept}).add(old)
    found = {old: name for old in (*aliases, *places) if (name := _only(places[aliases.get(old, old)] & offered))}
    for old, name in read_links().items():
        # Greenwich's clock by any of its names is UTC's.
        target = "UTC" if name in ("Etc/UTC", "Etc/GMT") else found.get(name, name)
        if target in offered:
            found.setdefault(old, target)
    found |= {"Etc/UTC": "UTC", "Etc/GMT": "UTC"}
    return {old: name for old, name in found.items() if old not in offered}


def _only(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


def current_name(name: str) -> str:
    """Return a zone's current name where it is a former one, as many browsers report it; any other stays as it is."""
    return former_names().get(name, name)


def zone_words(name: str, at: datetime) -> str:
    """Return a zone as a person looks for it: `Berlin (UTC+1)`, with its distance from UTC at a moment."""
    zone = find_zone(name)
    return f"{zone_city(name)} ({offset_text(zone, at)})" if zone else zone_city(name)


def place_words(name: str, at: datetime) -> str:
    """Return a zone as it stands behind a time: `Vancouver (UTC−7)`, with its distance from UTC at that time.

    Never by a name of the zone's: one moment is MST to one table of names and Pacific Standard Time to another.
    """
    return name if name == "UTC" else zone_words(name, at)


def zone_groups() -> list[ZoneGroup]:
    """Return the zones on offer by continent as (name, label) pairs, UTC first: `Berlin (UTC+1)`, with today's distance
    from UTC.
    """
    # Distances change with clock changes, so what was worked out is kept for an hour alone.
    return _zone_groups(current_hour())


def current_hour() -> int:
    """Return the hours since 1970, the key under which labels of zones are cached."""
    return int(timezone.now().timestamp() // 3600)


@lru_cache(maxsize=2)
def _zone_groups(hour: int) -> list[ZoneGroup]:
    at = datetime.fromtimestamp(hour * 3600, tz=UTC)
    groups: dict[str, list[tuple[str, str]]] = {"UTC": []}
    for name in offered_names():
        area = name.split("/")[0] if "/" in name else "UTC"
        groups.setdefault(area, []).append((name, zone_words(name, at)))
    return list(groups.items())


def find_ambiguous(local: datetime, zone: tzinfo) -> AmbiguousTime | None:
    """Return both instants of a clock time (naive) that comes twice in a zone, or None for every other."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return AmbiguousTime(first, second) if first < second else None


def resolve_local(local: datetime, zone: tzinfo, *, fold: int = 0) -> datetime:
    """Return the instant (UTC) of a clock time (naive) in a zone; `fold` 1 is the second of a time that comes twice
    (PEP 495).

    Raises SkippedTime for a time that a clock change leaves out, and OverflowError at the ends of the calendar.
    """
    at = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    step = local.replace(second=0, microsecond=0)
    while step < local + _LONGEST_GAP:
        step += timedelta(minutes=1)
        at = step.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == step:
            break
    raise SkippedTime(at)
