import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.installation.processes import ROOT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only program on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    path = tmp_path / "chromium"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_an_old_python_is_told_in_one_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    assert bootstrap.main(["runtime"]) == 1
    assert capsys.readouterr().err == "PostPeer Dash needs Python 3.11 or later, and python3 is 3.9.2 here.\n"


def test_a_newer_python_that_only_a_version_manager_names_is_passed_over(
    bootstrap: ModuleType, executable: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shim = executable.with_name("python3.13")
    shim.write_text("#!/bin/sh\necho 'python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    taken: list[str] = []
    monkeypatch.setattr(os, "execv", lambda path, _arguments: taken.append(path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["runtime"]) == 1
    assert taken == []
    assert capsys.readouterr().err == "PostPeer Dash needs Python 3.11 or later, and python3 is 3.9.2 here.\n"


def test_a_newer_python_takes_over_from_an_old_one(
    bootstrap: ModuleType, executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = executable.with_name("python3.12")
    newer.symlink_to(sys.executable)
    taken: list[str] = []
    monkeypatch.setattr(os, "execv", lambda path, _arguments: taken.append(path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    bootstrap.main(["runtime"])
    assert taken == [str(newer)]


def test_a_python_without_venv_is_told_what_to_install(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", tmp_path / "missing")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert bootstrap.main(["runtime"]) == 1
    assert "has no venv module" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "file" / "venv")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", tmp_path / "file" / "venv" / "python")
    assert bootstrap.main(["runtime"]) == 1
    assert capsys.readouterr().err.startswith(f"The folder {tmp_path}/file/venv can't be made: ")


def test_what_is_installed_already_is_not_installed_again(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = (ROOT / "requirements" / "runtime.txt").read_bytes()
    (tmp_path / "installed-runtime").write_text(hashlib.sha256(pins).hexdigest())
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command: commands.append(command) or 0)
    bootstrap.install("runtime")
    assert commands == []


def test_a_larger_set_that_is_installed_is_enough(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = (ROOT / "requirements" / "e2e.txt").read_bytes()
    (tmp_path / "installed-e2e").write_text(hashlib.sha256(pins).hexdigest())
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command: commands.append(command) or 0)
    bootstrap.install("runtime")
    assert commands == []


@pytest.mark.parametrize(("smaller", "larger"), [("runtime", "dev"), ("dev", "e2e"), ("runtime", "production")])
def test_a_larger_set_holds_all_of_the_smaller_one(smaller: str, larger: str) -> None:
    sets = [(ROOT / "requirements" / f"{name}.txt").read_text().splitlines() for name in (smaller, larger)]
    assert not set(sets[0]) - set(sets[1])


@pytest.mark.parametrize(
    ("environ", "dot_env", "chosen"),
    [
        ({}, "", "runtime"),
        ({"DATABASE_URL": "postgres://dash@db/dash"}, "", "production"),
        ({"DATABASE_URL": "sqlite:////srv/dash.sqlite3"}, "", "runtime"),
        ({"REDIS_URL": "redis://cache:6379/0"}, "", "production"),
        ({}, "#DATABASE_URL=postgres://dash@db/dash\n", "runtime"),
        ({}, "PORT=8100\nDATABASE_URL='postgres://dash@db/dash'\n", "production"),
        ({"DATABASE_URL": ""}, "DATABASE_URL=postgres://dash@db/dash\n", "runtime"),
        ({"READ_DOT_ENV": "false"}, "DATABASE_URL=postgres://dash@db/dash\n", "runtime"),
    ],
)
def test_drivers_are_installed_where_a_server_is_named(
    bootstrap: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    dot_env: str,
    chosen: str,
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "READ_DOT_ENV"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "tools").mkdir()
    (tmp_path / ".env").write_text(dot_env)
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "install", installed.append)
    assert bootstrap.main(["runtime"]) == 0
    assert installed == [chosen]


def test_changed_pins_are_installed_and_remembered(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "installed-runtime").write_text("of other pins")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    commands: list[list[str]] = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command: commands.append(command) or 0)
    bootstrap.install("runtime")
    bootstrap.install("runtime")
    assert len(commands) == 1
    assert commands[0][-3:] == ["--require-hashes", "-r", str(ROOT / "requirements" / "runtime.txt")]


def test_a_failed_installation_is_not_remembered(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda _command: 1)
    with pytest.raises(bootstrap.Sentence, match="could not be installed"):
        bootstrap.install("runtime")
    assert not (tmp_path / "installed-runtime").exists()


def test_a_chromium_on_the_path_is_found(bootstrap: ModuleType, executable: Path) -> None:
    assert bootstrap.find_browser() == str(executable)


def test_a_named_browser_goes_before_the_one_on_the_path(
    bootstrap: ModuleType, executable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = executable.with_name("my-browser")
    named.write_text("#!/bin/sh\n")
    named.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(named))
    assert bootstrap.find_browser() == str(named)


@pytest.mark.parametrize("name", ["runtime", "production", "dev", "e2e"])
def test_pins_hold_hashes_and_no_address(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith(" ")]
    assert names
    assert all("==" in line and line.endswith("\\") for line in names)
    assert not [line for line in lines if "://" in line or line.startswith(("-", "file:"))]
