"""`python -m tools.screenshots`: the README's pictures; every page with --all; what has changed with --compare."""

import argparse
import os
import sys
import time
from pathlib import Path

from tools.bootstrap import find_browser

OUT = Path("test-results/pictures")


def main() -> int:
    """Do what the command line asks for. Returns 1 when a page is missing or wrong, or when pictures differ."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots")
    parser.add_argument("--all", action="store_true", help="every page, at both widths and in both themes")
    parser.add_argument("--out", type=Path, default=OUT, help=f"where they go; {OUT} unless told otherwise")
    parser.add_argument("--only", default="", help="of all pages those with this in their name")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"), help="say which ones differ")
    options = parser.parse_args()
    browser_path = find_browser()
    if not browser_path:
        print("The pictures are taken with a Chromium or Chrome, and none was found.", file=sys.stderr)
        return 1
    if options.compare:
        from tools.screenshots.compare import compare_folders

        return compare_folders(browser_path, *options.compare)
    if not options.all:
        from tools.screenshots.readme import take_pictures

        return take_pictures(browser_path)
    return _take_all(browser_path, options.out, options.only)


def _take_all(browser_path: str, out: Path, only: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    from tools.screenshots.pages import take_all
    from tools.screenshots.shots import find_gaps

    django.setup()
    started = time.monotonic()
    problems = find_gaps() or take_all(browser_path, out, only=only)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(list(out.glob('*.png')))} pictures in {out}, {time.monotonic() - started:.0f} seconds.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
