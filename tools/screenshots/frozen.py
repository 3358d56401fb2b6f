"""A process in which time stands still and chance repeats itself, so that its pages are the same in every run."""

import os
import random
import runpy
import sys
import threading
from datetime import UTC, datetime

import time_machine

# A Sunday, 11:00 in Berlin.
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Chance:
    """Stands in for the system's randomness: one stream of bytes, the same after each `restart` with the same text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.restart("")

    def restart(self, text: str) -> None:
        """Begin the stream that belongs to a text."""
        self._stream = random.Random(text)  # noqa: S311

    def read(self, size: int) -> bytes:
        """Return the next bytes of the stream."""
        with self._lock:
            return self._stream.randbytes(size)


def freeze() -> tuple[time_machine.Traveller, Chance]:
    """Stop this process's clock at `NOW` and give it repeatable randomness.

    Returns what moves the clock, and what begins the randomness anew. Waits go by the monotonic clock, which runs on.
    """
    traveller = time_machine.travel(NOW, tick=False).start()
    chance = Chance()
    os.urandom = chance.read
    # `secrets` and SystemRandom hold a reference of their own.
    random._urandom = chance.read  # type: ignore[attr-defined]
    return traveller, chance


def main() -> None:
    """Run a module as `python -m` does, frozen: `python -m tools.screenshots.frozen MODULE ARGUMENTS`."""
    freeze()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
