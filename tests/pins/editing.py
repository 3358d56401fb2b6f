"""A pin that PostPeer holds until its time, and changing it, for tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from postpeer_dash.pins.content import Content, texts_of
from postpeer_dash.pins.editing import edit_pin, version_of
from postpeer_dash.pins.models import Event, PendingEdit, Pin, Status, Submission
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.postpeer import to_wire
from postpeer_dash.teams.models import User
from tests.cast import Cast
from tests.pins.factories import again, make_due, make_submitted, work
from tests.postpeer.samples import Json, a_platform_state, a_post
from tests.postpeer.wire import Wire

POST = "/v1/posts/post_1"
PUT = "/v1/posts/scheduled/post_1"
TAKEN = {"success": True, "message": "Post updated", "postId": "post_1", "scheduledFor": "2026-12-01T08:00:00.000Z"}
BERLIN = ZoneInfo("Europe/Berlin")
NEW = "A calmer kitchen, at night."


def in_minutes(minutes: float) -> datetime:
    return (timezone.now() + timedelta(minutes=minutes)).replace(microsecond=0)


def make_held(cast: Cast, *, minutes: float = 60, **fields: Any) -> Submission:
    """Return a pin's one submission, scheduled at PostPeer."""
    submission = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(minutes), **fields)
    now = timezone.now()
    Submission.objects.filter(pk=submission.pk).update(
        state="accepted", remote_id="post_1", remote_status="scheduled", sent_at=now, answered_at=now, due_at=None
    )
    submission.pin.targets.update(status=Status.SCHEDULED)
    Pin.objects.filter(pk=submission.pin.pk).update(status=Status.SCHEDULED)
    return again(submission)


def change(submission: Submission, actor: User, *, at: datetime | None = None, **texts: Any) -> bool:
    """Asks for a change of some of a pin's content."""
    pin = Pin.objects.select_related("account", "board").get(pk=submission.pin.pk)
    assert pin.scheduled_for
    content = Content(account=pin.account, board=pin.board, **texts_of(pin))
    return edit_pin(
        pin=pin,
        actor=actor,
        content=replace(content, **texts),
        scheduled_for=at or pin.scheduled_for,
        time_zone=pin.time_zone,
        seen=version_of(pin),
    )


def change_fields(submission: Submission, **changed: Any) -> dict[str, Any]:
    """Return the filled-in form of the page, which shows the pin as it is."""
    pin = Pin.objects.get(pk=submission.pin.pk)
    assert pin.scheduled_for
    return {
        **texts_of(pin),
        "form_id": str(version_of(pin)),
        "board": pin.board_id,
        "scheduled_for": timezone.localtime(pin.scheduled_for, BERLIN).strftime("%Y-%m-%dT%H:%M:%S"),
        "timezone": BERLIN.key,
        "action": "save",
        **changed,
    }


def a_record(submission: Submission, body: Json | None = None, *, status: str = "scheduled", **fields: Any) -> Json:
    """PostPeer's record: what created the post, and what it holds now (`body`)."""
    held = body or submission.body
    shown = {"content": held["content"], "scheduledFor": held["scheduledFor"], "rawRequestBody": submission.body}
    shown["platforms"] = [a_platform_state(status=status)]
    return {"success": True, "post": a_post(status=status, **{**shown, **fields})}


def wanted(submission: Submission) -> Json:
    """Return the body of the change that was asked for."""
    edit = read_edit(again(submission))
    assert edit
    body: Json = edit.body
    return body


def carry_out(wire: Wire, submission: Submission, **put: Any) -> Submission:
    """PostPeer still shows the old content, then answers the PUT, then shows the new one."""
    body = wanted(submission)
    wire.get(POST, json=a_record(submission))
    wire.put(PUT, **{"json": TAKEN, "json_body": body, **put})
    wire.get(POST, json=a_record(submission, body))
    return work(submission)


def look_again(submission: Submission) -> Submission:
    """Return the next time it is looked after."""
    PendingEdit.objects.filter(submission=submission).update(not_before=None)
    return work(make_due(submission))


def on_the_wire(at: datetime) -> str:
    return to_wire(at)


def kinds(submission: Submission) -> list[str]:
    """Return what the timeline says of changes of its pin, the oldest first."""
    return list(Event.objects.filter(pin=submission.pin, kind__startswith="edit").values_list("kind", flat=True))
