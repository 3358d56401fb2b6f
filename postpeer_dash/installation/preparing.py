"""Prepare what the first request needs: tables, and the static files in their served form."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError

from postpeer_dash.installation.checks import database_name, make_data_folder, one_line, require_database
from postpeer_dash.installation.start_error import StartError
from postpeer_dash.pins.planned_time import check_hours
from postpeer_dash.web.newer_database import NewerDatabaseError, require_known_migrations
from postpeer_dash.web.secret_key import OtherSecretKeyError, require_same_secret_key, take_secret_key


def prepare_data(*, takes_secret_key: bool = False) -> None:
    """Create folders, tables and the cache table where they are missing.

    Raises StartError with one sentence when the folder or the database can't be used, or the database belongs to newer
    code or to another SECRET_KEY, unless it is to belong to today's from now on.
    """
    make_data_folder(settings.VAR, uploads=Path(settings.FILE_UPLOAD_TEMP_DIR))
    require_database()
    try:
        require_known_migrations()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except NewerDatabaseError as error:
        raise StartError(str(error)) from error
    except DatabaseError as error:
        raise StartError(f"The database {database_name()} can't be brought up to date: {one_line(error)}.") from error
    try:
        take_secret_key() if takes_secret_key else require_same_secret_key()
    except OtherSecretKeyError as error:
        raise StartError(str(error)) from error
    # Rules of time zones may be others since the last start: then home asks about pins at once.
    check_hours()


def collect_static() -> bool:
    """Collect, hash and compress the static files; return whether there was anything to do."""
    stamp = settings.VAR / "static.stamp"
    wanted = _static_fingerprint()
    try:
        if stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
            return False
    except FileNotFoundError:
        pass
    try:
        # Gone first: an interrupted collection is not taken for a complete one.
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)
    except OSError as error:
        raise StartError(f"The static files can't be written to {settings.STATIC_ROOT}: {error.strerror}.") from None
    return True


def _static_fingerprint() -> str:
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {settings.STORAGES['staticfiles']['BACKEND']}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
