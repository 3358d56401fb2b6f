"""The context of a pin's page, and of the part of it that is updated live."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.access import may_edit, may_publish
from postpeer_dash.pins.approval import is_late
from postpeer_dash.pins.models import MediaType, Pin, Review, Status, Submission, Target
from postpeer_dash.pins.pages.pin.changing import (
    add_change_note,
    change_poll_seconds,
    is_changing,
    may_change,
    seconds_until_fixed,
)
from postpeer_dash.pins.pages.pin.records import PinRows, read_pin
from postpeer_dash.pins.pages.pin.results import Result, make_result
from postpeer_dash.pins.pages.pin.summary import Summary, summarise
from postpeer_dash.pins.pin_pictures import picture_of
from postpeer_dash.pins.publishing.state import OPEN_STATES, UNDER_WAY
from postpeer_dash.pins.services import hash_of
from postpeer_dash.pins.text.events import Line, describe_event
from postpeer_dash.pins.text.labels import find_title, safe_url
from postpeer_dash.pins.text.phrases import join_names
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership
from postpeer_dash.web.text import isolate
from postpeer_dash.web.times import day_name

State = Submission.State
_PLACES = ("pin", "live", "edit", "edit_scheduled", "delete", "cancel", "copy", "retry", "approve", "send_back")


@dataclass(frozen=True, slots=True)
class TimelineSection:
    """One submission's part of the timeline, by days, newest line first; today has no heading."""

    title: str
    detail: str
    days: Sequence[tuple[str, Sequence[Line]]]
    body: str


@dataclass(frozen=True, slots=True)
class SentField:
    """A row of "What was sent". Names keep the list's direction, whatever their script; texts have their own."""

    name: str
    text: str
    url: str = ""
    color: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approver is asked about: `seen` is the hash of exactly what this page shows."""

    seen: str
    is_late: bool


def _find_approval(rows: PinRows, membership: Membership) -> Approval | None:
    pin = rows.pin
    if pin.is_frozen or pin.review != Review.WAITING or not may_publish(membership):
        return None
    return Approval(hash_of(pin, rows.targets), is_late(pin))


def read_pin_context(pin: Pin, membership: Membership) -> dict[str, Any]:
    """Return the context of the page and of its fragment."""
    rows = read_pin(pin)
    summary = add_change_note(summarise(rows), rows)
    results = [make_result(rows, target, membership) for target in rows.targets] if pin.is_frozen else []
    approval = _find_approval(rows, membership)
    # A page that asks for a decision stands still: what is decided about is what was seen.
    every = 0 if approval else _poll_seconds(rows)
    is_film = pin.media_type == MediaType.VIDEO
    args = [membership.team.slug, pin.uuid]
    return {
        "pin": pin,
        "title": find_title(pin.title, pin.description),
        "picture": picture_of(membership.team.slug, pin),
        "film": safe_url(pin.media_url) if is_film else "",
        "media": safe_url(pin.media_url),
        "summary": summary,
        "results": results,
        "sent": _list_sent_fields(pin, rows.targets),
        "stories": _build_timeline(rows),
        "every": every,
        "state": _fingerprint(rows, summary, results, every),
        "approval": approval,
        "may_edit": may_edit(membership, pin),
        "may_change": may_change(rows, membership),
        "may_copy": can(membership, Right.COMPOSE),
        "may_cancel": may_publish(membership) and _is_cancellable(rows),
        "has_bodies": bool(rows.submissions),
        "urls": {name: reverse(f"pins:{name}", args=args) for name in _PLACES},
    }


def _is_cancellable(rows: PinRows) -> bool:
    open_ones = [one for one in rows.submissions if one.state in OPEN_STATES]
    waits = {Status.QUEUED, Status.SCHEDULED, Status.PENDING}
    return any(target.status in waits for target in rows.targets) and not all(one.wants_cancel for one in open_ones)


def _poll_seconds(rows: PinRows) -> int:
    """Return the seconds until the page looks again, fewer the fresher; 0 when nothing changes. Reads our rows only."""
    # A worker may have written between two of the queries: what doesn't fit together is looked at once more.
    return _expected_change(rows) or (1 if rows.is_torn else 0)


def _expected_change(rows: PinRows) -> int:
    pin, now = rows.pin, timezone.now()
    if pin.review == Review.WAITING and not pin.is_frozen:
        return 15
    if any(one.wants_cancel and one.state in OPEN_STATES for one in rows.submissions):
        return 1
    if is_changing(rows):
        return change_poll_seconds(rows)
    if pin.status == Status.SCHEDULED and pin.scheduled_for:
        ahead = (pin.scheduled_for - now).total_seconds()
        if ahead > 0:
            return min(max(seconds_until_fixed(rows) or int(ahead) + 1, 2), 600) if ahead < 3600 else 0
        return 3 if ahead > -600 else 60
    if pin.status not in UNDER_WAY:
        return 0
    age = now - max([pin.updated_at, *(one.requested_at for one in rows.submissions)])
    if age < timedelta(seconds=30):
        return 1
    return 2 if age < timedelta(minutes=3) else 5 if age < timedelta(hours=1) else 60


def _fingerprint(rows: PinRows, summary: Summary, results: Sequence[Result], every: int) -> str:
    """Return a short text for what the page shows: while it stays the same, there is nothing to update."""
    parts = [
        every,
        rows.pin.updated_at,
        len(rows.events),
        summary,
        results,
        [(one.state, one.due_at, one.wants_cancel) for one in rows.submissions],
        seconds_until_fixed(rows) > 0,
    ]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _list_sent_fields(pin: Pin, targets: Sequence[Target]) -> list[SentField]:
    board = next((target.board for target in targets if target.board), pin.board)
    is_told = board is not None and board.distinction == board.privacy_word
    privacy = f" ({board.privacy_word.lower()})" if board and board.privacy_word and not is_told else ""
    others = [
        f"{isolate(target.account.name)} ({target.account.platform_name})" for target in targets if not target.board_id
    ]
    rows = [
        SentField(_("Title"), pin.title),
        SentField(_("Description"), pin.description),
        SentField(_("Link"), pin.link, url=safe_url(pin.link)),
        SentField(_("Account"), isolate(pin.account.name) if pin.account else "", is_name=True),
        SentField(_("Board"), f"{isolate(board.label)}{privacy}" if board else "", is_name=True),
        SentField(_("Also to"), join_names(others) if pin.board_id else "", is_name=True),
        SentField(_("Alt text"), pin.alt_text),
        SentField(_("Dominant colour"), pin.dominant_color, color=pin.dominant_color),
        SentField(_("Media"), pin.media_url, url=safe_url(pin.media_url)),
        SentField(_("Cover image"), pin.cover_image_url, url=safe_url(pin.cover_image_url)),
    ]
    return [row for row in rows if row.text]


def _build_timeline(rows: PinRows) -> list[TimelineSection]:
    """Return the timeline by submission, newest first. Events of no submission belong to the next one that followed."""
    lines: dict[int, list[Line]] = {one.pk: [] for one in rows.submissions}
    rest: list[Line] = []
    # The last word on each that is still under way also says what comes next.
    last = {event.submission_id: event.pk for event in rows.events}
    open_ones = {one.pk for one in rows.submissions if one.state in OPEN_STATES}
    for event in rows.events:
        owner = event.submission_id or _find_next_submission(rows.submissions, event.at)
        is_open = event.submission_id in open_ones and last[event.submission_id] == event.pk
        lines.get(owner or 0, rest).append(describe_event(event, is_open=is_open))
    stories = [TimelineSection(_("Since then"), "", _group_by_day(rest), "")] if rest and rows.submissions else []
    if rest and not rows.submissions:
        return [TimelineSection("", "", _group_by_day(rest), "")]
    for number, one in reversed(list(enumerate(rows.submissions, start=1))):
        stories.append(_build_section(rows, one, number, lines[one.pk]))
    return stories


def _group_by_day(lines: Sequence[Line]) -> list[tuple[str, Sequence[Line]]]:
    newest = reversed(lines)
    days = [(day, list(group)) for day, group in groupby(newest, key=lambda line: timezone.localtime(line.at).date())]
    today = timezone.localtime().date()
    return [("" if day == today else day_name(group[0].at), group) for day, group in days]


def _find_next_submission(submissions: Sequence[Submission], at: datetime) -> int | None:
    return next((one.pk for one in submissions if one.requested_at >= at), None)


def _build_section(rows: PinRows, submission: Submission, number: int, lines: list[Line]) -> TimelineSection:
    names = join_names([target.account.platform_name for target in rows.carried.get(submission.pk, ())])
    who = str(submission.requested_by) if submission.requested_by else _("the dashboard")
    body = json.dumps(submission.body, indent=2, ensure_ascii=False)
    if len(rows.submissions) == 1:
        return TimelineSection("", "", _group_by_day(lines), body)
    ordinals = {1: _("First submission"), 2: _("Second submission"), 3: _("Third submission")}
    title = ordinals.get(number) or _("Submission %(number)d") % {"number": number}
    return TimelineSection(
        title, _("%(platforms)s, by %(who)s") % {"platforms": names, "who": who}, _group_by_day(lines), body
    )
