"""`manage.py up`, which `make run` ends in: run a whole instance on this machine until Ctrl-C."""

import argparse
import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections

from postpeer_dash.accounts.other_key import OtherKeyError, require_same_key
from postpeer_dash.installation.checks import lock_data_folder, make_data_folder, require_free_port
from postpeer_dash.installation.greeting import greet_live, greet_sandbox
from postpeer_dash.installation.preparing import collect_static, prepare_data
from postpeer_dash.installation.start_error import StartError
from postpeer_dash.installation.supervisor import Interrupted, Supervisor
from postpeer_dash.zone_data import export_choice

# A POST to PostPeer may take a minute; cut off, nobody could know how it ended.
GRACE_LIVE = 85.0
GRACE_SANDBOX = 10.0
START_WITHIN = 60.0


class Command(BaseCommand):
    help = "Runs web, worker and, without POSTPEER_API_KEY, the sandbox, until Ctrl-C. PORT and VAR choose where."
    # Checked by `migrate`, which comes first; twice would only cost time.
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the one option, for tests; people set PORT and VAR, which the settings read."""
        parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process ends")

    def handle(self, **options: Any) -> None:
        """Run the instance: exit 0 after Ctrl-C, 1 with one sentence when something is in the way or ends by itself."""
        try:
            run_instance(self, exits_with_parent=options["exit_with_parent"])
        except (StartError, CommandError) as error:
            sys.exit(str(error))

    def say(self, text: str) -> None:
        """Print at once, also into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def run_instance(command: Command, *, exits_with_parent: bool) -> None:
    """Run one instance from its checks to its end: preparation, processes, greeting, stop."""
    started = time.monotonic()
    supervisor = Supervisor(folder=settings.BASE_DIR, exits_with_parent=exits_with_parent)
    try:
        make_data_folder(settings.VAR, uploads=Path(settings.FILE_UPLOAD_TEMP_DIR))
        with lock_data_folder(settings.VAR, port=settings.PORT):
            _require_ports()
            try:
                _start(supervisor, command, started)
                supervisor.watch()
            finally:
                grace = GRACE_SANDBOX if settings.SANDBOX else GRACE_LIVE
                supervisor.stop(grace=grace, waiting=lambda: command.say(_WAITING))
    except Interrupted:
        command.say("\nEnded. Nothing runs any more, and your data stays where it is.")


_WAITING = "\nFinishing what is being sent. Ctrl-C again ends it at once."


def _require_ports() -> None:
    require_free_port(settings.PORT)
    if _has_own_sandbox():
        require_free_port(settings.PORT + 1, named=", the sandbox's,")


def _has_own_sandbox() -> bool:
    # With SANDBOX_URL, it runs elsewhere already.
    return bool(settings.SANDBOX) and not os.environ.get("SANDBOX_URL", "").strip()


def _start(supervisor: Supervisor, command: Command, started: float) -> None:
    environ = {**os.environ, "DEBUG": "0", "PORT": str(settings.PORT)}
    if _has_own_sandbox():
        by_our_rules = {**environ, **export_choice()}
        supervisor.start("The sandbox", _sandbox_command(), by_our_rules, is_base=True, is_quiet=True)
    supervisor.check()
    if not (settings.VAR / "static.stamp").exists():
        command.say("Setting up. The first time takes a few seconds.")
    prepare_data()
    _require_same_key()
    collect_static()
    supervisor.start("The web process", _web_command(), environ)
    supervisor.wait_until(
        lambda: _answers(f"http://127.0.0.1:{settings.PORT}/healthz"),
        seconds=START_WITHIN,
        otherwise=f"The web process doesn't answer on port {settings.PORT}, so everything was ended.",
    )
    if settings.SANDBOX:
        supervisor.wait_until(
            lambda: _answers(f"{settings.POSTPEER_BASE_URL}/v1/health"),
            seconds=START_WITHIN,
            otherwise=f"The sandbox doesn't answer at {settings.POSTPEER_BASE_URL}, so everything was ended.",
        )
        # What it says stands in the greeting.
        call_command("demo", stdout=StringIO())
    # A worker whose own timer ended it (the machine slept in the middle of a job) is simply begun again.
    # A worker may be lost at any time (out of memory, its own timer): what it left behind is cleared up by the next.
    supervisor.start("The worker", _worker_command(), environ, is_restarted=True)
    supervisor.check()
    command.say(greet_sandbox() if settings.SANDBOX else greet_live())
    command.say(f"Up in {time.monotonic() - started:.1f} seconds. Ctrl-C ends it.")
    # Hours may pass here: no connection is held meanwhile.
    connections.close_all()


def _require_same_key() -> None:
    try:
        require_same_key()
    except OtherKeyError as error:
        raise StartError(str(error)) from error


def _web_command() -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi"]


def _worker_command() -> list[str]:
    return [sys.executable, "manage.py", "worker", "--threads", str(settings.WORKER_THREADS), "--exit-with-parent"]


def _sandbox_command() -> list[str]:
    options = {
        "--port": settings.PORT + 1,
        "--state": settings.VAR / "postpeer",
        "--key": settings.POSTPEER_API_KEY,
        "--public-url": settings.POSTPEER_BASE_URL,
    }
    # One word each: a key may begin with a dash, which would be taken for an option.
    pairs = [f"{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "postpeer_dash.sandbox", *pairs, "--exit-with-parent"]


def _answers(url: str) -> bool:
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port or 80, timeout=2)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
