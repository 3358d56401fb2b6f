"""Say what a queued pin waits for, and until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from postpeer_dash.pins.models import Submission, Wait
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.web import times

_HELD: dict[str, str] = {
    "key_rejected": gettext_noop(
        "It is in line. PostPeer refuses this dashboard’s key, so nothing is sent until whoever runs the dashboard has looked at it."
    ),
    "key_changed": gettext_noop(
        "It is in line. The dashboard has another key than before, so nothing is sent until whoever runs it has looked at that."
    ),
    "unknown_posts": gettext_noop(
        "It is in line. PostPeer has posts that nothing here explains, so nothing is sent until somebody has looked at them."
    ),
}
_WAITS: dict[str, str] = {
    Wait.NEVER_SENT: gettext_noop("It is in line: PostPeer couldn’t be reached. We try again at %(time)s."),
    Wait.RATE_LIMITED: gettext_noop("It is in line: PostPeer asks us to come back later. We try again at %(time)s."),
    Wait.KEY_REFUSED: gettext_noop("It is in line: PostPeer refused this dashboard’s key. We try again at %(time)s."),
    Wait.DUPLICATE: gettext_noop("It waits: a pin with exactly this content is on its way right now."),
    Wait.FIRST_READING: gettext_noop(
        "It is in line: before anything leaves we read what PostPeer has already, and that hasn’t worked yet. "
        "We try again at %(time)s."
    ),
    Wait.EARLIER_UNREAD: gettext_noop(
        "It is in line: first we ask PostPeer what became of the earlier try, and that hasn’t worked yet. "
        "We ask again at %(time)s."
    ),
}


def explain_waiting(submissions: Sequence[Submission]) -> str:
    """Return the sentence for a pin whose submissions (with pin, team and connection) are queued."""
    waiting = [one for one in submissions if one.state == Submission.State.QUEUED]
    for one in waiting:
        if one.connection.stopped_at is not None:
            return _(
                "It is in line. Whoever runs the dashboard has stopped sending; it leaves when that is taken back."
            )
        if one.pin.team.stopped_at is not None:
            return _("It is in line. Somebody has stopped this team’s sending; it leaves when that is taken back.")
        if one.connection.held_at is not None:
            return _(_HELD.get(one.connection.held_reason, _HELD["key_rejected"]))
    soon = timezone.now() + timedelta(seconds=2)
    told = [one for one in waiting if one.waits_for in _WAITS]
    later = [one for one in waiting if one.due_at and one.due_at > soon]
    if told:
        first = min(told, key=lambda one: one.due_at or soon)
        return _(_WAITS[first.waits_for]) % {"time": _clock(max(first.due_at or soon, timezone.now()))}
    if later:
        at = min(one.due_at for one in later if one.due_at)
        if any(one.due_at == one.scheduled_for for one in later):
            return _("It is in line and leaves at %(time)s, its time.") % {"time": _clock(at)}
        return _("It is in line and has not left yet. We try again at %(time)s.") % {"time": _clock(at)}
    ahead = [one.scheduled_for for one in waiting if one.scheduled_for and one.scheduled_for > soon]
    if ahead:
        return _explain_scheduled(waiting, min(ahead))
    if any(one.read_first for one in waiting):
        return _("It is in line. We read PostPeer’s list once more, then it leaves.")
    return _("It is in line and leaves within seconds. You can close this page.")


def _explain_scheduled(waiting: Sequence[Submission], at: datetime) -> str:
    """Return the sentence for what PostPeer gets now and publishes at its time."""
    words = _(
        "It is in line for PostPeer, which holds it until its time: it goes out %(when)s. You can close this page."
    )
    if any(one.read_first for one in waiting):
        words = _("It is in line. We read PostPeer’s list once more, then PostPeer gets it. It goes out %(when)s.")
    return words % {"when": moment(at)}


def _clock(at: datetime) -> str:
    """Return a time as a sentence says it; with its day when that isn't today."""
    is_today = timezone.localtime(at).date() == timezone.localtime().date()
    return times.clock(at) if is_today else f"{times.clock(at)}, {times.day_inside(at)}"
