"""Doing one row of a job: what is in hand, and what becomes of an error.

A loop survives what it can name. By anything else the process finishes what it is at, takes up nothing more, and ends
with an exit code that has it started anew: half alive, it would look well and leave things undone.
"""

import logging
import threading
from collections.abc import Sequence

from django.db import DatabaseError, close_old_connections

from postpeer_dash.worker.bell import in_hand, was_rung
from postpeer_dash.worker.jobs import Job

log = logging.getLogger(__name__)
# A row that is due again and again at once goes back in line after so many rounds.
_ROUNDS = 10
_at_work = threading.local()


class RefusedStartError(Exception):
    """A worker must not begin here (`settings.WORKER_CHECKS`), nor go on; the text is a sentence for the console."""


class End:
    """When a worker process ends, and why."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.failure = ""

    @property
    def is_near(self) -> bool:
        """Whether nothing new is to be taken up."""
        return self._event.is_set()

    def ask(self) -> None:
        """End in good order."""
        self._event.set()

    def fail(self, what: str) -> None:
        """End because of something that nobody foresaw; called where it is caught."""
        log.critical("%s has failed, so this worker ends and has to be started anew", what, exc_info=True)
        self.failure = self.failure or what
        self._event.set()

    def refuse(self, why: str) -> None:
        """End since this machine may not work here any more; whoever starts it anew is told the same."""
        log.error("%s", why)
        self.failure = self.failure or why
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it ends; whether it does."""
        return self._event.wait(seconds)


def run_row(job: Job, row_id: int, end: End) -> None:
    """Do what a row is due for, as often as it becomes due meanwhile. Raises nothing."""
    close_old_connections()
    _at_work.end = end
    try:
        with in_hand(job.name, row_id):
            for _round in range(_ROUNDS):
                job.run(row_id)
                if end.is_near or not was_rung():
                    break
    except DatabaseError:
        # The row says what is still to be done, and is found again.
        log.exception("%s %s could not be done now", job.name, row_id)
    except RefusedStartError as error:
        # No fault of the row's: a worker of another machine takes it as it is.
        end.refuse(str(error))
    except BaseException:  # noqa: BLE001 - whatever it was, it ends the process, and is in the log
        end.fail(f"{job.name} {row_id}")
        _put_off(job, row_id)
    finally:
        _at_work.end = None
        close_old_connections()


def is_ending() -> bool:
    """Return whether the process in which this thread does a row was asked to end, so that it begins nothing long."""
    end: End | None = getattr(_at_work, "end", None)
    return end is not None and end.is_near


def find_rows(job: Job, limit: int, end: End) -> Sequence[int]:
    """Return what is due of a job, as a thread that has become free looks for it. Raises nothing."""
    try:
        return job.find(limit, ())
    except DatabaseError:
        log.exception("the rows of %s can't be read", job.name)
    except BaseException:  # noqa: BLE001 - whatever it was, it ends the process, and is in the log
        end.fail(f"looking for {job.name}")
    finally:
        close_old_connections()
    return ()


def _put_off(job: Job, row_id: int) -> None:
    """Put a row off by which the next worker would end as well."""
    try:
        job.put_off(row_id)
    except DatabaseError:
        log.exception("%s %s could not be put off", job.name, row_id)
