"""The worker on Postgres, with Procrastinate as its bell: what good guesses get wrong about it, each tried for real."""

import gzip
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.installation.instances import Instance
from tests.installation.processes import ROOT, clean_environ, descendants_of, free_ports, python, running, wait_for
from tests.worker.test_upgrade import OLD
from tools.prove.databases import Postgres, missing_postgres
from tools.prove.databases import running as running_database

pytestmark = [
    pytest.mark.long,
    pytest.mark.postgres,
    pytest.mark.skipif(bool(missing_postgres()), reason=missing_postgres()),
]
SETUP = "import django; django.setup(); from tests.worker.far import *; from postpeer_dash.worker.models import *; "
GUIDE = ROOT / "docs" / "operations.md"
# Each line is some code; each answer what that printed, and the error that it ended with.
_READ_AND_RUN = """
import contextlib, io, json, sys, traceback
from django.db import connection
for line in sys.stdin:
    said, error = io.StringIO(), ""
    with contextlib.redirect_stdout(said):
        try:
            exec(json.loads(line), globals())
        except Exception:
            error = traceback.format_exc()
    connection.close()
    print(json.dumps([said.getvalue(), error]))
"""
# Heard and not found: without a bell it takes five seconds and more. 5 ms at the median where the machine is idle.
AT_ONCE = 1.0
_COUNT_BELLS = "SELECT status, count(*) FROM procrastinate_jobs GROUP BY status"


class Far:
    """A database of Postgres, and worker processes as if on machines of their own."""

    def __init__(self, folder: Path, server: Postgres) -> None:
        self.folder, self.server = folder, server
        self.environ = clean_environ(
            VAR=str(folder / "var"),
            DATABASE_URL=server.url,
            POSTPEER_API_KEY="a-key-for-tests-of-the-worker",
            POSTPEER_BASE_URL="http://127.0.0.1:9",
            DJANGO_SETTINGS_MODULE="tests.worker.far_settings",
            PYTHONPATH=str(ROOT),
            EMAIL_URL="dummymail://",
        )

        self._web = subprocess.Popen(
            python("-u", "-c", SETUP + _READ_AND_RUN),
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> str:
        """Return what some lines print, in a process like the web's."""
        assert self._web.stdin and self._web.stdout
        self._web.stdin.write(json.dumps(code) + "\n")
        self._web.stdin.flush()
        said, error = json.loads(self._web.stdout.readline())
        assert not error, error
        return str(said).strip()

    def stop(self) -> None:
        """End what acts as the web."""
        self._web.kill()
        self._web.wait()

    def start(self, code: str = "", **environ: str) -> "subprocess.Popen[str]":
        """One worker, with something changed in it where `code` does so."""
        run = f"{SETUP}{code}\nfrom django.core.management import call_command; call_command('worker', '--threads=12')"
        log = (self.folder / "log").open("a")
        return subprocess.Popen(python("-c", run), cwd=ROOT, env={**self.environ, **environ}, stderr=log, text=True)

    @contextmanager
    def worker(self, code: str = "", **environ: str) -> Iterator["subprocess.Popen[str]"]:
        """A worker that answers bells by now."""
        process = self.start(code, **environ)
        try:
            wait_for(lambda: self.one("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'") > 0)
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def kept_workers(self) -> Iterator[list[int]]:
        """A worker that is started anew whenever it ends, as the supervisor does it; how each of them ended."""
        ends, codes = threading.Event(), []

        def keep() -> None:
            process = self.start()
            while not ends.wait(0.05):
                if process.poll() is not None:
                    codes.append(process.returncode)
                    process = self.start()
            process.terminate()
            codes.append(process.wait(60))

        thread = threading.Thread(target=keep)
        thread.start()
        try:
            yield codes
        finally:
            ends.set()
            thread.join()

    def end_of(self, process: "subprocess.Popen[str]") -> int:
        """Return the exit code of a worker that has to end by now; fails with what it has said."""
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            pytest.fail((self.folder / "log").read_text()[-4000:])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.server.url, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str) -> int:
        return int(self.ask(query)[0][0])

    def waits(self, count: int, *, within: float = 60) -> list[float]:
        """Hands rows in one after the other: how many seconds each waited for a worker."""
        code = f"""
            import time
            for _n in range({count}):
                keys, end = hand_in(1), time.monotonic() + {within}
                while not (found := SingletonJob.objects.get(pk=keys[0]).position):
                    assert time.monotonic() < end, "nobody came"
                    time.sleep(0.005)
                print(found / 1000)
        """
        return [float(line) for line in self.run(textwrap.dedent(code)).splitlines()]


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    # Not pytest's own, which it closes to all others again: Postgres doesn't run as root.
    folder = Path(tempfile.mkdtemp(prefix="dash-far-"))
    folder.chmod(0o755)
    with running_database("postgres", folder, free_ports()) as server:
        assert isinstance(server, Postgres)
        made = Far(folder, server)
        made.run("from django.core.management import call_command; call_command('prepare')")
        try:
            yield made
        finally:
            made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_bells(far: Far) -> None:
    far.ask("TRUNCATE procrastinate_jobs CASCADE")
    far.ask("DELETE FROM worker_singletonjob")
    far.ask("DELETE FROM worker_worker")


def test_bell_starts_its_row_at_once_and_leaves_nothing_behind(far: Far) -> None:
    with far.worker():
        far.waits(3)
        waited = far.waits(11)
        assert statistics.median(waited) < AT_ONCE, waited
        wait_for(lambda: far.ask(_COUNT_BELLS) == [])


def test_bell_is_taken_back_with_its_transaction(far: Far) -> None:
    far.run(
        "from django.db import transaction\n"
        "try:\n    with transaction.atomic():\n        hand_in(1); raise KeyError\nexcept KeyError: pass"
    )
    assert far.ask(_COUNT_BELLS) == []


def test_as_many_rows_at_once_as_there_are_threads(far: Far) -> None:
    with far.worker(FAR_SECONDS="60", FAR_CLAIM="60"):
        keys = far.run("print(*hand_in(12))").split()
        query = f"SELECT count(*) FROM worker_singletonjob WHERE until > now() AND id IN ({','.join(keys)})"
        wait_for(lambda: far.one(query) == 12, seconds=10)
        assert far.ask(_COUNT_BELLS) == [("doing", 12)]


def test_rows_without_a_bell_are_found(far: Far) -> None:
    with far.worker():
        far.run("hand_in(3, is_rung=False)")
        done = "SELECT count(*) FROM worker_singletonjob WHERE name LIKE 'wait:%' AND position > 0"
        assert far.ask(_COUNT_BELLS) == []
        wait_for(lambda: far.one(done) == 3, seconds=15)


def test_row_of_a_killed_worker_is_taken_up_by_another(far: Far) -> None:
    with far.worker(FAR_SECONDS="60") as first:
        (key,) = far.run("print(*hand_in(1))").split()
        wait_for(lambda: far.one(f"SELECT count(*) FROM worker_singletonjob WHERE id={key} AND until > now()") == 1)
        first.kill()
        first.wait()
    assert far.ask(_COUNT_BELLS) == [("doing", 1)]
    with far.worker():
        wait_for(lambda: far.one(f"SELECT position FROM worker_singletonjob WHERE id={key}") > 0, seconds=20)
        # What the killed one had is litter, until it is swept up.
        wait_for(lambda: far.ask(_COUNT_BELLS) == [("doing", 1)])
    far.ask("UPDATE procrastinate_events SET at = now() - interval '2 hours'")
    far.run("from postpeer_dash.worker.distributed import sweep_up; sweep_up()")
    assert far.ask(_COUNT_BELLS) == []


def test_second_sigterm_says_nothing_new(far: Far) -> None:
    with far.worker(FAR_SECONDS="2") as process:
        (key,) = far.run("print(*hand_in(1))").split()
        wait_for(lambda: far.one(f"SELECT count(*) FROM worker_singletonjob WHERE id={key} AND until > now()") == 1)
        process.terminate()
        time.sleep(0.5)
        process.terminate()
        assert far.end_of(process) == 0
    assert far.one(f"SELECT position FROM worker_singletonjob WHERE id={key}") > 0


@pytest.mark.parametrize("seconds", [3, 12])
def test_after_postgres_was_away_bells_are_heard_again(far: Far, seconds: int) -> None:
    with far.kept_workers() as codes:
        far.waits(3)
        far.server.stop()
        time.sleep(seconds)
        far.server.start_again()
        # Those that were on their way when it came back may have waited for the worker's new start.
        far.waits(6)
        time.sleep(2)
        waited = far.waits(11)
        assert statistics.median(waited) < AT_ONCE, waited
    # Whatever ended one of them was not taken for a good end.
    assert codes[-1] == 0 and 0 not in codes[:-1]


def test_worker_that_hears_nothing_ends_to_be_started_anew(far: Far) -> None:
    deaf = """
import asyncio
from procrastinate.psycopg_connector import PsycopgConnector
async def listen_notify(self, on_notification, channels):
    await asyncio.sleep(3600)
PsycopgConnector.listen_notify = listen_notify
from postpeer_dash.worker import distributed
distributed._LOOKS_EVERY = 60.0
"""
    process = far.start(deaf)
    try:
        wait_for(lambda: far.one("SELECT count(*) FROM worker_worker") > 0)
        time.sleep(1)
        far.run("hand_in(1)")
        assert far.end_of(process) == 1
    finally:
        process.kill()
        process.wait()


def test_worker_whose_listening_is_over_ends_though_no_bell_waits(far: Far) -> None:
    # Where there are several, each polls now and then, and no bell waits long enough to tell of it.
    over = """
import asyncio
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
async def listen_notify(self, on_notification, channels):
    await asyncio.sleep(1)
    raise ConnectorException
PsycopgConnector.listen_notify = listen_notify
"""
    process = far.start(over)
    try:
        assert far.end_of(process) == 1
    finally:
        process.kill()
        process.wait()


def test_worker_whose_bells_fail_ends_to_be_started_anew(far: Far) -> None:
    with far.worker() as process:
        far.ask("ALTER FUNCTION procrastinate_fetch_job_v2 RENAME TO gone")
        try:
            far.run("hand_in(1)")
            assert far.end_of(process) == 1
        finally:
            far.ask("ALTER FUNCTION gone RENAME TO procrastinate_fetch_job_v2")


def test_backlog_is_rung_for_once(far: Far) -> None:
    far.run(
        "import time; hand_in(5); SingletonJob.objects.update(until='2020-01-01T00:00Z');"
        "from postpeer_dash.worker.distributed import Ringers, Sweep; from postpeer_dash.worker.running import End;"
        "end = End(); sweep = Sweep([JOB], name='here-1', end=end, ringers=Ringers(1, end)); sweep.take(JOB)"
    )
    assert far.ask(_COUNT_BELLS) == [("todo", 5)]


def test_most_urgent_job_goes_first(far: Far) -> None:
    far.run("from postpeer_dash.worker.bell import ring; ring('mails', 1); ring('wait', 2)")
    assert far.ask("SELECT queue_name FROM procrastinate_jobs ORDER BY priority DESC") == [("wait",), ("mails",)]


def test_error_in_a_row_ends_the_process_and_not_the_others(far: Far) -> None:
    broken = "from tests.worker import far as f\ndef odd(row_id): raise KeyError(row_id)\nobject.__setattr__(f.JOB, 'run', odd)"
    with far.worker(broken) as process:
        far.run("hand_in(1)")
        assert far.end_of(process) == 1


def test_database_moves_from_sqlite_as_the_guide_says(far: Far) -> None:
    file = far.folder / "var" / "live" / "moving.sqlite3"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.decompress(OLD.read_bytes()))
    far.ask("CREATE DATABASE moved")
    here = {**far.environ, "DJANGO_SETTINGS_MODULE": "postpeer_dash.settings", "DATABASE_URL": f"sqlite:///{file}"}
    there = {**here, "DATABASE_URL": far.server.url.replace("/dash", "/moved")}
    dump = str(far.folder / "dash.json")
    commands = re.findall(r"manage\.py ((?:dumpdata|prepare|loaddata)(?:.*\\\n)*.*)", GUIDE.read_text())
    dumpdata, loaddata = (
        next(one for one in commands if one.startswith(name)).replace("\\\n", " ").replace("dash.json", dump).split()
        for name in ("dumpdata", "loaddata")
    )
    for environ, command in ((here, ["prepare"]), (here, dumpdata), (there, ["prepare"]), (there, loaddata)):
        done = subprocess.run(python("manage.py", *command), cwd=ROOT, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
    count = (
        "from django.apps import apps; import django; django.setup();"
        "print({m._meta.label: m.objects.count() for m in apps.get_models() if m._meta.app_label in"
        " ('teams', 'accounts', 'boards', 'pins') and m.__name__ != 'SetupToken'})"
    )
    counts = [
        subprocess.run(python("-c", count), cwd=ROOT, env=environ, capture_output=True, text=True).stdout
        for environ in (here, there)
    ]
    assert counts[0] == counts[1] and "'pins.Submission': 10" in counts[0]
    # The next row gets a number of its own.
    new = "import django; django.setup(); from postpeer_dash.teams.mail import queue_mail as q; print(q(to='a@b.c', subject='', body='').pk)"
    assert int(subprocess.run(python("-c", new), cwd=ROOT, env=there, capture_output=True, text=True).stdout) == 3


def test_an_instance_on_postgres_is_up_and_its_worker_comes_back(far: Far) -> None:
    far.ask("CREATE DATABASE upped")
    folder, port = far.folder / "up", free_ports()
    folder.mkdir()
    environ = clean_environ(
        VAR=str(folder / "var"), PORT=str(port), DATABASE_URL=far.server.url.replace("/dash", "/upped")
    )
    with running(python("manage.py", "up", "--exit-with-parent"), environ, folder) as process:
        instance = Instance(process, folder, port)
        wait_for(lambda: "Ctrl-C ends it" in instance.output or process.poll() is not None, seconds=180)
        assert "Ctrl-C ends it" in instance.output, instance.output
        (worker,) = [pid for pid in descendants_of(process.pid) if b"manage.py\0worker" in command_of(pid)]
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: "The worker ended by itself (signal 9) and is started again." in instance.output)
        assert instance.get("/readyz") == 200
        assert process.poll() is None


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_sigterm_ends_an_idle_worker_well(far: Far) -> None:
    with far.worker() as process:
        os.kill(process.pid, signal.SIGTERM)
        assert far.end_of(process) == 0
        assert far.one("SELECT count(*) FROM procrastinate_workers") == 0
