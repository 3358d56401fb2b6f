"""What keeps an instance from starting is one sentence, and says what can be done."""

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError

from postpeer_dash.installation import checks
from postpeer_dash.installation.start_error import StartError


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port on which something listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_taken_port_names_another_one(taken: int) -> None:
    with pytest.raises(StartError, match=rf"^Port {taken} is taken\. Choose another one: make run PORT=\d+$"):
        checks.require_free_port(taken)


def test_port_that_nobody_chose_is_explained(taken: int) -> None:
    with pytest.raises(StartError, match=rf"^Port {taken}, the sandbox's, is taken\."):
        checks.require_free_port(taken, named=", the sandbox's,")


def test_free_port_is_left_free(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    checks.require_free_port(free)
    with socket.socket() as server:
        server.bind(("127.0.0.1", free))
        assert server.getsockname()[1] == free


class NoSocket:
    """A socket that can't be bound, under one family or both."""

    def __init__(self, number: int, families: set[int]) -> None:
        self.number, self.families = number, families

    def __call__(self, family: int, _kind: int) -> "NoSocket":
        self.family = family
        return self

    def __enter__(self) -> "NoSocket":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def setsockopt(self, *_options: int) -> None:
        return None

    def bind(self, _address: tuple[str, int]) -> None:
        if self.family in self.families:
            raise OSError(self.number, os.strerror(self.number))


BOTH, SIX = {socket.AF_INET, socket.AF_INET6}, {socket.AF_INET6}


@pytest.mark.parametrize(
    ("number", "families", "sentence"),
    [
        (errno.EADDRINUSE, BOTH, r"Port 8000 is taken\. Choose another one: make run PORT=8010"),
        (errno.EADDRINUSE, SIX, r"Port 8000 is taken\."),
        (errno.EACCES, BOTH, r"Port 8000 is reserved for the system\. Choose one from 1024 on\."),
        (errno.EADDRNOTAVAIL, BOTH, r"Port 8000 can't be used: "),
        (errno.EADDRNOTAVAIL, SIX, ""),
        (errno.EAFNOSUPPORT, SIX, ""),
    ],
)
def test_port_is_tried_under_both_families(
    monkeypatch: pytest.MonkeyPatch, number: int, families: set[int], sentence: str
) -> None:
    monkeypatch.setattr(checks.socket, "socket", NoSocket(number, families))
    if not sentence:
        checks.require_free_port(8000)
        return
    with pytest.raises(StartError, match=sentence):
        checks.require_free_port(8000)


@pytest.mark.parametrize(("port", "other"), [(8000, 8010), (65_524, 65_534), (65_525, 65_515), (65_534, 65_524)])
def test_port_that_is_offered_can_be_used_with_the_next(monkeypatch: pytest.MonkeyPatch, port: int, other: int) -> None:
    monkeypatch.setattr(checks.socket, "socket", NoSocket(errno.EADDRINUSE, BOTH))
    with pytest.raises(StartError, match=rf"PORT={other}$"):
        checks.require_free_port(port)


def test_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder, uploads = tmp_path / "a" / "var", tmp_path / "a" / "var" / "uploads"
    checks.make_data_folder(folder, uploads=uploads)
    checks.make_data_folder(folder, uploads=uploads)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, uploads)] == [0o700, 0o700]


def test_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StartError, match=r"can't be written to: .* Choose another one with VAR\.$"):
        checks.make_data_folder(tmp_path / "var", uploads=tmp_path / "var" / "uploads")


def test_data_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(StartError, match="Permission denied"):
        checks.make_data_folder(tmp_path, uploads=tmp_path / "uploads")


def test_folder_is_held_by_one_instance_until_it_lets_go(tmp_path: Path) -> None:
    with checks.lock_data_folder(tmp_path, port=8000):
        with pytest.raises(StartError, match="in use by an instance on port 8000"):
            checks.lock_data_folder(tmp_path, port=9000)
        assert (tmp_path / "running").read_text() == "port 8000\n"
    checks.lock_data_folder(tmp_path, port=9000).close()
    assert (tmp_path / "running").read_text() == "port 9000\n"


def test_folder_held_by_nobody_knows_whom_says_so(tmp_path: Path) -> None:
    held = checks.lock_data_folder(tmp_path, port=8000)
    (tmp_path / "running").write_text("")
    with held, pytest.raises(StartError, match="an instance on another port"):
        checks.lock_data_folder(tmp_path, port=9000)


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOSYS])
def test_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(checks.fcntl, "flock", refuse)
    with pytest.raises(StartError, match="can't be written to"):
        checks.lock_data_folder(tmp_path, port=8000)


def test_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="No such file"):
        checks.lock_data_folder(tmp_path / "gone", port=8000)


@pytest.mark.parametrize(
    ("database", "name"),
    [
        ({"NAME": "/var/db.sqlite3", "HOST": ""}, "/var/db.sqlite3"),
        ({"NAME": Path("/var/db.sqlite3")}, "/var/db.sqlite3"),
        ({"NAME": "dash", "HOST": "db.internal", "PASSWORD": "s3cret"}, "dash at db.internal"),
    ],
)
def test_database_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], name: str
) -> None:
    monkeypatch.setattr(checks, "connection", SimpleNamespace(settings_dict=database))
    assert checks.database_name() == name


def test_database_that_fails_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("connection refused\n  Is the server running?")

    database = {"NAME": "dash", "HOST": "db.internal", "PASSWORD": "s3cret"}
    monkeypatch.setattr(checks, "connection", SimpleNamespace(settings_dict=database, cursor=fail))
    with pytest.raises(StartError, match=r"^The database dash at db\.internal can't be used: connection refused\.$"):
        checks.require_database()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("No."), "No"),
        (ValueError("  first\nsecond"), "first"),
        (ValueError(""), "ValueError"),
        (ValueError(" \n "), "ValueError"),
        (DatabaseError("no such table: pins."), "no such table: pins"),
    ],
)
def test_message_is_its_first_line(error: Exception, line: str) -> None:
    assert checks.one_line(error) == line
