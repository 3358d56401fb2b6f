"""Before what failed is sent again: what PostPeer says of the earlier attempts, and what is left to be sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Status, Submission, Target, Wait
from postpeer_dash.pins.publishing.follow_up import apply_entry, ask_at
from postpeer_dash.pins.publishing.late_posts import watch
from postpeer_dash.pins.publishing.post_list import given_up_before, is_looked_for, take_second_attempts
from postpeer_dash.pins.publishing.state import (
    FINAL_STATUSES,
    OPEN_STATES,
    STATUS_OF_REMOTE,
    apart_from_others,
    change,
    lock,
    move,
    notify,
    publishing_setting,
    reopen,
    seconds,
    sum_up,
    wait_of,
)
from postpeer_dash.pins.publishing.submit import withdraw
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import NotFound, Post, PostPeerError

State = Submission.State
_NOT_OUT = (Status.FAILED, Status.CANCELLED)


def refresh_earlier(submission_id: int) -> bool:
    """Ask about the submissions that failed before this one, and leave out what PostPeer no longer calls failed.

    What was accepted is asked about by its id; what was given up as not taken is looked for in the list once more, in one
    reading for all second attempts that are due. Return whether anything is left to be sent now; when PostPeer can't be
    asked, the submission waits.
    """
    submission = Submission.objects.select_related("connection").get(pk=submission_id)
    if submission.state != State.QUEUED or submission.asked_earlier:
        return submission.state == State.QUEUED
    if given_up_before(submission) and not is_looked_for(submission) and not _look_for_earlier(submission):
        return False
    posts: dict[int, Post] = {}
    for before in _accepted_before(submission):
        try:
            with worker_client() as client:
                posts[before.pk] = client.get_post(before.remote_id)
        except NotFound:
            continue
        except PostPeerError as error:
            _wait(submission_id, error.message, error.retry_after or 0)
            return False
    with transaction.atomic():
        # The earlier ones first: everybody locks the submissions of one pin in this order.
        held = [(lock(key), post) for key, post in posts.items()]
        submission = lock(submission_id)
        if submission.state != State.QUEUED:
            return False
        change(submission, asked_earlier=True)
        for before, post in held:
            _take_over(submission, before, post)
        return submission.state == State.QUEUED


def _accepted_before(submission: Submission) -> list[Submission]:
    rows = Submission.objects.filter(targets__in=submission.targets.all(), pk__lt=submission.pk).exclude(remote_id="")
    return list(rows.distinct().order_by("pk"))


def _look_for_earlier(submission: Submission) -> bool:
    """Look once at the list for this second attempt and all others that are due. Return whether this one may go on."""
    taken = take_second_attempts(submission)
    at = timezone.now()
    problems = watch(sorted({key for lost in taken.values() for key in lost})) if taken else {}
    may_go_on = False
    for key, lost in taken.items():
        problem = next((problems[one] for one in lost if one in problems), "")
        with apart_from_others(key):
            if problem:
                _wait(key, problem, 0)
            elif _note_look(key, at):
                may_go_on = may_go_on or key == submission.pk
    return may_go_on


def _note_look(submission_id: int, at: datetime) -> bool:
    """Let it go on from here. Return whether it still waits: what was found may have been all of it."""
    with transaction.atomic():
        submission = lock(submission_id)
        if not _has_to_ask(submission):
            return False
        change(submission, evidence=replace(submission.evidence, looked_at=at), due_at=timezone.now())
        notify(submission)
        return True


def _has_to_ask(submission: Submission) -> bool:
    """Whether the earlier tries have to be asked about; another worker may have done so, and it waits for its own reason."""
    return submission.state == State.QUEUED and not submission.asked_earlier


def _wait(submission_id: int, problem: str, retry_after: float) -> None:
    with transaction.atomic():
        submission = lock(submission_id)
        if not _has_to_ask(submission):
            return
        pause = wait_of(publishing_setting("reconcile_waits"), submission.checks)
        at = timezone.now() + max(pause, timedelta(seconds=retry_after))
        if submission.checks == 0:
            record(submission.pin, Kind.READ_FAILED, submission=submission, text=problem, next_at=at.isoformat())
        ask_at(submission, at, checks=submission.checks + 1, waits_for=Wait.EARLIER_UNREAD)


def _take_over(submission: Submission, earlier: Submission, post: Post) -> None:
    """Take out of the new submission what the earlier one's post has not failed for."""
    alive = {
        entry.platform: entry for entry in post.platforms if STATUS_OF_REMOTE.get(entry.status, "") not in _NOT_OUT
    }
    carried = Target.objects.filter(carried__submission=submission, carried__is_open=True)
    held = carried.filter(submissions=earlier, platform__in=alive).select_related("account")
    targets = list(held)
    if not targets:
        return
    withdraw(submission, targets)
    for target in targets:
        apply_entry(earlier, target, alive[target.platform], alive[target.platform].status)
    if any(target.status not in FINAL_STATUSES for target in targets) and earlier.state not in OPEN_STATES:
        # It is on its way after all, so it has to be asked about again.
        at = timezone.now() + seconds("follow_up_min")
        move(earlier, State.ACCEPTED, due_at=at, ended_at=None, checks=0)
        reopen(earlier, {target.status for target in targets} - FINAL_STATUSES)
        notify(earlier)
    sum_up(submission.pin)
