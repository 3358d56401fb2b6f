"""Short texts about a pin that several pages show: its title, its links, when PostPeer is asked next."""

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.models import Submission
from postpeer_dash.web import times


def find_title(title: str, description: str) -> str:
    """Return what a pin is called: its title, else its description's first line, else a word for having neither."""
    return (
        title.strip() or next((line for line in description.strip().splitlines() if line), "") or _("Without a title")
    )


def safe_url(url: str) -> str:
    """Return an address that a page may link or load: http(s), or nothing."""
    return url if url.startswith(("https://", "http://")) else ""


def describe_next_check(submission: Submission | None) -> str:
    """Return the time of day at which PostPeer is asked again about a submission."""
    due_at = submission.due_at if submission else None
    return times.clock(max(due_at or timezone.now(), timezone.now()))
