"""`python -m tools.prove [--database sqlite|postgres|both|machines|all] [--full | --quick] [--seed N] [--only NAME]`."""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.prove import report
from tools.prove.databases import missing_postgres
from tools.prove.machines import ROOT
from tools.prove.proof import KINDS, NAMES

# About how many submissions there are in each run; those of a full one are published.
_QUICK, _USUAL, _FULL = 80, 150, 1000
_RUNS = {**{kind: (kind,) for kind in KINDS}, "both": ("sqlite", "postgres"), "all": KINDS}


def main() -> int:
    """Prove on each database in turn and print the tables; a full run writes the document. 1 when anything isn't good."""
    options = _read_options()
    seed = options.seed if options.seed is not None else secrets.randbelow(10**6)
    submissions = options.submissions or (_QUICK if options.quick else _FULL if options.full else _USUAL)
    results: list[dict[str, Any]] = []
    skipped: dict[str, str] = {}
    for kind in _RUNS[options.database]:
        reason = "" if kind == "sqlite" else missing_postgres()
        if reason:
            skipped[NAMES[kind]] = reason
            print(f"{NAMES[kind]} is skipped: {reason}.", flush=True)
            continue
        print(f"{NAMES[kind]}: {submissions} submissions, seed {seed}", flush=True)
        result = _prove(kind, submissions, seed, options)
        if result is None:
            return 1
        results.append(result)
        counted = ", ".join(f"{name} {count}" for name, count in result["counts"].items() if count)
        print(f"{NAMES[kind]}: {counted or 'all zeros'} after {result['seconds']} s", flush=True)
    print(f"\n{report.count_table(results)}\n\n{report.figure_table(results)}")
    for result in results:
        for line in (*result["details"], *result["misses"]):
            print(f"{result['database']}: {line}")
    if options.full and options.database == "all" and not options.only and results:
        command = f"make prove ARGS='--full --seed {seed}'"
        (ROOT / "docs" / "reliability.md").write_text(report.write_document(results, skipped, command))
        print("docs/reliability.md is written.")
    return _conclude(results)


def _conclude(results: list[dict[str, Any]]) -> int:
    if not results:
        print("Nothing was proven.")
        return 1
    is_zero = not any(any(result["counts"].values()) for result in results)
    is_within = not any(result["misses"] for result in results)
    print("All zeros." if is_zero else "NOT all zeros.", "" if is_within else "But not every figure is good.")
    return 0 if is_zero and is_within else 1


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.prove", description="Proves that nothing goes out twice and nothing is lost."
    )
    parser.add_argument("--database", choices=tuple(_RUNS), default="all", help="machines: Postgres with two machines")
    parser.add_argument("--submissions", type=int, default=0, help="about how many in each run, in place of these:")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help=f"{_FULL}, and docs/reliability.md is written")
    size.add_argument("--quick", action="store_true", help=f"{_QUICK} (it is {_USUAL} otherwise)")
    parser.add_argument("--seed", type=int, help="the dice; printed when not given")
    parser.add_argument("--only", default="", help="scenarios with this in their name")
    parser.add_argument("--port", type=int, default=9000, help="the first of ten ports (9000)")
    return parser.parse_args()


def _prove(kind: str, submissions: int, seed: int, options: argparse.Namespace) -> dict[str, Any] | None:
    """One database, in a process of its own, since settings are read once. None when it broke off."""
    with tempfile.TemporaryDirectory(prefix="dash-proved-") as folder:
        file = Path(folder) / "result.json"
        values = {"--database": kind, "--submissions": submissions, "--seed": seed, "--port": options.port}
        values |= {"--result": file, "--only": options.only}
        command = [sys.executable, "-m", "tools.prove.proof"]
        command += [f"{name}={value}" for name, value in values.items()]
        begun = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code or not file.exists():
            print(f"The proof on {kind} broke off after {time.monotonic() - begun:.0f} s.", file=sys.stderr)
            return None
        result: dict[str, Any] = json.loads(file.read_text())
        return result


if __name__ == "__main__":
    raise SystemExit(main())
