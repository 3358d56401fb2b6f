"""A change of a pin that PostPeer holds: what was asked for, and what PostPeer's record says has become of it.

It stands in a row of its own before anything leaves, and that row goes only when a record has been read.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from postpeer_dash.pins.content import TEXT_FIELDS
from postpeer_dash.pins.models import PendingEdit, Pin, Review, Submission, Target
from postpeer_dash.pins.pin_pictures import FIELDS, set_files
from postpeer_dash.pins.planned_time import TIME_FIELDS, set_time_from
from postpeer_dash.pins.publishing.payload import body_hash, build_body, is_same_body
from postpeer_dash.pins.publishing.state import StepError, change, publishing_setting, seconds, wait_of
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Post, parse_instant
from postpeer_dash.teams.models import User
from postpeer_dash.web.text import fold

State = PendingEdit.State
# With these words of PostPeer's nothing of a post can be changed any more.
_OVER = frozenset({"draft", "publishing", "published", "partial", "failed"})
# So often a record is read after PostPeer took a change, before it is said that it doesn't show it.
_READINGS = 3


# From each state, the states that can follow. LEAVING leads to itself when the worker that sent it was lost and another
# one tries. A worker that was slow may bring its answer when another try has been answered: that PostPeer took it beats
# what a later try was told.
EDIT_STEPS: dict[str, frozenset[str]] = {
    State.WANTED: frozenset({State.LEAVING, State.WANTED, State.TAKEN, State.LATE, State.REFUSED}),
    State.LEAVING: frozenset({State.LEAVING, State.WANTED, State.TAKEN, State.LATE, State.REFUSED}),
    State.TAKEN: frozenset(),
    State.LATE: frozenset({State.TAKEN}),
    State.REFUSED: frozenset({State.TAKEN}),
}


def read_edit(submission: Submission) -> PendingEdit | None:
    """Return the change that was asked for and isn't settled, as it is now.

    Only what has a time of its own can be changed, so nothing is read for all others.
    """
    if submission.scheduled_for is None:
        return None
    return PendingEdit.objects.filter(submission=submission).first()


def shown_edit(submission: Submission) -> PendingEdit | None:
    """Return the same for a page, as it was read with its row (`select_related("pending_edit")`)."""
    return getattr(submission, "pending_edit", None)


def move_edit(edit: PendingEdit, state: str, **fields: Any) -> None:
    """Take a change one step along the table. In the caller's transaction, with its submission locked."""
    if state not in EDIT_STEPS[edit.state]:
        raise StepError(f"A change can't go from {edit.state} to {state}.")
    change_edit(edit, state=state, **fields)


def change_edit(edit: PendingEdit, **fields: Any) -> None:
    """Set these fields of a change, and save these alone."""
    for name, value in fields.items():
        setattr(edit, name, value)
    edit.save(update_fields=list(fields))


def is_near(submission: Submission, *ats: datetime) -> bool:
    """Whether one of these times, or the submission's own, is too near for anything to be changed, by PostPeer's clock too."""
    times = [at for at in (submission.scheduled_for, *ats) if at is not None]
    # A `Date` that is further ahead is another clock's than the one by which PostPeer publishes.
    ahead = submission.connection.clock_offset
    ahead = ahead if 0 < ahead <= publishing_setting("reading_margin") else 0.0
    now = timezone.now() + timedelta(seconds=ahead)
    return min(times) < now + seconds("edit_min") if times else True


def next_try(edit: PendingEdit) -> datetime:
    """Return when a change that isn't settled is looked after again."""
    at = timezone.now() + wait_of(publishing_setting("edit_waits"), max(edit.tries - 1, 0) + edit.readings)
    return max(at, edit.not_before) if edit.not_before else at


def set_content(pin: Pin, content: Mapping[str, Any]) -> None:
    """Give a pin other content, without saving it."""
    for name in TEXT_FIELDS:
        setattr(pin, name, content[name])
    set_files(pin)
    pin.board_id = content["board"]
    set_time_from(pin, content)


def take_content(pin: Pin, content: Mapping[str, Any], *, actor_id: int | None) -> None:
    """Make this the pin's content, with the board of its targets. In the caller's transaction.

    A pin that was approved is approved as it is now, by whoever changed it: only an editor can.
    """
    # The targets before the pin, as whoever follows up another submission of it has them; else each waits for the other.
    Target.objects.filter(pin=pin, board__isnull=False).update(board=content["board"])
    Pin.objects.select_for_update().only("pk").get(pk=pin.pk)
    set_content(pin, content)
    pin.search_text = fold(f"{pin.title} {pin.description} {pin.link}")
    pin.updated_at = timezone.now()
    pin.version, pin.saved_by_id = pin.version + 1, actor_id
    if pin.review == Review.APPROVED:
        targets = list(Target.objects.filter(pin=pin).select_related("account", "board"))
        pin.approved_hash = body_hash(build_body(pin, targets, scheduled_for=pin.scheduled_for))
        pin.reviewed_by, pin.reviewed_at = User.objects.filter(pk=actor_id or 0).first(), timezone.now()
    route = ("board", *TIME_FIELDS, "search_text", "updated_at", "version", "saved_by")
    pin.save(update_fields=[*TEXT_FIELDS, *FIELDS, *route, "approved_hash", "reviewed_by", "reviewed_at"])


def settle_edit(submission: Submission, post: Post) -> None:
    """Take over what a record of PostPeer's says of a change that was asked for. In the caller's transaction.

    It is done when the record shows it. Not every part of a pin stands in a record: for the others PostPeer's answer
    counts, beside a record that doesn't gainsay it.
    """
    edit = read_edit(submission)
    if edit is None:
        return
    is_made_so = _is_made_of(submission, edit, post)
    is_shown = agrees(post, edit.body)
    is_proven = edit.state == State.TAKEN or tells_apart(post, submission.body, edit.body)
    if is_made_so or (is_shown and is_proven):
        _confirm(submission, edit)
    elif post.status in _OVER or edit.state == State.LATE:
        _end(submission, edit, _how_it_missed(submission, edit, post, is_shown=is_shown))
    elif edit.state == State.REFUSED:
        _end(submission, edit, Kind.EDIT_REFUSED, text=edit.refusal, request_id=edit.request_id)
    elif edit.state == State.TAKEN and edit.readings + 1 >= _READINGS:
        _end(submission, edit, Kind.EDIT_UNSEEN)
    elif is_near(submission, edit.scheduled_for) and not edit.may_be_done:
        _end(submission, edit, Kind.EDIT_TOO_LATE)
    elif edit.state == State.TAKEN:
        change_edit(edit, readings=edit.readings + 1)


def _is_made_of(submission: Submission, edit: PendingEdit, post: Post) -> bool:
    """Whether a record's body is the new one. PostPeer may go on showing the one that created it: that proves nothing."""
    created = submission.evidence.earlier_body or submission.body
    raw = post.raw_request_body
    return raw is not None and is_same_body(edit.body, raw) and not is_same_body(edit.body, created)


def _how_it_missed(submission: Submission, edit: PendingEdit, post: Post, *, is_shown: bool) -> Kind:
    if post.status == "draft" and submission.wants_cancel:
        return Kind.EDIT_DROPPED
    # The record can gainsay it only where it would look different.
    is_gainsaid = not is_shown and edit.state != State.TAKEN
    return Kind.EDIT_TOO_LATE if is_gainsaid or not edit.may_be_done else Kind.EDIT_UNSEEN


def _confirm(submission: Submission, edit: PendingEdit) -> None:
    # Its own body stays known: should the post turn out to be another's, this one is looked for by what created it.
    known, at = submission.evidence, edit.scheduled_for
    evidence = replace(known, earlier_body=known.earlier_body or submission.body)
    edit.delete()
    change(submission, body=edit.body, body_hash=body_hash(edit.body), scheduled_for=at, evidence=evidence)
    take_content(submission.pin, edit.content, actor_id=edit.actor_id)
    record(submission.pin, Kind.EDITED, submission=submission, changed=edit.changed, scheduled_for=at.isoformat())


def _end(submission: Submission, edit: PendingEdit, kind: Kind, **data: Any) -> None:
    edit.delete()
    record(submission.pin, kind, submission=submission, changed=edit.changed, **data)


def lose_edit(submission: Submission, *, is_gone: bool) -> None:
    """End a change whose post PostPeer shows no record of, when that is gone for good, or refused the change as well."""
    edit = read_edit(submission)
    if edit is not None and (is_gone or edit.state == State.LATE):
        _end(submission, edit, Kind.EDIT_TOO_LATE)


def agrees(post: Post, body: Mapping[str, Any]) -> bool:
    """Whether a record shows what this body says, as far as the record can be read."""
    shown, said = _view_post(post), _view(body)
    return all(one is None or one == other for one, other in zip(shown, said, strict=True))


def tells_apart(post: Post, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a record, as far as it can be read, would look different for these two bodies."""
    sides = zip(_view_post(post), _view(one), _view(other), strict=True)
    return any(shown is not None and first != second for shown, first, second in sides)


def _view(body: Mapping[str, Any]) -> tuple[datetime | None, str]:
    return _minute(parse_instant(body.get("scheduledFor"))), _words(str(body.get("content", "")))


def _view_post(post: Post) -> tuple[datetime | None, str | None]:
    return _minute(post.scheduled_for), _words(post.content) or None


def _minute(at: datetime | None) -> datetime | None:
    """Return an instant to the minute, as people choose it; what a server makes of the seconds is no difference."""
    return at.replace(second=0, microsecond=0) if at else None


def _words(text: str) -> str:
    """Return a text with single blanks: a server may trim them."""
    return " ".join(text.split())
