"""`python -m tools.screenshots`: the README's pictures."""

import sys

from tools.bootstrap import find_browser
from tools.screenshots.readme import take_pictures


def main() -> int:
    """Take the pictures. Returns 1 when there is no browser to take them with."""
    browser_path = find_browser()
    if not browser_path:
        print("The pictures are taken with a Chromium or Chrome, and none was found.", file=sys.stderr)
        return 1
    return take_pictures(browser_path)


if __name__ == "__main__":
    sys.exit(main())
