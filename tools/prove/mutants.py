"""`python -m tools.prove.mutants [--database sqlite|postgres|both] [--only NAME]`: under each engine every seeded defect
has to be seen, and nothing where there is none.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.prove import databases
from tools.prove.machines import ROOT
from tools.prove.mutations import CANNOT_PLANT, MUTANTS
from tools.prove.outages import without_processes
from tools.prove.proof import NAMES
from tools.prove.run import Run, running
from tools.prove.scenarios import lost_answer, post_fault

SCALE = 1 / 60
_PINS = 4
_MORE_TRIES = 3
# From a lost answer to "it was not taken", in life's seconds, with some air.
_GIVEN_UP_AFTER = 1800.0
_LIST = {"method": "GET", "path": "/v1/posts"}
Scene = Callable[[Run, dict[str, str]], None]


def _hand_in(run: Run, extra: dict[str, str], *faults: "dict[str, object]", workers: int = 2) -> None:
    run.instance.sandbox.faults(*faults)
    run.instance.start_workers(workers, **extra)
    run.hand_in(run.people.make("mutant", _PINS))
    # The faults have to meet the requests, however long a busy machine takes to start the workers.
    run.wait_until_tried(30)


def _lose_answers(run: Run, extra: dict[str, str], *faults: "dict[str, object]") -> None:
    """Answers are lost, and the list is not what it should be either, once the workers have begun in peace."""
    _hand_in(run, extra)
    run.instance.sandbox.faults(lost_answer(1.0), *faults)
    run.hand_in(run.people.make("mutant", _PINS))
    _wait_for_posts(run, 2)
    _press_until_given_up(run)


def _press_until_given_up(run: Run) -> None:
    """A person decides what can be decided, and presses "Send again" as soon as something has failed."""
    end = time.monotonic() + _GIVEN_UP_AFTER * run.scale
    while time.monotonic() < end:
        run.decide()
        if run.send_again():
            # The faults last until it has left: a list that can be read again shows what the defect passes over.
            run.wait_until_tried(20)
            return
        time.sleep(0.2)


def slow_answers(run: Run, extra: dict[str, str]) -> None:
    """Answers that come after the deadline."""
    _hand_in(run, extra, post_fault("slow", seconds=1.8, times=_PINS))
    time.sleep(4)


def broken_tls(run: Run, extra: dict[str, str]) -> None:
    """A secure connection that breaks after the deed."""
    _hand_in(run, extra, {"name": "tls_after", "times": _PINS})
    time.sleep(3)


def unread_list(run: Run, extra: dict[str, str]) -> None:
    """Answers are lost, and the list can't be had."""
    _lose_answers(run, extra, {"name": "error_before", **_LIST})


def short_list(run: Run, extra: dict[str, str]) -> None:
    """Answers are lost, and the list ends before its end."""
    _lose_answers(run, extra, {"name": "list_page_empty"})


def twin_with_a_lost_answer(run: Run, extra: dict[str, str]) -> None:
    """The first of two twins is known; the answer for the second is lost."""
    _hand_in(run, extra)
    first = list(run.people.wishes)
    run.instance.sandbox.faults(lost_answer(1.0))
    run.hand_in([run.people.twin(wish) for wish in first])
    _wait_for_posts(run, 2)


def unreadable_bodies(run: Run, extra: dict[str, str]) -> None:
    """Answers are lost, and bodies come back unreadable."""
    _lose_answers(run, extra, {"name": "body_unreadable"})


def slow_but_good(run: Run, extra: dict[str, str]) -> None:
    """Answers that take their time, within the deadline."""
    _hand_in(run, extra, post_fault("slow", seconds=0.8))
    time.sleep(4)


def killed_after_sending(run: Run, extra: dict[str, str]) -> None:
    """A worker is killed when its request has left."""
    _hand_in(run, {**extra, "PROVE_KILL": "left"}, workers=1)
    time.sleep(4)


def frozen_before_sending(run: Run, extra: dict[str, str]) -> None:
    """A worker is frozen right before its request leaves, and goes on when the pin has long been sent again."""
    run.instance.start_workers(1, **extra, PROVE_FREEZE="leaving")
    run.hand_in(run.people.make("mutant", 1))
    frozen = run.instance.workers[0].process
    run.instance.wait(30, lambda: _is_stopped(frozen.pid), "the worker didn't freeze")
    run.instance.start_workers(1, **extra)
    _press_until_given_up(run)
    run.wait_until_tried(30)
    time.sleep(1)
    os.kill(frozen.pid, signal.SIGCONT)
    time.sleep(2)


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def cancel_that_does_not_arrive(run: Run, extra: dict[str, str]) -> None:
    """Scheduled pins are called back, and PostPeer doesn't hear of it before their time."""
    from postpeer_dash.pins.models import Pin
    from postpeer_dash.pins.services import cancel_pin

    run.instance.sandbox.faults({"name": "cut_before", "method": "DELETE", "path": "/v1/posts/scheduled/*"})
    run.instance.start_workers(2, **extra)
    run.hand_in([run.people.wish("mutant", seconds_ahead=40) for _n in range(_PINS)])
    run.wait_until_tried(30)
    for pin in Pin.objects.all():
        cancel_pin(pin=pin, actor=run.stage.owner)
    time.sleep(3)
    run.instance.sandbox.control("due", {})
    time.sleep(3)


def put_back(run: Run, extra: dict[str, str]) -> None:
    """The database is put back to before the pins went out."""
    run.hand_in(run.people.make("mutant", _PINS))
    without_processes(run, run.instance.database.keep_copy)
    run.instance.start_workers(2, **extra)
    _wait_for_posts(run)
    run.instance.stop_workers(kill=True)
    without_processes(run, run.instance.database.put_back)
    run.instance.start_workers(2, **extra)
    run.wait_until_tried(10)


def key_refused_after_the_deed(run: Run, extra: dict[str, str]) -> None:
    """PostPeer publishes, and then says that it doesn't know the key."""
    _hand_in(run, extra, {"name": "refuse_after", "status": 401, "times": 2})
    time.sleep(4)


def _wait_for_posts(run: Run, times: int = 1) -> None:
    """Until that many requests were carried out. A worker that had to start anew may ask a person before it goes on."""

    def have_left() -> bool:
        run.decide()
        return len(run.instance.sandbox.accepted()) >= _PINS * times

    run.instance.wait(30, have_left, "not every pin left")


SCENES: dict[str, Scene] = {
    "retry on timeout": slow_answers,
    "TLS error counted as never sent": broken_tls,
    "failed reading means absent": unread_list,
    "incomplete reading means absent": short_list,
    "adopt without checking other claims": twin_with_a_lost_answer,
    "candidate ignored": unreadable_bodies,
    "no lease": slow_but_good,
    "ended lease goes back to the queue": killed_after_sending,
    "no frozen-worker timer": frozen_before_sending,
    "cancelled shown before PostPeer says so": cancel_that_does_not_arrive,
    "no look after a restore": put_back,
    "a refused key is sent again unread": key_refused_after_the_deed,
}


def play(name: str, kind: str, *, is_mutant: bool, port: int) -> None:
    """Play one scene, with its defect or without, and print what was counted."""
    extra = {"PROVE_MUTANT": name} if is_mutant else {}
    with tempfile.TemporaryDirectory(prefix="dash-mutant-") as temporary:
        folder = Path(temporary).resolve()
        with (
            databases.running(kind, folder, port + 5) as database,
            running(folder, database, seed=1, scale=SCALE, port=port, has_web=False) as run,
        ):
            SCENES[name](run, extra)
            run.settle(25 if is_mutant else 60, retries=True)
            run.instance.stop_workers(kill=True)
            verdict = run.judge()
        if run.instance.deaths.get(f"exit {CANNOT_PLANT}"):
            # Nobody worked, so much was "lost": that is not the defect.
            sys.exit((folder / "log").read_text()[-1000:])
    print("; ".join(f"{what} {count}" for what, count in verdict.counts.items() if count))


def main() -> int:
    """1 when a defect isn't seen, or something is seen where there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.prove.mutants", description="Plants defects; each must be seen."
    )
    parser.add_argument("--only", default="", help="defects with this in their name")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--port", type=int, default=9020, help="the first of ten ports (9020)")
    parser.add_argument("--play", default="", help=argparse.SUPPRESS)
    parser.add_argument("--sound", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play:
        play(options.play, options.database, is_mutant=not options.sound, port=options.port)
        return 0
    return _play_all(options.only, options.database, options.port)


def _play_all(only: str, database: str, port: int) -> int:
    missed: list[str] = []
    for kind in ("sqlite", "postgres") if database == "both" else (database,):
        reason = databases.missing_postgres() if kind == "postgres" else ""
        if reason:
            print(f"{NAMES[kind]} is skipped: {reason}.")
            continue
        print(f"{NAMES[kind]}:")
        missed += [f"{name} ({NAMES[kind]})" for name in MUTANTS if only in name and not _is_seen(name, kind, port)]
    print("Every defect was seen." if not missed else f"Not seen, or seen where there is none: {', '.join(missed)}.")
    return 1 if missed else 0


def _is_seen(name: str, kind: str, port: int) -> bool:
    sound, counted = _ask(name, kind, port, "--sound"), _ask(name, kind, port)
    for _again in range(_MORE_TRIES):
        # Some defects need two things to happen at one moment: a frozen worker's request has to be faster than the
        # deadline of its own clock, which wakes with it.
        counted = counted or _ask(name, kind, port)
    is_good = sound == "" and counted not in ("", None)
    print(
        f"{'seen  ' if is_good else 'MISSED'} {name}: {counted or 'nothing'}"
        + (f" (without it: {sound})" if sound else "")
    )
    sys.stdout.flush()
    return is_good


def _ask(name: str, kind: str, port: int, *more: str) -> str | None:
    """Return what was counted in a process of its own; None when it broke off, again and again.

    A worker can be frozen while another of its threads holds SQLite's lock, and then nothing can be played.
    """
    command = [sys.executable, "-m", "tools.prove.mutants", f"--port={port}", f"--database={kind}", f"--play={name}"]
    command += more
    for _again in range(_MORE_TRIES):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.splitlines()[-1] if done.stdout.strip() else ""
    print(done.stderr[-1500:], file=sys.stderr)
    return None


if __name__ == "__main__":
    raise SystemExit(main())
