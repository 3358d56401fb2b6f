"""Which workers were seen lately."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from postpeer_dash.worker.models import Worker


def mark_seen(name: str) -> None:
    """A worker's sign of life; those unseen for a day are forgotten."""
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def mark_gone(name: str) -> None:
    """A worker that stopped in good order."""
    Worker.objects.filter(name=name).delete()


def is_worker_silent() -> bool:
    """Whether no worker has been seen for a while, so that nothing leaves."""
    latest = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return latest is None or latest < timezone.now() - timedelta(seconds=max(settings.WORKER_SILENT_AFTER, 1))
