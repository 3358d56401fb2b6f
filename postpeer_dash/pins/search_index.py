"""The index that finds pins by any part of their text, kept in step by the database itself.

SQLite: an FTS5 table of all runs of three signs (trigrams), fed by triggers. It holds no text of its own, only which
run occurs in which pin. Postgres: a GIN index of pg_trgm. Without either, searching reads pins one by one.

A migration that alters pins on SQLite may rebuild their table, and the triggers go with the old one: such a migration
ends with `RunPython(make_search_index)`. A test notices when it doesn't.
"""

import logging
from typing import Any

from django.db import NotSupportedError, OperationalError, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

TABLE = "pins_search"
# Two blanks behind a text, so that its last signs begin a run of three as well: that is how one or two are found.
_PAD = "|| '  '"

_SQLITE_TABLES = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(runs, content='', detail=none, tokenize='trigram case_sensitive 1')",
    f"CREATE VIRTUAL TABLE {TABLE}_runs USING fts5vocab({TABLE}, instance)",
    f"INSERT INTO {TABLE} (rowid, runs) SELECT id, search_text {_PAD} FROM pins_pin",  # noqa: S608
)
_ADD = f"INSERT INTO {TABLE} (rowid, runs) VALUES (new.id, new.search_text {_PAD});"  # noqa: S608
_REMOVE = f"INSERT INTO {TABLE} ({TABLE}, rowid, runs) VALUES ('delete', old.id, old.search_text {_PAD});"  # noqa: S608
_SQLITE_TRIGGERS = {
    f"{TABLE}_added": f"AFTER INSERT ON pins_pin BEGIN {_ADD} END",
    f"{TABLE}_removed": f"AFTER DELETE ON pins_pin BEGIN {_REMOVE} END",
    f"{TABLE}_changed": "AFTER UPDATE OF search_text ON pins_pin WHEN old.search_text IS NOT new.search_text "
    f"BEGIN {_REMOVE} {_ADD} END",
}
_POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS {TABLE} ON pins_pin USING gin (search_text gin_trgm_ops)",
)


def make_search_index(_apps: Any, schema_editor: Any) -> None:
    """Makes what is missing of the index, for `RunPython`. Can be repeated; goes on where the database can't have one."""
    connection: BaseDatabaseWrapper = schema_editor.connection
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                statements = () if has_sqlite_index(connection) else _SQLITE_TABLES
                for statement in statements:
                    cursor.execute(statement)
                for name, body in _SQLITE_TRIGGERS.items():
                    cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")
            elif connection.vendor == "postgresql":
                for statement in _POSTGRES:
                    cursor.execute(statement)
    except (NotSupportedError, OperationalError, ProgrammingError) as error:
        # An SQLite without FTS5 or its trigrams (before 3.34), a Postgres without pg_trgm or the right to add it.
        log.warning("Searching goes without an index: %s", " ".join(str(error).split()))


def drop_search_index(_apps: Any, schema_editor: Any) -> None:
    """Takes the index away again, for `RunPython`; an extension stays, since others may use it."""
    connection: BaseDatabaseWrapper = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _SQLITE_TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for name in (f"{TABLE}_runs", TABLE):
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
        elif connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {TABLE}")


def has_sqlite_index(connection: BaseDatabaseWrapper) -> bool:
    """Whether this SQLite database has the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [f"{TABLE}_runs"])
        return cursor.fetchone() is not None
