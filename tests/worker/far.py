"""Jobs for tests of the distributed worker, and what they leave behind: rows of `SingletonJob`, by name.

`wait:17` is due until it is done: done says when, its position how many milliseconds it had to wait for a worker.
"""

import os
import time
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.utils import timezone

from postpeer_dash.worker.bell import head_start, ring
from postpeer_dash.worker.jobs import Job
from postpeer_dash.worker.models import SingletonJob

NAME = "wait"


def hand_in(count: int, *, is_rung: bool = True) -> list[int]:
    """Rows that are due now, each with a bell."""
    keys = []
    for number in range(count):
        row = SingletonJob.objects.create(name=f"{NAME}:{time.time_ns()}:{number}", until=timezone.now())
        keys.append(row.pk)
        if is_rung:
            ring(NAME, row.pk)
    return keys


def find(limit: int, in_hand: Collection[int]) -> Sequence[int]:
    """Return what is due and not begun, or begun by somebody who was lost."""
    long_ago = timezone.now() - head_start()
    due = SingletonJob.objects.filter(name__startswith=f"{NAME}:", until__lte=long_ago).exclude(pk__in=in_hand)
    return list(due.values_list("pk", flat=True)[:limit])


def run(row_id: int) -> None:
    """Take a row for FAR_CLAIM seconds, work on it for FAR_SECONDS, and note how long it had waited, in milliseconds."""
    rows = SingletonJob.objects.filter(pk=row_id, position=0)
    row = rows.first()
    if row is None or row.until is None or row.until > timezone.now():
        return
    begun = timezone.now()
    waited = begun - row.until
    if not rows.filter(until=row.until).update(
        until=begun + timedelta(seconds=float(os.environ.get("FAR_CLAIM", "5")))
    ):
        return
    time.sleep(float(os.environ.get("FAR_SECONDS", "0")))
    rows.update(position=max(1, round(waited.total_seconds() * 1000)), until=None)


JOB = Job(name=NAME, find=find, run=run)
