"""Threads over due rows: one looks, and hands what it finds to as many others as are free."""

import logging
import queue
import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from postpeer_dash.worker.jobs import Job
from postpeer_dash.worker.life_signs import LifeSign
from postpeer_dash.worker.running import End, run_row

log = logging.getLogger(__name__)
# Periodic work has threads of its own, so that no backlog of pins keeps it waiting.
_PERIODIC_THREADS = 2
# What becomes due by the time alone is looked for in one round of so many.
_QUIET_ROUNDS = 4
# Once the database didn't answer, it is asked again after so long (seconds).
_PAUSE = 0.5


class Crew:
    """Some threads that do what they are given, and what they have in hand."""

    def __init__(self, name: str, threads: int, end: End) -> None:
        self._end = end
        self._lock = threading.Lock()
        self._in_hand: set[tuple[str, int]] = set()
        self._given: queue.SimpleQueue[tuple[Job, int] | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}") for n in range(threads)]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Return once everything in hand is done."""
        for _thread in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()

    @property
    def free(self) -> int:
        """How many threads have nothing to do."""
        return len(self._threads) - len(self._in_hand)

    def rows_in_hand(self, job: Job) -> set[int]:
        """Return the ids of this job's rows that are being worked on."""
        with self._lock:
            return {row_id for name, row_id in self._in_hand if name == job.name}

    def give(self, job: Job, row_id: int) -> None:
        """Have a row worked on."""
        with self._lock:
            self._in_hand.add((job.name, row_id))
        self._given.put((job, row_id))

    def _work(self) -> None:
        while (given := self._given.get()) is not None:
            job, row_id = given
            try:
                run_row(job, row_id, self._end)
            finally:
                with self._lock:
                    self._in_hand.discard((job.name, row_id))


class Pool:
    """Looks for due rows round after round, in the order of the list of jobs."""

    def __init__(self, jobs: Iterable[Job], *, name: str, threads: int, end: End) -> None:
        self._jobs = tuple(jobs)
        self._end = end
        self._looks_at: dict[str, float] = {}
        self._life = LifeSign(name)
        self._rows = Crew("rows", threads, end)
        self._periodic = Crew("periodic", _PERIODIC_THREADS, end)
        self.poll: float = settings.WORKER_POLL
        self._version: object = None
        self._looked_at = 0.0

    def run(self) -> None:
        """Blocks until the end, when all that is in hand is done."""
        crews = (self._rows, self._periodic)
        for crew in crews:
            crew.start()
        try:
            while not self._end.is_near:
                self._end.wait(self._look())
        finally:
            for crew in crews:
                crew.stop()
            self._life.stop()

    def _look(self) -> float:
        """One round; returns the seconds until the next."""
        try:
            self._life.give()
            if not self._is_quiet():
                self.look_once()
        except DatabaseError:
            log.exception("the rows can't be read")
            return max(self.poll, _PAUSE)
        except BaseException:  # noqa: BLE001 - whatever it was, it ends the process, and is in the log
            self._end.fail("looking for what is due")
        finally:
            close_old_connections()
        return self.poll

    def _is_quiet(self) -> bool:
        """Whether nobody has written since the last look, a moment ago; SQLite tells that for next to nothing."""
        if connection.vendor != "sqlite":
            return False
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()
        now = time.monotonic()
        if version == self._version and now < self._looked_at + _QUIET_ROUNDS * self.poll:
            return True
        self._version, self._looked_at = version, now
        return False

    def look_once(self) -> None:
        """Hand over what is due now, as far as anybody is free for it."""
        for job in self._jobs:
            if self._is_time(job):
                self.take(job)

    def _is_time(self, job: Job) -> bool:
        now = time.monotonic()
        if now < self._looks_at.get(job.name, 0.0):
            return False
        self._looks_at[job.name] = now + job.every
        return True

    def take(self, job: Job) -> None:
        """Hand over what is due of one job."""
        crew = self._periodic if job.is_whole else self._rows
        if crew.free > 0:
            for row_id in job.find(crew.free, crew.rows_in_hand(job)):
                crew.give(job, row_id)
