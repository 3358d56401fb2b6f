"""The signs: how a status looks and what it is called. Colour never speaks alone, so each has a shape and a word of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its CSS class is `sign-NAME`, its icon a name in icons.svg, its tone one of still, way, done, look, fail, ask."""

    name: str
    word: str | Promise
    icon: str
    tone: str


def _by_name(*signs: Sign) -> dict[str, Sign]:
    return {sign.name: sign for sign in signs}


# Pins and their targets.
STATUS_SIGNS = _by_name(
    Sign("draft", _("Draft"), "pencil-line", "still"),
    Sign("queued", _("Queued"), "hourglass", "way"),
    Sign("sending", _("Sending"), "send", "way"),
    Sign("unconfirmed", _("Unconfirmed"), "circle-question-mark", "look"),
    Sign("pending", _("Pending"), "circle-ellipsis", "way"),
    Sign("scheduled", _("Scheduled"), "clock", "way"),
    Sign("publishing", _("Publishing"), "loader", "way"),
    Sign("published", _("Published"), "circle-check", "done"),
    Sign("partial", _("Partly out"), "contrast", "look"),
    Sign("failed", _("Failed"), "octagon-x", "fail"),
    Sign("cancelled", _("Cancelled"), "ban", "still"),
)

# Connected accounts.
HEALTH_SIGNS = _by_name(
    Sign("active", _("Active"), "plug", "done"),
    Sign("reconnect_required", _("Needs reconnecting"), "unplug", "fail"),
    Sign("disconnected", _("Disconnected"), "cloud-off", "still"),
    Sign("unknown", _("Not known"), "circle-dashed", "still"),
)

# Approval.
REVIEW_SIGNS = _by_name(
    Sign("waiting", _("Asks for approval"), "stamp", "ask"),
    Sign("returned", _("Returned"), "undo-2", "look"),
    Sign("approved", _("Approved"), "badge-check", "done"),
)

# What home says of sending as a whole, and of what is still ahead.
NEED_SIGNS = _by_name(
    Sign("held", _("Nothing is sent"), "ban", "look"),
    Sign("endangered", _("Will fail"), "triangle-alert", "fail"),
)

SIGNS: dict[str, Sign] = {**STATUS_SIGNS, **HEALTH_SIGNS, **REVIEW_SIGNS, **NEED_SIGNS}


def find_sign(name: str) -> Sign:
    """Returns the sign called `name`; PostPeer may name a status we have no sign for, which reads as "Not known"."""
    return SIGNS.get(name) or SIGNS["unknown"]
