"""How the code reads, in figures: `make measure`.

The lines of tests for each line of the package, the width of templates, comments, the longest functions and modules, and
how the modules of pins/publishing/ lean on each other. What a figure should be stands in CONTRIBUTING.md.
"""

import ast
import re
import statistics
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "postpeer_dash"
PUBLISHING = PACKAGE / "pins" / "publishing"


def main() -> int:
    """Print one figure a line. Returns 0: a figure is no verdict, the tests hold those that are bounds."""
    package = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    tests = sorted((ROOT / "tests").rglob("*.py"))
    templates = sorted((ROOT / "templates").rglob("*.html"))
    for name, value in (*_sizes(package, tests), *_widths(templates), *_shapes(package), *_publishing()):
        print(f"{name:<58}{value}")
    return 0


def _sizes(package: list[Path], tests: list[Path]) -> Iterator[tuple[str, str]]:
    code, tested = _count_lines(package), _count_lines(tests)
    yield "lines of the package, migrations left out", f"{code:,}"
    yield "lines of tests", f"{tested:,}"
    yield "lines of tests for each line of the package", f"{tested / code:.2f}"
    yield "comments for each 100 lines of the package", f"{100 * sum(map(_count_comments, package)) / code:.1f}"


def _widths(templates: list[Path]) -> Iterator[tuple[str, str]]:
    widths = [len(line) for path in templates for line in path.read_text().splitlines() if line.strip()]
    yield "lines of templates", f"{len(widths):,}"
    yield "mean width of a template's line", f"{statistics.mean(widths):.0f}"
    yield "widest line of a template", f"{max(widths)}"
    yield "template lines over 120 columns", f"{sum(width > 120 for width in widths)}"


def _shapes(package: list[Path]) -> Iterator[tuple[str, str]]:
    longest = max(((node.end_lineno or 0) - node.lineno + 1, path, node.name) for path, node in _functions(package))
    yield "longest function", f"{longest[0]} lines: {longest[2]} in {longest[1].relative_to(ROOT)}"
    largest = max(package, key=_lines_of)
    yield "longest module", f"{_lines_of(largest)} lines: {largest.relative_to(ROOT)}"
    words = Counter(word for path in package for word in re.findall(r"[a-z]+", _docstrings(path).lower()))
    yield "docstrings", f"{sum(1 for path in package for _text in _each_docstring(path)):,}"
    yield "the word “one” in docstrings", f"{words['one']}"


def _publishing() -> Iterator[tuple[str, str]]:
    modules = {path.stem: path for path in PUBLISHING.glob("*.py") if path.stem != "__init__"}
    prefix = "postpeer_dash.pins.publishing"
    arrows = set()
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            if node.module == prefix:
                arrows |= {(name, alias.name) for alias in node.names if alias.name in modules}
            elif node.module.startswith(f"{prefix}."):
                arrows.add((name, node.module.removeprefix(f"{prefix}.")))
    yield "modules of pins/publishing/", f"{len(modules)}"
    yield "arrows between them", f"{len(arrows)}"


def _functions(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def _each_docstring(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield text


def _docstrings(path: Path) -> str:
    return "\n".join(_each_docstring(path))


def _count_comments(path: Path) -> int:
    with tokenize.open(path) as source:
        return sum(token.type == tokenize.COMMENT for token in tokenize.generate_tokens(source.readline))


def _count_lines(paths: Iterable[Path]) -> int:
    return sum(map(_lines_of, paths))


def _lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


if __name__ == "__main__":
    sys.exit(main())
