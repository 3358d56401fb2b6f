"""Remove files that nobody needs any more: broken uploads, what no pin took, originals of pins that are long out.

A thumbnail and what was read from a file stay as long as a pin shows it, so that history never goes blank.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.services import discard_upload, empty_file
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.publishing.state import FINAL_STATUSES
from postpeer_dash.worker.jobs import periodic

log = logging.getLogger(__name__)
State = MediaFile.State
_EVERY = 3600.0
_BATCH = 200
# Whoever wants to go on with a broken upload does so soon.
_BROKEN_AFTER = timedelta(days=2)


def tidy_files() -> None:
    """Remove a batch of each; what is left is for the next time."""
    now = timezone.now()
    counts = {"uploads": _drop_broken(now), "unused files": _drop_unused(now), "originals": _empty_old(now)}
    if any(counts.values()):
        log.info("Tidied up: %s", ", ".join(f"{count} {what}" for what, count in counts.items() if count))


def _users_of(column: str) -> Exists:
    return Exists(Pin.objects.filter(**{column: OuterRef("uuid")}))


def _unused() -> QuerySet[MediaFile]:
    return MediaFile.objects.exclude(_users_of("media_file")).exclude(_users_of("picture"))


def _drop_broken(now: datetime) -> int:
    broken = Q(state__in=[State.UPLOADING, State.REFUSED], created_at__lt=now - _BROKEN_AFTER)
    return _drop(MediaFile.objects.filter(broken))


def _drop_unused(now: datetime) -> int:
    return _drop(_unused().filter(state=State.READY, created_at__lt=now - _kept_for()))


def _drop(files: QuerySet[MediaFile]) -> int:
    chosen = list(files.order_by("pk")[:_BATCH])
    for file in chosen:
        discard_upload(file)
    return len(chosen)


def _empty_old(now: datetime) -> int:
    """Remove the bytes of files all of whose pins ended long ago."""
    is_needed = Q(frozen_at=None) | ~Q(status__in=FINAL_STATUSES) | Q(sort_at__gte=now - _kept_for())
    for_media = Exists(Pin.objects.filter(is_needed, media_file=OuterRef("uuid")))
    for_cover = Exists(Pin.objects.filter(is_needed, picture=OuterRef("uuid")))
    old = MediaFile.objects.filter(state=State.READY, emptied_at=None, created_at__lt=now - _kept_for())
    chosen = list(old.exclude(for_media).exclude(for_cover).order_by("pk")[:_BATCH])
    for file in chosen:
        empty_file(file)
    return len(chosen)


def _kept_for() -> timedelta:
    return timedelta(days=settings.MEDIA_KEPT_DAYS)


MEDIA_FILES = periodic("files", tidy_files, every=_EVERY)
