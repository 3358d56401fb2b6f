"""The sandbox's memory: one SQLite file, one connection, one lock."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS profiles (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    deleted_at TEXT);
CREATE TABLE IF NOT EXISTS integrations (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, platform_user_id TEXT, username TEXT, display_name TEXT,
    profile_url TEXT, image_url TEXT, profile_id TEXT, auth_status TEXT NOT NULL DEFAULT 'active',
    auth_failure_reason TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT);
CREATE TABLE IF NOT EXISTS boards (
    integration_id TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, description TEXT,
    privacy TEXT NOT NULL, is_removed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (integration_id, id));
CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY, content TEXT NOT NULL, status TEXT NOT NULL, scheduled_for TEXT, timezone TEXT NOT NULL,
    media TEXT NOT NULL, body TEXT NOT NULL, body_hash TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    due_at TEXT, finish_at TEXT, hidden_until TEXT, is_held INTEGER NOT NULL DEFAULT 0, is_charged INTEGER NOT NULL DEFAULT 0,
    charged_at TEXT, deleted_at TEXT);
CREATE INDEX IF NOT EXISTS posts_by_time ON posts (created_at);
CREATE INDEX IF NOT EXISTS posts_waiting ON posts (status) WHERE status IN ('scheduled', 'publishing');
CREATE TABLE IF NOT EXISTS post_platforms (
    post_id TEXT NOT NULL, position INTEGER NOT NULL, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    specific TEXT NOT NULL, content TEXT, status TEXT NOT NULL, platform_post_id TEXT, platform_post_url TEXT,
    published_at TEXT, error TEXT, warning TEXT, plan TEXT, is_removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (post_id, position));
CREATE INDEX IF NOT EXISTS post_platforms_by_public_id ON post_platforms (platform_post_id);
CREATE TABLE IF NOT EXISTS published (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, post_id TEXT NOT NULL, platform TEXT NOT NULL,
    account_id TEXT NOT NULL, board_id TEXT, content TEXT NOT NULL, title TEXT, media_url TEXT, body_hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS published_stays BEFORE DELETE ON published
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS published_unchanged BEFORE UPDATE ON published
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE IF NOT EXISTS accepted (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, post_id TEXT NOT NULL, status TEXT NOT NULL,
    scheduled_for TEXT, body_hash TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,
    message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (
    token TEXT PRIMARY KEY, filename TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS consents (
    token TEXT PRIMARY KEY, platform TEXT NOT NULL, profile_id TEXT, redirect_uri TEXT, cancel_uri TEXT,
    created_at TEXT NOT NULL, used_at TEXT);
CREATE TABLE IF NOT EXISTS notifications (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, value TEXT NOT NULL);
"""
TABLES = (
    "meta", "profiles", "integrations", "boards", "posts", "post_platforms", "published", "accepted", "refused", "uploads",
    "consents", "notifications",
)  # fmt: skip

Row = sqlite3.Row
Connection = sqlite3.Connection


def make_id() -> str:
    """Return a new id in PostPeer's format: 24 hexadecimal digits."""
    return secrets.token_hex(12)


class Store:
    """The database. Every statement runs under one lock, so that transactions of two threads never mix."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run a block in one write transaction: all of it is kept, or nothing when the block raises."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Return all rows of a SELECT."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> Row | None:
        """Return the first row of a SELECT, or None."""
        with self._lock:
            found: Row | None = self._connection.execute(statement, values).fetchone()
            return found

    def number(self, statement: str, *values: Any) -> int:
        """Return the one number a SELECT gives; 0 for none."""
        row = self.row(statement, *values)
        return int(row[0] or 0) if row else 0

    def execute(self, statement: str, *values: Any) -> int:
        """Execute one write, in the running transaction or its own; return how many rows it touched."""
        with self.transaction() as connection:
            return connection.execute(statement, values).rowcount

    def insert(self, table: str, values: dict[str, Any], *, replaces: bool = False) -> None:
        """Insert a row; with `replaces`, a row with the same key is replaced."""
        verb = "INSERT OR REPLACE" if replaces else "INSERT"
        marks = ", ".join("?" * len(values))
        # Table and column names are this package's own, never a request's.
        self.execute(f"{verb} INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())

    def setting(self, name: str, default: Any) -> Any:
        """Return a value stored by name, as JSON."""
        row = self.row("SELECT value FROM meta WHERE name = ?", name)
        return json.loads(row["value"]) if row else default

    def set_setting(self, name: str, value: Any) -> None:
        """Store a value by name."""
        self.insert("meta", {"name": name, "value": json.dumps(value)}, replaces=True)

    def reset(self) -> None:
        """Delete everything, the ledger included."""
        with self._lock:
            self._connection.executescript("".join(f"DROP TABLE IF EXISTS {name};" for name in TABLES) + SCHEMA)

    def close(self) -> None:
        """Write the log's rest into the file, and close it."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()
