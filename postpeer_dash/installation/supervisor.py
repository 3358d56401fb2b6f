"""Run several processes that live and end together."""

import ctypes
import os
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from postpeer_dash.installation.start_error import StartError

_PR_SET_PDEATHSIG = 1
_POLL = 0.1
_LOST_WITHIN, _MAX_LOST = 60.0, 5


class Interrupted(Exception):
    """Raised after a signal that asks to end."""


@dataclass(slots=True)
class Child:
    """A process at the head of its own group; `name` is what sentences call it."""

    name: str
    process: "subprocess.Popen[bytes]"
    command: Sequence[str]
    environ: Mapping[str, str]
    is_base: bool
    is_quiet: bool
    is_restarted: bool
    lost_at: list[float]

    def may_live_again(self) -> bool:
        """Return whether it is worth restarting: not after several losses within a minute."""
        now = time.monotonic()
        self.lost_at = [*(at for at in self.lost_at if now - at < _LOST_WITHIN), now]
        return len(self.lost_at) <= _MAX_LOST


class Supervisor:
    """Starts processes, watches them, and ends all of them when one ends or a signal comes.

    Each child heads a group of its own, so that Ctrl-C in the console reaches the supervisor alone, which ends them in
    their order, and so that what a child has started ends with it. On Linux the kernel ends the children should the
    supervisor itself be killed.
    """

    def __init__(self, *, folder: Path, exits_with_parent: bool = False) -> None:
        self._folder = folder
        self._parent = os.getppid() if exits_with_parent else None
        self._children: list[Child] = []
        self._signals = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def start(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        is_base: bool = False,
        is_quiet: bool = False,
        is_restarted: bool = False,
    ) -> None:
        """Start one process.

        is_base: the others depend on it, so it is stopped last. is_quiet: only its errors are shown. is_restarted: it
        is started again when it ends, unless it keeps ending.
        """
        process = self._spawn(command, environ, is_quiet=is_quiet)
        self._children.append(Child(name, process, command, environ, is_base, is_quiet, is_restarted, []))

    def _spawn(
        self, command: Sequence[str], environ: Mapping[str, str], *, is_quiet: bool
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - our own commands  # nosec B603
            command,
            cwd=self._folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if is_quiet else None,
            start_new_session=True,
            preexec_fn=_end_with_parent(),
        )

    def check(self) -> None:
        """Raise Interrupted after a signal or without the parent, StartError when a child has ended by itself."""
        if self._signals or (self._parent is not None and os.getppid() != self._parent):
            raise Interrupted
        for child in self._children:
            code = child.process.poll()
            if code is None:
                continue
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            if child.is_restarted and child.may_live_again():
                sys.stderr.write(f"{child.name} ended by itself ({how}) and is started again.\n")
                child.process = self._spawn(child.command, child.environ, is_quiet=child.is_quiet)
                continue
            raise StartError(f"{child.name} ended by itself ({how}), so everything was ended.")

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
        """Return when `is_ready()` is true; raise StartError with the sentence `otherwise` after so many seconds."""
        end = time.monotonic() + seconds
        while True:
            self.check()
            if is_ready():
                return
            if time.monotonic() > end:
                raise StartError(otherwise)
            time.sleep(_POLL)

    def watch(self) -> None:
        """Block until a signal comes (Interrupted) or a child ends (StartError)."""
        while True:
            self.check()
            time.sleep(_POLL)

    def stop(self, *, grace: float, waiting: Callable[[], None] = lambda: None) -> None:
        """Ask the children to end; kill what is left after `grace` seconds, or when another signal comes.

        What others depend on is asked last. `waiting` is called once when it takes longer than two seconds.
        """
        before, start, has_said = self._signals, time.monotonic(), False
        for is_base in (False, True):
            children = [child for child in self._children if child.is_base is is_base]
            asked = time.monotonic()
            for child in children:
                _signal_group(child, signal.SIGTERM)
            while any(child.process.poll() is None for child in children):
                now = time.monotonic()
                if now - asked > grace or self._signals > before:
                    break
                if now - start > 2 and not has_said:
                    has_said = True
                    waiting()
                time.sleep(_POLL / 4)
            for child in children:
                # The head of a group may be gone while something that it started is not.
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
        self._children.clear()


def _signal_group(child: Child, number: int) -> None:
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):
        # Nobody is left in it; macOS says the second when only dead ones are.
        return


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return partial(_ask_for_signal, prctl, os.getpid())


def _ask_for_signal(prctl: Callable[[int, int], int], parent: int) -> None:
    prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # It was killed between the fork and this line.
        os._exit(1)
