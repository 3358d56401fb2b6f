import importlib
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from postpeer_dash.installation.preparing import collect_static
from postpeer_dash.teams.services import is_setup_token
from tests.cast import Cast


@pytest.fixture
def static(settings: Any, tmp_path: Path) -> Path:
    """One static file of ours, and nowhere but here to collect it to."""
    settings.VAR = tmp_path / "var"
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "var").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "page.css").write_text("a { color: red }")
    return tmp_path / "static" / "page.css"


def prepared() -> str:
    said = StringIO()
    call_command("prepare", stdout=said)
    return said.getvalue()


def test_prepare_prints_a_link_that_works_while_nobody_has_signed_up(db: None, settings: Any) -> None:
    said = prepared()
    assert said.startswith(f"Nobody has signed up yet. Begin at {settings.SITE_URL}/setup/?token=")
    assert is_setup_token(said.strip().partition("token=")[2])


def test_prepare_prints_nothing_once_somebody_has(cast: Cast) -> None:
    assert prepared() == ""


def test_prepare_refuses_a_folder_that_cannot_be_written(db: None, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.VAR = tmp_path / "file" / "live"
    with pytest.raises(CommandError, match="can't be written to: Not a directory"):
        prepared()


def test_static_files_are_collected_once(static: Path, settings: Any) -> None:
    assert collect_static() is True
    assert (settings.STATIC_ROOT / "page.css").exists()
    assert collect_static() is False


def test_a_changed_static_file_is_collected_again(static: Path, settings: Any) -> None:
    collect_static()
    static.write_text("a { color: darkred }")
    assert collect_static() is True
    assert (settings.STATIC_ROOT / "page.css").read_text() == "a { color: darkred }"


def test_a_static_file_that_is_gone_is_not_served_any_more(static: Path, settings: Any) -> None:
    collect_static()
    static.rename(static.with_name("other.css"))
    assert collect_static() is True
    assert not (settings.STATIC_ROOT / "page.css").exists()


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        ({}, "bind", "127.0.0.1:8000"),
        ({"PORT": "8123"}, "bind", "127.0.0.1:8123"),
        ({"PORT": "8123", "BIND": "0.0.0.0:80"}, "bind", "0.0.0.0:80"),
        ({}, "forwarded_allow_ips", ""),
        ({"BEHIND_PROXY": "true"}, "forwarded_allow_ips", "*"),
        ({"WEB_WORKERS": "3"}, "workers", 3),
    ],
)
def test_gunicorn_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], name: str, value: object
) -> None:
    for setting in ("PORT", "BIND", "BEHIND_PROXY", "WEB_WORKERS"):
        monkeypatch.delenv(setting, raising=False)
    for setting, text in environ.items():
        monkeypatch.setitem(os.environ, setting, text)
    monkeypatch.delitem(sys.modules, "postpeer_dash.gunicorn", raising=False)
    assert getattr(importlib.import_module("postpeer_dash.gunicorn"), name) == value
