"""Handing in: freeze the body, write the submission, call a worker, all in one transaction.

Also what a person says of a submission that nobody could know about: it is out, or it is not and is to be sent again.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.payload import body_hash, build_body, split_targets
from postpeer_dash.pins.publishing.state import CARRIABLE, change, lock, move, notify, set_targets, sum_statuses
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit

State = Submission.State


def submit(
    pin: Pin,
    targets: Collection[Target] | None = None,
    *,
    actor: User | None,
    scheduled_for: datetime | None = None,
    is_locked: bool = False,
) -> list[Submission]:
    """Write the submissions that will carry these targets of a pin, now or at a time (aware), and call a worker for each.

    Without `targets`, all of the pin's. Those that another submission holds are left out; nothing is written when none
    is left. `is_locked` when the caller has locked the pin's row and read it as it is. Runs in the caller's transaction
    or one of its own. No HTTP happens here.
    """
    # A savepoint would only be needed by a caller that goes on after a failure in here.
    with transaction.atomic(savepoint=False):
        if not is_locked:
            now = Pin.objects.select_for_update(of=("self",)).get(pk=pin.pk)
            pin.frozen_at, pin.sort_at = now.frozen_at, now.sort_at
            pin.status, pin.dismissed_at = now.status, now.dismissed_at
        every, carriable, carried = _read_targets(pin)
        wanted = carriable if targets is None else carriable & {target.pk for target in targets}
        free = [target for target in every if target.pk in wanted]
        if not free:
            return []
        made = [
            _write(pin, group, carried, actor=actor, scheduled_for=scheduled_for)
            for held in _by_connection(free)
            for group in split_targets(held)
        ]
        _freeze(pin, every, free)
    return made


def _read_targets(pin: Pin) -> tuple[list[Target], set[int], set[int]]:
    """Return all of a pin's targets, the ids of those that a new submission may carry, and of those that one ever did."""
    carried = SubmissionTarget.objects.filter(target=OuterRef("pk"))
    rows = Target.objects.filter(pin=pin).annotate(
        is_held=Exists(carried.filter(is_open=True)), was_carried=Exists(carried)
    )
    every = list(rows.select_related("account__connection", "board").order_by("pk"))
    carriable = {target.pk for target in every if target.status in CARRIABLE and not target.is_held}
    return list(every), carriable, {target.pk for target in every if target.was_carried}


def _freeze(pin: Pin, every: Sequence[Target], queued: Sequence[Target]) -> None:
    """Write down that the pin waits in line, on its locked row; its first time in line is where it stands in history."""
    now = timezone.now()
    fields: dict[str, Any] = {"error_kind": "", "error_text": "", "warning_text": "", "updated_at": now}
    if pin.frozen_at is None:
        pin.frozen_at = pin.sort_at = fields["sort_at"] = now
        others = [target.pk for target in every if target not in queued]
        if others:
            Target.objects.filter(pk__in=others).update(sort_at=now)
    Target.objects.filter(pk__in=[target.pk for target in queued]).update(status=Status.QUEUED, **fields)
    for target in queued:
        target.status = Status.QUEUED
    status = sum_statuses(target.status for target in every)
    # What was dismissed comes up again once something new became of it.
    pin.dismissed_at = pin.dismissed_at if pin.status == status else None
    pin.status, pin.updated_at = status, now
    pin.save(update_fields=["frozen_at", "sort_at", "status", "dismissed_at", "updated_at"])


def _by_connection(targets: Sequence[Target]) -> list[list[Target]]:
    groups: dict[int, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.account.connection_id, []).append(target)
    return list(groups.values())


def _write(
    pin: Pin, targets: list[Target], carried: set[int], *, actor: User | None, scheduled_for: datetime | None
) -> Submission:
    body = build_body(pin, targets, scheduled_for=scheduled_for)
    submission = Submission(
        pin=pin,
        connection=targets[0].account.connection,
        body=body,
        body_hash=body_hash(body),
        scheduled_for=scheduled_for,
        requested_by=actor,
        due_at=timezone.now(),
        # What was never carried has no earlier try to ask about.
        asked_earlier=not any(target.pk in carried for target in targets),
    )
    submission.save(force_insert=True)
    SubmissionTarget.objects.bulk_create(SubmissionTarget(submission=submission, target=target) for target in targets)
    notify(submission)
    return submission


def withdraw(submission: Submission, targets: Sequence[Target]) -> None:
    """Take targets out of a queued submission, which ends when none is left. In the caller's transaction."""
    SubmissionTarget.objects.filter(submission=submission, target__in=targets).update(is_open=False)
    kept = list(
        Target.objects.filter(carried__submission=submission, carried__is_open=True).select_related("account", "board")
    )
    if not kept:
        move(submission, Submission.State.CANCELLED, due_at=None)
        return
    body = build_body(submission.pin, kept, scheduled_for=submission.scheduled_for)
    change(submission, body=body, body_hash=body_hash(body))


def resolve_found(*, submission: Submission, actor: User, url: str = "", post_id: str = "") -> bool:
    """Take it that a post is out, since a person has seen it: its link, or a candidate, which is followed up as its own.

    False when the submission isn't unconfirmed any more, or the post was nobody's candidate or is another's by now.
    """
    with transaction.atomic():
        held = lock(submission.pk)
        if held.state != State.UNCONFIRMED:
            return False
        if post_id:
            return _choose(held, post_id, actor)
        _take_as_published(held, actor, url=url)
    return True


def _take_as_published(held: Submission, actor: User, *, url: str) -> None:
    record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, url=url)
    fields: dict[str, Any] = {
        "published_at": timezone.now(),
        "error_kind": "",
        "error_text": "",
        **({"url": url} if url else {}),
    }
    set_targets(held, Status.PUBLISHED, **fields)
    move(held, State.DONE, due_at=None)
    detail = {"url": url}
    record_audit(
        team=held.pin.team, actor=actor, action="pin.confirmed_published", subject=str(held.pin), detail=detail
    )


def _choose(held: Submission, post_id: str, actor: User) -> bool:
    if post_id == held.evidence.named_id and post_id in held.evidence.candidates:
        # PostPeer has given both the same number, and only the other one can hold it.
        url = next((str(one.get("url", "")) for one in held.evidence.candidate_posts if one["id"] == post_id), "")
        _take_as_published(held, actor, url=url)
        return True
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
    """Take it that a post isn't there, since a person has looked. PostPeer's list is read once more, then it is sent again.

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
        said = replace(held.evidence, person_says_absent=True, person_said_at=now)
        evidence = replace(said, dismissed=seen, candidates=())
        change(held, evidence=evidence, due_at=now)
        notify(held)
        record_audit(team=held.pin.team, actor=actor, action="pin.confirmed_absent", subject=str(held.pin))
    return True
