"""Handing a pin in: freeze the body, write the submission, call a worker, all in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Pin, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.payload import body_hash, build_body, split_targets
from postpeer_dash.pins.publishing.rows import change, is_open_for, move, notify, sum_up
from postpeer_dash.teams.models import User


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
