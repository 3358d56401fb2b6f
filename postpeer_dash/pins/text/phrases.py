"""Which words fit what became of a pin, and times and names as they stand inside of its sentences.

Failures are worded in web/sentences/; here it is decided which of them fits. The lines of a timeline stand in
wording_timeline.py.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Submission, Target
from postpeer_dash.web import times

# What a platform's words are about, and the sentence that helps with it.
_ABOUT = (
    ("publish_board", re.compile(r"\bboard", re.I)),
    ("publish_reconnect", re.compile(r"\b(token|reconnect|permission|unauthori[sz]ed|log ?in|revoked|expired)", re.I)),
    ("publish_duplicate", re.compile(r"\bduplicate", re.I)),
    ("publish_media", re.compile(r"\b(image|picture|video|media|file|download|thumbnail)", re.I)),
)
# Verdicts of PostPeer itself: the words that come with them are its own, not a platform's.
POSTPEERS_OWN = frozenset({"refused", "out_of_credits", "not_allowed"})
# What the button under a failure does.
HELP = {
    "publish_board": "copy",
    "publish_media": "copy",
    "publish_duplicate": "copy",
    "publish_refused": "copy",
    "publish_account_disconnected": "copy",
    "publish_reconnect": "reconnect",
    "publish_platform_failed": "retry",
    "publish_out_of_credits": "retry",
    "publish_not_allowed": "retry",
    "publish_absent": "retry",
    "publish_too_late": "retry",
}


def find_failure(target: Target) -> str:
    """The sentence's kind for a target that failed, by our own verdict or by what the platform's words are about."""
    if target.error_kind not in ("platform_failed", "refused", ""):
        return f"publish_{target.error_kind}"
    about = next((kind for kind, words in _ABOUT if words.search(target.error_text)), "")
    if about == "publish_board" and target.board_id is None:
        about = ""
    if about or target.error_kind == "refused":
        return about or "publish_refused"
    needs_reconnecting = target.account.health == Account.Health.RECONNECT_REQUIRED
    return "publish_reconnect" if needs_reconnecting else "publish_platform_failed"


def find_doubt(submission: Submission | None) -> str:
    """The sentence's kind for what is unconfirmed."""
    if submission is None:
        return "publish_unclear"
    if submission.evidence.person_says_absent:
        return "publish_person_absent"
    if submission.evidence.candidates:
        return "publish_candidates"
    return "publish_refused_unread" if submission.error_kind == "refused_unread" else f"publish_{_doubt(submission)}"


def _doubt(submission: Submission) -> str:
    if submission.error_kind == "lease_ended":
        return "lease_ended"
    return "unclear" if submission.http_status is None else "unclear_answer"


def moment(at: datetime) -> str:
    """A time inside a sentence: today at 13:38, on Thursday, 26 November at 18:15."""
    facts = {"day": times.day_inside(at), "time": times.clock(at)}
    if abs(_distance(at)) <= 1:
        return _("%(day)s at %(time)s") % facts
    return _("on %(weekday)s, %(day)s at %(time)s") % {**facts, "weekday": times.weekday(at)}


def _distance(at: datetime) -> int:
    return (timezone.localtime(at).date() - timezone.localtime().date()).days


def join_names(names: Sequence[str]) -> str:
    """Names in a sentence: Pinterest, LinkedIn and Bluesky."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def parse_instant(value: Any) -> datetime | None:
    """An instant from a timeline's data, or None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None
