"""Moving what PostPeer holds for an account from its old integration to the one that a reconnect has brought.

PostPeer keeps the id that a scheduled post was made with, and a reconnect may bring another one. Each post is moved by a
PUT, through the same protocol as any change. Whether a PUT costs credits isn't known, so one moves alone first, with
usage read before and after; a refusal stops it all, and both are said. No HTTP is done but by a worker.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.content import TEXT_FIELDS
from postpeer_dash.pins.models import PendingEdit, Pin, Renewal, Status, Submission, Target
from postpeer_dash.pins.publishing.matching import objects
from postpeer_dash.pins.publishing.pause import is_stopped, may_speak
from postpeer_dash.pins.publishing.payload import Body, body_hash, build_body
from postpeer_dash.pins.publishing.pending_edit import is_near, read_edit
from postpeer_dash.pins.publishing.scheduled import request_edit
from postpeer_dash.pins.publishing.state import change, lock, publishing_setting
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.worker.jobs import periodic

log = logging.getLogger(__name__)
State = Renewal.State
# So many are asked for at a time: after a refusal no more follow.
_BATCH = 10


def find_outdated(account: Account) -> list[Submission]:
    """Return what waits with the account's old integration id in its body, the next one first; with pin and connection.

    What PostPeer holds, and what waits here and never left.
    """
    rows = Submission.objects.filter(carried__is_open=True, carried__target__account=account)
    waiting = rows.filter(state=Submission.State.ACCEPTED, carried__target__status=Status.SCHEDULED)
    unsent = rows.filter(state=Submission.State.QUEUED, sent_at=None, read_first=False)
    every = (waiting | unsent).select_related("pin__team", "connection").distinct()
    return [one for one in every.order_by("scheduled_for", "pk") if _is_outdated(one.body, account)]


def _is_outdated(body: Body, account: Account) -> bool:
    entries = [entry for entry in objects(body.get("platforms")) if entry.get("platform") == account.platform]
    return any(entry.get("accountId") != account.remote_id for entry in entries)


def start_moving(account: Account, *, actor: User) -> int:
    """Let all that waits move to the account's integration, the first one at PostPeer alone. Return how many it concerns.

    What never left is changed here at once. Pressed again after it was asked about or stopped, it goes on.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update(of=("self",)).select_related("team").get(pk=account.pk)
        outdated = find_outdated(locked)
        for one in outdated:
            if one.state == Submission.State.QUEUED:
                _change_here(one.pk, actor)
        at_postpeer = [one for one in outdated if one.state == Submission.State.ACCEPTED]
        if at_postpeer:
            renewal, _made = Renewal.objects.get_or_create(account=locked)
            # Who has seen what the first one cost lets the rest go.
            renewal.state = State.REST if renewal.state == State.ASKING else State.WANTED
            renewal.actor, renewal.problem, renewal.asked = actor, "", []
            renewal.save()
        if outdated:
            detail = {"pins": len(outdated), "integration": locked.remote_id}
            record_audit(action="account.pins_moved", team=locked.team, actor=actor, subject=locked.name, detail=detail)
    return len(outdated)


def _change_here(submission_id: int, actor: User) -> None:
    submission = lock(submission_id)
    if submission.state != Submission.State.QUEUED or submission.sent_at is not None:
        return
    body = _body_now(submission)
    change(submission, body=body, body_hash=body_hash(body))
    data = {"changed": ["account"], "is_unsent": True}
    record(submission.pin, Kind.EDIT_PRESSED, submission=submission, actor=actor, **data)


def _body_now(submission: Submission) -> Body:
    held = Target.objects.filter(carried__submission=submission, carried__is_open=True)
    targets = list(held.select_related("account", "board").order_by("pk"))
    at = None if submission.body.get("publishNow") else submission.scheduled_for
    return build_body(submission.pin, targets, scheduled_for=at)


def move_renewed() -> None:
    """Take every move that is under way one step further. Costs one query while there is none."""
    under_way = Renewal.objects.filter(state__in=(State.WANTED, State.FIRST, State.REST))
    for renewal in under_way.select_related("account__connection", "account__team", "actor"):
        if may_speak(renewal.account.connection):
            _STEPS[renewal.state](renewal)


def _begin(renewal: Renewal) -> None:
    first = next(iter(_find_next(renewal)), None)
    if first is None:
        return
    used = _read_used()
    if used is not None and _ask_for(renewal, [first]):
        _save(renewal, state=State.FIRST, used_before=used, asked=[*renewal.asked, first.pk])


def _find_next(renewal: Renewal) -> list[Submission]:
    """Return what may be asked for now. The move is over where everything has been.

    What hasn't moved by then (called back, out meanwhile, or PostPeer's record never showed it) is offered once more.
    """
    unasked = [one for one in find_outdated(renewal.account) if one.pk not in renewal.asked]
    if not unasked:
        renewal.delete()
    return [one for one in unasked if _can_move(one)]


def _goes_on(renewal: Renewal) -> bool:
    """Return whether what was asked for has come to an end; a move in which something was refused stops."""
    if _is_waiting_for(renewal.asked):
        return False
    problem = _find_problem(renewal)
    if problem:
        _save(renewal, state=State.STOPPED, problem=problem)
    return not problem


def _judge_first(renewal: Renewal) -> None:
    """Let the rest follow where the first one has moved and nothing was charged for it."""
    if not _goes_on(renewal):
        return
    first = Submission.objects.filter(pk=renewal.asked[-1]).first()
    if first is None or _is_outdated(first.body, renewal.account):
        # Nobody has refused it, but it hasn't moved, so that it proves nothing: another one goes first.
        _save(renewal, state=State.WANTED)
        return
    used = _read_used()
    if used is not None:
        costs = used > (renewal.used_before if renewal.used_before is not None else used)
        _save(renewal, state=State.ASKING if costs else State.REST, used_after=used)


def _move_rest(renewal: Renewal) -> None:
    if not _goes_on(renewal):
        return
    batch = _find_next(renewal)[:_BATCH]
    if batch:
        asked = _ask_for(renewal, batch)
        _save(renewal, asked=[*renewal.asked, *asked])


_STEPS: dict[str, Callable[[Renewal], None]] = {State.WANTED: _begin, State.FIRST: _judge_first, State.REST: _move_rest}


def _can_move(submission: Submission) -> bool:
    """Whether a change may be asked for now: what is near, changed, called back or stopped isn't touched."""
    is_held = submission.state == Submission.State.ACCEPTED and not submission.wants_cancel
    return is_held and not is_stopped(submission) and not is_near(submission) and read_edit(submission) is None


def _ask_for(renewal: Renewal, submissions: Iterable[Submission]) -> list[int]:
    """Write down a change for each of these, which a worker carries out. Return for which it was possible."""
    asked = []
    for one in submissions:
        with transaction.atomic():
            submission = lock(one.pk)
            if not _can_move(submission) or not _is_outdated(submission.body, renewal.account):
                continue
            at = submission.scheduled_for
            # What is near or has no time can't move.
            assert at is not None  # nosec B101
            edit = PendingEdit(
                content=_content_of(submission.pin),
                body=_body_now(submission),
                scheduled_for=at,
                changed=["account"],
                actor=renewal.actor,
            )
            record(submission.pin, Kind.EDIT_PRESSED, submission=submission, actor=renewal.actor, changed=["account"])
            request_edit(submission, edit)
            asked.append(submission.pk)
    return asked


def _content_of(pin: Pin) -> dict[str, object]:
    at = pin.scheduled_for or timezone.now()
    texts = {name: getattr(pin, name) for name in TEXT_FIELDS}
    clock = {"wall_clock": pin.wall_clock, "zone_release": pin.zone_release}
    return {**texts, "board": pin.board_id, "scheduled_for": at.isoformat(), "time_zone": pin.time_zone, **clock}


def _is_waiting_for(asked: Iterable[int]) -> bool:
    return PendingEdit.objects.filter(submission__in=list(asked)).exists()


def _find_problem(renewal: Renewal) -> str:
    """Return PostPeer's words for one of those that were asked for and haven't moved; empty where nothing was refused."""
    for one in Submission.objects.filter(pk__in=renewal.asked, state=Submission.State.ACCEPTED):
        if _is_outdated(one.body, renewal.account):
            refused = one.events.filter(kind=Kind.EDIT_REFUSED).order_by("-at", "-pk").first()
            if refused is not None:
                return str(refused.data.get("text") or "?")
    return ""


def _read_used() -> int | None:
    """Return how much was used so far by PostPeer's count, which costs nothing to ask; None while it can't be asked."""
    try:
        with worker_client() as client:
            return client.get_usage().total
    except PostPeerError as error:
        log.warning("usage can't be read, so nothing moves yet: %s", error.message)
        return None


def _save(renewal: Renewal, **fields: object) -> None:
    for name, value in fields.items():
        setattr(renewal, name, value)
    renewal.save(update_fields=list(fields))


RENEWALS = periodic("renewals", move_renewed, every=publishing_setting("sweep_every"))
