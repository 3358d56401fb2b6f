"""The status and the sentence at the top of a pin's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.models import Pin, Review, Status, Submission, Target
from postpeer_dash.pins.moved_hours import MovedHour
from postpeer_dash.pins.pages.pin.dangers import list_dangers
from postpeer_dash.pins.pages.pin.records import PinRows
from postpeer_dash.pins.pages.pin.waiting import explain_waiting
from postpeer_dash.pins.shorteners import warn_of_shortener
from postpeer_dash.pins.text.hours import describe_hour
from postpeer_dash.pins.text.phrases import moment_with_place
from postpeer_dash.web import times
from postpeer_dash.web.sentences import explain
from postpeer_dash.web.time_zones import find_zone, place_words
from postpeer_dash.web.times import long_in

State = Submission.State


@dataclass(frozen=True, slots=True)
class Summary:
    """`label` replaces the status's word; `notes` are sentences below the first, most important first."""

    sign: str
    label: str
    text: str
    notes: Sequence[str] = ()


def summarise(rows: PinRows) -> Summary:
    """Return what became of a pin as a whole, in a sentence or two."""
    pin = rows.pin
    if not pin.is_frozen:
        return _summarise_draft(pin)
    last = _find_last(rows.submissions)
    who = str(last.requested_by) if last and last.requested_by else _("Somebody")
    started = last.requested_at if last else pin.frozen_at or pin.sort_at
    label = ""
    notes: list[str] = []
    if pin.status == Status.QUEUED:
        text = explain_waiting(rows.submissions)
    elif pin.status == Status.SENDING:
        text = _("It is being handed to PostPeer right now. You can close this page.")
    elif pin.status in (Status.PENDING, Status.PUBLISHING):
        text = _("PostPeer has it and is publishing it. You can close this page.")
    elif pin.status == Status.SCHEDULED:
        text, notes = _describe_scheduled(pin, rows.submissions, who)
        notes += list_dangers(rows)
    elif pin.status == Status.UNCONFIRMED:
        facts = {"who": who, "when": moment_with_place(started)}
        text = _("%(who)s sent it %(when)s. Nobody can know yet whether it is out.") % facts
    elif pin.status == Status.CANCELLED:
        text = _("It was cancelled %(when)s. It does not go out.") % {"when": moment_with_place(_find_end(rows))}
    elif pin.status == Status.FAILED:
        text = _("%(who)s sent it %(when)s. It is not out.") % {"who": who, "when": moment_with_place(started)}
    else:
        label = _describe_share_published(rows.targets) if pin.status == Status.PARTIAL else ""
        text = _describe_published(pin, rows.targets, who, started)
    return Summary(pin.status, label, text, [*notes, *_warn_of_link(pin)])


def _warn_of_link(pin: Pin) -> list[str]:
    """Return the warning about a shortened link while something can still be done about it, or it may be the cause."""
    warning = warn_of_shortener(pin.link) if pin.status != Status.PUBLISHED else ""
    return [warning] if warning else []


def _summarise_draft(pin: Pin) -> Summary:
    who = str(pin.author) if pin.author else _("Somebody")
    by = str(pin.reviewed_by) if pin.reviewed_by else _("An editor")
    facts = {"who": who, "when": moment_with_place(pin.created_at), "by": by}
    texts = {
        Review.WAITING: _("%(who)s asks for approval. Nothing is sent until somebody who may publish does it."),
        Review.RETURNED: _("It was sent back to %(who)s to be changed."),
    }
    text = texts.get(Review(pin.review)) or _("%(who)s started it %(when)s. It stays a draft until it is published.")
    sign = pin.review if pin.review in (Review.WAITING, Review.RETURNED) else pin.status
    notes = []
    if pin.review == Review.RETURNED and pin.review_note:
        notes.append(_("%(by)s wrote: “%(note)s”") % {**facts, "note": pin.review_note})
    if pin.scheduled_for:
        notes += [_("It should go out %(when)s.") % {"when": _moment_in_both_zones(pin)}, *_note_moved_hour(pin)]
    return Summary(sign, "", text % facts, [*notes, *_warn_of_link(pin)])


def _describe_scheduled(pin: Pin, submissions: Sequence[Submission], who: str) -> tuple[str, list[str]]:
    if pin.scheduled_for is None:
        return _("PostPeer holds it until its time."), []
    if timezone.now() - pin.scheduled_for > timedelta(seconds=settings.PUBLISHING["overdue_after"]):
        return str(explain("publish_overdue", time=_clock_with_day(pin.scheduled_for))), []
    notes = _note_moved_hour(pin)
    if any(one.wants_cancel for one in submissions if one.state == State.ACCEPTED):
        notes.append(_("It is being cancelled at PostPeer. It counts as cancelled when PostPeer says so."))
    text = _("%(who)s scheduled it. It goes out %(when)s, and PostPeer has it already.")
    return text % {"who": who, "when": _moment_in_both_zones(pin)}, notes


def _describe_published(pin: Pin, targets: Sequence[Target], who: str, started: datetime) -> str:
    out = [target.published_at for target in targets if target.published_at]
    if pin.scheduled_for and out:
        facts = {"when": moment_with_place(min(out)), "who": who}
        return _("It went out %(when)s, as %(who)s had scheduled it.") % facts
    return _("%(who)s published it %(when)s.") % {"who": who, "when": moment_with_place(started)}


def _describe_share_published(targets: Sequence[Target]) -> str:
    out = sum(1 for target in targets if target.status == Status.PUBLISHED)
    if not out:
        return _("Ended differently")
    return _("Out on %(out)d of %(all)d") % {"out": out, "all": len(targets)}


def _find_last(submissions: Sequence[Submission]) -> Submission | None:
    """Return the submission that the summary is about: the last that was sent, or while none was, the last."""
    left = [one for one in submissions if one.sent_at]
    held = left or submissions
    return held[-1] if held else None


def _find_end(rows: PinRows) -> datetime:
    ends = [one.ended_at for one in rows.submissions if one.ended_at]
    return max(ends) if ends else rows.pin.updated_at


def _note_moved_hour(pin: Pin) -> list[str]:
    """Return what became of the hour that was chosen, while a person has to say which one holds."""
    if pin.hour_asked_at is None or pin.scheduled_for is None:
        return []
    return [describe_hour(MovedHour.of(pin.scheduled_for, pin.time_zone, pin.wall_clock, pin.zone_release))]


def _clock_with_day(at: datetime) -> str:
    today = timezone.localtime(at).date() == timezone.localtime().date()
    return times.clock(at) if today else f"{times.clock(at)}, {times.day_name(at)}"


def _moment_in_both_zones(pin: Pin) -> str:
    """Return the wished time in the zone it was meant in, and in the reader's when that is another."""
    at = pin.scheduled_for
    zone = find_zone(pin.time_zone)
    if at is None:
        return ""
    if zone is None or at.astimezone(zone).utcoffset() == timezone.localtime(at).utcoffset():
        return moment_with_place(at)
    facts = {"there": long_in(at, zone), "place": place_words(pin.time_zone, at), "here": moment_with_place(at)}
    return _("%(here)s; that is %(there)s, %(place)s") % facts
