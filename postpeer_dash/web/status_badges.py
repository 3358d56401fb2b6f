"""The badges: how a status looks and what it is called. Each has a shape and a word beside its colour (WCAG 1.4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """A badge: its CSS class is `sign-NAME`, its icon a name in icons.svg, its tone one of still, way, done, look,
    fail, ask.
    """

    name: str
    word: str | Promise
    icon: str
    tone: str


def _by_name(*badges: StatusBadge) -> dict[str, StatusBadge]:
    return {badge.name: badge for badge in badges}


# Pins and their targets.
STATUS_BADGES = _by_name(
    StatusBadge("draft", _("Draft"), "pencil-line", "still"),
    StatusBadge("queued", _("Queued"), "hourglass", "way"),
    StatusBadge("sending", _("Sending"), "send", "way"),
    StatusBadge("unconfirmed", _("Unconfirmed"), "circle-question-mark", "look"),
    StatusBadge("pending", _("Pending"), "circle-ellipsis", "way"),
    StatusBadge("scheduled", _("Scheduled"), "clock", "way"),
    StatusBadge("publishing", _("Publishing"), "loader", "way"),
    StatusBadge("published", _("Published"), "circle-check", "done"),
    StatusBadge("partial", _("Partly out"), "contrast", "look"),
    StatusBadge("failed", _("Failed"), "octagon-x", "fail"),
    StatusBadge("cancelled", _("Cancelled"), "ban", "still"),
)

# Connected accounts.
HEALTH_BADGES = _by_name(
    StatusBadge("active", _("Active"), "plug", "done"),
    StatusBadge("reconnect_required", _("Needs reconnecting"), "unplug", "fail"),
    StatusBadge("disconnected", _("Disconnected"), "cloud-off", "still"),
    StatusBadge("unknown", _("Not known"), "circle-dashed", "still"),
)

# Approval.
REVIEW_BADGES = _by_name(
    StatusBadge("waiting", _("Asks for approval"), "stamp", "ask"),
    StatusBadge("returned", _("Returned"), "undo-2", "look"),
    StatusBadge("approved", _("Approved"), "badge-check", "done"),
)

# What home says of sending as a whole, and of what is still ahead.
TODO_BADGES = _by_name(
    StatusBadge("held", _("Nothing is sent"), "ban", "look"),
    StatusBadge("undelivered", _("Not delivered"), "mail", "look"),
    StatusBadge("endangered", _("Will fail"), "triangle-alert", "fail"),
    StatusBadge("moved", _("Another hour"), "clock", "look"),
)

BADGES: dict[str, StatusBadge] = {**STATUS_BADGES, **HEALTH_BADGES, **REVIEW_BADGES, **TODO_BADGES}


def find_badge(name: str) -> StatusBadge:
    """Return the badge called `name`; a status of PostPeer's that has none here reads as "Not known"."""
    return BADGES.get(name) or BADGES["unknown"]
