"""What is over is removed by the worker; what is not, stays."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from postpeer_dash.notifications.mails import forget_old_notices
from postpeer_dash.teams.housekeeping import HOUSEKEEPING, clean_up
from postpeer_dash.teams.models import AuditEvent, Notice
from postpeer_dash.web.models import RateLimitCounter
from postpeer_dash.worker.jobs import all_jobs
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def make_session(key: str, *, days: float) -> None:
    Session.objects.create(session_key=key, session_data="x", expire_date=timezone.now() + timedelta(days=days))


def test_expired_sessions_go_with_what_lists_them(cast: Cast) -> None:
    for key, days in (("lives", 1), ("ended", -0.001)):
        make_session(key, days=days)
        UserSession.objects.create(user=cast.bob, session_key=key, ip="192.0.2.1", user_agent="x")
    UserSession.objects.create(user=cast.bob, session_key="signed out", ip="192.0.2.1", user_agent="x")
    clean_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["lives"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["lives"]


def test_counters_that_are_over_go() -> None:
    now = timezone.now()
    for key, seconds in (("over", -1), ("counts", 60)):
        RateLimitCounter.objects.create(key=key, count=1, ends_at=now + timedelta(seconds=seconds))
    clean_up()
    assert list(RateLimitCounter.objects.values_list("key", flat=True)) == ["counts"]


def test_expired_entries_of_the_databases_cache_go(settings: Any) -> None:
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "dash_cache"}}
    call_command("createcachetable")
    cache = caches["default"]
    cache.set("lives", 1, 60)
    cache.set("over", 1, 60)
    with connection.cursor() as cursor:
        past = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=5))
        cursor.execute("UPDATE dash_cache SET expires = %s WHERE cache_key LIKE %s", [past, "%over"])
        clean_up()
        cursor.execute("SELECT cache_key FROM dash_cache")
        assert [key for (key,) in cursor.fetchall()] == [cache.make_key("lives")]


def test_files_of_uploads_that_broke_off_go_after_a_day(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    old, new = tmp_path / "old.upload", tmp_path / "new.upload"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    clean_up()
    assert list(tmp_path.iterdir()) == [new]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    clean_up()


def test_audit_is_only_added_to(cast: Cast) -> None:
    AuditEvent.objects.create(action="sign_in.failed", at=timezone.now() - timedelta(days=5000))
    clean_up()
    assert AuditEvent.objects.count() == 1


def test_old_notices_go_but_for_accounts_that_are_still_broken(cast: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    for key, at in (("failed:1", long_ago), ("reconnect:7", long_ago), ("failed:2", timezone.now())):
        Notice.objects.create(user=cast.bob, key=key, created_at=at)
    forget_old_notices()
    assert set(Notice.objects.values_list("key", flat=True)) == {"reconnect:7", "failed:2"}


def test_worker_does_it() -> None:
    assert all_jobs()["housekeeping"] is HOUSEKEEPING and "old notices" in all_jobs()
