"""One database's proof, in a process of its own: `python -m tools.prove.proof --database sqlite --result FILE …`."""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.prove import databases, measures, outages, rules_changed, scenarios, surprises
from tools.prove.run import Run, running

# Life times this: a lease of 120 s lasts 4 s.
SCALE = 1 / 30
Scene = Callable[[Run, int], None]
KINDS = ("sqlite", "postgres", "machines")
NAMES = {"sqlite": "SQLite", "postgres": "Postgres", "machines": "Postgres, two machines"}
_MACHINES = 2
# What a thousand submissions are made of.
PARTS: tuple[tuple[str, Scene, int], ...] = (
    ("every fault alone", scenarios.faults_alone, 288),
    ("all faults mixed, workers and web killed", scenarios.mixed, 256),
    ("a worker lost at every point", scenarios.killed_everywhere, 68),
    ("fifty clicks at once", scenarios.double_clicks, 8),
    ("twins on purpose", scenarios.twins, 40),
    ("eight workers at once", scenarios.eight_workers, 80),
    ("scheduled and called back", scenarios.scheduled, 24),
    ("scheduled and changed", scenarios.changed, 24),
    ("rules changed under scheduled pins", rules_changed.rules_changed, 24),
    ("an hour without PostPeer", outages.hour_without, 30),
    ("clocks that differ", outages.other_clocks, 24),
    ("slow answers", surprises.slow_answers, 16),
    ("Date a day off", surprises.two_clocks, 24),
    ("an id named again", surprises.named_again, 12),
    ("a part of the boards", surprises.part_of_the_boards, 4),
    ("another integration after a reconnect", surprises.renewed, 6),
    ("the queue lost", outages.lost_queue, 12),
    ("sending stopped", outages.stop_switch, 16),
    ("the key changed", outages.other_key, 16),
    ("the database put back", outages.put_back, 20),
)
# And with several machines, in the middle.
MACHINE_PARTS: tuple[tuple[str, Scene, int], ...] = (
    ("Postgres away, for 3 s and for 40 s", outages.database_away, 40),
    ("a machine lost for good", outages.machine_lost, 24),
)


def parts_of(kind: str) -> tuple[tuple[str, Scene, int], ...]:
    """Return the scenarios of a kind of run."""
    middle = len(PARTS) // 2
    return (*PARTS[:middle], *MACHINE_PARTS, *PARTS[middle:]) if kind == "machines" else PARTS


def prove(run: Run, kind: str, submissions: int, only: str = "") -> dict[str, Any]:
    """Play everything and count."""
    started = time.monotonic()
    for name, scene, share in parts_of(kind):
        if only and only not in name:
            continue
        begun = time.monotonic()
        scene(run, max(4, round(share * submissions / 1000)))
        run.say(f"{name}: {time.monotonic() - begun:.0f} s, {run.counts()}")
    if not only or only in "measured":
        measures.leaving(run)
        measures.fifty_at_once(run)
    begun = time.monotonic()
    run.instance.start_workers(2)
    run.settle(330, retries=True)
    run.instance.stop_workers()
    run.say(f"settled: {time.monotonic() - begun:.0f} s, {run.counts()}")
    verdict = run.judge()
    from postpeer_dash.pins.models import Submission

    return {
        "kind": kind,
        "database": NAMES[kind],
        "counts": verdict.counts,
        "details": verdict.details[:40],
        "misses": run.misses,
        "figures": run.figures,
        "wishes": len(run.people.wishes),
        "submissions": Submission.objects.count(),
        "published": len(run.instance.sandbox.ledger()),
        "deaths": run.instance.deaths,
        "seconds": round(time.monotonic() - started),
    }


def main() -> None:
    """Write the result as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=KINDS, required=True)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", default="", help="a folder to leave everything in, for looking at")
    parser.add_argument("--result", type=Path, required=True)
    options = parser.parse_args()
    # Told to end, it ends everything that it has started.
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit("ended by SIGTERM"))
    with tempfile.TemporaryDirectory(prefix="dash-proof-") as temporary:
        folder = Path(options.keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with (
            databases.running(options.database, folder, options.port + 5) as database,
            running(
                folder,
                database,
                seed=options.seed,
                scale=SCALE,
                port=options.port,
                machines=_MACHINES if options.database == "machines" else 0,
            ) as run,
        ):
            result = prove(run, options.database, options.submissions, options.only)
    options.result.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
