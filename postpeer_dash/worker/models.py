"""Which workers live, and the jobs that one of them at a time does."""

from typing import Self

from django.db import models

from postpeer_dash.worker.claims import claim, is_free


class Worker(models.Model):
    """A worker process that was seen lately, so that a page can say when there is none."""

    name = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField()
    # Under which key of PostPeer's it works.
    key_fingerprint = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class SingletonJob(models.Model):
    """Work that one worker at a time does, and how far it has come."""

    name = models.CharField(max_length=60, unique=True)
    position = models.BigIntegerField(default=0)
    until = models.DateTimeField(null=True)  # who has it, has it until then

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, name: str, *, seconds: float) -> Self | None:
        """Return the job, the caller's for so long, or None while another worker has it."""
        row, _made = cls.objects.get_or_create(name=name)
        if not claim(cls.objects.filter(is_free("until"), pk=row.pk), "until", seconds):
            return None
        row.refresh_from_db()
        return row

    @classmethod
    def keep(cls, name: str, *, seconds: float) -> None:
        """Let nobody have the job for so long, whoever has it now."""
        claim(cls.objects.filter(name=name), "until", seconds)

    def give_back(self) -> None:
        """Let the next one have it."""
        self.until = None
        self.save(update_fields=["until", "position"])
