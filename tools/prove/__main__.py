"""`python -m tools.prove [--database sqlite|postgres|both] [--submissions 1000] [--seed N] [--quick]`."""

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
from tools.prove.instance import ROOT

_QUICK = 80


def main() -> int:
    """Proves on each database in turn, prints the table and writes the document. 1 when anything isn't zero."""
    options = _read_options()
    seed = options.seed if options.seed is not None else secrets.randbelow(10**6)
    submissions = _QUICK if options.quick else options.submissions
    results: list[dict[str, Any]] = []
    skipped: dict[str, str] = {}
    for kind in ("sqlite", "postgres") if options.database == "both" else (options.database,):
        reason = missing_postgres() if kind == "postgres" else ""
        if reason:
            skipped["Postgres"] = reason
            print(f"Postgres is skipped: {reason}.", flush=True)
            continue
        print(f"{kind}, {submissions} submissions, seed {seed}", flush=True)
        result = _prove(kind, submissions, seed, options)
        if result is None:
            return 1
        results.append(result)
    print(f"\n{report.count_table(results)}\n\n{report.figure_table(results)}")
    for result in results:
        for line in result["details"]:
            print(f"{result['database']}: {line}")
    if not options.quick and results:
        command = f"make prove ARGS='--seed {seed}'"
        (ROOT / "docs" / "reliability.md").write_text(report.write_document(results, skipped, command))
        print("docs/reliability.md is written.")
    is_clean = bool(results) and not any(any(result["counts"].values()) for result in results)
    print("All zeros." if is_clean else "NOT all zeros." if results else "Nothing was proven.")
    return 0 if is_clean else 1


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.prove", description="Proves that nothing goes out twice and nothing is lost."
    )
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--submissions", type=int, default=1000, help="about how many for each database (1000)")
    parser.add_argument("--seed", type=int, help="the dice; printed when not given")
    parser.add_argument("--quick", action="store_true", help="few submissions, and no document")
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
