"""Signs of life: which workers were seen lately."""

import os
import socket
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from postpeer_dash.web.key_fingerprints import key_fingerprint
from postpeer_dash.worker.models import Worker


def machine_name() -> str:
    """How this machine is called, in a container its id."""
    return socket.gethostname()[:60]


def process_name() -> str:
    """How this worker process is called."""
    return f"{machine_name()}-{os.getpid()}"


class LifeSign:
    """Given by the very loop that looks for work: where that stands still, the signs end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._next_at = 0.0

    def give(self) -> None:
        """Write down that this worker lives, unless it was done just now."""
        if time.monotonic() >= self._next_at:
            mark_seen(self._name)
            self._next_at = time.monotonic() + settings.WORKER_SEEN_EVERY

    def stop(self) -> None:
        """Write down that it ends in good order, where the database takes it."""
        with suppress(DatabaseError):
            mark_gone(self._name)


def mark_seen(name: str) -> None:
    """Write down a worker's sign of life; those unseen for a day are forgotten."""
    now = timezone.now()
    fingerprint = key_fingerprint(settings.POSTPEER_API_KEY)
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now, "key_fingerprint": fingerprint})
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def mark_gone(name: str) -> None:
    """Forget a worker that stopped in good order."""
    Worker.objects.filter(name=name).delete()


def is_worker_silent() -> bool:
    """Tell whether no worker has been seen for a while, so that nothing leaves."""
    latest = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return latest is None or latest < _long_ago()


def is_own_worker_well() -> bool:
    """Tell whether a worker on this machine was seen lately: what a container's health check asks."""
    own = Worker.objects.filter(name__startswith=f"{machine_name()}-")
    return own.filter(seen_at__gte=_long_ago()).exists()


def find_machine_under(fingerprint: str) -> str:
    """Return the machine of a worker that was seen lately under this key of PostPeer's; empty when there is none.

    A worker of this machine counts while its process is there: one that was killed leaves its sign behind.
    """
    names = Worker.objects.filter(key_fingerprint=fingerprint, seen_at__gte=_long_ago()).values_list("name", flat=True)
    for machine, _dash, pid in (name.rpartition("-") for name in names):
        if machine != machine_name() or Path(f"/proc/{pid}").exists() or not Path("/proc/self").exists():
            return machine
    return ""


def _long_ago() -> datetime:
    return timezone.now() - timedelta(seconds=max(settings.WORKER_SILENT_AFTER, 1))
