"""Which rules of time zones this process goes by: the newest release of IANA's data that is there.

`zoneinfo` reads the system's files before the package `tzdata`, however old they are, and a clock time that somebody typed
would be resolved by laws that are no longer in force. The releases are compared once, when the settings are read, before
the first zone is built. https://docs.python.org/3/library/zoneinfo.html#configuring-the-data-sources
"""

import os
import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

UNKNOWN = ""
_RELEASE = re.compile(r"\d{4}[a-z]{1,2}")
# The first of these that a folder of zone files has tells its release.
_TELLING = ("tzdata.zi", "+VERSION", "version")
_KEY = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


@dataclass(frozen=True, slots=True)
class ZoneData:
    """A source of rules. `release` is IANA's name for it ("2026f"), empty when the source doesn't tell.

    folder: where the system's files are, None for the package.
    """

    release: str
    folder: Path | None = None

    @property
    def name(self) -> str:
        """The source in words: "2026f, from the package tzdata 2026.6"."""
        place = f"the system’s {self.folder}" if self.folder else f"the package tzdata {self.package_version}"
        return f"{self.release or 'unknown release'}, from {place}"

    @property
    def package_version(self) -> str:
        """The version of the package, as pip counts it."""
        return _package_version()


def find_system_data() -> list[ZoneData]:
    """Return the system's sources in the order in which zoneinfo would read them."""
    folders = [Path(folder) for folder in zoneinfo.TZPATH]
    return [ZoneData(_release_of(folder), folder) for folder in folders if (folder / "UTC").is_file()]


def find_package_data() -> ZoneData:
    """Return the package `tzdata`, which is pinned with the other packages."""
    table = resources.files("tzdata") / "zoneinfo" / "tzdata.zi"
    with table.open(encoding="utf-8") as file:
        return ZoneData(_read_release(file.read(80)))


def choose_newest() -> ZoneData:
    """Make zoneinfo read the newest source alone, and return it. To be called before the first zone is built.

    A folder that doesn't tell its release loses to the package; so does one of the same release, since the package has
    the old names too, which some systems keep apart.
    """
    package = find_package_data()
    newest = max((package, *find_system_data()), key=lambda data: (data.release, data.folder is None))
    zoneinfo.reset_tzpath([str(newest.folder)] if newest.folder else [])
    zoneinfo.ZoneInfo.clear_cache()
    return newest


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """One zone as one source has it. `release` is empty when the source doesn't tell.

    built_at: when the file was written (UTC). placed_at: since when it has been here; a package's files are built
    long before they are installed.
    """

    zone: zoneinfo.ZoneInfo
    release: str
    built_at: datetime
    placed_at: datetime


def find_former_zone(key: str, folders: Iterable[str | Path]) -> ZoneFile | None:
    """Return the zone as zoneinfo itself finds it: in the first of these folders that has it, else in the package.

    None where neither can be read. This process's own rules are left as they are.
    """
    if not _KEY.fullmatch(key):
        return None
    package = resources.files("tzdata") / "zoneinfo"
    places = [Path(folder) for folder in folders]
    if isinstance(package, Path):
        places.append(package)
    for place in places:
        path = place / key
        try:
            if not path.is_file():
                continue
            told = path.stat()
            with path.open("rb") as file:
                zone = zoneinfo.ZoneInfo.from_file(file, key)
        except (OSError, ValueError):
            # The first file that is there is the one that counted, readable or not.
            return None
        release = find_package_data().release if place == package else _release_of(place)
        built, placed = (datetime.fromtimestamp(at, tz=UTC) for at in (told.st_mtime, told.st_ctime))
        return ZoneFile(zone, release, built, placed)
    return None


def export_choice() -> dict[str, str]:
    """Return the environment by which a process that reads no settings goes by the same rules as this one."""
    return {"PYTHONTZPATH": os.pathsep.join(zoneinfo.TZPATH)}


def read_links() -> dict[str, str]:
    """Return the current name of each old one (`Asia/Calcutta`: `Asia/Kolkata`), as the package has them."""
    table = (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8")
    lines = (line.split() for line in table.splitlines() if line.startswith("L "))
    return {old: current for _letter, current, old in lines}


def _release_of(folder: Path) -> str:
    for name in _TELLING:
        try:
            with (folder / name).open(encoding="utf-8", errors="replace") as file:
                if release := _read_release(file.read(80)):
                    return release
        except OSError:
            continue
    return UNKNOWN


def _read_release(text: str) -> str:
    found = _RELEASE.search(text)
    return found.group() if found else UNKNOWN


def _package_version() -> str:
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return ""
