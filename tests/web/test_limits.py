import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from postpeer_dash.web.limits import Limit, consume
from postpeer_dash.web.models import RateLimitCounter
from tests.installation.processes import ROOT, clean_environ, free_ports
from tests.redis_process import missing_redis, running_redis
from tools.prove.databases import missing_postgres
from tools.prove.databases import running as running_database

pytestmark = pytest.mark.long

THREE = (Limit("test", "address", 3, 60),)


def take(address: str = "192.0.2.1", limits: tuple[Limit, ...] = THREE) -> bool:
    return consume(limits, address=address) is not None


def test_so_many_and_no_more(db: None) -> None:
    assert [take() for _try in range(5)] == [True, True, True, False, False]


def test_another_address_has_its_own(db: None) -> None:
    assert [take() for _try in range(4)][-1] is False
    assert take("192.0.2.2")


def test_all_addresses_of_one_line_are_one(db: None) -> None:
    tries = [take(f"2001:db8:1:2::{number}") for number in range(1, 5)]
    assert tries == [True, True, True, False]
    assert take("2001:db8:1:3::1")


def test_time_gives_it_back(db: None) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        assert [take() for _try in range(4)][-1] is False
        clock.shift(59)
        assert not take()
        clock.shift(2)
        assert [take() for _try in range(4)] == [True, True, True, False]


def test_what_was_no_guess_is_given_back(db: None) -> None:
    for _try in range(10):
        taken = consume(THREE, address="192.0.2.1")
        assert taken is not None
        taken.rollback()


def test_row_does_not_tell_whose_it_is(db: None) -> None:
    consume((Limit("test", "account", 3, 60),), account="bob@example.com")
    assert "bob" not in RateLimitCounter.objects.get().key


def test_account_is_one_however_it_is_written(db: None) -> None:
    limits = (Limit("test", "account", 1, 60),)
    assert consume(limits, account="Bob@Example.com ") is not None
    assert consume(limits, account="bob@example.com") is None


# What each process does: waits for the others, then tries thirty times, our limit and then the library's.
RACE = """
import sys, django
django.setup()
from django.test import RequestFactory
from allauth.core.internal import ratelimit
from postpeer_dash.web.limits import Limit, consume
limits = (Limit("race", "address", 40, 600),)
request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")
ours = lambda: consume(limits, address="192.0.2.1") is not None
librarys = lambda: bool(ratelimit.consume(request, app="x", action="race", config={"race": "40/10m/ip"}))
print("ready", flush=True)
sys.stdin.readline()
print(*(sum(attempt() for _try in range(30)) for attempt in (ours, librarys)))
"""


def race(**settings: str) -> list[int]:
    """How often four processes at once were let through by each limit, of thirty tries each, on this database and cache."""
    environ = clean_environ(DJANGO_SETTINGS_MODULE="postpeer_dash.settings", PYTHONPATH=str(ROOT), **settings)
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True)
    command = [sys.executable, "-W", "ignore", "-c", RACE]
    racers = [
        subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _racer in range(4)
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    counts = [map(int, racer.communicate(timeout=60)[0].split()) for racer in racers]
    return [sum(each) for each in zip(*counts, strict=True)]


def test_limits_hold_across_processes(tmp_path: Path) -> None:
    assert race(VAR=str(tmp_path)) == [40, 40]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that the database's own user can reach; those of pytest are closed to it."""
    with tempfile.TemporaryDirectory(prefix="dash-limits-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.skipif(bool(missing_postgres()), reason=missing_postgres())
def test_limits_hold_across_processes_on_postgres(tmp_path: Path, open_folder: Path) -> None:
    with running_database("postgres", open_folder, free_ports()) as database:
        assert race(VAR=str(tmp_path), DATABASE_URL=database.url) == [40, 40]


@pytest.mark.skipif(bool(missing_redis()), reason=missing_redis())
def test_limits_hold_across_processes_with_redis(tmp_path: Path) -> None:
    # Ours are rows of the database whatever the cache is.
    with running_redis(tmp_path) as url:
        assert race(VAR=str(tmp_path), REDIS_URL=url) == [40, 40]
