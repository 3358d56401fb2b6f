"""What became of a pin on one platform: the sentence, and the button that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.pins.access import may_publish
from postpeer_dash.pins.models import Pin, Reason, Status, Submission, Target
from postpeer_dash.pins.pages.pin.records import PinRows
from postpeer_dash.pins.publishing.state import decided_by
from postpeer_dash.pins.text.candidates import FoundPost, read_candidates
from postpeer_dash.pins.text.failures import explain_doubt, explain_failure
from postpeer_dash.pins.text.labels import describe_next_check, safe_url
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership
from postpeer_dash.web.sentences import explain


@dataclass(frozen=True, slots=True)
class Result:
    """One target. `said` are the platform's own words; `help` is copy, retry, reconnect or nothing."""

    platform: str
    account: str
    board: str
    status: str
    at: datetime | None
    url: str
    said: str = ""
    said_by: str = ""
    text: str = ""
    warning: str = ""
    help: str = ""
    help_words: str = ""
    help_url: str = ""
    may_retry: bool = False
    found_url: str = ""
    absent_url: str = ""
    awaited: str = ""
    candidates: Sequence[FoundPost] = ()

    @property
    def time_style(self) -> str:
        """To the second today; the day is what tells more of others."""
        is_today = self.at is not None and timezone.localtime(self.at).date() == timezone.localtime().date()
        return "seconds" if is_today else "short"


def make_result(rows: PinRows, target: Target, membership: Membership) -> Result:
    """Return what a pin's page says about one target to this member."""
    account, holder = target.account, rows.holder(target)
    plain = Result(
        platform=account.platform_name,
        account=account.name,
        board=target.board.label if target.board else "",
        status=target.status,
        at=target.published_at or target.updated_at,
        url=safe_url(target.url),
        warning=target.warning_text,
    )
    if target.status == Status.FAILED:
        return _failed(plain, rows, target, membership)
    if target.status == Status.UNCONFIRMED:
        return _unconfirmed(plain, rows.pin, holder, membership)
    if holder and holder.error_kind == Reason.RECORD_GONE and target.status != Status.PUBLISHED:
        return replace(plain, text=str(explain("publish_record_gone", platform=plain.platform)))
    if target.status == Status.PUBLISHED and not plain.url:
        return replace(plain, text=_("It is out. PostPeer has no link for it."))
    if target.status == Status.SCHEDULED:
        return replace(plain, text=_("PostPeer holds it until its time."))
    return plain


def _failed(plain: Result, rows: PinRows, target: Target, membership: Membership) -> Result:
    failure = explain_failure(target)
    right = {"copy": Right.COMPOSE, "retry": Right.PUBLISH, "reconnect": Right.MANAGE}[failure.help]
    team = membership.team.slug
    urls = {
        "copy": reverse("pins:copy", args=[team, rows.pin.uuid]),
        "retry": reverse("pins:retry", args=[team, rows.pin.uuid]),
        "reconnect": reverse("accounts:accounts", args=[team]),
    }
    return replace(
        plain,
        said=failure.said,
        said_by=failure.said_by,
        text=str(failure.sentence),
        help=failure.help if can(membership, right) else "",
        help_words=failure.sentence.action,
        help_url=urls[failure.help],
        may_retry=failure.help != "retry" and may_publish(membership),
    )


def _unconfirmed(plain: Result, pin: Pin, holder: Submission | None, membership: Membership) -> Result:
    text = explain_doubt(holder, platform=plain.platform, time=describe_next_check(holder))
    plain = replace(plain, text=str(text), awaited=_awaited(holder))
    if holder is not None:
        plain = replace(plain, candidates=read_candidates(holder, membership.team))
    if holder is None or not may_publish(membership) or holder.evidence.person_says_absent:
        return plain
    args = [membership.team.slug, pin.uuid, holder.uuid]
    return replace(
        plain,
        found_url=reverse("pins:confirm_published", args=args),
        absent_url=reverse("pins:confirm_absent", args=args),
    )


def _awaited(holder: Submission | None) -> str:
    """Return what is waited for, and until when; nothing where a person is asked or has answered."""
    if holder is None or holder.evidence.candidates or holder.evidence.person_says_absent:
        return ""
    until = decided_by(holder)
    kind = "publish_awaited" if until > timezone.now() else "publish_awaited_long"
    return str(explain(kind, until=moment(until)))
