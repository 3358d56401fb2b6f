"""The short form for the suite: real workers and the sandbox, answers that are lost, one worker killed; no web."""

import argparse
import tempfile
from pathlib import Path

from tools.prove import databases
from tools.prove.judge import Verdict
from tools.prove.run import running
from tools.prove.scenarios import lost_answer, post_fault, seeded

SCALE = 1 / 60
_PINS = 16


def play(port: int, seed: int) -> Verdict:
    """Plays it once on SQLite, in some seconds, and counts."""
    with tempfile.TemporaryDirectory(prefix="dash-quick-") as temporary:
        folder = Path(temporary).resolve()
        with (
            databases.running("sqlite", folder, port + 5) as database,
            running(folder, database, seed=seed, scale=SCALE, port=port, has_web=False) as run,
        ):
            faults = [
                lost_answer(0.3),
                {"name": "tls_after", "probability": 0.3},
                {"name": "refuse_after", "probability": 0.2},
                post_fault("rate_limit", retry_after=1, probability=0.2),
            ]
            run.instance.sandbox.faults(*(seeded(run, fault) for fault in faults))
            run.instance.start_workers(1)
            run.instance.start_workers(1, PROVE_KILL="left")
            first = run.people.make("quick", _PINS)
            run.hand_in([*first, *(run.people.twin(wish) for wish in first[:2])])
            run.wait_until_tried(30)
            run.settle(30, retries=True)
            run.instance.stop_workers()
            return run.judge()


def main() -> int:
    """Print what was counted; 1 when anything isn't zero."""
    parser = argparse.ArgumentParser(prog="python -m tools.prove.quick")
    parser.add_argument("--port", type=int, default=9080)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    verdict = play(options.port, options.seed)
    for name, count in verdict.counts.items():
        print(f"{name}: {count}")
    print("\n".join(verdict.details))
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
