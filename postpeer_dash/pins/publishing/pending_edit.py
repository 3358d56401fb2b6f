"""A change of a pin that PostPeer holds: what was asked for, and what PostPeer's record says has become of it.

The wish stands in its submission's row before anything leaves, and goes from there only when a record has been read.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from postpeer_dash.pins.content import TEXT_FIELDS
from postpeer_dash.pins.models import Pin, Review, Submission, Target
from postpeer_dash.pins.publishing.payload import Body, body_hash, build_body, is_same_body
from postpeer_dash.pins.publishing.state import change, publishing_setting, seconds, wait_of
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Post, parse_instant
from postpeer_dash.teams.models import User
from postpeer_dash.web.text import fold

# With these words of PostPeer's nothing of a post can be changed any more.
_OVER = frozenset({"draft", "publishing", "published", "partial", "failed"})
# So often a record is read after PostPeer took a change, before it is said that it doesn't show it.
_READINGS = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """A wish: the pin's new content, the body that says it to PostPeer, and how far it has got.

    content: the pin's fields as JSON holds them, the board by our own id. may_be_done: a PUT has left that may have
    been carried out. is_taken: PostPeer answered that it took it. is_late: PostPeer answered that it is no longer
    scheduled. refusal: PostPeer's words when it refused the change.
    """

    content: dict[str, Any]
    body: Body
    scheduled_for: str
    actor_id: int | None = None
    changed: list[str] = field(default_factory=list)
    token: str = field(default_factory=lambda: uuid4().hex)
    tries: int = 0
    readings: int = 0
    may_be_done: bool = False
    is_taken: bool = False
    is_late: bool = False
    refusal: str = ""
    request_id: str = ""
    not_before: str = ""
    has_said: bool = False

    @property
    def at(self) -> datetime:
        """The time it is to go out at."""
        return datetime.fromisoformat(self.scheduled_for)


def read_edit(submission: Submission) -> Edit | None:
    """The change that was asked for and isn't settled yet."""
    return Edit(**submission.edit) if submission.edit else None


def write_edit(submission: Submission, edit: Edit | None, **fields: Any) -> None:
    """Writes a wish down, or that there is none any more. In the caller's transaction."""
    change(submission, edit=asdict(edit) if edit else None, **fields)


def is_near(submission: Submission, *ats: datetime) -> bool:
    """Whether one of these times, or the submission's own, is too near for anything to be changed, by PostPeer's clock too."""
    times = [at for at in (submission.scheduled_for, *ats) if at is not None]
    now = timezone.now() + timedelta(seconds=max(submission.connection.clock_offset, 0))
    return min(times) < now + seconds("edit_min") if times else True


def next_try(edit: Edit) -> datetime:
    """When a wish that isn't settled is looked after again."""
    at = timezone.now() + wait_of(publishing_setting("edit_waits"), max(edit.tries - 1, 0) + edit.readings)
    return max(at, datetime.fromisoformat(edit.not_before)) if edit.not_before else at


def set_content(pin: Pin, content: Mapping[str, Any]) -> None:
    """Gives a pin other content, without saving it."""
    for name in TEXT_FIELDS:
        setattr(pin, name, content[name])
    pin.board_id = content["board"]
    pin.scheduled_for = datetime.fromisoformat(content["scheduled_for"])
    pin.time_zone = content["time_zone"]


def take_content(pin: Pin, content: Mapping[str, Any], *, actor_id: int | None) -> None:
    """Makes this the pin's content, with the board of its targets. In the caller's transaction.

    A pin that was approved is approved as it is now, by whoever changed it: only an editor can.
    """
    # The targets before the pin, as whoever follows up another submission of it has them; else each waits for the other.
    Target.objects.filter(pin=pin, board__isnull=False).update(board=content["board"])
    Pin.objects.select_for_update().only("pk").get(pk=pin.pk)
    set_content(pin, content)
    pin.search_text = fold(f"{pin.title} {pin.description} {pin.link}")
    pin.updated_at = timezone.now()
    if pin.review == Review.APPROVED:
        targets = list(Target.objects.filter(pin=pin).select_related("account", "board"))
        pin.approved_hash = body_hash(build_body(pin, targets, scheduled_for=pin.scheduled_for))
        pin.reviewed_by, pin.reviewed_at = User.objects.filter(pk=actor_id or 0).first(), timezone.now()
    route = ("board", "scheduled_for", "time_zone", "search_text", "updated_at")
    pin.save(update_fields=[*TEXT_FIELDS, *route, "approved_hash", "reviewed_by", "reviewed_at"])


def settle_edit(submission: Submission, post: Post) -> None:
    """Takes over what a record of PostPeer's says of a change that was asked for. In the caller's transaction.

    It is done when the record shows it. Not every part of a pin stands in a record: for the others PostPeer's answer
    counts, beside a record that doesn't gainsay it.
    """
    edit = read_edit(submission)
    if edit is None:
        return
    is_made_so = _is_made_of(submission, edit, post)
    is_shown = agrees(post, edit.body)
    is_proven = edit.is_taken or tells_apart(post, submission.body, edit.body)
    if is_made_so or (is_shown and is_proven):
        _confirm(submission, edit)
    elif post.status in _OVER or edit.is_late:
        _end(submission, edit, _how_it_missed(submission, edit, post, is_shown=is_shown))
    elif edit.refusal:
        _end(submission, edit, Kind.EDIT_REFUSED, text=edit.refusal, request_id=edit.request_id)
    elif edit.is_taken and edit.readings + 1 >= _READINGS:
        _end(submission, edit, Kind.EDIT_UNSEEN)
    elif is_near(submission, edit.at) and not edit.may_be_done:
        _end(submission, edit, Kind.EDIT_TOO_LATE)
    else:
        write_edit(submission, replace(edit, readings=edit.readings + int(edit.is_taken)))


def _is_made_of(submission: Submission, edit: Edit, post: Post) -> bool:
    """Whether a record's body is the new one. PostPeer may go on showing the one that created it: that proves nothing."""
    created = submission.evidence.get("earlier_body", submission.body)
    raw = post.raw_request_body
    return raw is not None and is_same_body(edit.body, raw) and not is_same_body(edit.body, created)


def _how_it_missed(submission: Submission, edit: Edit, post: Post, *, is_shown: bool) -> Kind:
    if post.status == "draft" and submission.wants_cancel:
        return Kind.EDIT_DROPPED
    # The record can gainsay it only where it would look different.
    is_gainsaid = not is_shown and not edit.is_taken
    return Kind.EDIT_TOO_LATE if is_gainsaid or not edit.may_be_done else Kind.EDIT_UNSEEN


def _confirm(submission: Submission, edit: Edit) -> None:
    # Its own body stays known: should the post turn out to be another's, this one is looked for by what created it.
    evidence = {"earlier_body": submission.body, **submission.evidence}
    fields = {"body": edit.body, "body_hash": body_hash(edit.body), "scheduled_for": edit.at, "evidence": evidence}
    write_edit(submission, None, **fields)
    take_content(submission.pin, edit.content, actor_id=edit.actor_id)
    record(submission.pin, Kind.EDITED, submission=submission, changed=edit.changed, scheduled_for=edit.at.isoformat())


def _end(submission: Submission, edit: Edit, kind: Kind, **data: Any) -> None:
    write_edit(submission, None)
    record(submission.pin, kind, submission=submission, changed=edit.changed, **data)


def lose_edit(submission: Submission, *, is_gone: bool) -> None:
    """PostPeer shows no record of the post. The wish ends when it is gone for good, or refused the change as well."""
    edit = read_edit(submission)
    if edit is not None and (is_gone or edit.is_late):
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
    """People choose minutes; what a server makes of the seconds is no difference."""
    return at.replace(second=0, microsecond=0) if at else None


def _words(text: str) -> str:
    """A text without its blanks' kinds: a server may trim them."""
    return " ".join(text.split())
