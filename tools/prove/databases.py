"""The two databases of the proof: how each is made, copied, put back, and set an hour on."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Database(Protocol):
    """Where the instance under proof keeps its rows."""

    name: str
    url: str

    def keep_copy(self) -> None:
        """Copy everything, while no process of the instance runs."""

    def put_back(self) -> None:
        """Put the last copy in place of what there is, while no process of the instance runs."""


class Sqlite:
    """A file."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "db.sqlite3"
        self._copy = folder / "copy.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def keep_copy(self) -> None:
        """Copy the file, with what is still in its log."""
        with sqlite3.connect(self._file) as source, sqlite3.connect(self._copy) as target:
            source.backup(target)
        source.close()
        target.close()

    def put_back(self) -> None:
        """Put the copied file in place."""
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._file)


class Postgres:
    """A server of its own in the folder, which listens on this machine alone."""

    name = "Postgres"

    def __init__(self, folder: Path, port: int) -> None:
        self._bin = _POSTGRES[0]
        self._data = folder / "data"
        self._folder = folder
        self._port = port
        self.url = f"postgres://prove@127.0.0.1:{port}/dash"

    def start(self) -> None:
        """Make the cluster and the database; needs nothing but the binaries."""
        options = ["-A", "trust", "-U", "prove", "-E", "UTF8", "--no-locale", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *options)
        self.start_again()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "prove", "dash")

    def start_again(self) -> None:
        """Brings the server back after `stop`, with all that it had."""
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", self._options(), "start")

    def _options(self) -> str:
        # The proof is about our rows, not about the disk: without fsync it doesn't wait for it.
        return f"-c listen_addresses=127.0.0.1 -p {self._port} -k {self._folder} -c fsync=off -c max_connections=300"

    def go_away(self) -> None:
        """End the server as an upgrade does: every connection is cut, and nothing that was committed is lost."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "stop")

    def stop(self) -> None:
        """End the server."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def keep_copy(self) -> None:
        """Copy the database."""
        self._sql("DROP DATABASE IF EXISTS copy WITH (FORCE)")
        self._copy("dash", "copy")

    def put_back(self) -> None:
        """Put the copy in place."""
        self._sql("DROP DATABASE dash WITH (FORCE)")
        self._copy("copy", "dash")

    def _copy(self, source: str, target: str) -> None:
        self._sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'",  # noqa: S608
        )
        self._sql(f"CREATE DATABASE {target} TEMPLATE {source}")

    def _sql(self, statement: str) -> None:
        place = ["-h", "127.0.0.1", "-p", str(self._port), "-U", "prove"]
        self._run("psql", *place, "-q", "-d", "postgres", "-c", statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_as_somebody())
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


def _as_somebody() -> dict[str, Any]:
    """Postgres refuses to run as root."""
    if os.getuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": "/"}


def missing_postgres() -> str:
    """Why Postgres can't be tried here; empty when it can."""
    if not _POSTGRES:
        return "no Postgres was found under /usr/lib/postgresql"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "the package psycopg isn't installed (pip install 'psycopg[binary]')"
    return ""


@contextmanager
def running(kind: str, folder: Path, port: int) -> Iterator[Database]:
    """A new, empty database of this kind."""
    if kind == "sqlite":
        yield Sqlite(folder)
        return
    place = folder / "postgres"
    place.mkdir(mode=0o755)
    if os.getuid() == 0:
        # Somebody else runs it, and has to get there.
        folder.chmod(0o755)
        shutil.chown(place, "nobody", "nogroup")
    server = Postgres(place, port)
    server.start()
    try:
        yield server
    finally:
        with suppress(RuntimeError):
            server.stop()


def move_clock(seconds: float) -> None:
    """Make everything in the instance's database as much older, as if that much time had passed for it."""
    from django.apps import apps
    from django.db import models, transaction
    from django.db.models import F

    from postpeer_dash.pins.evidence import Evidence
    from postpeer_dash.pins.models import Submission

    by = timedelta(seconds=seconds)
    with transaction.atomic():
        for model in apps.get_models():
            if model._meta.app_label not in ("pins", "accounts", "worker"):
                continue
            for field in model._meta.get_fields():
                if isinstance(field, models.DateTimeField):
                    rows = model._default_manager.exclude(**{field.name: None})
                    rows.update(**{field.name: F(field.name) - by})
        for one in Submission.objects.exclude(evidence=Evidence()):
            known = {each.name: getattr(one.evidence, each.name) for each in fields(one.evidence)}
            moved: dict[str, Any] = {name: value - by for name, value in known.items() if isinstance(value, datetime)}
            one.evidence = replace(one.evidence, **moved)
            one.save(update_fields=["evidence"])


def move_sandbox_clock(state: Path, seconds: float) -> None:
    """The same for the sandbox's own memory, while it doesn't run. Its ledger stays as it is."""
    columns = ("created_at", "updated_at", "scheduled_for", "due_at", "finish_at", "hidden_until", "charged_at")
    with sqlite3.connect(state / "sandbox.sqlite3") as connection:
        for name in columns:
            connection.execute(
                f"UPDATE posts SET {name} = strftime('%Y-%m-%dT%H:%M:%fZ', {name}, ?) WHERE {name} IS NOT NULL",  # noqa: S608
                (f"-{seconds:.3f} seconds",),
            )
    connection.close()
