"""The words for each line of a pin's timeline; those for a change of it are in edits.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.pins.models import Event
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.pins.text.edits import EDIT_KINDS, describe_edit, name_changes
from postpeer_dash.pins.text.phrases import join_names, moment, parse_instant
from postpeer_dash.web import times


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a timeline; `small` is the text below it."""

    at: datetime
    icon: str
    tone: str
    text: str
    small: str = ""


_Words = Callable[[Mapping[str, Any], str], str]


def _fixed(text: str) -> _Words:
    return lambda _data, _who: _(text)


def _by(text: str) -> _Words:
    return lambda _data, who: _(text) % {"who": who}


def _on(text: str) -> _Words:
    return lambda data, _who: _(text) % {"platform": platform_name(str(data.get("platform", "")))}


def _retry_words(data: Mapping[str, Any], who: str) -> str:
    names = join_names([platform_name(str(name)) for name in _list(data.get("platforms"))])
    return _("%(who)s pressed “Send again” for %(platforms)s") % {"who": who, "platforms": names}


def _schedule_words(data: Mapping[str, Any], who: str) -> str:
    at = parse_instant(data.get("scheduled_for"))
    if at is None:
        return _("%(who)s pressed “Schedule”") % {"who": who}
    return _("%(who)s scheduled it, to go out %(when)s") % {"who": who, "when": moment(at)}


# Seconds that would be shown as 0.0.
_AT_ONCE = 0.05


def _accepted_words(data: Mapping[str, Any], _who: str) -> str:
    seconds = data.get("seconds")
    if not isinstance(seconds, int | float):
        return _("PostPeer accepted it")
    if seconds < _AT_ONCE:
        return _("PostPeer accepted it at once")
    return _("PostPeer accepted it after %(seconds)s seconds") % {"seconds": f"{seconds:.1f}"}


def _cancel_failed_words(data: Mapping[str, Any], _who: str) -> str:
    if data.get("is_down"):
        return _("PostPeer’s scheduling is down, so it couldn’t be cancelled yet. We try again.")
    return _("It couldn’t be cancelled yet. We try again.")


def _read_words(data: Mapping[str, Any], _who: str) -> str:
    if _list(data.get("candidates")):
        return _("Looked through PostPeer’s list: a post there is much like it. A person has to decide.")
    return _("Looked through PostPeer’s list: it isn’t there.")


_LINES: dict[str, tuple[str, str, _Words]] = {
    Kind.DRAFTED: ("pencil-line", "still", _by(gettext_noop("%(who)s started the draft"))),
    Kind.COPIED: ("copy", "still", _by(gettext_noop("%(who)s made it from another pin"))),
    Kind.REVIEW_ASKED: ("stamp", "still", _by(gettext_noop("%(who)s asked for approval"))),
    Kind.APPROVED: ("badge-check", "done", _by(gettext_noop("%(who)s approved it as it was"))),
    Kind.RETURNED: ("undo-2", "look", _by(gettext_noop("%(who)s sent it back to be changed"))),
    Kind.PUBLISH_PRESSED: ("user-round", "still", _by(gettext_noop("%(who)s pressed “Publish now”"))),
    Kind.SCHEDULE_PRESSED: ("user-round", "still", _schedule_words),
    Kind.RETRY_PRESSED: ("user-round", "still", _retry_words),
    Kind.CANCEL_PRESSED: ("user-round", "still", _by(gettext_noop("%(who)s pressed “Cancel”"))),
    Kind.SENT: ("send", "way", _fixed(gettext_noop("Sent to PostPeer"))),
    Kind.NEVER_SENT: ("hourglass", "look", _fixed(gettext_noop("It never left: PostPeer couldn’t be reached."))),
    Kind.KEY_REFUSED: (
        "hourglass",
        "fail",
        _fixed(gettext_noop("PostPeer refused this dashboard’s key. Whoever runs the dashboard has to look at it.")),
    ),
    Kind.PUT_BACK: ("hourglass", "look", _fixed(gettext_noop("It could not leave in its turn, and is in line again."))),
    Kind.RATE_LIMITED: ("hourglass", "look", _fixed(gettext_noop("PostPeer asked us to come back later."))),
    Kind.DUPLICATE_WAITS: (
        "hourglass",
        "look",
        _fixed(gettext_noop("Waits: a pin with exactly this content is on its way right now")),
    ),
    Kind.ACCEPTED: ("check", "way", _accepted_words),
    Kind.REFUSED: ("octagon-x", "fail", _fixed(gettext_noop("PostPeer refused it"))),
    Kind.UNCLEAR: (
        "circle-question-mark",
        "look",
        _fixed(gettext_noop("No clear answer. From here on nobody could know.")),
    ),
    Kind.NAMED_AGAIN: (
        "circle-question-mark",
        "look",
        _fixed(
            gettext_noop(
                "PostPeer took it, and answered with the number of a post that another pin has. A person has to decide."
            )
        ),
    ),
    Kind.LEASE_ENDED: (
        "circle-question-mark",
        "look",
        _fixed(gettext_noop("The worker was lost in the middle. From here on nobody could know.")),
    ),
    Kind.LATE: ("clock", "look", _fixed(gettext_noop("Its time had passed while it waited, so it goes out at once"))),
    Kind.TOO_LATE: ("clock", "fail", _fixed(gettext_noop("Its time passed too long ago to send it unasked"))),
    Kind.ACCOUNT_GONE: ("unplug", "fail", _fixed(gettext_noop("The account was disconnected while it waited"))),
    Kind.READ: ("search", "look", _read_words),
    Kind.READ_FAILED: ("search", "look", _fixed(gettext_noop("PostPeer’s list couldn’t be read."))),
    Kind.FOUND: (
        "search",
        "done",
        _fixed(gettext_noop("Found it: PostPeer’s list has a post with exactly this content")),
    ),
    Kind.ABSENT: ("octagon-x", "fail", _fixed(gettext_noop("Read PostPeer’s whole list again: it was not taken"))),
    Kind.PUBLISHED: ("circle-check", "done", _on(gettext_noop("Published on %(platform)s"))),
    Kind.FAILED: ("octagon-x", "fail", _on(gettext_noop("%(platform)s refused it"))),
    Kind.SCHEDULED: ("clock", "way", _on(gettext_noop("PostPeer holds it for %(platform)s until its time"))),
    Kind.CANCELLED: ("ban", "still", _fixed(gettext_noop("Cancelled. It does not go out."))),
    Kind.CANCEL_FAILED: ("triangle-alert", "look", _cancel_failed_words),
    Kind.CANCEL_TOO_LATE: (
        "triangle-alert",
        "look",
        _fixed(gettext_noop("Too late to cancel it: it was no longer scheduled")),
    ),
    Kind.PERSON_FOUND: ("user-round", "done", _by(gettext_noop("%(who)s says that it is out"))),
    Kind.PERSON_ABSENT: ("user-round", "look", _by(gettext_noop("%(who)s says that it isn’t there"))),
    Kind.RESENT: (
        "send",
        "way",
        _fixed(gettext_noop("It was not taken and its time is far ahead, so it is sent once more")),
    ),
    Kind.LATE_DUPLICATE: (
        "triangle-alert",
        "fail",
        _fixed(gettext_noop("What had been given up came in late all the same, so it may be there twice")),
    ),
    Kind.DUPLICATE_CANCELLED: (
        "ban",
        "still",
        _fixed(gettext_noop("What had been given up came in late, was only scheduled, and has been cancelled")),
    ),
    Kind.RECORD_GONE: ("circle-question-mark", "look", _fixed(gettext_noop("PostPeer has no record of it any more"))),
}


# What comes next after these, as long as nothing has come yet.
_NEXT: dict[str, str] = {
    Kind.NEVER_SENT: gettext_noop("Next try at %(time)s."),
    Kind.KEY_REFUSED: gettext_noop("Then it goes on by itself."),
    Kind.RATE_LIMITED: gettext_noop("Next try at %(time)s."),
    Kind.UNCLEAR: gettext_noop("We look at PostPeer’s list at %(time)s."),
    Kind.LEASE_ENDED: gettext_noop("We look at PostPeer’s list at %(time)s."),
    Kind.READ: gettext_noop("We look again at %(time)s."),
    Kind.READ_FAILED: gettext_noop("We look again at %(time)s."),
}


def describe_event(event: Event, *, is_open: bool = True) -> Line:
    """Return a line of the timeline. A kind without words of its own shows its name.

    With `is_open`, it is the last word on something still under way: then it also says what comes next, and when.
    """
    data = event.data if isinstance(event.data, dict) else {}
    who = str(event.actor) if event.actor else _("Somebody")
    if event.kind in EDIT_KINDS:
        then = parse_instant(data.get("scheduled_for"))
        facts = {"what": join_names(name_changes(data.get("changed"))), "when": moment(then) if then else ""}
        return Line(event.at, *describe_edit(event.kind, data, who=who, **facts), _small(data))
    icon, tone, words = _LINES.get(event.kind, ("info", "still", _fixed(event.kind.replace("_", " "))))
    text = words(data, who)
    at = parse_instant(data.get("next_at"))
    if is_open and event.kind in _NEXT and at is not None and at > timezone.now() and not _list(data.get("candidates")):
        text = f"{text} {_(_NEXT[event.kind]) % {'time': times.clock(at)}}"
    return Line(event.at, icon, tone, text, _small(data))


def _small(data: Mapping[str, Any]) -> str:
    parts = []
    if data.get("note"):
        parts.append(_("“%(text)s”") % {"text": data["note"]})
    if data.get("text"):
        parts.append(_("“%(text)s”") % {"text": data["text"]})
    posts = data.get("posts")
    if isinstance(posts, int):
        parts.append(ngettext("%(n)d post read", "%(n)d posts read", posts) % {"n": posts})
    if data.get("post_id"):
        parts.append(_("Post %(id)s") % {"id": data["post_id"]})
    if data.get("request_id"):
        parts.append(_("Request %(id)s") % {"id": data["request_id"]})
    return ", ".join(parts)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
