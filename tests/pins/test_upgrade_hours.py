"""Hours chosen under the rules of an earlier version are read back with those rules: 2025b and 2026f side by side."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import override_settings

from postpeer_dash.pins.models import PendingEdit, Pin, Status
from postpeer_dash.pins.moved_hours import moved_pins, read_moved_hours
from postpeer_dash.pins.planned_time import check_hours
from tests.cast import Cast, make_cast
from tests.pins.editing import change, make_held
from tests.pins.factories import make_draft, make_submitted
from tests.pins.test_upgrade import AFTER, BEFORE, migrate
from tests.zone_files import LAW_2025B, LAW_2026F, going_by, make_rules, next_winter

fill = import_module("postpeer_dash.pins.migrations.0014_former_hours").fill
AT = next_winter()
DAY = AT.date().isoformat()
# Hours of 2025b at 17:00 UTC, and whether they are others by 2026f.
HOURS = {
    "America/Vancouver": (9, True),
    "America/Edmonton": (10, True),
    "America/Winnipeg": (11, True),
    "America/Havana": (12, True),
    "Africa/Casablanca": (18, True),
    "Europe/Berlin": (18, False),
    "America/New_York": (12, False),
    "UTC": (17, False),
}
LONG_AGO = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _by_new_rules(tmp_path: Path) -> Iterator[None]:
    with going_by(make_rules(tmp_path / "new", "2026f", LAW_2026F)):
        yield


def old_system(tmp_path: Path, release: str = "2025b", *, written: datetime | None = LONG_AGO) -> str:
    return str(make_rules(tmp_path / "old", release, LAW_2025B, written=written).folder)


def plan(cast: Cast, zone: str, at: datetime = AT) -> Pin:
    pin = make_draft(cast.team, cast.bob, scheduled_for=at)
    Pin.objects.filter(pk=pin.pk).update(time_zone=zone)
    return pin


def upgrade(*folders: str, **columns: Any) -> None:
    """Fill the columns as the migration does, in rows of the version before."""
    Pin.objects.update(**{"wall_clock": "", "zone_release": "", **columns})
    with override_settings(SYSTEM_ZONE_PATH=folders):
        fill(apps, None)


@pytest.mark.django_db(transaction=True)
def test_database_of_an_earlier_version_keeps_its_hours(tmp_path: Path) -> None:
    cast, folder = make_cast(), old_system(tmp_path)
    pin, submission = plan(cast, "America/Vancouver"), make_submitted(cast.team, cast.bob, scheduled_for=AT)
    old = migrate(BEFORE).get_model("pins", "Pin").objects
    assert old.get(pk=submission.pin.pk).scheduled_for == AT
    with override_settings(SYSTEM_ZONE_PATH=[folder]):
        migrate(AFTER)
    row, other = Pin.objects.get(pk=pin.pk), Pin.objects.get(pk=submission.pin.pk)
    assert (row.wall_clock, row.zone_release, row.scheduled_for) == (f"{DAY}T09:00", "2025b", AT)
    assert (other.wall_clock, other.zone_release) == (f"{DAY}T18:00", "2025b")
    assert list(moved_pins(cast.team)) == [row]


def test_hours_are_read_back_with_the_rules_that_made_them(cast: Cast, tmp_path: Path) -> None:
    folder = old_system(tmp_path)
    pins = {zone: plan(cast, zone) for zone in HOURS}
    upgrade(folder)
    for zone, (hour, is_moved) in HOURS.items():
        row = Pin.objects.get(pk=pins[zone].pk)
        assert (row.wall_clock, row.zone_release) == (f"{DAY}T{hour:02d}:00", "2025b")
        assert (row.hour_asked_at is not None) == is_moved and row.scheduled_for == AT
    asked = set(moved_pins(cast.team))
    check_hours()
    assert asked == set(moved_pins(cast.team)) and len(asked) == 5


@pytest.mark.parametrize("status", [Status.DRAFT, Status.QUEUED, Status.SCHEDULED])
def test_every_state_ahead_comes_along_and_what_is_past_stays(cast: Cast, tmp_path: Path, status: Status) -> None:
    folder = old_system(tmp_path)
    ahead, past = plan(cast, "America/Vancouver"), plan(cast, "America/Vancouver", LONG_AGO)
    Pin.objects.update(status=status)
    upgrade(folder)
    assert list(moved_pins(cast.team)) == [ahead]
    assert Pin.objects.get(pk=past.pk).wall_clock == ""


def test_change_under_way_comes_along(cast: Cast, tmp_path: Path) -> None:
    folder = old_system(tmp_path)
    submission = make_held(cast)
    Pin.objects.update(time_zone="America/Vancouver")
    assert change(submission, cast.bob, at=AT)
    edit = PendingEdit.objects.get()
    PendingEdit.objects.update(
        content={name: edit.content[name] for name in edit.content if name not in ("wall_clock", "zone_release")}
    )
    upgrade(folder)
    content = PendingEdit.objects.get().content
    assert (content["wall_clock"], content["zone_release"]) == (f"{DAY}T09:00", "2025b")


def test_files_written_after_the_pin_was_begun_tell_nothing(cast: Cast, tmp_path: Path) -> None:
    plan(cast, "America/Vancouver")
    upgrade(old_system(tmp_path, written=datetime.now(UTC) + timedelta(minutes=1)))
    row = Pin.objects.get()
    assert (row.wall_clock, row.zone_release) == ("", "?")
    assert read_moved_hours(cast.team)[0].first.meant is None


def test_older_files_that_came_later_are_the_likeliest_rules(cast: Cast, tmp_path: Path) -> None:
    pins = plan(cast, "America/Vancouver"), plan(cast, "Europe/Berlin")
    upgrade(old_system(tmp_path), created_at=LONG_AGO + timedelta(days=90))
    moved, same = (Pin.objects.get(pk=pin.pk) for pin in pins)
    assert (moved.wall_clock, moved.zone_release) == (f"{DAY}T09:00", "2025b?")
    assert list(moved_pins(cast.team)) == [moved] and not read_moved_hours(cast.team)[0].first.is_sure
    assert (same.wall_clock, same.zone_release) == (f"{DAY}T18:00", "2025b?")


def test_system_without_a_release_is_named_so(cast: Cast, tmp_path: Path) -> None:
    folder = old_system(tmp_path, "")
    plan(cast, "America/Vancouver")
    upgrade(folder)
    assert (Pin.objects.get().wall_clock, Pin.objects.get().zone_release) == (f"{DAY}T09:00", "?")


def test_without_system_files_the_package_that_came_later_tells_nothing(cast: Cast) -> None:
    plan(cast, "America/Vancouver")
    upgrade(created_at=LONG_AGO)
    assert (Pin.objects.get().wall_clock, Pin.objects.get().zone_release) == ("", "?")
    assert len(moved_pins(cast.team)) == 1


ODD: list[dict[str, Any]] = [
    {"time_zone": ""},
    {"time_zone": "Mars/Olympus"},
    {"time_zone": "../../etc/passwd"},
    {"time_zone": "America"},
    {"time_zone": "tzdata.zi"},
    {"scheduled_for": datetime.max.replace(tzinfo=UTC), "time_zone": "Europe/Berlin"},
    {"created_at": datetime(1, 1, 1, tzinfo=UTC)},
]


@pytest.mark.parametrize("columns", ODD)
def test_odd_row_is_asked_about_and_stops_nothing(cast: Cast, tmp_path: Path, columns: dict[str, Any]) -> None:
    folder = old_system(tmp_path)
    plan(cast, "America/Vancouver")
    upgrade(folder, **columns)
    assert Pin.objects.get().hour_asked_at is not None


def test_damaged_zone_file_tells_nothing(cast: Cast, tmp_path: Path) -> None:
    folder = old_system(tmp_path)
    (Path(folder) / "America" / "Vancouver").write_bytes(b"TZif?")
    plan(cast, "America/Vancouver")
    upgrade(folder)
    assert Pin.objects.get().wall_clock == ""


@pytest.mark.parametrize("content", [[], "", {"scheduled_for": 5, "time_zone": "UTC"}, {"scheduled_for": "soon"}, {}])
def test_odd_change_stops_nothing(cast: Cast, tmp_path: Path, content: Any) -> None:
    folder = old_system(tmp_path)
    submission = make_held(cast)
    assert change(submission, cast.bob, at=AT)
    PendingEdit.objects.update(content=content)
    upgrade(folder)
    unknown = {"wall_clock": "", "zone_release": "?"}
    assert PendingEdit.objects.get().content == ({**content, **unknown} if isinstance(content, dict) else content)
