"""`manage.py worker`: one worker process until SIGTERM or SIGINT, over SQLite or Postgres."""

import argparse
import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from postpeer_dash.web.newer_database import NewerDatabaseError, require_known_migrations
from postpeer_dash.web.secret_key import OtherSecretKeyError, require_same_secret_key
from postpeer_dash.worker import watchdog
from postpeer_dash.worker.bell import has_bell
from postpeer_dash.worker.jobs import all_jobs
from postpeer_dash.worker.life_signs import is_own_worker_well, process_name
from postpeer_dash.worker.pool import Pool
from postpeer_dash.worker.running import End, RefusedStartError
from postpeer_dash.worker.shares import shares

log = logging.getLogger(__name__)
_WATCH_PARENT_EVERY = 0.2
_ASK_AGAIN_AFTER = 1.0


class Command(BaseCommand):
    help = "Sends what waits, asks PostPeer about what is on its way, and mails: several things at a time."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=settings.WORKER_THREADS, help="how many at a time")
        parser.add_argument(
            "--exit-with-parent", action="store_true", help="stop when the process that started it ends"
        )
        parser.add_argument("--check", action="store_true", help="tell whether a worker on this machine is well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 when it was asked to end, and 1 when it has to be started anew; what is under way is finished first."""
        if options["check"]:
            sys.exit(0 if is_own_worker_well() else "No worker on this machine has been seen lately.")
        end = End()
        listen_to_signals(end)
        if options["exit_with_parent"]:
            threading.Thread(target=_end_with_parent, args=(end, os.getppid()), daemon=True).start()
        wait_for_database(end)
        refuse_what_is_not_ours()
        work(threads=options["threads"], end=end)
        watchdog.disarm()
        log.info("worker %s stopped", process_name())
        if end.failure:
            sys.exit(1)


def listen_to_signals(end: End) -> None:
    """Ignore a second signal, which says nothing new: what is being sent is finished all the same."""

    def note(_signum: int, _frame: FrameType | None) -> None:
        end.ask()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)


def wait_for_database(end: End) -> None:
    """Return once it answers: a worker that is started while it is away has nothing better to do."""
    while not end.is_near:
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            log.warning("the database doesn't answer yet: %s", str(error).strip().partition("\n")[0])
            end.wait(_ASK_AGAIN_AFTER)
        else:
            return


def refuse_what_is_not_ours() -> None:
    """Under another SECRET_KEY no mail could be read, under another key of PostPeer's nothing sent or found."""
    try:
        require_known_migrations()
        require_same_secret_key()
        for check in settings.WORKER_CHECKS:
            import_string(check)()
    except DatabaseError as error:
        # Nobody has prepared it yet, or it has gone again: the loops say so, and wait.
        log.warning("the database can't be asked whose it is: %s", type(error).__name__)
    except (NewerDatabaseError, OtherSecretKeyError, RefusedStartError) as error:
        raise CommandError(str(error)) from error


def work(*, threads: int, end: End) -> None:
    """Work through what is due, until the end."""
    name = process_name()
    log.info("worker %s starts with %d threads; rules of time zones: %s", name, threads, settings.ZONE_DATA.name)
    shares.threads = threads
    if has_bell():
        from postpeer_dash.worker.distributed import run_distributed

        run_distributed(name=name, threads=threads, end=end)
    else:
        Pool(all_jobs().values(), name=name, threads=threads, end=end).run()


def _end_with_parent(end: End, parent: int) -> None:
    while not end.wait(_WATCH_PARENT_EVERY):
        if os.getppid() != parent:
            end.ask()
