"""Calling a worker for a row at once, in the transaction that makes it due.

On SQLite a row is all it takes: the one process that works looks at them all the time. On Postgres, where workers may
be on other machines, a bell is rung as well. It carries a row's id and nothing else, and one that is lost costs a second:
the rows are looked through for what no bell was rung for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection


class _Hand(threading.local):
    """What this thread is at."""

    job = ""
    row_id = 0
    was_rung = False


_hand = _Hand()


def has_bell() -> bool:
    """Whether workers are called, and don't only look."""
    return connection.vendor == "postgresql"


def head_start() -> timedelta:
    """How long a row that is due is left to its bell, before it is looked for."""
    return timedelta(seconds=5 if has_bell() else 0)


def ring(job: str, row_id: int, *, is_urgent: bool = False) -> bool:
    """Call a worker for a row of a job, in the caller's transaction; a rollback takes it back.

    Whoever has the row in hand isn't called for it: it is looked at again once this round is over. Returns whether
    a bell was rung.
    """
    if not has_bell():
        return False
    if (_hand.job, _hand.row_id) == (job, row_id):
        _hand.was_rung = True
        return False
    # Loaded with the first bell: most processes of the web ring none.
    from postpeer_dash.worker.distributed import defer

    defer(job, [row_id], is_urgent=is_urgent)
    return True


@contextmanager
def in_hand(job: str, row_id: int) -> Iterator[None]:
    """While it lasts, this thread is at a row of a job."""
    _hand.job, _hand.row_id, _hand.was_rung = job, row_id, False
    try:
        yield
    finally:
        _hand.job, _hand.row_id = "", 0


def was_rung() -> bool:
    """Whether a bell was rung for what this thread has in hand, since it was last asked."""
    rung, _hand.was_rung = _hand.was_rung, False
    return rung
