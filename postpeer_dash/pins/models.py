"""A pin, the targets it goes to, the submissions that carried it there, and the timeline of both."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.evidence import Evidence, EvidenceField
from postpeer_dash.teams.models import Team


class Status(models.TextChoices):
    """Of a target, and of a pin as the sum of its targets. Our own words first, then PostPeer's."""

    DRAFT = "draft", _("Draft")
    QUEUED = "queued", _("Queued")  # waits for a worker
    SENDING = "sending", _("Sending")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")  # nobody can know yet
    CANCELLED = "cancelled", _("Cancelled")
    PENDING = "pending", _("Pending")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHING = "publishing", _("Publishing")
    PUBLISHED = "published", _("Published")
    FAILED = "failed", _("Failed")
    PARTIAL = "partial", _("Partly out")  # a pin's alone: its targets ended differently


class MediaType(models.TextChoices):
    IMAGE = "image", _("Image")
    VIDEO = "video", _("Video")


class Review(models.TextChoices):
    NONE = "none", _("Not asked for")
    WAITING = "waiting", _("Waits for approval")
    RETURNED = "returned", _("Sent back")
    APPROVED = "approved", _("Approved")


class Reason(models.TextChoices):
    """Why a submission or a target failed, is unconfirmed, or isn't what it was: a key of the sentences."""

    PLATFORM_FAILED = "platform_failed"  # the platform's own verdict, in its words
    REFUSED = "refused"  # PostPeer's verdict, in its words
    OUT_OF_CREDITS = "out_of_credits"
    NOT_ALLOWED = "not_allowed"
    ACCOUNT_DISCONNECTED = "account_disconnected"
    TOO_LATE = "too_late"  # its time passed too long ago to send it unasked
    ABSENT = "absent"  # PostPeer's list, read to its end twice, doesn't have it
    UNCLEAR = "unclear"  # no answer, or none that says what was done
    LEASE_ENDED = "lease_ended"  # the worker was lost in the middle
    REFUSED_UNREAD = "refused_unread"  # refused, and the list that has to agree couldn't be read
    RECORD_GONE = "record_gone"  # PostPeer has no record of it any more
    LATE_DUPLICATE = "late_twin"  # given up, sent again, and in after all


# Verdicts of PostPeer itself: the words that come with them are its own, not a platform's.
POSTPEERS_VERDICTS = frozenset({Reason.REFUSED, Reason.OUT_OF_CREDITS, Reason.NOT_ALLOWED})


class Wait(models.TextChoices):
    """What a queued submission waits for; empty while nothing but its turn keeps it."""

    NEVER_SENT = "never_sent"  # PostPeer couldn't be reached
    RATE_LIMITED = "rate_limited"
    KEY_REFUSED = "key_refused"
    PUT_BACK = "put_back"  # its turn passed before it could leave
    DUPLICATE = "twin_waits"  # one with exactly its body is on its way
    FIRST_READING = "first_reading"  # PostPeer's list, before this worker's first POST
    EARLIER_UNREAD = "earlier_unread"  # what became of the earlier try


class Pin(models.Model):
    """What a person composed. Its content freezes at its first submission."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="pins")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # One filled-in form makes one pin, however often it is sent.
    form_id = models.UUIDField(default=uuid4)
    # The pin this draft was made from, when another board or picture was chosen after sending.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")

    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    link = models.TextField(blank=True)
    media_type = models.CharField(max_length=5, choices=MediaType, default=MediaType.IMAGE)
    media_url = models.TextField(blank=True)
    alt_text = models.TextField(blank=True)
    dominant_color = models.CharField(max_length=7, blank=True)  # #RRGGBB
    cover_image_url = models.TextField(blank=True)
    # The team's own file at `media_url`, and the one whose thumbnail stands for the pin in lists (`MediaFile.uuid`); both
    # are written by `pin_pictures` along with the addresses.
    media_file = models.UUIDField(null=True, blank=True)
    picture = models.UUIDField(null=True, blank=True)

    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    review = models.CharField(max_length=8, choices=Review, default=Review.NONE)
    approved_hash = models.CharField(max_length=64, blank=True)
    # The last word on it: who approved it or sent it back, when, and what they wrote.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    # The wish as the person put it: an instant, and the zone in which they meant it. Written by `planned_time` alone.
    scheduled_for = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    # What the clock there was to show ("2026-12-01T09:00"; empty when nobody knows any more), and the release of IANA's
    # data that made the instant of it.
    wall_clock = models.CharField(max_length=19, blank=True, default="", db_default="")
    zone_release = models.CharField(max_length=20, blank=True, default="", db_default="")
    # Since when the rules in use show another clock time at that instant, and a person has to say which one holds.
    hour_asked_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)
    # When somebody said that its failure needs nobody any more; home leaves it out until something new becomes of it.
    dismissed_at = models.DateTimeField(null=True, blank=True)
    # Where the pin stands in history: when it was first handed in, and until then when it was begun.
    sort_at = models.DateTimeField(default=timezone.now)
    # Counts what was saved of it: whoever saves names the version they had before them.
    version = models.PositiveIntegerField(default=1, db_default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Title, description and link folded for searching.
    search_text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "form_id"], name="one_pin_per_form")]
        indexes = [
            models.Index(fields=["team", "-sort_at", "-id"], name="pins_history"),
            models.Index(fields=["team", "status", "-sort_at", "-id"], name="pins_by_status"),
            models.Index(fields=["team", "author", "-sort_at", "-id"], name="pins_by_author"),
            models.Index(fields=["board", "-sort_at", "-id"], name="pins_by_board"),
            models.Index(fields=["team", "status", "scheduled_for"], name="pins_going_out"),
            # Where a pin stands on the calendar: at the time it is meant for, else when it was handed in.
            models.Index(F("team"), Coalesce("scheduled_for", "frozen_at"), F("id"), name="pins_calendar"),
            models.Index(
                fields=["team", "scheduled_for"], condition=Q(hour_asked_at__isnull=False), name="pins_asked_hours"
            ),
            models.Index(fields=["scheduled_for"], condition=Q(scheduled_for__isnull=False), name="pins_planned"),
            models.Index(fields=["media_file"], condition=Q(media_file__isnull=False), name="pins_by_media"),
            models.Index(fields=["picture"], condition=Q(picture__isnull=False), name="pins_by_picture"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.uuid)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class Defaults(models.Model):
    """Where a team's new pins go unless somebody chooses otherwise."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    board = models.ForeignKey(Board, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.account_id}, {self.board_id} for {self.team_id}"


class Target(models.Model):
    """One account (on Pinterest one board of it) that a pin goes to, and what became of it there."""

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    board = models.ForeignKey(Board, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    url = models.TextField(blank=True)
    platform_post_id = models.CharField(max_length=300, blank=True)
    error_kind = models.CharField(max_length=40, choices=Reason, blank=True)
    error_text = models.TextField(blank=True)  # PostPeer's or the platform's own words
    warning_text = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)
    # Copy of the pin's, so that history filtered by account reads one index.
    sort_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pin", "account", "board"], name="one_target_per_board"),
            models.UniqueConstraint(
                fields=["pin", "account"], condition=Q(board__isnull=True), name="one_target_per_account"
            ),
        ]
        indexes = [models.Index(fields=["account", "-sort_at", "-pin"], name="targets_by_account")]

    def __str__(self) -> str:
        return f"{self.pin_id} to {self.account_id}: {self.status}"


class Submission(models.Model):
    """One POST to PostPeer: the frozen body, the targets it carries, and how it ended."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        UNCONFIRMED = "unconfirmed"
        ACCEPTED = "accepted"  # PostPeer has it; asked about until every target is final
        DONE = "done"
        REFUSED = "refused"
        ABSENT = "absent"  # it was not taken
        CANCELLED = "cancelled"

    class Duplicate(models.TextChoices):
        SCHEDULED = "scheduled"  # it waits for its time, so it is called back
        CANCELLED = "cancelled"  # it has been called back
        OUT = "out"
        GONE = "gone"  # PostPeer has no record of it any more

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="submissions")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="submissions")
    targets = models.ManyToManyField(Target, through="SubmissionTarget", related_name="submissions")
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)  # of the body's canonical form
    scheduled_for = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    wants_cancel = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    # When something is to be done about it next, whatever its state calls for; none when nothing is.
    due_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)  # when a worker was last called for it
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_key = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    http_status = models.PositiveIntegerField(null=True, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)  # PostPeer's postId
    remote_status = models.CharField(max_length=40, blank=True)
    checks = models.PositiveIntegerField(default=0)  # how often it was asked about in this state
    waits_for = models.CharField(
        max_length=20, choices=Wait, blank=True, default="", db_default=""
    )  # while it is queued
    error_kind = models.CharField(max_length=40, choices=Reason, blank=True)
    error_text = models.TextField(blank=True)
    # It was sent before, and the answer said that nothing was done: PostPeer's list is read before it is sent again.
    read_first = models.BooleanField(default=False, db_default=False)
    # What became of the earlier tries of its targets is known, or there are none.
    asked_earlier = models.BooleanField(default=False, db_default=False)
    # What became of a post that was given up and came in after its targets had been sent again.
    duplicate = models.CharField(max_length=10, choices=Duplicate, blank=True, default="", db_default="")
    evidence: Evidence = EvidenceField()  # type: ignore[assignment]
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_id"], condition=~Q(remote_id=""), name="one_submission_per_post"
            ),
            models.UniqueConstraint(
                fields=["connection", "body_hash"],
                condition=Q(state__in=["sending", "unconfirmed"]),
                name="one_identical_body_in_flight",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="submissions_due"),
            models.Index(fields=["connection", "-sent_at"], name="submissions_by_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}: {self.state}"


class PendingEdit(models.Model):
    """A change of a pin that PostPeer holds: written before it leaves, gone when PostPeer's record has shown what became
    of it. While there is one, the pin is what it was."""

    class State(models.TextChoices):
        WANTED = "wanted"  # nothing is on its way
        LEAVING = "leaving"  # a PUT is on its way; so it stays when the worker is lost
        TAKEN = "taken"  # PostPeer answered that it took it
        LATE = "late"  # PostPeer answered that the post is no longer scheduled
        REFUSED = "refused"  # PostPeer refused the change

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="pending_edit")
    state = models.CharField(max_length=8, choices=State, default=State.WANTED)
    content = models.JSONField()  # the pin's fields as they are to be, the board by our own id
    body = models.JSONField()  # what says it to PostPeer
    scheduled_for = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed = models.JSONField(default=list)  # what differs, by the names in the timeline
    is_move = models.BooleanField(default=False, db_default=False)  # the time alone, so it is sent as such
    tries = models.PositiveIntegerField(default=0)
    readings = models.PositiveIntegerField(default=0)  # of the record, since PostPeer took it
    # A PUT has left that may have been carried out, whatever the later ones were answered.
    may_be_done = models.BooleanField(default=False)
    not_before = models.DateTimeField(null=True, blank=True)
    has_told = models.BooleanField(default=False)  # the timeline says that it couldn't be changed yet
    refusal = models.TextField(blank=True)  # PostPeer's words
    request_id = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"

    @property
    def is_answered(self) -> bool:
        """Whether PostPeer has said what it makes of the change, so that it isn't asked again."""
        return self.state in (self.State.TAKEN, self.State.LATE, self.State.REFUSED)


class Renewal(models.Model):
    """The move of what PostPeer holds for an account to the integration that a reconnect has brought."""

    class State(models.TextChoices):
        WANTED = "wanted"
        FIRST = "first"  # one is on its way, alone
        ASKING = "asking"  # that one was charged for: a person decides about the rest
        REST = "rest"
        STOPPED = "stopped"  # PostPeer has refused one; `problem` are its words

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="renewal")
    state = models.CharField(max_length=8, choices=State, default=State.WANTED)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked = models.JSONField(default=list)  # ids of the submissions whose change was asked for
    used_before = models.PositiveBigIntegerField(null=True)  # PostPeer's count of all that was used
    used_after = models.PositiveBigIntegerField(null=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.state}"


class SubmissionTarget(models.Model):
    """A target in a submission. While the submission is open no other may carry that target."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="carried")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="carried")
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "pins_carried"
        constraints = [
            models.UniqueConstraint(fields=["submission", "target"], name="target_once_per_submission"),
            models.UniqueConstraint(
                fields=["target"], condition=Q(is_open=True), name="one_open_submission_per_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} in {self.submission_id}"


class Event(models.Model):
    """One line of a pin's timeline."""

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="events")
    submission = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=40)  # a key of the timeline's wording
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["pin", "at", "id"], name="timeline")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind}"
