"""Remove what is over: sessions, what lists them, the cache's entries, counters, files of uploads that broke off.

docs/operations.md lists everything that grows, and who removes it.
"""

import logging
import time
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from postpeer_dash.web.chunks import CHUNK, delete_in_chunks, repeat
from postpeer_dash.web.models import RateLimitCounter
from postpeer_dash.worker.jobs import periodic

log = logging.getLogger(__name__)
_EVERY = 900.0
_DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"
# No upload takes so long (seconds): what is older was left by a process that was killed.
_UPLOAD_AGE = 24 * 60 * 60


def clean_up() -> None:
    """Remove what is over, in small steps. What a time budget leaves is for the next time."""
    now = timezone.now()
    removed = {
        "sessions": delete_in_chunks(Session.objects.filter(expire_date__lt=now)),
        # Signed out, or expired: nothing is left to list.
        "lines of sessions": delete_in_chunks(_ended_lines()),
        "entries of the cache": _forget_cached(),
        "counters": delete_in_chunks(RateLimitCounter.objects.filter(ends_at__lt=now)),
        "files": _remove_broken_uploads(),
    }
    if any(removed.values()):
        log.info("Tidied up: %s", ", ".join(f"{count} {what}" for what, count in removed.items() if count))


def _ended_lines() -> QuerySet[UserSession]:
    lines: QuerySet[UserSession] = UserSession.objects.all()
    return lines.exclude(Exists(Session.objects.filter(session_key=OuterRef("session_key"))))


def _forget_cached() -> int:
    """Delete expired entries of the database's cache, which Django does only when it is full."""
    cache = settings.CACHES["default"]
    if cache["BACKEND"] != _DATABASE_CACHE:
        return 0
    table, key, expires = (connection.ops.quote_name(name) for name in (cache["LOCATION"], "cache_key", "expires"))
    statement = f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {expires} < %s LIMIT %s)"  # noqa: S608 - names of ours  # nosec B608

    def forget_some() -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, [connection.ops.adapt_datetimefield_value(timezone.now()), CHUNK])
            return int(cursor.rowcount)

    return repeat(forget_some)


def _remove_broken_uploads() -> int:
    """Remove files that a killed process left in this machine's folder for uploads."""
    folder, count = Path(settings.FILE_UPLOAD_TEMP_DIR), 0
    if not folder.is_dir():
        return 0
    for path in folder.iterdir():
        try:
            if path.is_file() and time.time() - path.stat().st_mtime > _UPLOAD_AGE:
                path.unlink()
                count += 1
        except OSError:
            # Gone meanwhile, or not ours.
            continue
    return count


HOUSEKEEPING = periodic("housekeeping", clean_up, every=_EVERY)
