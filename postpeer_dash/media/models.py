"""A file on its way from a person to PostPeer: what arrived, what it is, and what became of it."""

import hashlib
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams.models import Team


class MediaFile(models.Model):
    """A picture or film of a team.

    Its bytes lie in the data folder (`media/store.py`); this row says how far it has come and what was read from it.
    `due_at` says from when on a worker takes it up, and a row that is being worked on is due once its lease ends.
    """

    class State(models.TextChoices):
        UPLOADING = "uploading", _("Uploading")  # pieces arrive
        CHECKING = "checking", _("Checking")  # all of it is here: it is looked at, cleaned, and a thumbnail made
        SENDING = "sending", _("Sending")  # on its way to PostPeer
        READY = "ready", _("Ready")  # `url` leads to it
        REFUSED = "refused", _("Refused")  # `error` says why

    class Purpose(models.TextChoices):
        MEDIA = "media", _("What a pin shows")
        COVER = "cover", _("The cover of a film")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="media_files")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # The file that this one was cut from.
    source = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="renditions")
    purpose = models.CharField(max_length=5, choices=Purpose, default=Purpose.MEDIA)
    name = models.TextField()  # as the person's system calls it
    # It was made or changed with AI, which is written into what is sent.
    ai_label = models.BooleanField(default=False)

    state = models.CharField(max_length=9, choices=State, default=State.UPLOADING)
    error = models.TextField(blank=True)  # a sentence for people
    notes = models.JSONField(default=list)  # what was done to it: keys of `media/notes.py`, each with its figures
    size = models.BigIntegerField()  # bytes of the original, as announced
    received = models.BigIntegerField(default=0)  # bytes that are here
    attempts = models.PositiveSmallIntegerField(default=0)  # to send it to PostPeer

    # What was read from it (`media/facts.py`); the sides are those of what is sent.
    kind = models.CharField(max_length=8, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    duration = models.FloatField(default=0.0)  # seconds
    color = models.CharField(max_length=7, blank=True)  # #RRGGBB
    dhash = models.CharField(max_length=16, blank=True)  # hexadecimal
    tile = models.BinaryField(null=True, blank=True)  # 32 × 48 bytes of grey
    has_thumbnail = models.BooleanField(default=False)

    # Where PostPeer has it, and what lies there.
    url = models.TextField(blank=True)
    url_digest = models.CharField(max_length=64, blank=True)
    sent_bytes = models.BigIntegerField(default=0)
    sent_sha256 = models.CharField(max_length=64, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # When its bytes were removed; the thumbnail stays.
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "url_digest"], name="media_url"),
            models.Index(fields=["due_at"], name="media_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["team", "-created_at"], name="media_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_film(self) -> bool:
        """Return whether it is a film."""
        return self.kind in ("mp4", "mov")

    @property
    def media_type(self) -> str:
        """Return "video" or "image", as pins have it."""
        return "video" if self.is_film else "image"


def digest_of(url: str) -> str:
    """Return what an address is looked for by, since an address may be longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest() if url else ""
