"""Why a target failed, or nobody can know: the sentence, who said what about it, and what helps.

The one place that decides it; the pin's page, home and mails show the same. The sentences stand in web/sentences/.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import POSTPEERS_VERDICTS, Reason, Submission, Target
from postpeer_dash.web.sentences import Sentence, explain

# What a platform's words are about, and the sentence that helps with it.
_ABOUT = (
    ("publish_board", re.compile(r"\bboard", re.I)),
    ("publish_reconnect", re.compile(r"\b(token|reconnect|permission|unauthori[sz]ed|log ?in|revoked|expired)", re.I)),
    ("publish_duplicate", re.compile(r"\bduplicate", re.I)),
    ("publish_media", re.compile(r"\b(image|picture|video|media|file|download|thumbnail)", re.I)),
)
# What the button under a failure does; for all others it sends again.
_HELP = {
    "publish_board": "copy",
    "publish_media": "copy",
    "publish_duplicate": "copy",
    "publish_refused": "copy",
    "publish_account_disconnected": "copy",
    "publish_reconnect": "reconnect",
}
# Rows of the first versions have no reason beside the platform's words.
_PLATFORMS_VERDICTS = frozenset({Reason.PLATFORM_FAILED.value, ""})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one target failed. `help` is copy, retry or reconnect.

    `said` are the words of `said_by`, the platform or PostPeer; both are empty where the verdict is our own.
    """

    sentence: Sentence
    help: str
    said: str
    said_by: str

    def __str__(self) -> str:
        """Return all of it as a text, one thought a line."""
        if not self.said:
            return str(self.sentence)
        quote = _("%(name)s says “%(text)s”") % {"name": self.said_by, "text": self.said}
        return f"{quote}\n{self.sentence}"


def explain_failure(target: Target) -> Failure:
    """Return why a target (with its account) failed."""
    account = target.account
    kind = _kind_of(target)
    speaker = _speaker_of(target)
    return Failure(
        sentence=explain(kind, platform=account.platform_name, account=account.name),
        help=_HELP.get(kind, "retry"),
        said=target.error_text if speaker else "",
        said_by=speaker if target.error_text else "",
    )


def _speaker_of(target: Target) -> str:
    """Return whose words a target's `error_text` is; empty for those of the dashboard itself."""
    if target.error_kind in POSTPEERS_VERDICTS:
        return "PostPeer"
    return target.account.platform_name if target.error_kind in _PLATFORMS_VERDICTS else ""


def _kind_of(target: Target) -> str:
    """Return the sentence's kind, by our own verdict or by what the words of others are about."""
    if target.error_kind not in {*_PLATFORMS_VERDICTS, Reason.REFUSED}:
        return f"publish_{target.error_kind}"
    about = next((kind for kind, words in _ABOUT if words.search(target.error_text)), "")
    if about == "publish_board" and target.board_id is None:
        about = ""
    if about or target.error_kind == Reason.REFUSED:
        return about or "publish_refused"
    needs_reconnecting = target.account.health == Account.Health.RECONNECT_REQUIRED
    return "publish_reconnect" if needs_reconnecting else "publish_platform_failed"


def explain_doubt(submission: Submission | None, *, platform: str, time: str) -> Sentence:
    """Return why nobody can know whether this submission is out. `time` is when PostPeer's list is read next."""
    return explain(_kind_of_doubt(submission), platform=platform, time=time)


def _kind_of_doubt(submission: Submission | None) -> str:
    if submission is None:
        return "publish_unclear"
    if submission.evidence.person_says_absent:
        return "publish_person_absent"
    if submission.evidence.named_id and submission.evidence.named_id in submission.evidence.candidates:
        return "publish_named_again"
    if submission.evidence.candidates:
        return "publish_candidates"
    if submission.error_kind in (Reason.REFUSED_UNREAD, Reason.LEASE_ENDED):
        return f"publish_{submission.error_kind}"
    return "publish_unclear" if submission.http_status is None else "publish_unclear_answer"
