"""The states an instance can be in, each as a database of its own, and the facts of what stands in them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def copy_database(source: Path, target: Path) -> None:
    """Make one SQLite database equal to another, also while processes have it open."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target, timeout=20)) as here:
        there.backup(here)


def state_file(folder: Path, name: str) -> Path:
    """Return the database of one state."""
    return folder / f"state-{name}.sqlite3"


def write_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Keep what the seeding has learned for whoever takes the pictures."""
    (folder / "facts.json").write_text(json.dumps(facts, indent=1))


def read_facts(folder: Path) -> dict[str, Any]:
    """Return what the seeding has learned: `sessions` by person, and ids by the names that addresses call them."""
    facts: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return facts
