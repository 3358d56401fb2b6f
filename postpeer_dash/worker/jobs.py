"""What a job is, and all of them. Which there are, in the order of urgency, is `settings.WORKER_JOBS`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

# Work without rows of its own is done under this id.
WHOLE = 0
# How long (seconds) what has ended a worker by an error that nobody foresaw is left alone: by then somebody may have
# looked, and meanwhile the next worker does everything else.
PUT_OFF = 900.0


def _leave(_row_id: int) -> None:
    """Leave the row as it is: taking it has put it off already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of work over rows.

    find: the ids of what is due now, the most urgent first, at most so many, without those that are named as in hand;
        whoever finds a row may have to take it, so that another worker doesn't find it too.
    run: does what a row is due for, and nothing when it isn't; safe to run any number of times, side by side.
    every: seconds between two looks; 0 for each round of the pool.
    put_off: leaves a row alone for `PUT_OFF` seconds.
    """

    name: str
    find: Callable[[int, Collection[int]], Sequence[int]]
    run: Callable[[int], None]
    every: float = 0.0
    put_off: Callable[[int], None] = _leave
    is_whole: bool = False


def periodic(name: str, run: Callable[[], None], *, every: float) -> Job:
    """Return work that is done now and then, by one worker at a time, however many there are."""
    from postpeer_dash.worker.models import SingletonJob

    clock = f"every:{name}"

    def find(_limit: int, in_hand: Collection[int]) -> Sequence[int]:
        return [WHOLE] if not in_hand and SingletonJob.take(clock, seconds=every) else []

    def put_off(_row_id: int) -> None:
        SingletonJob.keep(clock, seconds=PUT_OFF)

    return Job(
        name=name, find=find, run=lambda _row_id: run(), every=min(every, _LOOK_EVERY), put_off=put_off, is_whole=True
    )


# How often (seconds) it is looked at the latest whether periodic work is due: its worker may have been lost.
_LOOK_EVERY = 15.0


@cache
def all_jobs() -> dict[str, Job]:
    """Return the jobs by their names, the most urgent first."""
    jobs: list[Job] = [import_string(path) for path in settings.WORKER_JOBS]
    return {job.name: job for job in jobs}
