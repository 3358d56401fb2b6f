"""The one task of publishing. It carries a row's id; what is to be done is in the row."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.bell import enqueue
from postpeer_dash.pins.publishing.follow_up import follow_up
from postpeer_dash.pins.publishing.late_posts import watch
from postpeer_dash.pins.publishing.pause import may_speak
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.publishing.post_list import take_given_up, take_unconfirmed
from postpeer_dash.pins.publishing.reconcile import reconcile
from postpeer_dash.pins.publishing.scheduled import cancel_at_postpeer, edit_at_postpeer
from postpeer_dash.pins.publishing.send import end_lease, send
from postpeer_dash.pins.publishing.state import GIVEN_UP, seconds

State = Submission.State


@task
def handle_submission(submission_id: int) -> None:
    """Does what a submission is due for; nothing when it isn't due. Safe to run any number of times, side by side."""
    submission = Submission.objects.filter(pk=submission_id).select_related("connection", "pin__team").first()
    if submission is None or submission.due_at is None or submission.due_at > timezone.now():
        return
    if submission.state == State.SENDING:
        end_lease(submission_id)
    elif not may_speak(submission.connection):
        # Another PostPeer, or another key: what that one says of our posts means nothing.
        later = timezone.now() + seconds("sweep_every")
        Submission.objects.filter(pk=submission_id, due_at=submission.due_at).update(due_at=later)
    elif submission.state == State.QUEUED:
        send(submission_id, submission)
    elif submission.state == State.UNCONFIRMED:
        reconcile(take_unconfirmed(submission))
    elif submission.state in GIVEN_UP:
        watch(take_given_up(submission))
    elif submission.state == State.ACCEPTED and _take(submission):
        _ask(submission)


def _take(submission: Submission) -> bool:
    """Puts the row off while it is asked about, so that a second worker doesn't ask the same thing."""
    taken = Submission.objects.filter(pk=submission.pk, due_at=submission.due_at, state=submission.state).update(
        due_at=timezone.now() + seconds("lease")
    )
    return bool(taken)


def _ask(submission: Submission) -> None:
    if submission.wants_cancel:
        cancel_at_postpeer(submission.pk)
    elif read_edit(submission) is not None:
        edit_at_postpeer(submission.pk)
    else:
        follow_up(submission.pk)


def sweep() -> int:
    """Rings for every row that is due and whose bell was lost. Returns how many.

    The queue is only a bell: emptied, restored or killed in the middle, it is rung again from the rows. A lease that has
    ended is written down here and now, since whoever is called for it may be lost as well.
    """
    now = timezone.now()
    for key in Submission.objects.filter(state=State.SENDING, due_at__lte=now).values_list("pk", flat=True):
        end_lease(key)
    long_ago = now - 2 * seconds("sweep_every")
    due = Submission.objects.filter(due_at__lte=now).filter(Q(rung_at=None) | Q(rung_at__lt=long_ago))
    rung = 0
    for key, state in due.order_by("due_at").values_list("pk", "state")[:500]:
        if Submission.objects.filter(pk=key).filter(Q(rung_at=None) | Q(rung_at__lt=long_ago)).update(rung_at=now):
            enqueue(key, state)
            rung += 1
    return rung


def forget_old_tasks() -> None:
    """Deletes rows of the queue after a day: finished ones, which nobody reads, and those whose worker was lost."""
    from django_tasks_db.models import DBTaskResult

    long_ago = timezone.now() - timedelta(days=1)
    DBTaskResult.objects.finished().filter(finished_at__lt=long_ago).delete()
    DBTaskResult.objects.running().filter(started_at__lt=long_ago).delete()
