"""Changing a pin that was handed in and waits for its time: here while nothing has left, else at PostPeer by a worker."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import base_url
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.content import TEXT_FIELDS, Content, texts_of
from postpeer_dash.pins.models import MediaType, PendingEdit, Pin, Review, Status, Submission, Target
from postpeer_dash.pins.planned_time import time_to_json
from postpeer_dash.pins.publishing.payload import Body, body_hash, build_body, without_schedule
from postpeer_dash.pins.publishing.pending_edit import (
    is_near,
    set_content,
    shown_edit,
    take_content,
)
from postpeer_dash.pins.publishing.scheduled import request_edit
from postpeer_dash.pins.publishing.state import OPEN_STATES, change, lock, publishing_setting
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.pins.services import hash_of
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.sentences import ExplainedError
from postpeer_dash.web.text import normalise_newlines

State = Submission.State
_WAITING = frozenset({Status.QUEUED, Status.SCHEDULED, Status.FAILED, Status.CANCELLED})


class EditError(ExplainedError):
    """A pin can't be changed now."""


def why_not_editable(pin: Pin, submissions: Iterable[Submission], targets: Iterable[Target]) -> str:
    """Why this pin can't be changed now, as the kind of the sentence that says it; empty when it can be.

    `submissions` are all of the pin's, with their connection and pending edit, `targets` all of them with their account.
    """
    every = list(submissions)
    held = [one for one in every if one.state in OPEN_STATES]
    states = {one.state for one in held}
    if not pin.is_frozen or pin.scheduled_for is None or not held:
        return "edit_over"
    if State.UNCONFIRMED in states:
        return "edit_unconfirmed"
    if State.SENDING in states or len(states) > 1 or _was_sent_before(every, held):
        return "edit_sending"
    if any(one.wants_cancel for one in held):
        return "edit_cancelling"
    if any(shown_edit(one) for one in held):
        return "edit_under_way"
    rows = list(targets)
    if any(target.status not in _WAITING for target in rows):
        return "edit_over"
    if any(is_near(one) for one in held):
        return "edit_near"
    is_lost = any(target.account.health == Account.Health.DISCONNECTED for target in rows)
    # Of another PostPeer than the configured one, nothing can be asked.
    is_elsewhere = any(one.connection.base_url != base_url() for one in held)
    return "edit_account" if is_lost or is_elsewhere else ""


def _was_sent_before(every: Sequence[Submission], held: Sequence[Submission]) -> bool:
    """Whether something that waits in the queue may be at PostPeer even so, from an earlier attempt: that is asked first."""
    waiting = [one for one in held if one.state == State.QUEUED]
    if not waiting:
        return False
    return any(one.read_first for one in waiting) or any(one.sent_at is not None for one in every if one not in held)


def min_ahead() -> float:
    """How far ahead (seconds) a pin's time has to be, the one it has and the one it gets."""
    return float(publishing_setting("edit_min"))


def version_of(pin: Pin, targets: Sequence[Target] | None = None) -> UUID:
    """Stands for a pin as it is now: a form that was opened on another version is not taken unseen.

    `targets`, when they were read already, come with their accounts and boards.
    """
    return uuid5(pin.uuid, hash_of(pin, targets))


def edit_pin(
    *,
    pin: Pin,
    actor: User,
    content: Content,
    scheduled_for: datetime,
    time_zone: str,
    seen: UUID,
    is_move: bool = False,
) -> bool:
    """Change what waits for its time; its accounts stay. Returns whether there is anything to change.

    What hasn't left yet leaves as it is then. What PostPeer holds is changed there by a worker, and shown as changed
    when PostPeer's record says so. `seen` is the version the person had before them. With `is_move` PostPeer is asked
    for the new time alone. Raises EditError.
    """
    wanted = _to_json(content, scheduled_for, time_zone)
    with transaction.atomic():
        keys = Submission.objects.filter(pin=pin).order_by("pk").values_list("pk", flat=True)
        every = [lock(key) for key in keys]
        locked = Pin.objects.select_for_update(of=("self",)).select_related("team").get(pk=pin.pk)
        if Submission.objects.filter(pin=locked).exclude(pk__in=[one.pk for one in every]).exists():
            # What failed was sent again since these were locked.
            raise EditError("edit_sending")
        targets = list(Target.objects.filter(pin=locked).select_related("account", "board").order_by("pk"))
        held = [one for one in every if one.state in OPEN_STATES]
        if held and all((edit := shown_edit(one)) is not None and edit.content == wanted for one in held):
            # Pressed twice.
            return True
        kind = why_not_editable(locked, every, targets)
        if kind:
            raise EditError(kind)
        changed = _find_changes(locked, wanted)
        if changed and seen != version_of(locked, targets):
            raise EditError("edit_changed")
        if any(is_near(one, scheduled_for) for one in held):
            raise EditError("edit_soon")
        new = _as_wanted(locked, wanted)
        bodies = [(one, _body_of(one, new, targets)) for one in held]
        if all(body_hash(body) == one.body_hash for one, body in bodies):
            # The zone a person thinks in, a cover for a video that isn't one: nothing of it travels.
            take_content(locked, wanted, actor_id=actor.pk)
            return False
        wish = _Wish(wanted, scheduled_for, changed, is_move)
        _carry_out(locked, bodies, wish, actor)
    return True


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a pin is to be: its fields as JSON holds them, when it is to go out, and what of it differs.

    is_move: nothing but the time is meant to differ.
    """

    content: dict[str, Any]
    scheduled_for: datetime
    changed: list[str]
    is_move: bool


def _carry_out(pin: Pin, bodies: Sequence[tuple[Submission, Body]], wish: _Wish, actor: User) -> None:
    is_unsent = all(one.state == State.QUEUED for one, _body in bodies)
    facts = {"changed": wish.changed, "scheduled_for": wish.scheduled_for.isoformat()}
    if is_unsent:
        take_content(pin, wish.content, actor_id=actor.pk)
    for submission, body in bodies:
        record(pin, Kind.EDIT_PRESSED, submission=submission, actor=actor, is_unsent=is_unsent, **facts)
        if is_unsent:
            change(submission, body=body, body_hash=body_hash(body), scheduled_for=wish.scheduled_for)
        else:
            edit = PendingEdit(content=wish.content, body=body, scheduled_for=wish.scheduled_for, changed=wish.changed)
            edit.actor = actor
            edit.is_move = wish.is_move and without_schedule(body) == without_schedule(submission.body)
            request_edit(submission, edit)
    Board.objects.filter(pk=wish.content["board"]).update(last_used_at=timezone.now())
    detail = {
        **facts,
        "hash": [body_hash(body) for _one, body in bodies],
        "was_approved": pin.review == Review.APPROVED,
    }
    record_audit(team=pin.team, actor=actor, action="pin.edited", subject=pin.title or str(pin.uuid), detail=detail)


def _to_json(content: Content, scheduled_for: datetime, time_zone: str) -> dict[str, Any]:
    return {
        **{name: normalise_newlines(text) for name, text in texts_of(content).items()},
        "board": content.board.pk if content.board else None,
        **time_to_json(scheduled_for, time_zone),
    }


def _as_wanted(pin: Pin, wanted: dict[str, Any]) -> Pin:
    new = copy(pin)
    set_content(new, wanted)
    return new


def _body_of(submission: Submission, new: Pin, targets: Sequence[Target]) -> Body:
    """Return the body for what a submission holds, with ids of this team's rows alone."""
    keys = set(submission.carried.filter(is_open=True).values_list("target_id", flat=True))
    carried = [copy(target) for target in targets if target.pk in keys]
    for target in carried:
        if target.board_id is not None:
            target.board = new.board
    return build_body(new, carried, scheduled_for=new.scheduled_for)


def _find_changes(pin: Pin, wanted: dict[str, Any]) -> list[str]:
    """Return what differs, in the words of the timeline."""
    names = [name for name in TEXT_FIELDS if getattr(pin, name) != wanted[name]]
    if wanted["media_type"] != MediaType.VIDEO and "cover_image_url" in names:
        names.remove("cover_image_url")
    found = ["media" if name in ("media_url", "media_type") else name for name in names]
    if pin.board_id != wanted["board"]:
        found.append("board")
    if pin.scheduled_for != datetime.fromisoformat(wanted["scheduled_for"]):
        found.append("time")
    return list(dict.fromkeys(found))
