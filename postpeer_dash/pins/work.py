"""The worker process: threads that run tasks from the queue, one that watches it, and the sweep.

django-tasks-db's own worker runs one task at a time and takes the database's write lock each time it looks for one.
Here one thread looks, with a plain read, and wakes as many of the others as there are tasks; each of those runs the
library's worker until the queue is empty.

A process that was frozen (stopped, paged out) must not wake up and send what somebody else may have settled meanwhile:
a kernel timer, wound up again and again by the main thread, which does nothing else, ends the process when it runs
down. The timer stands still while the whole machine is suspended; the wall clock, asked before each POST, doesn't.
"""

import logging
import os
import secrets
import signal
import socket
import threading
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from postpeer_dash.pins.publishing.pause import check_held_connections
from postpeer_dash.pins.publishing.restore import require_look
from postpeer_dash.pins.publishing.state import publishing_setting
from postpeer_dash.pins.publishing.tasks import forget_old_tasks, sweep
from postpeer_dash.web.sweeps import run_sweeps
from postpeer_dash.worker.presence import mark_gone, mark_seen

log = logging.getLogger(__name__)
_BACKEND = "default"


class WorkerProcess:
    """Runs until SIGTERM or SIGINT; what is under way then is finished first."""

    def __init__(self, *, threads: int, exit_with_parent: bool = False) -> None:
        self._name = f"{socket.gethostname()[:60]}-{os.getpid()}"
        self._threads = threads
        self._stop = threading.Event()
        self._bell = threading.Semaphore(0)
        self._idle = threads
        self._lock = threading.Lock()
        self._working: set[Worker] = set()
        self._parent = os.getppid() if exit_with_parent else None

    def run(self) -> None:
        """Blocks until stopped."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        self._rearm_watchdog()
        require_look()
        runners = [threading.Thread(target=self._run_tasks, name=f"tasks-{n}") for n in range(self._threads)]
        helpers = [threading.Thread(target=run, name=run.__name__) for run in (self._watch_queue, self._keep)]
        for thread in [*runners, *helpers]:
            thread.start()
        log.info("worker %s started with %d threads", self._name, self._threads)
        while not self._stop.wait(settings.WORKER_POLL):
            self._rearm_watchdog()
            if self._parent is not None and os.getppid() != self._parent:
                self._stop.set()
        for worker in list(self._working):
            worker.running = False
        for _runner in runners:
            self._bell.release()
        for thread in [*runners, *helpers]:
            while thread.is_alive():
                self._rearm_watchdog()
                thread.join(settings.WORKER_POLL)
        signal.setitimer(signal.ITIMER_REAL, 0)
        mark_gone(self._name)
        log.info("worker %s stopped", self._name)

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _rearm_watchdog(self) -> None:
        """Sets the kernel timer: it ends the process before a claim of its own can have run out unseen."""
        lease, deadline = publishing_setting("lease"), publishing_setting("post_deadline")
        signal.setitimer(signal.ITIMER_REAL, (lease - deadline) / 2)

    def _watch_queue(self) -> None:
        while not self._stop.wait(settings.WORKER_POLL):
            try:
                waiting = DBTaskResult.objects.ready().filter(backend_name=_BACKEND)[: self._threads].count()
            except DatabaseError:
                log.exception("the queue can't be read")
                waiting = 0
            finally:
                close_old_connections()
            with self._lock:
                wake = min(waiting, self._idle)
            for _n in range(wake):
                self._bell.release()

    def _run_tasks(self) -> None:
        while True:
            self._bell.acquire()
            if self._stop.is_set():
                return
            with self._lock:
                self._idle -= 1
            try:
                self._drain()
            except DatabaseError:
                # The rows say what is still to be done; the sweep rings again.
                log.exception("a task could not be run")
            finally:
                close_old_connections()
                with self._lock:
                    self._idle += 1

    def _drain(self) -> None:
        worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name=_BACKEND,
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{self._name[:40]}-{secrets.token_hex(8)}",
            excluded_queue_names=[],
        )
        self._working.add(worker)
        try:
            if not self._stop.is_set():
                worker.run()
        finally:
            self._working.discard(worker)

    def _keep(self) -> None:
        """The sweep, signs of life and house-keeping."""
        rounds = 0
        every: float = publishing_setting("sweep_every")
        while True:
            try:
                mark_seen(self._name)
                sweep()
                check_held_connections()
                run_sweeps()
                if rounds % 240 == 0:
                    forget_old_tasks()
            except DatabaseError:
                log.exception("the sweep failed")
            finally:
                close_old_connections()
            rounds += 1
            if self._stop.wait(every):
                return
