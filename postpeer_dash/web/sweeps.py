"""Work that is due every few seconds beside publishing: an app registers it, the worker runs it."""

import logging

from django.db import DatabaseError
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)
_sweeps: list[str] = []


def register_sweep(path: str) -> None:
    """Register a sweep by its dotted path, once; called when the app that has the work is loaded.

    It is imported by the worker alone, takes no argument, makes no request and is safe to run side by side.
    """
    if path not in _sweeps:
        _sweeps.append(path)


def run_sweeps() -> None:
    """Run every sweep; one that the database refuses now is run again the next time."""
    for path in list(_sweeps):
        try:
            import_string(path)()
        except DatabaseError:
            log.exception("%s failed", path)
