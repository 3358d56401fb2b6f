"""The newest rules of time zones win, whoever has them."""

import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from postpeer_dash import zone_data
from postpeer_dash.web.time_zones import find_zone
from postpeer_dash.zone_data import (
    ZoneData,
    choose_newest,
    export_choice,
    find_package_data,
    find_system_data,
    read_links,
)
from tests.installation.processes import ROOT, clean_environ

PACKAGE = Path(zone_data.resources.files("tzdata") / "zoneinfo")  # type: ignore[arg-type]
# Standard time on 1 December 2026 by the law since the releases 2026b to 2026f: hours from UTC.
LAW = {
    "America/Vancouver": -7,
    "America/Edmonton": -6,
    "America/Inuvik": -6,
    "America/Winnipeg": -5,
    "America/Havana": -4,
    "Africa/Casablanca": 0,
    "Africa/El_Aaiun": 0,
}


@pytest.fixture(autouse=True)
def _sources_put_back() -> Iterator[None]:
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def make_folder(folder: Path, first_line: str, *, file: str = "tzdata.zi") -> Path:
    """Return a folder of zone files as a system has them, in which Vancouver keeps the time of Lima."""
    (folder / "America").mkdir(parents=True)
    copyfile(PACKAGE / "UTC", folder / "UTC")
    copyfile(PACKAGE / "America" / "Lima", folder / "America" / "Vancouver")
    if first_line:
        (folder / file).write_text(f"{first_line}\n")
    return folder


def vancouver() -> timedelta | None:
    return datetime(2026, 12, 1, 9, tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).utcoffset()


@pytest.mark.parametrize(("name", "hours"), LAW.items())
def test_zone_keeps_the_law_in_force(name: str, hours: int) -> None:
    zone = find_zone(name)
    assert zone is not None
    assert datetime(2026, 12, 1, 9, tzinfo=zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("first_line", ["# version 2019a", "# version 2025b", "", "# no release"])
def test_older_or_nameless_system_loses_to_the_package(tmp_path: Path, first_line: str) -> None:
    zoneinfo.reset_tzpath([str(make_folder(tmp_path, first_line))])
    assert choose_newest() == find_package_data()
    assert vancouver() == timedelta(hours=-7)


@pytest.mark.parametrize(("first_line", "file"), [("# version 2099a", "tzdata.zi"), ("2099a", "+VERSION")])
def test_newer_system_wins(tmp_path: Path, first_line: str, file: str) -> None:
    folder = make_folder(tmp_path, first_line, file=file)
    zoneinfo.reset_tzpath([str(folder)])
    assert choose_newest() == ZoneData("2099a", folder)
    assert vancouver() == timedelta(hours=-5)


def test_newest_of_several_folders_wins(tmp_path: Path) -> None:
    old, new = make_folder(tmp_path / "old", "# version 2098z"), make_folder(tmp_path / "new", "# version 2099a")
    zoneinfo.reset_tzpath([str(old), str(new)])
    assert choose_newest().folder == new


def test_same_release_is_taken_from_the_package_which_has_the_old_names_too(tmp_path: Path) -> None:
    release = find_package_data().release
    zoneinfo.reset_tzpath([str(make_folder(tmp_path, f"# version {release}"))])
    assert choose_newest().folder is None
    assert datetime.now(zoneinfo.ZoneInfo("Canada/Pacific")).utcoffset() is not None


def test_folder_without_zones_is_no_source(tmp_path: Path) -> None:
    zoneinfo.reset_tzpath([str(tmp_path)])
    assert find_system_data() == []


def test_source_says_its_release_and_where_it_is(tmp_path: Path) -> None:
    assert ZoneData("2025b", tmp_path).name == f"2025b, from the system’s {tmp_path}"
    assert ZoneData("", tmp_path).name.startswith("unknown release")
    assert "from the package tzdata" in find_package_data().name


def test_old_names_lead_to_current_ones() -> None:
    links = read_links()
    names = ("Asia/Calcutta", "Europe/Kiev", "America/Godthab", "Asia/Saigon")
    assert [links[name] for name in names] == ["Asia/Kolkata", "Europe/Kyiv", "America/Nuuk", "Asia/Ho_Chi_Minh"]


def test_this_process_goes_by_the_newest() -> None:
    from django.conf import settings

    assert settings.ZONE_DATA.release >= "2026f"
    assert datetime(2026, 12, 1, 17, tzinfo=UTC).astimezone(find_zone("America/Vancouver")).hour == 10


def test_sandbox_goes_by_our_rules_though_it_reads_no_settings(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "# version 2025b")
    zoneinfo.reset_tzpath([str(folder)])
    code = "from postpeer_dash.sandbox.clock import read_schedule as read; print(read('{}Z', 'America/Vancouver').hour)"
    command = [sys.executable, "-c", code.format("2026-12-01T09:00:00.000")]
    heard = []
    for choose in (lambda: None, choose_newest):
        choose()
        environ = clean_environ(**export_choice())
        done = subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True, timeout=60, check=True)
        heard.append(done.stdout.strip())
    # Lima's clock, which the old folder has for Vancouver's, and the law's.
    assert heard == ["14", "16"]
