"""The words for a change of a scheduled pin, in its timeline and at the top of its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from postpeer_dash.pins.publishing.timeline import Kind

_NAMES = {
    "title": gettext_lazy("the title"),
    "description": gettext_lazy("the description"),
    "link": gettext_lazy("the link"),
    "media": gettext_lazy("the picture"),
    "alt_text": gettext_lazy("the alt text"),
    "dominant_color": gettext_lazy("the colour"),
    "cover_image_url": gettext_lazy("the cover picture"),
    "board": gettext_lazy("the board"),
    "time": gettext_lazy("the time"),
    "account": gettext_lazy("the connection it goes out by"),
}

# Icon and tone of each line, and its words.
_LINES: dict[str, tuple[str, str, str]] = {
    Kind.EDIT_PRESSED: ("pencil-line", "still", gettext_noop("%(who)s asked to change %(what)s")),
    Kind.EDIT_TAKEN: ("check", "way", gettext_noop("PostPeer took the change")),
    Kind.EDITED: ("circle-check", "done", gettext_noop("PostPeer’s record shows the change: it goes out %(when)s")),
    Kind.EDIT_FAILED: ("triangle-alert", "look", gettext_noop("It couldn’t be changed yet. We try again.")),
    Kind.EDIT_REFUSED: ("octagon-x", "fail", gettext_noop("PostPeer refused the change. It stays as it was.")),
    Kind.EDIT_TOO_LATE: ("clock", "look", gettext_noop("The change came too late. Nothing of it was done.")),
    Kind.EDIT_UNSEEN: (
        "circle-question-mark",
        "look",
        gettext_noop("PostPeer’s record doesn’t tell whether the change was done"),
    ),
    Kind.EDIT_DROPPED: ("ban", "still", gettext_noop("The change was dropped, since the pin was cancelled")),
}
EDIT_KINDS = frozenset(_LINES)


def name_changes(changed: Any) -> list[str]:
    """Return the names of what was changed: the title, the time."""
    names: Iterable[Any] = changed if isinstance(changed, list) else []
    return [str(_NAMES[name]) for name in names if name in _NAMES]


def describe_edit(kind: str, data: Mapping[str, Any], *, who: str, what: str, when: str) -> tuple[str, str, str]:
    """Return icon, tone and words of a timeline's line; `when` it goes out then, `what` was changed."""
    icon, tone, words = _LINES[kind]
    facts = {"who": who, "what": what or _("it"), "when": when}
    if kind == Kind.EDIT_FAILED and data.get("is_down"):
        words = gettext_noop("PostPeer’s scheduling is down, so it couldn’t be changed yet. We try again.")
    if kind == Kind.EDIT_PRESSED and data.get("is_unsent"):
        words = gettext_noop("%(who)s changed %(what)s before it left")
    if kind == Kind.EDIT_PRESSED and when and "time" in (data.get("changed") or []):
        return icon, tone, _("%(words)s, to go out %(when)s") % {"words": _(words) % facts, "when": when}
    return icon, tone, _(words) % facts
