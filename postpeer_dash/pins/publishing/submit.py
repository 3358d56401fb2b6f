"""Handing in: freeze the body, write the submission, call a worker, all in one transaction.

Also what a person says of a submission that nobody could know about: it is out, or it is not and is to be sent again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Pin, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.payload import body_hash, build_body, split_targets
from postpeer_dash.pins.publishing.state import change, is_open_for, lock, move, notify, set_targets, sum_up
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit


def submit(
    pin: Pin, targets: Sequence[Target], *, actor: User | None, scheduled_for: datetime | None = None
) -> list[Submission]:
    """Writes the submissions that will carry these targets, now or at a time (aware), and calls a worker for each.

    Targets that another submission holds are left out; nothing is written when none is left. Runs in the caller's
    transaction or one of its own. No HTTP happens here.
    """
    with transaction.atomic():
        Pin.objects.select_for_update(of=("self",)).get(pk=pin.pk)
        rows = Target.objects.filter(pk__in=[target.pk for target in targets]).select_related("account", "board")
        free = [target for target in rows.order_by("pk") if is_open_for(target)]
        if not free:
            return []
        _freeze(pin)
        made = [
            _write(pin, group, actor=actor, scheduled_for=scheduled_for, connection=connection)
            for connection, held in _by_connection(free)
            for group in split_targets(held)
        ]
        sum_up(pin)
    return made


def _freeze(pin: Pin) -> None:
    if pin.frozen_at is not None:
        return
    now = timezone.now()
    pin.frozen_at = pin.sort_at = now
    pin.save(update_fields=["frozen_at", "sort_at"])
    Target.objects.filter(pin=pin).update(sort_at=now)


def _by_connection(targets: Sequence[Target]) -> list[tuple[Connection, list[Target]]]:
    groups: dict[int, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.account.connection_id, []).append(target)
    connections = Connection.objects.in_bulk(list(groups))
    return [(connections[key], held) for key, held in groups.items()]


def _write(
    pin: Pin, targets: list[Target], *, actor: User | None, scheduled_for: datetime | None, connection: Connection
) -> Submission:
    body = build_body(pin, targets, scheduled_for=scheduled_for)
    submission = Submission.objects.create(
        pin=pin,
        connection=connection,
        body=body,
        body_hash=body_hash(body),
        scheduled_for=scheduled_for,
        requested_by=actor,
        due_at=timezone.now(),
    )
    SubmissionTarget.objects.bulk_create(SubmissionTarget(submission=submission, target=target) for target in targets)
    Target.objects.filter(pk__in=[target.pk for target in targets]).update(
        status=Status.QUEUED, error_kind="", error_text="", warning_text="", updated_at=timezone.now()
    )
    notify(submission)
    return submission


def withdraw(submission: Submission, targets: Sequence[Target]) -> None:
    """Takes targets out of a queued submission, which ends when none is left. In the caller's transaction."""
    SubmissionTarget.objects.filter(submission=submission, target__in=targets).update(is_open=False)
    kept = list(
        Target.objects.filter(carried__submission=submission, carried__is_open=True).select_related("account", "board")
    )
    if not kept:
        move(submission, Submission.State.CANCELLED, due_at=None)
        return
    body = build_body(submission.pin, kept, scheduled_for=submission.scheduled_for)
    change(submission, body=body, body_hash=body_hash(body))


State = Submission.State


def resolve_found(*, submission: Submission, actor: User, url: str = "", post_id: str = "") -> bool:
    """A person has seen it there, by its link or by choosing a candidate, which is then followed up as its own.

    False when the submission isn't unconfirmed any more, or the post was nobody's candidate or is another's by now.
    """
    with transaction.atomic():
        held = lock(submission.pk)
        if held.state != State.UNCONFIRMED:
            return False
        if post_id:
            return _choose(held, post_id, actor)
        record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, url=url)
        fields = {"published_at": timezone.now(), "error_kind": "", "error_text": "", **({"url": url} if url else {})}
        set_targets(held, Status.PUBLISHED, **fields)
        move(held, State.DONE, due_at=None)
        record_audit(
            team=held.pin.team,
            actor=actor,
            action="pin.confirmed_published",
            subject=str(held.pin),
            detail={"url": url},
        )
    return True


def _choose(held: Submission, post_id: str, actor: User) -> bool:
    is_taken = Submission.objects.filter(connection_id=held.connection_id, remote_id=post_id).exists()
    if is_taken or post_id not in held.evidence.candidates:
        return False
    record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, post_id=post_id)
    move(held, State.ACCEPTED, due_at=timezone.now(), remote_id=post_id, checks=0, error_kind="", error_text="")
    set_targets(held, Status.PUBLISHING, error_kind="", error_text="")
    notify(held)
    record_audit(
        team=held.pin.team,
        actor=actor,
        action="pin.confirmed_published",
        subject=str(held.pin),
        detail={"post_id": post_id},
    )
    return True


def resolve_absent(*, submission: Submission, actor: User) -> bool:
    """A person has seen that it isn't there. PostPeer's list is read once more, then it is sent again.

    False when the submission isn't unconfirmed any more.
    """
    with transaction.atomic():
        held = lock(submission.pk)
        if held.state != State.UNCONFIRMED:
            return False
        record(held.pin, Kind.PERSON_ABSENT, submission=held, actor=actor)
        # The candidates were looked at and are none of it; a new one is asked about again.
        seen = (*held.evidence.dismissed, *held.evidence.candidates)
        now = timezone.now()
        said = {"person_says_absent": True, "person_said_at": now}
        evidence = replace(held.evidence, **said, dismissed=seen, candidates=())
        change(held, evidence=evidence, due_at=now)
        notify(held)
        record_audit(team=held.pin.team, actor=actor, action="pin.confirmed_absent", subject=str(held.pin))
    return True
