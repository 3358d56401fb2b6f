"""A change of a scheduled pin, as the pin's page shows it: requested, under way, and how it ended."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.access import may_publish
from postpeer_dash.pins.editing import min_ahead, why_not_editable
from postpeer_dash.pins.models import Event, Submission
from postpeer_dash.pins.pages.pin.records import PinRows
from postpeer_dash.pins.pages.pin.summary import Summary
from postpeer_dash.pins.publishing.pause import is_stopped
from postpeer_dash.pins.publishing.pending_edit import shown_edit
from postpeer_dash.pins.publishing.state import OPEN_STATES
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.pins.text.edits import EDIT_KINDS, name_changes
from postpeer_dash.pins.text.phrases import join_names, moment
from postpeer_dash.teams.models import Membership


def may_change(rows: PinRows, membership: Membership) -> bool:
    """Return whether this member may change the pin, and whether it can be changed now."""
    return may_publish(membership) and not why_not_editable(rows.pin, rows.submissions, rows.targets)


def is_changing(rows: PinRows) -> bool:
    """Whether a change was asked for that no record has settled yet."""
    return any(shown_edit(one) and one.state in OPEN_STATES for one in rows.submissions)


def change_poll_seconds(rows: PinRows) -> int:
    """Return how often the page looks whether a change was settled (seconds)."""
    asked = _find_last(rows, Kind.EDIT_PRESSED)
    age = timezone.now() - asked.at if asked else timedelta()
    return 1 if age < timedelta(seconds=30) else 3 if age < timedelta(minutes=10) else 15


def seconds_until_fixed(rows: PinRows) -> int:
    """Return the seconds until the pin can't be changed any more and its button goes; 0 when that is past."""
    at = rows.pin.scheduled_for
    left = (at - timezone.now()).total_seconds() - min_ahead() if at else 0
    return int(left) + 1 if left > 0 else 0


def add_change_note(summary: Summary, rows: PinRows) -> Summary:
    """Return the summary with a note on the change under way, or on how the last change ended."""
    if is_changing(rows):
        return replace(summary, label=_("Changing …"), notes=[_describe_pending(rows), *summary.notes])
    last = next((event for event in reversed(rows.events) if event.kind in EDIT_KINDS), None)
    is_open = any(one.state in OPEN_STATES for one in rows.submissions)
    note = _describe_outcome(last, is_open=is_open) if last else ""
    return replace(summary, notes=[note, *summary.notes]) if note else summary


def _describe_pending(rows: PinRows) -> str:
    holder = next(one for one in rows.submissions if shown_edit(one) and one.state in OPEN_STATES)
    asked, edit = _find_last(rows, Kind.EDIT_PRESSED), shown_edit(holder)
    facts = {
        "who": str(asked.actor) if asked and asked.actor else _("Somebody"),
        # Nothing a person sees differs when only the account's id at PostPeer does, since it was connected anew.
        "what": join_names(name_changes(edit.changed) if edit else []) or _("it"),
        "when": moment(edit.scheduled_for) if edit else "",
    }
    words = [_("%(who)s asked to change %(what)s. It should go out %(when)s then.") % facts]
    if _is_waiting_for_sending(holder):
        words.append(_("Sending is stopped, so the change waits. Until then it stays as it was."))
    else:
        words.append(_("It counts as changed when PostPeer’s record says so. Until then it stays as it was."))
    return " ".join(words)


def _is_waiting_for_sending(submission: Submission) -> bool:
    return is_stopped(submission) and not submission.wants_cancel


def _describe_outcome(event: Event, *, is_open: bool) -> str:
    said = event.data.get("text", "")
    if event.kind == Kind.EDIT_TOO_LATE:
        as_it_was = _("It goes out as it was.") if is_open else _("Nothing of it was done.")
        return _("The last change came too late.") + " " + as_it_was
    if event.kind == Kind.EDIT_REFUSED:
        return _("PostPeer refused the last change, saying “%(text)s”. It stays as it was.") % {"text": said}
    if event.kind == Kind.EDIT_UNSEEN:
        return _("PostPeer’s record doesn’t tell whether the last change was done. Look at the pin itself.")
    return ""


def _find_last(rows: PinRows, kind: Kind) -> Event | None:
    return next((event for event in reversed(rows.events) if event.kind == kind), None)
