"""Which rows share one reading of PostPeer's list. They are put off together, so that no second worker reads it too."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from postpeer_dash.pins.models import Submission, SubmissionTarget
from postpeer_dash.pins.publishing.listing import begins_at, earliest_to_share_with
from postpeer_dash.pins.publishing.rows import seconds
from postpeer_dash.pins.publishing.transitions import GIVEN_UP
from postpeer_dash.pins.publishing.unconfirmed import next_look

State = Submission.State
_MAX = 200
# By then the waits between two looks are at their usual length.
_PATIENT = 10


def take_unconfirmed(submission: Submission) -> list[int]:
    """This unconfirmed submission and the others of its connection for which one reading of the list will do, by id.

    A row joins when half of its wait is over; looked at together, they are due together the next time as well. Whoever
    was first sent much earlier doesn't, so that what has waited for days makes nobody else's reading long. Empty when
    this one isn't due any more, or another worker has it.
    """
    return _take(submission, (State.UNCONFIRMED,), lambda one: next_look(one.checks) / 2, next_look(_PATIENT) / 2)


def take_given_up(submission: Submission) -> list[int]:
    """The same for what was given up and is watched."""
    half = seconds("absent_apart") / 2
    return _take(submission, GIVEN_UP, lambda _one: half, half)


def take_second_attempts(submission: Submission) -> dict[int, list[int]]:
    """This queued second attempt, and then the others that are due in the order in which they are, by id, each with what
    was given up before it and has to be looked for first. Empty when this one isn't due any more, or another has it.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = _free((State.QUEUED,))
        due = rows.filter(due_at__lte=now)
        mine = due.filter(pk=submission.pk, due_at=submission.due_at).first()
        if mine is None:
            return {}
        sent_before = SubmissionTarget.objects.filter(
            submission=OuterRef("pk"), target__carried__submission__state__in=GIVEN_UP
        )
        others = due.filter(Exists(sent_before), connection_id=mine.connection_id).exclude(pk=mine.pk)
        unasked = others.exclude(evidence__has_key="asked_earlier").select_related("connection").order_by("due_at")
        near = [one.pk for one in unasked[:_MAX] if not is_looked_for(one)]
        before = _given_up_before([mine.pk, *near])
        lost = {one for group in before.values() for one in group}
        begun = {one.pk: begins_at(one) for one in Submission.objects.filter(pk__in=lost)}
        first = min((begun[key] for key in before.get(mine.pk, ())), default=now)
        earliest = earliest_to_share_with(first)
        taken = {mine.pk: before.get(mine.pk, [])}
        for key in near:
            if key in before and min(begun[one] for one in before[key]) >= earliest:
                taken[key] = before[key]
        Submission.objects.filter(pk__in=taken).update(due_at=now + seconds("lease"))
    return taken


def given_up_before(submission: Submission) -> list[int]:
    """The submissions before this one that were given up, of the same targets, which PostPeer may have after all."""
    return _given_up_before([submission.pk]).get(submission.pk, [])


def is_looked_for(submission: Submission) -> bool:
    """Whether a reading that began lately has been compared with what was given up before it.

    Not when PostPeer's clock was found to have changed since: then it has to be read from further back.
    """
    text = submission.evidence.get("looked_at")
    if not text:
        return False
    looked_at, now, clock_at = datetime.fromisoformat(text), timezone.now(), submission.connection.clock_least_at
    return now - seconds("lease") < looked_at <= now and (clock_at is None or clock_at < looked_at)


def _given_up_before(keys: Iterable[int]) -> dict[int, list[int]]:
    """By the id of each of these submissions that has any."""
    carried = list(
        SubmissionTarget.objects.filter(submission__in=keys).order_by("pk").values_list("submission", "target")
    )
    lost: dict[int, list[int]] = {}
    rows = SubmissionTarget.objects.filter(
        target__in={target for _key, target in carried}, submission__state__in=GIVEN_UP, submission__remote_id=""
    ).exclude(submission__sent_at=None)
    for target, key in rows.order_by("submission").values_list("target", "submission"):
        lost.setdefault(target, []).append(key)
    found: dict[int, list[int]] = {}
    for key, target in carried:
        earlier = [one for one in lost.get(target, ()) if one < key]
        if earlier:
            found[key] = sorted({*found.get(key, ()), *earlier})
    return found


def _free(states: Iterable[str]) -> QuerySet[Submission]:
    """Rows that no other worker is about to take."""
    return Submission.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=states)


def _take(
    submission: Submission, states: Iterable[str], ahead: Callable[[Submission], timedelta], max_ahead: timedelta
) -> list[int]:
    """`ahead`: how long before it is due a row joins; `max_ahead`: the longest of these."""
    now = timezone.now()
    with transaction.atomic():
        rows = _free(states)
        mine = rows.filter(pk=submission.pk, due_at=submission.due_at).first()
        if mine is None:
            return []
        same = rows.filter(connection_id=mine.connection_id, remote_id="").exclude(pk=mine.pk)
        near = same.filter(due_at__lte=now + max_ahead).order_by("due_at")
        earliest = earliest_to_share_with(begins_at(mine))
        others = [
            one.pk
            for one in near[:_MAX]
            if one.due_at and one.due_at <= now + ahead(one) and begins_at(one) >= earliest
        ]
        taken = [mine.pk, *others]
        Submission.objects.filter(pk__in=taken).update(due_at=now + seconds("lease"))
    return taken
