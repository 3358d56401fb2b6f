"""Mail that didn't arrive: who is told of it, and in which words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Mail, Membership, Team, User
from postpeer_dash.web.sentences import Sentence, explain
from postpeer_dash.web.times import Moment

_MAX = 50


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that hasn't arrived. `is_over` when it isn't tried again; `what` says what it was."""

    to: str
    kind: str
    what: str
    at: datetime
    is_over: bool
    sentence: Sentence
    invitation_id: int | None


def undelivered_to(team: Team) -> dict[str, Undelivered]:
    """Return, by address in lower case, the newest mail that didn't arrive: to members and to whom the team invites."""
    return _newest(_of_team(team))


def list_todo_mails(membership: Membership) -> list[Undelivered]:
    """Return what a member should see to, one of each address: who manages, the team's; everybody, their own.

    What is tried again needs nobody yet.
    """
    over = Mail.objects.exclude(failure=Mail.Failure.LATER)
    if can(membership, Right.MANAGE):
        return list(_newest(_of_team(membership.team, over)).values())
    return list(_newest(_to_users(over, [membership.user.email])).values())


def undelivered_to_me(user: User) -> Undelivered | None:
    """Return the newest mail to this person that didn't arrive."""
    return _newest(_to_users(Mail.objects.all(), [user.email])).get(user.email.lower())


def list_all_undelivered() -> list[Undelivered]:
    """Return the newest mails of the whole installation that didn't arrive, but for answers to strangers."""
    rows = Mail.objects.exclude(failure="").exclude(kind=Mail.Kind.STRANGER).order_by("-failed_at", "-pk")
    return [_describe(row) for row in rows[:_MAX]]


def _of_team(team: Team, mails: QuerySet[Mail] | None = None) -> QuerySet[Mail]:
    pending = Q(invitation__team=team, invitation__accepted_at=None, invitation__revoked_at=None)
    addresses = User.objects.filter(memberships__team=team).values(address=Lower("email"))
    found = Mail.objects.all() if mails is None else mails
    own = Q(address__in=addresses, invitation=None)
    return found.exclude(failure="").annotate(address=Lower("to")).filter(pending | own)


def _to_users(mails: QuerySet[Mail], addresses: Iterable[str]) -> QuerySet[Mail]:
    wanted = [address.lower() for address in addresses]
    return mails.exclude(failure="").annotate(address=Lower("to")).filter(address__in=wanted, invitation=None)


def _newest(rows: QuerySet[Mail]) -> dict[str, Undelivered]:
    found: dict[str, Undelivered] = {}
    for row in rows.exclude(kind=Mail.Kind.STRANGER).order_by("-failed_at", "-pk")[:_MAX]:
        found.setdefault(row.to.lower(), _describe(row))
    return found


def _describe(mail: Mail) -> Undelivered:
    again = Moment(mail.due_at).long_inside if mail.due_at else ""
    kind = f"mail_{mail.failure}" if mail.answer else f"mail_{mail.failure}_silent"
    sentence = explain(kind, email=mail.to, answer=mail.answer, time=again)
    is_over = mail.failure != Mail.Failure.LATER
    at = mail.failed_at or mail.created_at
    return Undelivered(mail.to, mail.kind, _name_kind(mail.kind), at, is_over, sentence, mail.invitation_id)


def _name_kind(kind: str) -> str:
    return {
        Mail.Kind.INVITATION: _("An invitation"),
        Mail.Kind.RESET: _("A link to set a new password"),
        Mail.Kind.NOTICE: _("A notification"),
    }.get(Mail.Kind(kind), _("A mail about the account"))
