from django.db import models


class RateLimitCounter(models.Model):
    """How often something was tried until `ends_at`. `key` is a hash: who tried what can't be read from it."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "web_tally"

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%Y-%m-%d %H:%M:%S}"


class SecretKeyFingerprint(models.Model):
    """Which SECRET_KEY this database belongs to; one row. The key itself can't be read from it."""

    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.fingerprint[:12]
