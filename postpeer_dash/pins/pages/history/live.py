"""What moves in a list of pins while somebody looks at it: when to look again, and what has changed since."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.publishing.state import UNDER_WAY
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.web.status_badges import find_badge


def seconds_to_next_look(rows: Sequence[Row]) -> int:
    """How often the page looks again (seconds), the oftener the fresher what is under way; 0 when nothing is."""
    begun = [max(row.sort_at, row.updated_at) for row in rows if row.status in UNDER_WAY]
    if not begun:
        return 0
    age = timezone.now() - max(begun)
    return 3 if age < timedelta(minutes=3) else 10 if age < timedelta(hours=1) else 60


def encode_statuses(rows: Sequence[Row]) -> str:
    """Which of these pins are under way, and where each stands, in short: the page sends it back when it looks again."""
    return ".".join(f"{row.pk:x}-{row.status}" for row in rows if row.status in UNDER_WAY)


def describe_changes(state: str, rows: Sequence[Row]) -> str:
    """What has changed since `encode_statuses` wrote this: each pin that stands elsewhere now by its name and its status."""
    before = dict(part.split("-", 1) for part in state.split(".") if "-" in part)
    return " ".join(
        _("%(title)s: %(status)s.")
        % {"title": find_title(row.title, row.beginning), "status": find_badge(row.status).word}
        for row in rows
        if before.get(f"{row.pk:x}", row.status) != row.status
    )
