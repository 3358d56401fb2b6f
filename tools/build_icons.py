"""Builds static/icons.svg, the one sprite of all icons in use.

Input is the folder `icons/` of the npm package `lucide-static` (unpack what `npm pack lucide-static` fetches):

    python tools/build_icons.py path/to/package/icons

To add an icon, add its Lucide name to NAMES and run this again. The sprite is committed, so nobody else needs Lucide.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NAMES = """
arrow-left badge-check ban bell calendar-days check chevron-down chevron-right chevrons-up-down circle-alert
circle-check circle-dashed circle-ellipsis circle-question-mark clock cloud-off contrast copy credit-card crop
download ellipsis external-link eye eye-off film flask-conical gallery-vertical-end globe hourglass house image
image-off images info key-round layout-grid link list-filter loader lock log-out mail monitor moon octagon-x
pencil-line play plug plus refresh-cw rotate-ccw rows-3 scroll-text search send settings shield-check shield-half
stamp sun trash-2 triangle-alert undo-2 unplug upload user-plus user-round users video x
"""

# Lucide's own half disc is so small at 16 px that it reads as a dot.
REPLACED = {
    "contrast": '<circle cx="12" cy="12" r="10"/><path fill="currentColor" stroke="none" d="M12 20a8 8 0 0 0 0-16z"/>',
}
HEAD = (
    "<!-- Lucide, ISC licence, (c) Lucide Icons and Contributors; "
    "some derived from Feather, MIT licence, (c) Cole Bemis. See vendor/lucide/LICENSE. -->\n"
)
TARGET = Path(__file__).resolve().parent.parent / "static" / "icons.svg"


def read_shapes(source: Path, name: str) -> str:
    """Return what stands inside the <svg> of one Lucide file, on one line."""
    text = (source / f"{name}.svg").read_text(encoding="utf-8")
    match = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
    if match is None:
        raise ValueError(f"{name}.svg holds no <svg> element")
    return re.sub(r"\s*/>", "/>", " ".join(match.group(1).split()).replace("> <", "><"))


def build_sprite(source: Path) -> str:
    """Return the whole sprite, one <symbol id="i-NAME"> for each icon, sorted by name."""
    symbols = [
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{REPLACED.get(name) or read_shapes(source, name)}</symbol>'
        for name in sorted(NAMES.split())
    ]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + HEAD + "\n".join(symbols) + "\n</svg>\n"


def main() -> int:
    """Write the sprite; return the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("Usage: python tools/build_icons.py path/to/lucide-static/icons")
        return 2
    TARGET.write_text(build_sprite(Path(sys.argv[1])), encoding="utf-8")
    print(f"{TARGET.name}: {len(NAMES.split())} icons")
    return 0


if __name__ == "__main__":
    sys.exit(main())
