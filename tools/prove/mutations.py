"""Seeded defects, each planted into a running worker: what the proof has to be able to see."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

Planter = Callable[[], None]
# What a worker exits with when a defect has nowhere to go.
CANNOT_PLANT = 70


class CannotPlantError(Exception):
    """What a defect replaces isn't there: it was renamed, and a worker without the defect would be taken for a sound one."""


def _set(owner: Any, name: str, value: Any) -> None:
    if not hasattr(owner, name):
        raise CannotPlantError(f"{owner.__name__} has no {name}")
    setattr(owner, name, value)


def _retry_on_timeout() -> None:
    """An answer that never came counts as a request that never left."""
    from postpeer_dash.pins.publishing import send
    from postpeer_dash.postpeer import NeverSent, PostPeerError, Unclear

    original = send.apply_error

    def apply_error(submission_id: int, lease_key: str, error: PostPeerError) -> None:
        if isinstance(error, Unclear) and error.status is None:
            error = NeverSent(error.message)
        original(submission_id, lease_key, error)

    _set(send, "apply_error", apply_error)


def _tls_never_sent() -> None:
    """A TLS error counts as a connection that never stood."""
    from postpeer_dash.postpeer import transport
    from postpeer_dash.postpeer.errors import Failure

    original = transport.name_failure

    def name_failure(error: Exception, deadline: Any) -> Failure:
        found = original(error, deadline)
        return Failure.UNREACHABLE if found is Failure.TLS else found

    _set(transport, "name_failure", name_failure)


def _change_looks(change: Callable[[Any], Any]) -> None:
    from postpeer_dash.pins.publishing import late_posts, reconcile

    original = reconcile.look_for

    def look_for(submission: Any, *shared: Any) -> Any:
        return change(original(submission, *shared))

    for module in (reconcile, late_posts):
        _set(module, "look_for", look_for)


def _failed_reading_is_absent() -> None:
    """A list that couldn't be read counts as one in which nothing was."""
    _change_looks(lambda look: replace(look, problem=""))


def _incomplete_is_absent() -> None:
    """A list that was read in part counts as read to the end."""
    from postpeer_dash.postpeer.client import Client

    original = Client.list_posts

    def list_posts(self: Client, **query: Any) -> Any:
        return replace(original(self, **query), is_complete=True)

    _set(Client, "list_posts", list_posts)


def _adopt_whatever() -> None:
    """A post is adopted without looking whose it is already."""
    from postpeer_dash.pins.publishing import reconcile

    _set(reconcile, "find_unclaimed", lambda posts, *_args, **_kwargs: list(posts))


def _ignore_candidates() -> None:
    """A post that is much like it, or can't be read, is passed over."""
    _change_looks(lambda look: replace(look, candidates=()))


def _no_lease() -> None:
    """Nothing is claimed: whoever is called for a row sends it."""
    from postpeer_dash.pins.publishing import send
    from postpeer_dash.pins.publishing.state import lock

    def claim(submission_id: int) -> Any:
        submission = lock(submission_id)
        if submission.state != send.State.QUEUED:
            return None
        until = timezone.now() + timedelta(days=1)
        now = timezone.now()
        return send.Claim(submission.pk, submission.connection_id, now, "", until, submission.body, False)

    _set(send, "_claim_in_transaction", claim)


def _lease_end_queues() -> None:
    """What a killed worker left behind goes back to the queue."""
    from postpeer_dash.pins.publishing import jobs

    def end_lease(submission_id: int) -> None:
        from postpeer_dash.pins.models import Submission

        Submission.objects.filter(pk=submission_id, state="sending", lease_until__lt=timezone.now()).update(
            state="queued", due_at=timezone.now(), lease_key=""
        )

    _set(jobs, "end_lease", end_lease)


def _no_timer() -> None:
    """Nothing ends a worker that was frozen."""
    from postpeer_dash.worker import watchdog

    _set(watchdog, "arm", lambda _seconds: None)


def _cancelled_at_once() -> None:
    """A scheduled pin is shown as cancelled as soon as PostPeer was asked, whatever it says."""
    from django.db import transaction

    from postpeer_dash.accounts.postpeer import worker_client
    from postpeer_dash.pins.models import Status, Submission
    from postpeer_dash.pins.publishing import jobs
    from postpeer_dash.pins.publishing.state import lock, move, set_targets
    from postpeer_dash.postpeer import PostPeerError

    def cancel_at_postpeer(submission_id: int) -> None:
        with suppress(PostPeerError), worker_client() as client:
            client.cancel_scheduled(Submission.objects.get(pk=submission_id).remote_id)
        with transaction.atomic():
            submission = lock(submission_id)
            if submission.state == Submission.State.ACCEPTED:
                set_targets(submission, Status.CANCELLED)
                move(submission, Submission.State.CANCELLED, due_at=None)

    _set(jobs, "cancel_at_postpeer", cancel_at_postpeer)


def _no_look_after_restore() -> None:
    """A worker sends without having read what PostPeer has that the database doesn't."""
    from postpeer_dash.pins.publishing import send

    _set(send, "is_cleared", lambda _connection: True)


def _refusal_of_key_is_not_read() -> None:
    """After a refused key a pin is sent again without a look at the list."""
    from postpeer_dash.pins.publishing import send

    original = send.give_back

    def give_back(*args: Any, **kwargs: Any) -> None:
        original(*args, **{**kwargs, "read_first": False})

    _set(send, "give_back", give_back)


MUTANTS: dict[str, Planter] = {
    "retry on timeout": _retry_on_timeout,
    "TLS error counted as never sent": _tls_never_sent,
    "failed reading means absent": _failed_reading_is_absent,
    "incomplete reading means absent": _incomplete_is_absent,
    "adopt without checking other claims": _adopt_whatever,
    "candidate ignored": _ignore_candidates,
    "no lease": _no_lease,
    "ended lease goes back to the queue": _lease_end_queues,
    "no frozen-worker timer": _no_timer,
    "cancelled shown before PostPeer says so": _cancelled_at_once,
    "no look after a restore": _no_look_after_restore,
    "a refused key is sent again unread": _refusal_of_key_is_not_read,
}


def plant(name: str) -> None:
    """Plant one of them into this process; raises CannotPlantError."""
    try:
        MUTANTS[name]()
    except (AttributeError, ImportError) as error:
        raise CannotPlantError(str(error)) from error
