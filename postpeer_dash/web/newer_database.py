"""Older code over a newer database: it would write rows that the newer code doesn't expect, so it stops instead."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

# Apps of earlier versions; their migrations stay written down.
_RETIRED = {"django_tasks", "django_tasks_database"}
_MAX_NAMED = 3


class NewerDatabaseError(Exception):
    """The database has been brought up to date by newer code; the text is a sentence for the console."""

    def __init__(self, names: list[str]) -> None:
        more = len(names) - _MAX_NAMED
        named = ", ".join(names[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            f"This database belongs to a newer version of the dashboard: this one doesn't know {named}. Run that version "
            "here, too, or put back the backup that was made before the upgrade."
        )


def require_known_migrations() -> None:
    """Raise NewerDatabaseError when the database holds migrations that this code doesn't have."""
    names = find_unknown_migrations()
    if names:
        raise NewerDatabaseError(names)


def find_unknown_migrations() -> list[str]:
    """Return the migrations (app.name) that the database holds and this code doesn't have, in their order."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    # What a squashed migration has replaced is known by its name as well.
    for migration in loader.disk_migrations.values():
        known.update((app, name) for app, name in migration.replaces)
    unknown = sorted(set(loader.applied_migrations) - known)
    return [f"{app}.{name}" for app, name in unknown if app not in _RETIRED]
