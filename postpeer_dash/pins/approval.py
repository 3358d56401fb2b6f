"""Approval: an editor lets a contributor's pin go out exactly as it was seen, or sends it back with a note."""

from django.db import transaction
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Review, Status, Target
from postpeer_dash.pins.planned_time import TIME_FIELDS, set_time
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.services import hash_of, mark_approved, publish_pin, schedule_pin
from postpeer_dash.pins.versions import require_seen
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.sentences import ExplainedError

NOTE_MAX = 1000
# So much time (seconds) has to be left until a pin's time, or PostPeer would take it for the past.
_LEAST_AHEAD = 60


class ApprovalError(ExplainedError):
    """A pin can't be approved or sent back now. `account` is the name of the one it is about."""

    def __init__(self, kind: str, account: str = "") -> None:
        super().__init__(kind)
        self.account = account


def approve_pin(*, pin: Pin, actor: User, seen_hash: str, at_once: bool = False) -> None:
    """Publish or schedule a pin as its author asked, if it is still what the approver has seen (`hash_of`).

    `at_once` publishes one whose time has passed. Raises ApprovalError: review_over when it no longer waits,
    review_changed, review_late, review_account and review_board when it can't be sent like that.
    """
    with transaction.atomic():
        locked = _waiting(pin)
        if hash_of(locked) != seen_hash:
            raise ApprovalError("review_changed")
        _require_sendable(locked)
        if locked.scheduled_for is None:
            publish_pin(pin=locked, actor=actor)
        elif not is_late(locked):
            schedule_pin(pin=locked, actor=actor)
        elif at_once:
            # What was approved is then what is sent: at once.
            set_time(locked, None, locked.time_zone)
            locked.save(update_fields=TIME_FIELDS)
            publish_pin(pin=locked, actor=actor)
        else:
            raise ApprovalError("review_late")
        # The author approves nobody's pin but may be an editor by now: then that, too, is an approval.
        after = Pin.objects.select_related("team").get(pk=locked.pk)
        if after.review != Review.APPROVED:
            mark_approved(after, actor)


def return_pin(*, pin: Pin, actor: User, note: str, seen: int | None = None) -> None:
    """Send a pin back to its author with a note. Raises ApprovalError (review_over).

    Raises OvertakenError when `seen` isn't the version that is stored: the note is about another text then.
    """
    with transaction.atomic():
        locked = _waiting(pin)
        require_seen(locked, seen, actor)
        locked.review, locked.review_note = Review.RETURNED, note
        locked.reviewed_by, locked.reviewed_at, locked.updated_at = actor, timezone.now(), timezone.now()
        locked.save(update_fields=["review", "review_note", "reviewed_by", "reviewed_at", "updated_at"])
        record(locked, Kind.RETURNED, actor=actor, note=note)
        subject = locked.title or str(locked.uuid)
        record_audit(team=locked.team, actor=actor, action="pin.returned", subject=subject, detail={"note": note})


def is_late(pin: Pin) -> bool:
    """Whether the time that was asked for has passed, or is too near to schedule for it."""
    at = pin.scheduled_for
    return at is not None and (at - timezone.now()).total_seconds() < _LEAST_AHEAD


def _waiting(pin: Pin) -> Pin:
    locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
    if locked.is_frozen or locked.review != Review.WAITING:
        raise ApprovalError("review_over")
    return locked


def _require_sendable(pin: Pin) -> None:
    targets = list(Target.objects.filter(pin=pin, status=Status.DRAFT).select_related("account", "board"))
    if not targets:
        raise ApprovalError("review_account")
    for target in targets:
        if not target.account.can_publish:
            raise ApprovalError("review_account", target.account.name)
        if target.board is not None and target.board.gone_at is not None:
            raise ApprovalError("review_board", target.account.name)
