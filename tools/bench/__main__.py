"""`python -m tools.bench [--quick] [--database postgres://…] [--folder FOLDER] [--port 8900]`."""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tools.bench import instances, report
from tools.bench.measure import Plan, measure, say
from tools.bench.servers import ROOT

_FULL = Plan(rounds=3, alone=0.5, together=1.0, starts=5)
_QUICK = Plan(rounds=1, alone=0.1, together=0.2, starts=1)
_SIZES, _FEW = (1_000, 100_000), (60, 300)


def main() -> int:
    """Measures, prints and, unless it is a quick run, writes docs/performance.md. Returns the exit code."""
    options = _read_options()
    counts = _FEW if options.quick else _SIZES
    with tempfile.TemporaryDirectory(prefix="dash-bench-") as temporary:
        folder = Path(options.folder or temporary).resolve()
        bare = instances.make_bare(folder / "bare", options.port)
        dashes = []
        for number, count in enumerate(counts, start=1):
            say(f"preparing {count:,} pins")
            place = folder / f"{count}{'-postgres' if options.database else ''}"
            dashes.append(instances.make_dash(place, options.port + 2 * number, count, options.database))
        try:
            pages = options.pages.split(";") if options.pages else list(dashes[0].paths)
            figures = measure(bare, dashes, pages, _QUICK if options.quick else _FULL)
        finally:
            if options.database and not options.folder:
                instances.drop_databases(options.database, counts)
    names = report.Names(bare.name, dashes[0].name, dashes[1].name)
    tables = [report.page_table(figures, names), report.weight_table(figures, names)]
    if not options.pages:
        tables.append(report.goal_table(report.list_goals(figures, names)))
    for table in tables:
        print(f"\n{table}")
    if not (options.quick or options.database or options.pages):
        text = report.write_document(figures, names, _facts())
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "performance.md").write_text(text)
        say("docs/performance.md is written.")
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measures the pages beside a bare one.")
    parser.add_argument("--quick", action="store_true", help="few pins, a few seconds, and no document")
    parser.add_argument("--database", default="", metavar="postgres://…", help="a server that may create databases")
    parser.add_argument("--folder", default="", help="keep the data here, and use it again if it is there")
    parser.add_argument("--pages", default="", help="these alone, separated by semicolons, and no document")
    parser.add_argument("--port", type=int, default=8900, help="the first of six ports (8900)")
    return parser.parse_args()


def _facts() -> dict[str, str]:
    from postpeer_dash import gunicorn

    return {
        **instances.machine(),
        "date": f"{datetime.now(UTC):%-d %B %Y}",
        "workers": str(gunicorn.workers),
        "threads": str(gunicorn.threads),
    }


if __name__ == "__main__":
    sys.exit(main())
