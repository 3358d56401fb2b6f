"""Every step that a submission or a target may take, and what a pin's status is made of. The one table."""

from collections.abc import Iterable

from postpeer_dash.pins.models import Status, Submission

State = Submission.State

# From each state, the states that can follow. What has ended never goes back to the queue: sending again is a new
# submission. QUEUED leads to ACCEPTED when PostPeer turns out to have it already, after a restore. REFUSED and ABSENT lead
# to ACCEPTED alone, when PostPeer turns out to have the post after all. DONE and CANCELLED lead there when PostPeer no
# longer calls failed or cancelled what it had called so. ACCEPTED and DONE lead to UNCONFIRMED when the post they had
# adopted turns out to be another submission's. Nothing but QUEUED leads to SENDING, and nothing but SENDING to QUEUED.
SUBMISSION_STEPS: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED, State.REFUSED, State.ACCEPTED}),
    State.SENDING: frozenset({State.QUEUED, State.ACCEPTED, State.REFUSED, State.UNCONFIRMED, State.ABSENT}),
    State.UNCONFIRMED: frozenset({State.ACCEPTED, State.REFUSED, State.ABSENT, State.DONE}),
    State.ACCEPTED: frozenset({State.DONE, State.CANCELLED, State.UNCONFIRMED}),
    State.REFUSED: frozenset({State.ACCEPTED}),
    State.ABSENT: frozenset({State.ACCEPTED}),
    State.DONE: frozenset({State.UNCONFIRMED, State.ACCEPTED}),
    State.CANCELLED: frozenset({State.ACCEPTED}),
}

# States in which the submission still holds its targets.
OPEN_STATES = frozenset({State.QUEUED, State.SENDING, State.UNCONFIRMED, State.ACCEPTED})

# Ended without the post that it asked for, which may come in late all the same.
GIVEN_UP = frozenset({State.ABSENT, State.REFUSED})

FINAL_STATUSES = frozenset({Status.PUBLISHED, Status.FAILED, Status.CANCELLED})
UNDER_WAY = frozenset({Status.QUEUED, Status.SENDING, Status.PENDING, Status.PUBLISHING, Status.UNCONFIRMED})

# PostPeer's word for one platform of a post, and ours. A draft at PostPeer is a post that was cancelled there;
# what is partly out on a platform is out, and is never sent again.
STATUS_OF_REMOTE: dict[str, str] = {
    "draft": Status.CANCELLED,
    "pending": Status.PENDING,
    "scheduled": Status.SCHEDULED,
    "publishing": Status.PUBLISHING,
    "published": Status.PUBLISHED,
    "partial": Status.PUBLISHED,
    "failed": Status.FAILED,
}

# A pin's status is the first of these groups that any of its targets is in.
_FIRST_OF: tuple[tuple[str, frozenset[str]], ...] = (
    (Status.UNCONFIRMED, frozenset({Status.UNCONFIRMED})),
    (Status.SENDING, frozenset({Status.SENDING})),
    (Status.PUBLISHING, frozenset({Status.PUBLISHING, Status.PENDING})),
    (Status.QUEUED, frozenset({Status.QUEUED})),
    (Status.SCHEDULED, frozenset({Status.SCHEDULED})),
)


class StepError(Exception):
    """A step that the table doesn't have."""


def check_step(before: str, after: str) -> None:
    """Raises StepError when a submission can't go from one state to the other."""
    if after not in SUBMISSION_STEPS[before]:
        raise StepError(f"A submission can't go from {before} to {after}.")


def next_target_status(before: str, remote: str) -> str:
    """A target's status after a reading of PostPeer's record. What is final stays; an unknown word changes nothing."""
    if before in FINAL_STATUSES:
        return before
    return STATUS_OF_REMOTE.get(remote, before)


def sum_statuses(statuses: Iterable[str]) -> str:
    """A pin's status from those of its targets; a pin without targets is a draft."""
    present = set(statuses)
    for status, group in _FIRST_OF:
        if present & group:
            return status
    if not present:
        return Status.DRAFT
    return present.pop() if len(present) == 1 else Status.PARTIAL
