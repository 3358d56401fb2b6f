"""What a person does with pins: save a draft, publish, schedule, cancel, send again, decide what nobody could know."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.dependents import Dependents
from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.media.services import find_by_url
from postpeer_dash.pins.content import TEXT_FIELDS, Content, texts_of
from postpeer_dash.pins.models import Pin, Review, Status, Submission, Target
from postpeer_dash.pins.pin_pictures import FIELDS, set_files
from postpeer_dash.pins.planned_time import TIME_FIELDS, set_time
from postpeer_dash.pins.publishing.payload import body_hash, build_body
from postpeer_dash.pins.publishing.scheduled import request_cancel
from postpeer_dash.pins.publishing.state import OPEN_STATES
from postpeer_dash.pins.publishing.submit import resolve_absent, resolve_found, submit
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.versions import OvertakenError, require_seen
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.text import fold, normalise_newlines

__all__ = [
    "AlreadySent",
    "ChangeUnderWay",
    "Content",
    "OvertakenError",
    "cancel_pin",
    "content_for_copy",
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
    seen: int | None = None,
    source: Pin | None = None,
) -> Pin:
    """Save a draft, a new one or `pin`. The same form sent twice makes one pin.

    `author` saves it; `seen` is the version they had before them, as `require_seen` reads it. Raises OvertakenError when
    that isn't what is stored and they want something else than what is. `source` is the pin that a new one begins as.

    A draft that waits for approval asks for it no longer once it is changed, unless `keeps_waiting`: it was changed
    by somebody who may approve it. Raises AlreadySent when that pin's content is frozen, so that a second click leads to its page.
    """
    try:
        with transaction.atomic():
            if pin is None:
                pin = Pin(team=team, author=author, form_id=form_id, saved_by=author, parent=source)
                _fill(pin, content, scheduled_for, time_zone)
                pin.save()
                _record_beginning(pin, author)
            else:
                pin = _locked(pin)
                review = pin.review
                if _differs(pin, content, scheduled_for, time_zone):
                    require_seen(pin, seen, author)
                    pin.version, pin.saved_by = pin.version + 1, author
                _fill(pin, content, scheduled_for, time_zone)
                # Sent back it stays sent back, with its note, until it is handed in again.
                if review == Review.RETURNED or (review == Review.WAITING and keeps_waiting):
                    pin.review = review
                pin.save(update_fields=[*TEXT_FIELDS, *_ROUTE, *_SAVE])
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
        seen=seen,
    )


def _record_beginning(pin: Pin, actor: User) -> None:
    if pin.parent is None:
        record(pin, Kind.DRAFTED, actor=actor)
    else:
        record(pin, Kind.COPIED, actor=actor, source=str(pin.parent.uuid))


_ROUTE = (*FIELDS, "account", "board", *TIME_FIELDS, "search_text", "review", "approved_hash", "updated_at")
_SAVE = ("version", "saved_by")


def _locked(pin: Pin) -> Pin:
    locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
    if locked.is_frozen:
        raise AlreadySent(locked)
    return locked


def _differs(pin: Pin, content: Content, scheduled_for: datetime | None, time_zone: str) -> bool:
    """Return whether a draft isn't stored with this content already. Its zone counts for a time alone."""
    if any(getattr(pin, name) != normalise_newlines(text) for name, text in texts_of(content).items()):
        return True
    stored = (pin.account_id, pin.board_id, pin.scheduled_for, pin.time_zone if pin.scheduled_for else "")
    wanted = (_key(content.account), _key(content.board), scheduled_for, time_zone if scheduled_for else "")
    routes = {(account.pk, _key(board)) for account, board in _list_targets(content)}
    return stored != wanted or set(Target.objects.filter(pin=pin).values_list("account_id", "board_id")) != routes


def _key(row: Account | Board | None) -> int | None:
    return row.pk if row is not None else None


def _fill(pin: Pin, content: Content, scheduled_for: datetime | None, time_zone: str) -> None:
    for name, text in texts_of(content).items():
        setattr(pin, name, normalise_newlines(text))
    set_files(pin)
    pin.account, pin.board = content.account, content.board
    set_time(pin, scheduled_for, time_zone)
    pin.search_text = fold(f"{pin.title} {pin.description} {pin.link}")
    # What was approved is what is sent: any change asks again.
    pin.review, pin.approved_hash = Review.NONE, ""
    pin.updated_at = timezone.now()


def _list_targets(content: Content) -> list[tuple[Account, Board | None]]:
    wanted: dict[int, tuple[Account, Board | None]] = {}
    if content.account is not None:
        wanted[content.account.pk] = (content.account, content.board)
    for account in content.cross_post:
        wanted.setdefault(account.pk, (account, None))
    return list(wanted.values())


def _set_targets(pin: Pin, content: Content) -> None:
    Target.objects.filter(pin=pin).delete()
    Target.objects.bulk_create(
        Target(pin=pin, account=account, board=board, platform=account.platform, sort_at=pin.sort_at)
        for account, board in _list_targets(content)
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
    """Write down who approved a pin and what exactly. In the caller's transaction, on a locked row."""
    pin.review, pin.approved_hash = Review.APPROVED, hash_of(pin)
    pin.reviewed_by, pin.reviewed_at, pin.review_note = actor, timezone.now(), ""
    pin.save(update_fields=["review", "approved_hash", "reviewed_by", "reviewed_at", "review_note"])
    record(pin, Kind.APPROVED, actor=actor, hash=pin.approved_hash)
    record_audit(
        team=pin.team, actor=actor, action="pin.approved", subject=_name(pin), detail={"hash": pin.approved_hash}
    )


def hash_of(pin: Pin, targets: Sequence[Target] | None = None) -> str:
    """Return what is approved: everything that would be sent now, to whom, and when (SHA-256 in hex).

    `targets`, when they were read already, come with their accounts and boards.
    """
    if targets is None:
        targets = list(Target.objects.filter(pin=pin).select_related("account", "board"))
    body = body_hash(build_body(pin, targets, scheduled_for=pin.scheduled_for))
    file = find_by_url(pin.team_id, pin.media_url)
    # The bytes as they were checked, where they went through us: an address alone could come to lead to others.
    return body_hash({"body": body, "media": file.sent_sha256}) if file is not None else body


def submit_for_review(*, pin: Pin, actor: User) -> None:
    """Asks an editor to publish or schedule a draft."""
    with transaction.atomic():
        locked = _locked(pin)
        locked.review, locked.review_note, locked.updated_at = Review.WAITING, "", timezone.now()
        locked.save(update_fields=["review", "review_note", "updated_at"])
        record(locked, Kind.REVIEW_ASKED, actor=actor)
        record_audit(team=locked.team, actor=actor, action="pin.review_asked", subject=_name(locked))


def cancel_pin(*, pin: Pin, actor: User) -> None:
    """Call back what has not gone out."""
    with transaction.atomic():
        request_cancel(pin, actor=actor)
        record_audit(team=pin.team, actor=actor, action="pin.cancel_pressed", subject=_name(pin))


def delete_pin(*, pin: Pin, actor: User, seen: int | None = None) -> None:
    """Delete a draft. Raises AlreadySent for anything that was handed in: history keeps it.

    Raises OvertakenError when `seen` isn't the version that is stored.
    """
    with transaction.atomic():
        locked = _locked(pin)
        require_seen(locked, seen, actor)
        record_audit(team=locked.team, actor=actor, action="pin.deleted", subject=_name(locked))
        locked.delete()


def content_for_copy(pin: Pin) -> Content:
    """Return the content that a new pin made from this one begins with.

    Accounts that are gone and boards that no longer exist are left out; the form asks for others.
    """
    board = pin.board if pin.board and pin.board.gone_at is None else None
    account = pin.account if pin.account and pin.account.can_publish else None
    others = Target.objects.filter(pin=pin, board=None).select_related("account")
    return Content(
        **texts_of(pin),
        account=account,
        board=board if account else None,
        cross_post=tuple(target.account for target in others if target.account.can_publish),
    )


def copy_pin(*, pin: Pin, actor: User) -> Pin:
    """Return a new draft with the same content, linked to the one it was made from."""
    return save_draft(
        team=pin.team,
        author=actor,
        form_id=uuid4(),
        content=content_for_copy(pin),
        time_zone=pin.time_zone,
        source=pin,
    )


def retry_pin(*, pin: Pin, actor: User) -> list[Submission]:
    """Send again what failed, to the failed platforms alone. Returns the new submissions; none when nothing failed.

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
    """Dismiss a failure that a person has seen and wants nothing done about. False when nothing of the pin has failed."""
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
