import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = re.findall(r"^\| (.+) \| (`tests/.+`) \|$", (ROOT / "SECURITY.md").read_text(), re.M)


def test_promises_are_read() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize(("promise", "names"), ROWS, ids=[promise[:40] for promise, _names in ROWS])
def test_every_promise_names_tests_that_exist(promise: str, names: str) -> None:
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", names):
        functions = {
            node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)
        }
        assert name in functions, f"{path}::{name}"
