"""The members' page."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Invitation, Membership, Role, Team
from postpeer_dash.teams.roles import is_within
from postpeer_dash.teams.second_factor import has_second_factor
from postpeer_dash.teams.undelivered import Undelivered, undelivered_to

# What each role may do, for those who choose one.
ROLE_WORDS: dict[str, "str | Promise"] = {
    Role.VIEWER: _("Sees pins, boards and the names of accounts"),
    Role.CONTRIBUTOR: _("Writes drafts and submits them for approval"),
    Role.EDITOR: _("Publishes, schedules and approves every pin"),
    Role.ADMIN: _("Manages accounts, members and settings as well"),
    Role.OWNER: _("May do everything, and delete the team"),
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member in the list. The address and what follows it are for those who manage members."""

    pk: int
    name: str
    email: str
    role: str
    role_word: str
    since: datetime
    seen_at: datetime | None
    has_second_factor: bool
    is_me: bool
    may_change: bool
    undelivered: Undelivered | None = None  # the newest mail to them that didn't arrive


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    """An invitation that was neither accepted nor revoked, and its mail where that didn't arrive."""

    row: Invitation
    undelivered: Undelivered | None


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The members by role, the highest first, and the pending invitations."""

    rows: list[MemberRow]
    pending: list[PendingInvitation]
    may_manage: bool
    has_mail: bool


def read_members_page(membership: Membership) -> MembersPage:
    """Return the page for one member, in at most four queries."""
    may_manage = can(membership, Right.MANAGE)
    members = list(membership.team.memberships.select_related("user"))
    members.sort(key=lambda each: (-list(Role).index(Role(each.role)), str(each.user).casefold()))
    secured = has_second_factor([each.user_id for each in members]) if may_manage else set()
    lost = undelivered_to(membership.team) if may_manage else {}
    rows = [
        MemberRow(
            pk=each.pk,
            name=each.user.name or (each.user.email if may_manage else each.user.email.partition("@")[0]),
            email=each.user.email if may_manage else "",
            role=each.role,
            role_word=str(each.get_role_display()),
            since=each.created_at,
            seen_at=each.seen_at,
            has_second_factor=each.user_id in secured,
            is_me=each.pk == membership.pk,
            may_change=may_manage and is_within(each.role, membership.role),
            undelivered=lost.get(each.user.email.lower()),
        )
        for each in members
    ]
    invited = pending_of(membership.team) if may_manage else []
    pending = [PendingInvitation(row, lost.get(row.email)) for row in invited]
    return MembersPage(rows, pending, may_manage, has_mail=settings.HAS_MAIL)


def pending_of(team: Team) -> list[Invitation]:
    """Return the invitations that were neither accepted nor revoked, the newest first, expired ones included."""
    rows = Invitation.objects.filter(team=team, accepted_at=None, revoked_at=None)
    return list(rows.select_related("invited_by").order_by("-sent_at", "-pk"))
