"""The protocol's modules import each other one way, also inside functions: what is read first needs nothing that follows."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import postpeer_dash

PACKAGE = "postpeer_dash.pins.publishing"
FOLDER = Path(postpeer_dash.__file__).parent / "pins" / "publishing"


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{PACKAGE}."):
            found.add(node.module.removeprefix(f"{PACKAGE}."))
    return found


def test_imports_of_the_protocol_run_one_way() -> None:
    arrows = {path.stem: imports_of(path) for path in FOLDER.glob("*.py")}
    order = list(TopologicalSorter(arrows).static_order())
    assert order.index("payload") < order.index("state") < order.index("send")
