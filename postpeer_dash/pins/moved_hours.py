"""Pins whose hour moved because the rules of their time zone changed, and what a person says of them: back to the hour
that was chosen, or the new one holds.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postpeer_dash.pins.content import Content, texts_of
from postpeer_dash.pins.editing import EditError, edit_pin, version_of
from postpeer_dash.pins.models import Pin, Status
from postpeer_dash.pins.planned_time import TIME_FIELDS, keep_time, read_wall_clock, set_time
from postpeer_dash.pins.services import AlreadySent
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.time_zones import SkippedTime, find_ambiguous, find_zone, resolve_local

# How long (seconds) one press works on many pins; whoever has more presses again.
_AT_MOST = 15.0
_SAMPLE = 500
# What has left PostPeer's queue or ours can't be given another time.
_CHANGEABLE = (Status.DRAFT, Status.QUEUED, Status.SCHEDULED)


def moved_pins(team: Team) -> QuerySet[Pin]:
    """Return the team's pins ahead that a person has to be asked about, the next one first."""
    asked = Pin.objects.filter(team=team, hour_asked_at__isnull=False, scheduled_for__gt=timezone.now())
    return asked.filter(status__in=_CHANGEABLE).order_by("scheduled_for", "pk")


@dataclass(frozen=True, slots=True)
class MovedHour:
    """An hour that was chosen, and the one at which the pin goes out now; both as that place's clock shows them (naive).

    meant: None when nobody knows any more. is_sure: False when it was read back by the likeliest rules.
    """

    at: datetime
    time_zone: str
    meant: datetime | None
    now: datetime
    is_sure: bool = True

    @classmethod
    def of(cls, at: datetime, time_zone: str, wall_clock: str, release: str) -> "MovedHour":
        """Read a pin's columns."""
        now = datetime.fromisoformat(read_wall_clock(at, time_zone))
        return cls(at, time_zone, _read_meant(wall_clock), now, not release.endswith("?"))

    @property
    def words_key(self) -> tuple[object, ...]:
        """Return what all pins have to share to be spoken of in one sentence."""
        by = self.now - self.meant if self.meant else None
        return self.time_zone, by, self.meant and self.meant.time(), self.now.time(), self.is_sure


@dataclass(frozen=True, slots=True)
class MovedHours:
    """All of a team's: how many, the first one, and whether each moved from the same hour to the same hour."""

    count: int
    first: MovedHour
    is_uniform: bool


def read_moved_hours(team: Team) -> list[MovedHours]:
    """Return those whose hour is known, and those whose hour nobody knows, as far as there are any."""
    columns = ("scheduled_for", "time_zone", "wall_clock", "zone_release")
    found = []
    for rows in (moved_pins(team).exclude(wall_clock=""), moved_pins(team).filter(wall_clock="")):
        sample = [MovedHour.of(*row) for row in rows.values_list(*columns)[: _SAMPLE + 1] if row[0] is not None]
        if sample:
            is_all = len(sample) <= _SAMPLE
            is_uniform = is_all and len({one.words_key for one in sample}) == 1
            found.append(MovedHours(len(sample) if is_all else rows.count(), sample[0], is_uniform))
    return found


def _read_meant(wall_clock: str) -> datetime | None:
    try:
        return datetime.fromisoformat(wall_clock).replace(tzinfo=None) if wall_clock else None
    except ValueError:
        return None


def restore_hour(*, pin: Pin, actor: User) -> bool:
    """Put a pin back to the clock time that was chosen, by today's rules. Returns False when that is settled already.

    What PostPeer holds is moved there by a worker, and shown as moved when PostPeer's record says so. Raises EditError
    when it can't be changed now, or when there is no such time any more.
    """
    with transaction.atomic():
        row = Pin.objects.select_related("account", "board", "team").filter(pk=pin.pk).first()
        meant = _read_meant(row.wall_clock) if row and row.hour_asked_at else None
        if row is None or row.scheduled_for is None or meant is None:
            return False
        at = _resolve(meant, row.time_zone, near=row.scheduled_for)
        if not row.is_frozen:
            return _set_draft(row, at, actor, "pin.hour_restored")
        content = Content(account=row.account, board=row.board, **texts_of(row))
        time_zone, seen = row.time_zone, version_of(row)
        edit_pin(pin=row, actor=actor, content=content, scheduled_for=at, time_zone=time_zone, seen=seen, is_move=True)
        Pin.objects.filter(pk=row.pk).update(hour_asked_at=None)
    return True


def keep_hour(*, pin: Pin, actor: User) -> bool:
    """Let a pin go out when it does: that is the hour that was meant from now on. Returns False when that is settled."""
    with transaction.atomic():
        row = Pin.objects.select_for_update(of=("self",)).select_related("team").filter(pk=pin.pk).first()
        if row is None or row.hour_asked_at is None:
            return False
        keep_time(row)
        row.save(update_fields=TIME_FIELDS)
        record_audit(team=row.team, actor=actor, action="pin.hour_kept", subject=_name(row), detail=_detail(row))
    return True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of many: how many were done, and why the others weren't, by the kind of the sentence that says it."""

    done: int
    failed: dict[str, int]


def restore_hours(*, pins: Iterable[Pin], actor: User) -> Outcome:
    """Put many pins back, each on its own: one that can't be changed keeps none of the others from it."""
    done, failed = 0, dict[str, int]()
    for pin in _until_it_takes_long(pins):
        try:
            done += restore_hour(pin=pin, actor=actor)
        except EditError as error:
            failed[error.kind] = failed.get(error.kind, 0) + 1
        except AlreadySent:
            # Handed in at this moment: it is asked about again.
            failed["edit_sending"] = failed.get("edit_sending", 0) + 1
    return Outcome(done, failed)


def keep_hours(*, pins: Iterable[Pin], actor: User) -> Outcome:
    """Let many pins go out when they do."""
    return Outcome(sum(keep_hour(pin=pin, actor=actor) for pin in _until_it_takes_long(pins)), {})


def _until_it_takes_long(pins: Iterable[Pin]) -> Iterator[Pin]:
    end = time.monotonic() + _AT_MOST
    for pin in pins:
        if time.monotonic() > end:
            return
        yield pin


def _resolve(meant: datetime, time_zone: str, *, near: datetime) -> datetime:
    """Return the instant of a clock time; of one that comes twice, the one nearer to the time that the pin has."""
    zone = find_zone(time_zone) or UTC
    try:
        twice = find_ambiguous(meant, zone)
        if twice is not None:
            at = min((twice.first, twice.second), key=lambda one: abs(one - near))
        else:
            at = resolve_local(meant, zone)
    except (SkippedTime, OverflowError):
        raise EditError("hour_skipped") from None
    if at < timezone.now() + timedelta(minutes=1):
        raise EditError("hour_passed")
    return at


def _set_draft(row: Pin, at: datetime, actor: User, action: str) -> bool:
    locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=row.pk)
    if locked.is_frozen:
        raise AlreadySent(locked)
    if locked.scheduled_for != row.scheduled_for or locked.wall_clock != row.wall_clock:
        # Somebody chose another time at this moment.
        return False
    # Who waits for approval goes on waiting: this is the hour that approval was asked for.
    set_time(locked, at, locked.time_zone)
    locked.updated_at = timezone.now()
    # A page that is open still has the other hour, and would bring it back unseen.
    locked.version, locked.saved_by = locked.version + 1, actor
    locked.save(update_fields=[*TIME_FIELDS, "updated_at", "version", "saved_by"])
    record_audit(team=locked.team, actor=actor, action=action, subject=_name(locked), detail=_detail(locked))
    return True


def _detail(pin: Pin) -> dict[str, str]:
    at = pin.scheduled_for.isoformat() if pin.scheduled_for else ""
    return {"scheduled_for": at, "wall_clock": pin.wall_clock, "time_zone": pin.time_zone}


def _name(pin: Pin) -> str:
    return pin.title or str(pin.uuid)
