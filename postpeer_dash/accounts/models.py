"""The configured PostPeer, a team's profile there, and the team's accounts."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.platforms import PLATFORMS, platform_name
from postpeer_dash.teams.models import Team
from postpeer_dash.web.text import clean_text


class Connection(models.Model):
    """A PostPeer: an address and the fingerprint of a key. Accounts, boards and submissions belong to it."""

    base_url = models.CharField(max_length=500, unique=True)  # without /v1
    key_fingerprint = models.CharField(max_length=64)
    # Fingerprints of keys that it had before: they come back only by a person's decision.
    replaced_keys = models.JSONField(default=list)
    # Where PostPeer last let a file be uploaded; the compose page allows the browser to send there, and nowhere else.
    # Where browsers sent files to once; not read any more, and dropped with the next release, so that a process of the one
    # before still finds it during an upgrade.
    upload_origin = models.CharField(max_length=500, blank=True)
    # Set when the key is refused, or changed and our profiles aren't found under it: nothing is sent until then.
    held_at = models.DateTimeField(null=True, blank=True)
    held_reason = models.CharField(max_length=40, blank=True)  # key_rejected, key_changed or unknown_posts
    # The stop switch of the whole instance: while set, no new submission leaves.
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Posts to accounts of ours that nothing here explains, found after a restore or a move: id, created_at, text,
    # accounts (PostPeer's ids), is_seen (a person has looked).
    unknown_posts = models.JSONField(default=list)
    # PostPeer's clock minus ours in seconds, by the last answer: its list is asked by its own times.
    clock_offset = models.FloatField(default=0.0)
    # The least that it was lately, and until when it was that.
    clock_least = models.FloatField(default=0.0)
    clock_least_at = models.DateTimeField(null=True, blank=True)
    # How far the clock that dates PostPeer's posts is behind ours, by records of posts that we know to be later; 0 or less.
    records_behind = models.FloatField(default=0.0, db_default=0.0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.base_url


class Usage(models.Model):
    """What PostPeer said of the project's credits when somebody last asked. Empty where it doesn't tell."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="usage")
    posts = models.PositiveBigIntegerField(default=0)  # in all
    limit = models.PositiveBigIntegerField(null=True)  # credits of this cycle and those bought, together
    left = models.PositiveBigIntegerField(null=True)
    cycle_end = models.DateTimeField(null=True)
    read_at = models.DateTimeField(default=timezone.now)
    # What a post costs, as two readings with posts between them have shown; one credit until then.
    price = models.FloatField(default=1.0, db_default=1.0)

    def __str__(self) -> str:
        return f"{self.left} of {self.limit}"

    def affordable(self) -> int:
        """Return for how many posts the credits that are left will do. Scheduling reserves nothing: each pays when it goes."""
        return int((self.left or 0) / self.price) if self.price > 0 else (self.left or 0)


class Profile(models.Model):
    """A team's profile at PostPeer: the group that its integrations belong to."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="profiles")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="profiles")
    name = models.CharField(max_length=200)  # unique at PostPeer, made up by us: how a lost answer is found again
    remote_id = models.CharField(max_length=200, blank=True)  # empty until PostPeer has answered
    # Who makes the profile at PostPeer holds the row until then, so that two people at once make one.
    making_until = models.DateTimeField(null=True, blank=True)
    # Integrations found there that nobody added here: id, platform and name of each, as last read.
    unclaimed = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True, blank=True)  # when PostPeer last told us what it holds
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "connection"], name="one_profile_per_team_and_connection"),
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """An integration of a team. Never deleted, only disconnected, so that history keeps it."""

    class Health(models.TextChoices):
        ACTIVE = "active", _("Active")
        RECONNECT_REQUIRED = "reconnect_required", _("Needs reconnecting")
        UNKNOWN = "unknown", _("Unknown")
        DISCONNECTED = "disconnected", _("Disconnected")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="accounts")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="accounts")
    remote_id = models.CharField(max_length=200)  # PostPeer's integration id, the accountId of its other calls
    platform = models.CharField(max_length=40)
    platform_user_id = models.TextField(blank=True)
    username = models.TextField(blank=True)
    display_name = models.TextField(blank=True)
    profile_url = models.TextField(blank=True)
    image_url = models.TextField(blank=True)
    health = models.CharField(max_length=20, choices=Health, default=Health.UNKNOWN)
    failure_reason = models.CharField(max_length=60, blank=True)
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    connected_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)  # when PostPeer last told us its health
    disconnected_at = models.DateTimeField(null=True, blank=True)
    # When the permission ends unless a person gives it again, as PostPeer last told of this account alone.
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # A disconnected row is history; its integration may come back, here or with another team.
            models.UniqueConstraint(
                fields=["connection", "remote_id"],
                condition=~models.Q(health="disconnected"),
                name="one_account_per_integration",
            ),
        ]
        indexes = [models.Index(fields=["team", "platform"], name="accounts_by_team")]

    def __str__(self) -> str:
        return self.name

    # What tells it from another account of the same name; set by `naming.disambiguate`, where both stand side by side.
    distinction = ""

    @property
    def bare_name(self) -> str:
        """Return what people call it; its platform when it has no name at all."""
        handle = f"@{self.username}" if self.username else ""
        return clean_text(self.display_name) or handle or platform_name(self.platform)

    @property
    def name(self) -> str:
        """Return what people call it, with what distinguishes it where that is needed."""
        return f"{self.bare_name} ({self.distinction})" if self.distinction else self.bare_name

    @property
    def platform_name(self) -> str:
        return platform_name(self.platform)

    @property
    def needs_reconnecting(self) -> bool:
        return self.health == self.Health.RECONNECT_REQUIRED

    @property
    def has_boards(self) -> bool:
        platform = PLATFORMS.get(self.platform)
        return platform is not None and platform.has_boards

    @property
    def is_connected(self) -> bool:
        return self.health != self.Health.DISCONNECTED

    @property
    def can_publish(self) -> bool:
        """Return whether something may be sent there: an unknown health is not a broken one."""
        return self.health in (self.Health.ACTIVE, self.Health.UNKNOWN)


class ConnectAttempt(models.Model):
    """A round trip to a platform's consent page. Only the hash of its nonce is stored; it can be used once."""

    nonce_hash = models.CharField(max_length=64, unique=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64)
    platform = models.CharField(max_length=40)
    # The account to be reconnected, when the trip was begun from one.
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    returned_at = models.DateTimeField(null=True, blank=True)
    was_cancelled = models.BooleanField(default=False)
    # Integration ids that the return found new in the team's profile: what may be added, and nothing else.
    offered = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.platform} for {self.team_id}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_expired(self) -> bool:
        return timezone.now() >= self.created_at + timedelta(seconds=settings.CONNECT_ATTEMPT_LIFETIME)
