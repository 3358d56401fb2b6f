"""What a person does with pins: save a draft, publish, schedule, cancel, send again, decide what nobody could know."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.dependents import Dependents
from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.content import TEXT_FIELDS, Content, texts_of
from postpeer_dash.pins.models import Pin, Review, Status, Submission, Target
from postpeer_dash.pins.planned_time import TIME_FIELDS, set_time
from postpeer_dash.pins.publishing.payload import body_hash, build_body
from postpeer_dash.pins.publishing.scheduled import request_cancel
from postpeer_dash.pins.publishing.state import OPEN_STATES
from postpeer_dash.pins.publishing.submit import resolve_absent, resolve_found, submit
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.text import fold, normalise_newlines

__all__ = [
    "AlreadySent",
    "ChangeUnderWay",
    "Content",
    "cancel_pin",
    "copy_pin",
    "delete_pin",
    "dismiss_pin",
    "publish_pin",
    "resolve_absent",
    "resolve_found",
    "retry_pin",
    "save_draft",
    "schedule_pin",
    "submit_for_review",
]


class ChangeUnderWay(Exception):
    """A change of this pin is on its way to PostPeer; until it is settled nobody knows what its content will be."""


class AlreadySent(Exception):
    """The pin this form belongs to was handed in before; its content is frozen."""

    def __init__(self, pin: Pin) -> None:
        super().__init__(str(pin.uuid))
        self.pin = pin


def save_draft(
    *,
    team: Team,
    author: User,
    form_id: UUID,
    content: Content,
    scheduled_for: datetime | None = None,
    time_zone: str = "",
    pin: Pin | None = None,
    keeps_waiting: bool = False,
) -> Pin:
    """Saves a draft, a new one or `pin`. The same form sent twice makes one pin.

    A draft that waits for approval asks for it no longer once it is changed, unless `keeps_waiting`: it was changed
    by somebody who may approve it. Raises AlreadySent when that pin's content is frozen, so that a second click leads to its page.
    """
    try:
        with transaction.atomic():
            if pin is None:
                pin = Pin(team=team, author=author, form_id=form_id)
                _fill(pin, content, scheduled_for, time_zone)
                pin.save()
                record(pin, Kind.DRAFTED, actor=author)
            else:
                pin = _locked(pin)
                review = pin.review
                _fill(pin, content, scheduled_for, time_zone)
                # Sent back it stays sent back, with its note, until it is handed in again.
                if review == Review.RETURNED or (review == Review.WAITING and keeps_waiting):
                    pin.review = review
                pin.save(update_fields=[*TEXT_FIELDS, *_ROUTE])
            _set_targets(pin, content)
            return pin
    except IntegrityError:
        first = Pin.objects.filter(team=team, form_id=form_id).first()
        if first is None:
            raise
    return save_draft(
        team=team,
        author=author,
        form_id=form_id,
        content=content,
        scheduled_for=scheduled_for,
        time_zone=time_zone,
        pin=first,
        keeps_waiting=keeps_waiting,
    )


_ROUTE = ("account", "board", *TIME_FIELDS, "search_text", "review", "approved_hash", "updated_at")


def _locked(pin: Pin) -> Pin:
    locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
    if locked.is_frozen:
        raise AlreadySent(locked)
    return locked


def _fill(pin: Pin, content: Content, scheduled_for: datetime | None, time_zone: str) -> None:
    for name, text in texts_of(content).items():
        setattr(pin, name, normalise_newlines(text))
    pin.account, pin.board = content.account, content.board
    set_time(pin, scheduled_for, time_zone)
    pin.search_text = fold(f"{pin.title} {pin.description} {pin.link}")
    # What was approved is what is sent: any change asks again.
    pin.review, pin.approved_hash = Review.NONE, ""
    pin.updated_at = timezone.now()


def _set_targets(pin: Pin, content: Content) -> None:
    wanted: dict[int, tuple[Account, Board | None]] = {}
    if content.account is not None:
        wanted[content.account.pk] = (content.account, content.board)
    for account in content.cross_post:
        wanted.setdefault(account.pk, (account, None))
    Target.objects.filter(pin=pin).delete()
    Target.objects.bulk_create(
        Target(pin=pin, account=account, board=board, platform=account.platform, sort_at=pin.sort_at)
        for account, board in wanted.values()
    )


def publish_pin(*, pin: Pin, actor: User) -> None:
    """Hands a draft in to be published now. Pressed twice it is handed in once."""
    _hand_in(pin, actor, Kind.PUBLISH_PRESSED, scheduled_for=None)


def schedule_pin(*, pin: Pin, actor: User) -> None:
    """Hands a draft in to be published at its own time (`pin.scheduled_for`); PostPeer gets it at once."""
    if pin.scheduled_for is None:
        raise ValueError("A pin is scheduled for a time.")
    _hand_in(pin, actor, Kind.SCHEDULE_PRESSED, scheduled_for=pin.scheduled_for)


def _hand_in(pin: Pin, actor: User, kind: Kind, *, scheduled_for: datetime | None) -> None:
    with transaction.atomic():
        locked = Pin.objects.select_for_update(of=("self",)).select_related("team", "board").get(pk=pin.pk)
        if locked.is_frozen:
            return
        if scheduled_for is None and locked.scheduled_for is not None:
            set_time(locked, None, locked.time_zone)
            locked.save(update_fields=TIME_FIELDS)
        _note_approval(locked, actor)
        at = scheduled_for.isoformat() if scheduled_for else ""
        record(locked, kind, actor=actor, scheduled_for=at, time_zone=locked.time_zone)
        submit(locked, actor=actor, scheduled_for=scheduled_for, is_locked=True)
        if locked.board is not None:
            Board.objects.filter(pk=locked.board.pk).update(last_used_at=timezone.now())
        record_audit(team=locked.team, actor=actor, action=f"pin.{kind.value}", subject=_name(locked))


def _note_approval(pin: Pin, actor: User) -> None:
    """Whoever publishes what another asked approval for has approved it, as it is now."""
    if pin.review == Review.WAITING and pin.author_id != actor.pk:
        mark_approved(pin, actor)
    elif pin.review != Review.NONE:
        pin.review = Review.NONE
        pin.save(update_fields=["review"])


def mark_approved(pin: Pin, actor: User) -> None:
    """Writes down who approved a pin and what exactly. In the caller's transaction, on a locked row."""
    pin.review, pin.approved_hash = Review.APPROVED, hash_of(pin)
    pin.reviewed_by, pin.reviewed_at, pin.review_note = actor, timezone.now(), ""
    pin.save(update_fields=["review", "approved_hash", "reviewed_by", "reviewed_at", "review_note"])
    record(pin, Kind.APPROVED, actor=actor, hash=pin.approved_hash)
    record_audit(
        team=pin.team, actor=actor, action="pin.approved", subject=_name(pin), detail={"hash": pin.approved_hash}
    )


def hash_of(pin: Pin, targets: Sequence[Target] | None = None) -> str:
    """What is approved: everything that would be sent now, to whom, and when (SHA-256 in hex).

    `targets`, when they were read already, come with their accounts and boards.
    """
    if targets is None:
        targets = list(Target.objects.filter(pin=pin).select_related("account", "board"))
    return body_hash(build_body(pin, targets, scheduled_for=pin.scheduled_for))


def submit_for_review(*, pin: Pin, actor: User) -> None:
    """Asks an editor to publish or schedule a draft."""
    with transaction.atomic():
        locked = _locked(pin)
        locked.review, locked.review_note, locked.updated_at = Review.WAITING, "", timezone.now()
        locked.save(update_fields=["review", "review_note", "updated_at"])
        record(locked, Kind.REVIEW_ASKED, actor=actor)
        record_audit(team=locked.team, actor=actor, action="pin.review_asked", subject=_name(locked))


def cancel_pin(*, pin: Pin, actor: User) -> None:
    """Calls back what has not gone out."""
    with transaction.atomic():
        request_cancel(pin, actor=actor)
        record_audit(team=pin.team, actor=actor, action="pin.cancel_pressed", subject=_name(pin))


def delete_pin(*, pin: Pin, actor: User) -> None:
    """Deletes a draft. Raises AlreadySent for anything that was handed in: history keeps it."""
    with transaction.atomic():
        locked = _locked(pin)
        record_audit(team=locked.team, actor=actor, action="pin.deleted", subject=_name(locked))
        locked.delete()


def copy_pin(*, pin: Pin, actor: User) -> Pin:
    """A new draft with the same content, linked to the one it was made from.

    Accounts that are gone and boards that no longer exist are left out; the draft asks for others.
    """
    board = pin.board if pin.board and pin.board.gone_at is None else None
    account = pin.account if pin.account and pin.account.can_publish else None
    others = Target.objects.filter(pin=pin, board=None).select_related("account")
    with transaction.atomic():
        draft = Pin(team=pin.team, author=actor, parent=pin)
        content = Content(
            **texts_of(pin),
            account=account,
            board=board if account else None,
            cross_post=tuple(target.account for target in others if target.account.can_publish),
        )
        _fill(draft, content, None, pin.time_zone)
        draft.save()
        _set_targets(draft, content)
        record(draft, Kind.COPIED, actor=actor, source=str(pin.uuid))
    return draft


def retry_pin(*, pin: Pin, actor: User) -> list[Submission]:
    """Sends again what failed, to the failed platforms alone. Returns the new submissions; none when nothing failed.

    What had been accepted before it failed is asked about first, by the worker, and left out if it lives after all.
    Raises ChangeUnderWay: what leaves now would be the old content, beside a pin that has the new one.
    """
    with transaction.atomic():
        locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
        failed = list(Target.objects.filter(pin=locked, status=Status.FAILED))
        if not failed:
            return []
        if Submission.objects.filter(pin=locked, state__in=OPEN_STATES, pending_edit__isnull=False).exists():
            raise ChangeUnderWay
        record(locked, Kind.RETRY_PRESSED, actor=actor, platforms=[target.platform for target in failed])
        record_audit(team=locked.team, actor=actor, action="pin.retry_pressed", subject=_name(locked))
        ahead = locked.scheduled_for if locked.scheduled_for and locked.scheduled_for > timezone.now() else None
        return submit(locked, failed, actor=actor, scheduled_for=ahead, is_locked=True)


def dismiss_pin(*, pin: Pin, actor: User) -> bool:
    """A person has seen the failure and wants nothing done about it. False when nothing of the pin has failed."""
    with transaction.atomic():
        locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
        if locked.status not in (Status.FAILED, Status.PARTIAL):
            return False
        if locked.dismissed_at is None:
            locked.dismissed_at = timezone.now()
            locked.save(update_fields=["dismissed_at"])
            record_audit(team=locked.team, actor=actor, action="pin.dismissed", subject=_name(locked))
    return True


def count_dependents(account: Account) -> Dependents:
    """How many pins wait to go out to this account, and how many drafts are meant for it."""
    waiting = (Status.QUEUED, Status.SCHEDULED, Status.PENDING)
    targets = Target.objects.filter(account=account)
    return Dependents(
        scheduled=targets.filter(status__in=waiting).count(), drafts=targets.filter(status=Status.DRAFT).count()
    )


def _name(pin: Pin) -> str:
    return pin.title or str(pin.uuid)
