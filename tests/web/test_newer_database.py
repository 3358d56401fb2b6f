"""Older code stops over a newer database, and names what it doesn't know."""

import importlib
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from postpeer_dash.installation.preparing import prepare_data
from postpeer_dash.installation.start_error import StartError
from postpeer_dash.web.newer_database import NewerDatabaseError, find_unknown_migrations, require_known_migrations
from postpeer_dash.worker.management.commands.worker import refuse_what_is_not_ours

pytestmark = pytest.mark.django_db


def apply(*names: tuple[str, str]) -> None:
    for app, name in names:
        MigrationRecorder(connection).record_applied(app, name)


def test_own_database_is_known() -> None:
    assert find_unknown_migrations() == []


@pytest.mark.parametrize(("app", "name"), [("pins", "0999_reels"), ("feeds", "0001_initial"), ("account", "0999_more")])
def test_migration_of_newer_code_is_named(app: str, name: str) -> None:
    apply((app, name))
    with pytest.raises(NewerDatabaseError, match=rf"newer version .* doesn't know {app}\.{name}\. Run that version"):
        require_known_migrations()


def test_many_are_not_all_named() -> None:
    apply(*(("pins", f"099{number}_x") for number in range(5)))
    with pytest.raises(NewerDatabaseError, match=r"pins\.0990_x, pins\.0991_x, pins\.0992_x and 2 more\."):
        require_known_migrations()


def test_apps_of_earlier_versions_count_for_nothing() -> None:
    apply(("django_tasks_database", "0001_initial"))
    assert find_unknown_migrations() == []


@pytest.fixture
def newer(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.VAR", tmp_path)
    monkeypatch.setattr("django.conf.settings.FILE_UPLOAD_TEMP_DIR", str(tmp_path / "uploads"))
    apply(("pins", "0999_reels"))


def test_web_stops(newer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.delitem(sys.modules, "postpeer_dash.wsgi", raising=False)
    with pytest.raises(SystemExit, match=r"newer version .*pins\.0999_reels"):
        importlib.import_module("postpeer_dash.wsgi")


def test_worker_stops(newer: None) -> None:
    with pytest.raises(CommandError, match=r"newer version .*pins\.0999_reels"):
        refuse_what_is_not_ours()


def test_preparing_stops_before_it_changes_anything(newer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postpeer_dash.installation.preparing.call_command", pytest.fail)
    with pytest.raises(StartError, match=r"newer version .*pins\.0999_reels"):
        prepare_data()
    with pytest.raises(CommandError, match=r"pins\.0999_reels"):
        call_command("prepare")
