"""Delete many rows in small steps, so that nobody who writes meanwhile waits for long."""

import time
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

CHUNK = 500
# The rest is for the next time.
_MAX_SECONDS = 20.0


def delete_in_chunks(rows: QuerySet[Any], *, chunk: int = CHUNK, max_seconds: float = _MAX_SECONDS) -> int:
    """Delete these rows, `chunk` at a time, each in a transaction of its own. Returns how many there were.

    Ends after `max_seconds` with what is left still there.
    """

    def delete_some() -> int:
        keys = list(rows.order_by().values_list("pk", flat=True)[:chunk])
        if keys:
            rows.model._default_manager.filter(pk__in=keys).delete()
        return len(keys)

    return repeat(delete_some, chunk=chunk, max_seconds=max_seconds)


def repeat(step: Callable[[], int], *, chunk: int = CHUNK, max_seconds: float = _MAX_SECONDS) -> int:
    """Take steps, each of which says how much it did, until one did less than `chunk` or the time (seconds) is over."""
    end, total = time.monotonic() + max_seconds, 0
    while True:
        done = step()
        total += done
        if done < chunk or time.monotonic() > end:
            return total
