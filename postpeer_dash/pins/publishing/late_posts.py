"""Watching what was given up: for a day, whether it has come in late all the same."""

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.postpeer import worker_client
from postpeer_dash.pins.models import Reason, Status, Submission, Target
from postpeer_dash.pins.publishing.post_list import read_for
from postpeer_dash.pins.publishing.reconcile import ListMatch, adopt, look_for
from postpeer_dash.pins.publishing.state import GIVEN_UP, apart_from_others, change, lock, notify, seconds
from postpeer_dash.pins.publishing.submit import withdraw
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Conflict, NotFound, Post, PostPeerError

State, Duplicate = Submission.State, Submission.Duplicate
_IN_FLIGHT = (State.SENDING, State.UNCONFIRMED)


def watch(submission_ids: Sequence[int]) -> dict[int, str]:
    """Look once for these given-up submissions of one connection, and adopt what is there. Speaks to PostPeer.

    Return why the look doesn't count, by the id of each for which it doesn't. When one was sent again meanwhile: what
    still waits in the queue is not sent; what has gone out too makes this one a late duplicate, which is said aloud, and called
    back if it is only scheduled.
    """
    problems = _look_for(submission_ids)
    # Speaking to PostPeer about one of them comes when all have been compared.
    late = Submission.objects.filter(pk__in=submission_ids, duplicate=Duplicate.SCHEDULED)
    for key in late.values_list("pk", flat=True):
        call_duplicate_back(key)
    return problems


def _look_for(submission_ids: Sequence[int]) -> dict[int, str]:
    rows = Submission.objects.select_related("connection").filter(state__in=GIVEN_UP, remote_id="")
    sought = list(rows.filter(pk__in=submission_ids))
    if not sought:
        return {}
    shared, problems = read_for(sought), {}
    for key in [one.pk for one in sought]:
        problem = "What was read could not be written down."
        with apart_from_others(key):
            # As it is now: a reading can take long.
            submission = rows.filter(pk=key).first()
            problem = _settle(key, look_for(submission, shared)) if submission else ""
        if problem:
            problems[key] = problem
    return problems


def _settle(submission_id: int, look: ListMatch) -> str:
    """Write down what one look says of one of them. Return why it doesn't count, empty when it does."""
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.state not in GIVEN_UP or submission.remote_id:
            return ""
        if not look.is_complete:
            _set_next(submission)
            return look.problem
        # Another one with this very body is on its way: the post is rather that one's, and its outcome is awaited.
        same = Submission.objects.filter(connection_id=submission.connection_id, body_hash=submission.body_hash)
        # Of several that look the same one is its own, or nobody's here: in doubt nothing is sent beside it.
        found = look.found or next(iter(look.twins), None)
        is_awaited = found is not None and same.filter(state__in=_IN_FLIGHT).exists()
        if found is None:
            _set_next(submission)
        elif is_awaited or not take_in(submission, found):
            _set_next(submission)
            return "It is in PostPeer's list, and another attempt is on its way, whose outcome comes first."
    return ""


def take_in(submission: Submission, post: Post) -> bool:
    """Adopt the post, or write it down as a late duplicate when the same targets went out again.

    False when it has to be looked at again later.
    """
    again = _sent_again(submission)
    if any(newer.state in _IN_FLIGHT for newer in again) or _is_held(submission, post):
        return False
    for newer in again:
        if newer.state == State.QUEUED:
            withdraw(newer, _shared(newer, submission))
    targets = list(submission.targets.all())
    free = [target for target in targets if target.status in (Status.FAILED, Status.CANCELLED, Status.QUEUED)]
    if free:
        # Whatever went out again has failed, or was still waiting: this one counts.
        Target.objects.filter(submissions=submission, status=Status.QUEUED).update(status=Status.FAILED)
        if not adopt(submission, post):
            return False
    else:
        duplicate = Duplicate.SCHEDULED if post.status == "scheduled" else Duplicate.OUT
        facts = {"remote_id": post.post_id, "remote_status": post.status[:40], "error_kind": Reason.LATE_DUPLICATE}
        change(submission, due_at=None, duplicate=duplicate, **facts)
    if len(free) < len(targets):
        url = next((entry.url for entry in post.platforms if entry.url), "")
        record(submission.pin, Kind.LATE_DUPLICATE, submission=submission, post_id=post.post_id, url=url)
    return True


def _is_held(submission: Submission, post: Post) -> bool:
    """Whether another one's answer has named this post since the list was compared."""
    return Submission.objects.filter(connection_id=submission.connection_id, remote_id=post.post_id).exists()


def _sent_again(submission: Submission) -> list[Submission]:
    newer = Submission.objects.filter(targets__in=submission.targets.all(), pk__gt=submission.pk).distinct()
    return [lock(key) for key in newer.order_by("pk").values_list("pk", flat=True)]


def _shared(newer: Submission, submission: Submission) -> list[Target]:
    return list(Target.objects.filter(submissions=newer).filter(submissions=submission))


def call_duplicate_back(submission_id: int) -> None:
    """Cancel a late duplicate that is only scheduled. It counts as called back when PostPeer's record says so."""
    submission = Submission.objects.get(pk=submission_id)
    if submission.duplicate != Duplicate.SCHEDULED:
        return
    try:
        with worker_client() as client:
            # When it is no longer scheduled, the record tells what it is instead.
            with suppress(Conflict, NotFound):
                client.cancel_scheduled(submission.remote_id)
            post = client.get_post(submission.remote_id)
    except NotFound:
        duplicate = Duplicate.GONE
    except PostPeerError:
        duplicate = Duplicate.SCHEDULED
    else:
        words = {"draft": Duplicate.CANCELLED, "scheduled": Duplicate.SCHEDULED}
        duplicate = words.get(post.status, Duplicate.OUT)
    with transaction.atomic():
        submission = lock(submission_id)
        if submission.duplicate != Duplicate.SCHEDULED:
            return
        if duplicate == Duplicate.SCHEDULED:
            change(submission, due_at=timezone.now() + seconds("follow_up_min") * 5)
            notify(submission)
            return
        change(submission, duplicate=duplicate, due_at=None)
        if duplicate == Duplicate.CANCELLED:
            record(submission.pin, Kind.DUPLICATE_CANCELLED, submission=submission, post_id=submission.remote_id)


def _set_next(submission: Submission) -> None:
    now = timezone.now()
    age = now - (submission.ended_at or now)
    is_over = age > seconds("watch_for")
    change(submission, due_at=None if is_over else now + max(seconds("absent_apart"), age / 2))
