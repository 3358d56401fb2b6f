"""What publishing gives a worker to do: submissions that are due, and a look at the key of a connection that is held."""

import logging
from collections.abc import Collection, Sequence

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from postpeer_dash.accounts.other_key import explain_refusal
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.follow_up import follow_link, follow_up
from postpeer_dash.pins.publishing.late_posts import watch
from postpeer_dash.pins.publishing.pause import check_held_connections, may_speak
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.publishing.post_list import take_given_up, take_unconfirmed
from postpeer_dash.pins.publishing.reconcile import reconcile
from postpeer_dash.pins.publishing.scheduled import cancel_at_postpeer, edit_at_postpeer
from postpeer_dash.pins.publishing.send import end_lease, send
from postpeer_dash.pins.publishing.state import GIVEN_UP, JOB, publishing_setting, seconds
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.worker.claims import claim, claim_some
from postpeer_dash.worker.jobs import PUT_OFF, Job, periodic
from postpeer_dash.worker.shares import shares

log = logging.getLogger(__name__)
State = Submission.State


def find_due(limit: int, in_hand: Collection[int] = ()) -> Sequence[int]:
    """Take the submissions that are due and return their ids: what waits to be sent goes before what only asks.

    `rung_at` says when one was last taken, or a bell rung for it. It is found again once it has become due anew, and
    when nothing became of it for a while: whoever had it was lost. What its team has no thread for is left.
    """
    now = timezone.now()
    lost = Q(rung_at__lt=now - 2 * seconds("sweep_every"))
    free = Q(rung_at=None) | Q(rung_at__lt=F("due_at")) | lost
    due = Submission.objects.filter(free, due_at__lte=now)
    # What a lost worker left behind as sending asks nobody anything, and would wait behind however many are queued.
    left = due.filter(state=State.SENDING).exclude(pk__in=in_hand).order_by("due_at", "pk")
    taken = claim_some(left, "rung_at", 0, limit=limit)
    return [*taken, *_find_speaking(due.exclude(state=State.SENDING), limit - len(taken), in_hand)]


def _find_speaking(due: QuerySet[Submission], limit: int, in_hand: Collection[int]) -> list[int]:
    """Take those of them for which PostPeer is asked something, as far as their teams have threads."""
    is_asking = Case(When(state=State.QUEUED, then=0), default=1)
    due = due.order_by(is_asking, "due_at", "pk")
    plan, known, taken = shares.plan(), [*in_hand], list[int]()
    full: set[tuple[int, int]] = set()
    # One by one, hundreds of teams would be as many queries, each longer than the one before.
    peers: set[int] = set()
    while len(taken) < limit:
        waiting = due.exclude(pk__in=known).exclude(connection__in=peers)
        for connection_id, team_id in full:
            waiting = waiting.exclude(connection=connection_id, pin__team=team_id)
        seen = list(waiting.values_list("pk", "connection_id", "pin__team_id")[: limit - len(taken)])
        chosen = []
        for key, connection_id, team_id in seen:
            if plan.take(connection_id, team_id):
                chosen.append(key)
            elif plan.is_full(connection_id):
                peers.add(connection_id)
            else:
                full.add((connection_id, team_id))
        if chosen:
            taken += claim_some(due.filter(pk__in=chosen), "rung_at", 0, limit=limit)
            known += chosen
        if len(chosen) == len(seen):
            break
    if full or peers:
        shares.note_refused()
    return taken


def run_submission(submission_id: int) -> None:
    """Do what a submission is due for; an answer of PostPeer's that no step expects leaves it to be found again."""
    try:
        handle_submission(submission_id)
    except PostPeerError as error:
        log.warning("submission %s is looked at again later: %s", submission_id, error.message)


def handle_submission(submission_id: int) -> None:
    """Do what a submission is due for; nothing when it isn't due. Safe to run any number of times, side by side."""
    submission = Submission.objects.filter(pk=submission_id).select_related("connection", "pin__team").first()
    if submission is None or submission.due_at is None or submission.due_at > timezone.now():
        return
    if submission.state == State.SENDING:
        end_lease(submission_id)
    elif not may_speak(submission.connection):
        if explain_refusal(submission.connection):
            # Not for this machine to put off: others work under the right key.
            return
        # Another PostPeer, or another key: what that one says of our posts means nothing.
        later = timezone.now() + seconds("sweep_every")
        Submission.objects.filter(pk=submission_id, due_at=submission.due_at).update(due_at=later)
    else:
        with shares.hold(submission.connection_id, submission.pin.team_id) as is_held:
            if is_held:
                _speak(submission)
            else:
                # It is found again once a thread of its team's, or of any other worker's, is free.
                Submission.objects.filter(pk=submission_id, due_at=submission.due_at).update(rung_at=None)


def _speak(submission: Submission) -> None:
    if submission.state == State.QUEUED:
        send(submission.pk, submission)
    elif submission.state == State.UNCONFIRMED:
        reconcile(take_unconfirmed(submission))
    elif submission.state in GIVEN_UP:
        watch(take_given_up(submission))
    elif submission.state == State.ACCEPTED and _take(submission):
        _ask(submission)
    elif submission.state == State.DONE and _take(submission):
        follow_link(submission.pk)


def _take(submission: Submission) -> bool:
    """Put the row off while it is asked about, so that a second worker doesn't ask the same thing."""
    as_it_was = Submission.objects.filter(pk=submission.pk, due_at=submission.due_at, state=submission.state)
    return bool(claim(as_it_was, "due_at", publishing_setting("lease")))


def _ask(submission: Submission) -> None:
    if submission.wants_cancel:
        cancel_at_postpeer(submission.pk)
    elif read_edit(submission) is not None:
        edit_at_postpeer(submission.pk)
    else:
        follow_up(submission.pk)


def _put_off(submission_id: int) -> None:
    claim(Submission.objects.filter(pk=submission_id), "rung_at", PUT_OFF)


SUBMISSIONS = Job(name=JOB, find=find_due, run=run_submission, put_off=_put_off)
HELD_CONNECTIONS = periodic("held connections", check_held_connections, every=publishing_setting("sweep_every"))
