"""The index that finds pins by any part of their text, kept up to date by the database itself.

SQLite: an FTS5 table of trigrams (runs of three characters), fed by triggers. It stores no text, only which trigram
occurs in which pin. Postgres: a GIN index of pg_trgm. Without either, searching reads pins one by one.

A migration that alters pins on SQLite may rebuild their table, and the triggers go with the old table: such a migration
ends with `RunPython(make_search_index)`. A test notices when it doesn't.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import NotSupportedError, OperationalError, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

# Behind each text stand two blanks, so that its last characters begin a trigram as well: that is how one or
# two characters are found.
_SQLITE_TABLES = (
    "CREATE VIRTUAL TABLE pins_search USING fts5(runs, content='', detail=none, tokenize='trigram case_sensitive 1')",
    "CREATE VIRTUAL TABLE pins_search_runs USING fts5vocab(pins_search, instance)",
    "INSERT INTO pins_search (rowid, runs) SELECT id, search_text || '  ' FROM pins_pin",
)
_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER IF NOT EXISTS pins_search_added AFTER INSERT ON pins_pin
    BEGIN
        INSERT INTO pins_search (rowid, runs) VALUES (new.id, new.search_text || '  ');
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS pins_search_removed AFTER DELETE ON pins_pin
    BEGIN
        INSERT INTO pins_search (pins_search, rowid, runs) VALUES ('delete', old.id, old.search_text || '  ');
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS pins_search_changed AFTER UPDATE OF search_text ON pins_pin
    WHEN old.search_text IS NOT new.search_text
    BEGIN
        INSERT INTO pins_search (pins_search, rowid, runs) VALUES ('delete', old.id, old.search_text || '  ');
        INSERT INTO pins_search (rowid, runs) VALUES (new.id, new.search_text || '  ');
    END
    """,
)
_SQLITE_AWAY = (
    "DROP TRIGGER IF EXISTS pins_search_added",
    "DROP TRIGGER IF EXISTS pins_search_removed",
    "DROP TRIGGER IF EXISTS pins_search_changed",
    "DROP TABLE IF EXISTS pins_search_runs",
    "DROP TABLE IF EXISTS pins_search",
)
_POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS pins_search ON pins_pin USING gin (search_text gin_trgm_ops)",
)
_POSTGRES_AWAY = ("DROP INDEX IF EXISTS pins_search",)


def make_search_index(_apps: Any, schema_editor: Any) -> None:
    """Create what is missing of the index, for `RunPython`; repeatable. Does nothing where there can't be one."""
    connection: BaseDatabaseWrapper = schema_editor.connection
    statements = _POSTGRES
    if connection.vendor == "sqlite":
        statements = (*(() if has_sqlite_index(connection) else _SQLITE_TABLES), *_SQLITE_TRIGGERS)
    try:
        _execute(connection, statements)
    except (NotSupportedError, OperationalError, ProgrammingError) as error:
        # An SQLite without FTS5 or its trigrams (before 3.34), a Postgres without pg_trgm or the right to add it.
        log.warning("Searching goes without an index: %s", " ".join(str(error).split()))


def drop_search_index(_apps: Any, schema_editor: Any) -> None:
    """Drop the index, for `RunPython`; an extension stays, since others may use it."""
    connection: BaseDatabaseWrapper = schema_editor.connection
    _execute(connection, _SQLITE_AWAY if connection.vendor == "sqlite" else _POSTGRES_AWAY)


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def has_sqlite_index(connection: BaseDatabaseWrapper) -> bool:
    """Return whether this SQLite database has the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", ["pins_search_runs"])
        return cursor.fetchone() is not None
