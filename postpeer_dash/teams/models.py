"""People, teams, and what each person may do in each team."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who signs in with an e-mail address; without a password they can't sign in yet."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an owner of the installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an e-mail address; may be a member of several teams."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class PinsView(models.TextChoices):
        WALL = "wall", _("Wall")
        TABLE = "table", _("Table")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    pins_view = models.CharField(max_length=5, choices=PinsView, default=PinsView.WALL)
    last_team = models.ForeignKey("Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # Which mails this person wants, in all of their teams.
    mails_failures = models.BooleanField(default=True)
    mails_reconnects = models.BooleanField(default=True)
    mails_reviews = models.BooleanField(default=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        # `unique` alone would take Ada@example.com and ada@example.com for two people.
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Team(models.Model):
    """A group of people with accounts, boards and pins of their own; nothing is shared between teams."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # While set, no new submission of this team leaves.
    stopped_at = models.DateTimeField(null=True, blank=True)
    # A member without one is sent to set it up before anything of this team is shown.
    requires_second_factor = models.BooleanField(_("requires a second factor"), default=False)
    # What a picture tells of where it was taken goes out with it; otherwise it is taken out.
    keeps_place = models.BooleanField(_("keeps the place in pictures"), default=False, db_default=False)
    # Its pictures are made or changed with AI as a rule, and labelled so.
    labels_ai = models.BooleanField(_("labels pictures as made with AI"), default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # Set when an owner deletes the team: nobody comes in any more while what it has at PostPeer is called back.
    deleting_at = models.DateTimeField(null=True, blank=True)
    deletes_accounts = models.BooleanField(default=True)  # whether its accounts are disconnected then, or kept there

    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")
    OWNER = "owner", _("Owner")


class Membership(models.Model):
    """What one person may do in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)  # their last visit to this team, to a few minutes

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team_and_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"


INVITATION_LIFETIME = timedelta(days=7)


def _invitation_end() -> datetime:
    return timezone.now() + INVITATION_LIFETIME


class Invitation(models.Model):
    """An offer to one e-mail address to join a team. Only the hash of its token is stored; it can be used once."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)  # in lower case
    role = models.CharField(max_length=12, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now)  # when its newest token was made
    expires_at = models.DateTimeField(default=_invitation_end)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_pending_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team_id}: {self.role}"

    @property
    def is_pending(self) -> bool:
        """Return whether it is neither accepted nor revoked; it may have expired."""
        return self.accepted_at is None and self.revoked_at is None

    @property
    def is_expired(self) -> bool:
        return timezone.now() >= self.expires_at


class Mail(models.Model):
    """One mail that a worker sends. Its text is sealed, since it may hold a link that opens something."""

    class Kind(models.TextChoices):
        ACCOUNT = "account"  # what befell somebody's account
        INVITATION = "invitation"
        RESET = "reset"  # a link to choose a new password
        NOTICE = "notice"
        STRANGER = "stranger"  # an answer to an address that nobody has here

    class Failure(models.TextChoices):
        LATER = "later"  # not yet; it is tried again
        REFUSED = "refused"  # for good
        GIVEN_UP = "given_up"  # tried for as long as it makes sense

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ACCOUNT, db_default="account")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="mails")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    sealed_body = models.TextField(blank=True)  # emptied once it is sent
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)  # when it is tried next; none once it is over
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Why it hasn't arrived, until it has or another one to this address did; and what the mail server said.
    failure = models.CharField(max_length=10, choices=Failure, blank=True, default="", db_default="")
    answer = models.CharField(max_length=300, blank=True, default="", db_default="")
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="mails_due"),
            models.Index(fields=["-failed_at"], condition=~models.Q(failure=""), name="mails_undelivered"),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class Notice(models.Model):
    """A notification that a person was sent, so that each event is told once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)  # what happened, such as failed:17
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_happening")]
        indexes = [models.Index(fields=["key"], name="notices_by_key")]

    def __str__(self) -> str:
        return f"{self.key} to {self.user_id}"


class AppendOnlyError(Exception):
    """The audit is only ever added to."""


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Read and add; changing and deleting raise AppendOnlyError."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class AuditEvent(models.Model):
    """Who did what, when and from where. Only ever added to."""

    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="audit_events")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Kept in words as well, since a person or a team may be gone when somebody reads this.
    actor_name = models.CharField(max_length=254, blank=True)
    team_name = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=50)
    subject = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    ip_address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(default=timezone.now)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="audit_by_team"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line. Raises AppendOnlyError for one that is stored already."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class SetupToken(models.Model):
    """The one-time token that lets the first person in while no user exists. Only its hash is stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"made {self.created_at:%Y-%m-%d %H:%M}"
