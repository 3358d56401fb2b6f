"""Live updates of a list of pins: when to look again, and what has changed since."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.publishing.state import UNDER_WAY
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.web.status_badges import find_badge


def seconds_to_next_look(rows: Sequence[Row]) -> int:
    """Return the seconds until the page looks again, fewer the fresher the pins under way; 0 when none is."""
    begun = [max(row.sort_at, row.updated_at) for row in rows if row.status in UNDER_WAY]
    if not begun:
        return 0
    age = timezone.now() - max(begun)
    return 3 if age < timedelta(minutes=3) else 10 if age < timedelta(hours=1) else 60


def encode_statuses(rows: Sequence[Row]) -> str:
    """Return the pins under way with their statuses as one short text, which the page sends back at its next look."""
    return ".".join(f"{row.pk:x}-{row.status}" for row in rows if row.status in UNDER_WAY)


def describe_changes(state: str, rows: Sequence[Row]) -> str:
    """Say what has changed since `encode_statuses` made this text: each changed pin's title and its status now."""
    before = dict(part.split("-", 1) for part in state.split(".") if "-" in part)
    return " ".join(
        _("%(title)s: %(status)s.")
        % {"title": find_title(row.title, row.beginning), "status": find_badge(row.status).word}
        for row in rows
        if before.get(f"{row.pk:x}", row.status) != row.status
    )
