"""How many threads of a worker one PostPeer, or one team, may hold at a time.

A POST may take a minute, since PostPeer publishes inside it. Were all threads at such ones, whatever anybody else wants
would wait behind them: another team's pin, and every mail. So what speaks to one PostPeer holds at most half of the
threads, and of these a team takes another one only while more are free than it holds already. One team alone holds
half of them then, and however many are slow, one is left for the next.

Counted in the process, since the threads are its own: each worker keeps half of its own free, however many there are.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


class Plan:
    """Who could take threads now: a copy of what is held, to which `take` adds."""

    def __init__(self, threads: int, peers: Counter[int], teams: Counter[tuple[int, int]]) -> None:
        self._most = max(threads // 2, 1)
        self._peers, self._teams = peers, teams

    def take(self, peer: int, team: int) -> bool:
        """Count one thread more for a team that speaks to a peer; False when it has to wait, and nothing is counted."""
        free = self._most - self._peers[peer]
        if self._teams[peer, team] >= free:
            return False
        self._peers[peer] += 1
        self._teams[peer, team] += 1
        return True

    def is_full(self, peer: int) -> bool:
        """Return whether a peer has all that it may hold, so that no team finds a thread for it."""
        return self._peers[peer] >= self._most


class Shares:
    """What is held in this process. `threads` is how many there are, None for as many as the settings say."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads
        self._lock = threading.Lock()
        self._peers: Counter[int] = Counter()
        self._teams: Counter[tuple[int, int]] = Counter()
        self._was_refused = False

    def plan(self) -> Plan:
        """Return a plan that begins with what is held now."""
        with self._lock:
            return Plan(self._count(), Counter(self._peers), Counter(self._teams))

    @contextmanager
    def hold(self, peer: int, team: int) -> Iterator[bool]:
        """Hold a thread for a team that speaks to a peer; False when it has to wait."""
        with self._lock:
            is_held = Plan(self._count(), self._peers, self._teams).take(peer, team)
            self._was_refused = self._was_refused or not is_held
        try:
            yield is_held
        finally:
            if is_held:
                with self._lock:
                    self._peers[peer] -= 1
                    self._teams[peer, team] -= 1

    def note_refused(self) -> None:
        """Note that something waits for a thread of its share."""
        with self._lock:
            self._was_refused = True

    def was_refused(self) -> bool:
        """Return whether anything had to wait since this was last asked: whoever has become free looks for it."""
        with self._lock:
            was_refused, self._was_refused = self._was_refused, False
        return was_refused

    def _count(self) -> int:
        threads: int = self.threads or settings.WORKER_THREADS
        return threads


# What this process holds.
shares = Shares()
