"""How many of a web process's threads one kind of slow request may hold, so that slow people cost the others nothing.

A page takes milliseconds; what waits for somebody else (a body that is still coming in, PostPeer's answer) can take a
minute. Without a limit, as many of those as there are threads would stop every page. So each kind gets half of the
threads at most, all kinds together leave one free, and who finds no turn is told so at once and may come again.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# A body up to this many bytes is there before a thread begins with its request (`gunicorn_worker`): it can't be slow.
SMALL_BODY = 64 * 1024
# How long (seconds) a request waits for its turn, where a thread is left for that, since it holds one meanwhile.
WAIT = 0.5
# When (seconds) somebody who found no turn may come again.
RETRY_AFTER = 10
# What a page may answer with when its question to PostPeer found no turn; a redirect stays one.
_MARKED_STATUSES = (200, 422, 502)


class Kind(Enum):
    """What slow requests wait for."""

    POSTPEER = "an answer of PostPeer's"
    MEMBERS_BODY = "a body of somebody who is signed in"
    STRANGERS_BODY = "a body of anybody else"


class NoTurnError(Exception):
    """As many threads as may be are held by this kind of request already."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"every turn for {kind.value} is taken")


class ThreadShares:
    """The turns of one process with so many threads."""

    def __init__(self, threads: int) -> None:
        half = max(1, threads // 2)
        self._most = {Kind.POSTPEER: half, Kind.MEMBERS_BODY: half, Kind.STRANGERS_BODY: max(1, threads // 4)}
        self._most_together = max(1, threads - 1)
        self._held: Counter[Kind] = Counter()
        self._waiting = 0
        self._changed = threading.Condition()
        self._own = threading.local()

    @contextmanager
    def hold(self, kind: Kind, *, wait: float | None = None) -> Iterator[None]:
        """Hold a turn for as long as the block runs. Raises NoTurnError when none is free within `wait` seconds (WAIT).

        A thread that holds one already, of whatever kind, takes no second.
        """
        if getattr(self._own, "holds", False):
            yield
            return
        self._take(kind, WAIT if wait is None else wait)
        self._own.holds = True
        try:
            yield
        finally:
            self._own.holds = False
            with self._changed:
                self._held[kind] -= 1
                self._changed.notify_all()

    def _take(self, kind: Kind, wait: float) -> None:
        with self._changed:
            if not self._is_free(kind) and self._held.total() + self._waiting < self._most_together:
                self._waiting += 1
                try:
                    self._changed.wait_for(lambda: self._is_free(kind), wait)
                finally:
                    self._waiting -= 1
            if not self._is_free(kind):
                self._own.found_none = kind is Kind.POSTPEER
                raise NoTurnError(kind)
            self._held[kind] += 1

    def _is_free(self, kind: Kind) -> bool:
        return self._held[kind] < self._most[kind] and self._held.total() < self._most_together

    def forget_refusal(self) -> bool:
        """Return whether this thread was refused a turn for PostPeer since it was last asked."""
        was_refused = bool(getattr(self._own, "found_none", False))
        self._own.found_none = False
        return was_refused


@lru_cache(maxsize=1)
def thread_shares() -> ThreadShares:
    """Return the turns of this process."""
    return ThreadShares(settings.WEB_THREADS)


def mark_refusals(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 503 with Retry-After when a page's question to PostPeer found no turn. Middleware.

    The page itself says so, with everything that was typed. A fragment for htmx stays as it is: it would not be shown.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        shares = thread_shares()
        shares.forget_refusal()
        response = get_response(request)
        if shares.forget_refusal() and response.status_code in _MARKED_STATUSES and "HX-Request" not in request.headers:
            response.status_code = 503
            response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    return middleware
