"""Zone files made for a test, and releases of them beside each other: the law of before and the law in force."""

import os
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.test import override_settings

from postpeer_dash.web.time_zones import find_zone
from postpeer_dash.zone_data import ZoneData

# What Debian's 2025b says, and the law since 2026f, as the tail of a zone file says it (POSIX TZ).
LAW_2025B = {
    "America/Vancouver": "PST8PDT,M3.2.0,M11.1.0",
    "America/Edmonton": "MST7MDT,M3.2.0,M11.1.0",
    "America/Winnipeg": "CST6CDT,M3.2.0,M11.1.0",
    "America/Havana": "CST5CDT,M3.2.0/0,M11.1.0/1",
    "Africa/Casablanca": "<+01>-1",
    "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
    "America/New_York": "EST5EDT,M3.2.0,M11.1.0",
    "UTC": "UTC0",
}
LAW_2026F = {
    **LAW_2025B,
    "America/Vancouver": "MST7",
    "America/Edmonton": "CST6",
    "America/Winnipeg": "CDT5",
    "America/Havana": "CDT4",
    "Africa/Casablanca": "WET0",
}


def make_rules(folder: Path, release: str, law: dict[str, str], *, written: datetime | None = None) -> ZoneData:
    """Write a folder of zone files as a system has them. `written` is when the files say that they were written."""
    for name, tail in law.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_zone_file(tail))
        if written:
            os.utime(path, (written.timestamp(), written.timestamp()))
    (folder / "tzdata.zi").write_text(f"# version {release}\n" if release else "# nobody knows\n")
    return ZoneData(release, folder)


@contextmanager
def going_by(data: ZoneData) -> Iterator[None]:
    """This process goes by these rules, as if it had been started with them."""
    before = zoneinfo.TZPATH
    _use([str(data.folder)] if data.folder else [])
    try:
        with override_settings(ZONE_DATA=data):
            yield
    finally:
        _use(list(before))


def _use(folders: list[str]) -> None:
    zoneinfo.reset_tzpath(folders)
    zoneinfo.ZoneInfo.clear_cache()
    find_zone.cache_clear()


def _zone_file(tail: str) -> bytes:
    """Return a file without changes, all of whose time the tail says (RFC 9636)."""
    header = b"TZif2" + bytes(15) + bytes(12) + (0).to_bytes(4) + (1).to_bytes(4) + (4).to_bytes(4)
    block = bytes(6) + b"UTC\0"
    return header + block + header + block + b"\n" + tail.encode() + b"\n"


def next_winter(hour: int = 17) -> datetime:
    """Return a time on 15 January of the next year: ahead of the files that a test writes now."""
    return datetime(datetime.now(UTC).year + 1, 1, 15, hour, tzinfo=UTC)
