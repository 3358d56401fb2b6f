"""Which workers live, and the jobs that one of them at a time does."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Worker(models.Model):
    """A worker process that was seen lately, so that a page can say when there is none."""

    name = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField()

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
        """The job for so long, or None while another worker has it."""
        now = timezone.now()
        row, _made = cls.objects.get_or_create(name=name)
        free = Q(until=None) | Q(until__lte=now)
        if not cls.objects.filter(free, pk=row.pk).update(until=now + timedelta(seconds=seconds)):
            return None
        row.refresh_from_db()
        return row

    def give_back(self) -> None:
        """Lets the next one have it."""
        self.until = None
        self.save(update_fields=["until", "position"])
