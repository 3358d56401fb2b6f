"""Procrastinate as the bell, on Postgres: a job is rung inside the transaction that makes its row due, and starts at once.

A bell carries a job's name and a row's id. It is never tried again and never set for later: rows say what is due, claims
say who has it, and a bell that is lost, failed or left behind by a killed worker is litter. Imported on Postgres alone.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Thread
from typing import Any

from django.db import connection, transaction
from procrastinate.connector import Notify
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from postpeer_dash.worker.jobs import Job, all_jobs
from postpeer_dash.worker.pool import Pool
from postpeer_dash.worker.running import End, find_rows, run_row
from postpeer_dash.worker.shares import shares

log = logging.getLogger(__name__)
_TASK = "row"
# What a person waits for goes before all other bells.
_URGENT = 100
# The rows are looked through so often (seconds), and so many bells are rung for them at once.
_SWEEP = 1.0
_MAX_RUNG = 500
# A bell that nobody answers while threads are free, and while the loop that should hear it goes round so many times,
# says that this worker hears none. Counted in rounds: on a machine that is too busy everybody hears late.
_ROUNDS_UNHEARD = 25
_STANDS_STILL_AFTER = 60.0
# Without a bell it looks for some itself so often (seconds). Rarely enough for deafness to be noticed.
_LOOKS_EVERY = 5.0
# Beside the threads of the jobs: the library needs some for itself now and then.
_SPARE_THREADS = 2
_CONNECTIONS = 4
_NOTICED_WITHIN = 0.1
_SWEEP_UP_EVERY = 300.0


def defer(job: str, row_ids: Iterable[int], *, is_urgent: bool = False) -> None:
    """Ring for rows of a job, in the caller's transaction, through Django's own connection."""
    # By name: the first of the jobs is the most urgent.
    priority = _URGENT if is_urgent else -list(all_jobs()).index(job)
    deferrer = app.configure_task(_TASK, queue=job, priority=priority)
    bells: list[dict[str, Any]] = [{"job": job, "row_id": row_id} for row_id in row_ids]
    deferrer.batch_defer(*bells)


def waiting_bells(job: str, row_ids: Collection[int]) -> set[int]:
    """Return for which of these rows a bell waits to be heard."""
    query = (
        "SELECT (args->>'row_id')::bigint FROM procrastinate_jobs"
        " WHERE queue_name = %s AND status = 'todo' AND (args->>'row_id')::bigint = ANY(%s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [job, list(row_ids)])
        return {row_id for (row_id,) in cursor.fetchall()}


def oldest_bells() -> list[int]:
    """Return the ids of the bells that have waited longest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 20")
        return [key for (key,) in cursor.fetchall()]


def sweep_up() -> None:
    """Delete what is left of bells after an hour: answered ones, failed ones, and those that a killed worker had."""
    query = (
        "DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND id IN (SELECT job_id FROM procrastinate_events"
        " GROUP BY job_id HAVING max(at) < now() - interval '1 hour')"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)


class DeafError(Exception):
    """Bells are rung, and this worker hears none."""


class Listening:
    """Notices that this worker hears no bells: its listening is over, or they wait while it has nothing else to do."""

    def __init__(self) -> None:
        self.is_over = False
        self._rounds = 0
        self._round_at = time.monotonic()
        self._since: dict[int, int] = {}

    def go_round(self) -> None:
        """Count a round of the loop that hears."""
        self._rounds += 1
        self._round_at = time.monotonic()

    def check(self, waiting: Sequence[int], *, is_busy: bool) -> None:
        """Compare the bells that wait with those of the last looks; raises DeafError."""
        rounds = self._rounds
        self._since = {} if is_busy else {key: self._since.get(key, rounds) for key in waiting}
        if any(rounds - since > _ROUNDS_UNHEARD for since in self._since.values()):
            raise DeafError("bells have been ringing unheard")
        if time.monotonic() - self._round_at > _STANDS_STILL_AFTER:
            raise DeafError("the loop that hears bells stands still")


class Ear(PsycopgConnector):
    """Says when listening has ended by itself.

    The library goes on without it, and asks for bells every few seconds. Where several workers do so no bell waits long
    enough for any of them to notice.
    """

    def __init__(self, listening: Listening, **options: Any) -> None:
        super().__init__(**options)
        self._listening = listening

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen until that is ended, or ends."""
        try:
            await super().listen_notify(on_notification, channels)
        except Exception as error:
            log.warning("bells can't be heard any more: %s", error)
            raise
        finally:
            self._listening.is_over = True


class Sweep(Pool):
    """Rings for rows that became due by the time alone, or whose bell was lost; periodic work it does itself."""

    def __init__(self, jobs: Iterable[Job], *, name: str, end: End, ringers: "Ringers") -> None:
        super().__init__(jobs, name=name, threads=0, end=end)
        self.poll = _SWEEP
        self._ringers = ringers
        self._listening = ringers.listening
        self._swept_at = 0.0

    def look_once(self) -> None:
        """One round over all jobs, and over the bells."""
        super().look_once()
        self._listening.check(oldest_bells(), is_busy=self._ringers.were_busy())
        if time.monotonic() > self._swept_at + _SWEEP_UP_EVERY:
            self._swept_at = time.monotonic()
            sweep_up()

    def take(self, job: Job) -> None:
        """Ring for what is due of one job, unless a bell of its waits already: a backlog doesn't feed itself."""
        if job.is_whole:
            super().take(job)
            return
        with transaction.atomic():
            found = job.find(_MAX_RUNG, ())
            unrung = set(found) - waiting_bells(job.name, found) if found else set()
            if unrung:
                defer(job.name, [row_id for row_id in found if row_id in unrung])


class Ringers:
    """The threads that answer bells, and how many of them are at it."""

    def __init__(self, threads: int, end: End) -> None:
        self.threads = threads
        self._end = end
        self._at_work = 0
        self._answered = 0
        self._answered_then = 0
        self._lock = Lock()
        self.listening = Listening()

    def were_busy(self) -> bool:
        """Whether all threads have something to do, or any bell was answered since it was last asked."""
        answered, self._answered_then = self._answered - self._answered_then, self._answered
        return self._at_work >= self.threads or answered > 0

    def answer(self, job: str, row_id: int) -> None:
        """Work on the row that a bell names, in one of the threads."""
        known = all_jobs().get(job)
        if known is None or self._end.is_near:
            # Of a later version, or too late: the row is found again by whoever can.
            return
        with self._lock:
            self._at_work += 1
            self._answered += 1
        try:
            run_row(known, row_id, self._end)
            # What had to wait for a thread of its share has no bell any more: whoever has become free takes it up.
            while not self._end.is_near and shares.was_refused():
                rows = find_rows(known, 1, self._end)
                if not rows:
                    # Its share is still full: whoever becomes free next looks again.
                    break
                # There may be more, for others that become free as well.
                shares.note_refused()
                run_row(known, rows[0], self._end)
        finally:
            with self._lock:
                self._at_work -= 1


def run_distributed(*, name: str, threads: int, end: End) -> None:
    """Answer bells until the end, in the main thread's loop; the sweep runs beside it."""
    ringers = Ringers(threads, end)
    sweep = Sweep(all_jobs().values(), name=name, end=end, ringers=ringers)
    thread = Thread(target=sweep.run, name="sweep")
    thread.start()
    try:
        asyncio.run(_answer_bells(ringers, end))
        if not end.is_near:
            raise DeafError("nobody listens for bells any more")
    except BaseException:  # noqa: BLE001 - whatever it was, it ends the process, and is in the log
        if not end.is_near or not end.failure:
            end.fail("listening for bells")
    finally:
        thread.join()


async def _answer_bells(ringers: Ringers, end: End) -> None:
    # `concurrency` says how many jobs are begun; the threads that they run in are asyncio's, few by default.
    executor = ThreadPoolExecutor(ringers.threads + _SPARE_THREADS, thread_name_prefix="bell")
    asyncio.get_running_loop().set_default_executor(executor)
    # An app of its own: what rings bells has to do it in the row's transaction, on Django's connection.
    ear = Ear(ringers.listening, kwargs=connector_params(), min_size=1, max_size=_CONNECTIONS)
    hearing = DjangoApp(connector=ear)
    hearing.task(name=_TASK)(ringers.answer)
    async with hearing.open_async():
        worker = hearing.run_worker_async(
            name="dash",
            concurrency=ringers.threads,
            fetch_job_polling_interval=_LOOKS_EVERY,
            delete_jobs="successful",
            # The signals are ours: the library's second one would end it in the middle of a POST.
            install_signal_handlers=False,
        )
        running = asyncio.create_task(worker)
        while not (end.is_near or running.done() or ringers.listening.is_over):
            await asyncio.sleep(_NOTICED_WITHIN)
            ringers.listening.go_round()
        running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            # Asked to end, it has finished what was begun.
            return
