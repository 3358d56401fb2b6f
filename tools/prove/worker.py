"""The production worker, with hooks: `python -m tools.prove.worker`.

The hooks are set from outside, so that production code has none. PROVE_KILL=point ends the process at a named point as
`kill -9` does. PROVE_FREEZE=point stops it there as SIGSTOP does. PROVE_MUTANT=name plants one defect (see mutations).
"""

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from tools.prove import mutations

# Where a worker can be struck. Each is passed by every pin, or by those whose answer was of that kind.
POINTS = (
    "picked",
    "claimed",
    "leaving",
    "left",
    "answered",
    "accepted",
    "failed",
    "given_back",
    "unconfirmed",
    "reading",
    "adopting",
    "adopted",
    "giving_up",
    "asking",
    "asked",
    "lease_ended",
    "sweeping",
)


def strike(point: str) -> None:
    """End or stop the process when this is the point it was told."""
    if os.environ.get("PROVE_KILL") == point:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("PROVE_FREEZE") == point:
        # Once: whoever wakes it has seen it frozen.
        os.environ.pop("PROVE_FREEZE")
        _let_go_of_the_lock()
        os.kill(os.getpid(), signal.SIGSTOP)
        # The signal may reach another thread first; until all stand still, this one must not go on. Awake again, it
        # goes on at once.
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            continue


def _let_go_of_the_lock() -> None:
    """Wait for a moment in which no thread of this process holds SQLite's one write lock, or all others stood still."""
    from django.db import transaction

    with transaction.atomic():
        time.sleep(0.05)


def _around(owner: Any, name: str, *, before: str = "", after: str = "") -> None:
    original = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            strike(before)
        result = original(*args, **kwargs)
        if after:
            strike(after)
        return result

    setattr(owner, name, wrapped)


def _watch_bytes() -> None:
    """Strikes right before the body of a pin's POST leaves, and right after it has left."""
    original: Callable[..., None] = http.client.HTTPConnection.endheaders

    def endheaders(self: Any, message_body: Any = None, **kwargs: Any) -> None:
        is_pin = any(b"POST /v1/posts " in line for line in self._buffer)
        original(self, message_body, **kwargs)
        if is_pin:
            # The body follows the headers in a write of its own.
            _around(self, "send", before="leaving", after="left")

    http.client.HTTPConnection.endheaders = endheaders  # type: ignore[method-assign]


def _strike_when_found(jobs: Any) -> None:
    """Strikes when rows were taken and nobody is at them yet."""
    original = jobs.claim_some

    def claim_some(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        if found:
            strike("sweeping")
        return found

    jobs.claim_some = claim_some


def plant_hooks() -> None:
    """Wrap the points of the protocol."""
    from postpeer_dash.pins.publishing import follow_up, jobs, post_list, reconcile, send
    from postpeer_dash.postpeer.client import Client

    _around(send, "_may_leave", before="picked")
    _around(send, "_claim", after="claimed")
    _around(Client, "create_post", after="answered")
    _around(send, "apply_receipt", after="accepted")
    _around(send, "apply_error", before="failed")
    _around(send, "give_back", after="given_back")
    _around(send, "become_unconfirmed", after="unconfirmed")
    _around(post_list, "read_list", after="reading")
    _around(reconcile, "adopt", before="adopting", after="adopted")
    _around(reconcile, "give_up", after="giving_up")
    _around(follow_up, "apply_post", before="asking", after="asked")
    _around(jobs, "end_lease", after="lease_ended")
    _strike_when_found(jobs)
    _watch_bytes()


def main() -> None:
    """Plants what the environment asks for and runs the worker as production does."""
    import django
    from django.core.management import call_command

    django.setup()
    plant_hooks()
    mutant = os.environ.get("PROVE_MUTANT", "")
    if mutant:
        try:
            mutations.plant(mutant)
        except mutations.CannotPlantError as error:
            print(f"The defect {mutant!r} can't be planted: {error}", file=sys.stderr)
            sys.exit(mutations.CANNOT_PLANT)
    call_command("worker", *sys.argv[1:])


if __name__ == "__main__":
    main()
