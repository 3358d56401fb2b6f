"""Access to a team's pages: who may do what, and "fetch it or 404" written once.

An outsider gets 404, as if the team did not exist. A member without the right gets 403.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from postpeer_dash.teams import second_factor
from postpeer_dash.teams.members import note_visit
from postpeer_dash.teams.models import Membership, Role, Team, User

# What a refusal says to the page of 403 when the page itself is closed to somebody's role, and not only a button on it.
CLOSED = "closed"


class Right(StrEnum):
    VIEW = "view"  # pins, boards, names of accounts
    COMPOSE = "compose"  # own drafts; submits for approval
    PUBLISH = "publish"  # all pins; publishes, schedules, cancels, approves
    MANAGE = "manage"  # accounts, members, settings, audit
    OWN = "own"  # deletes the team


_VIEWER = frozenset({Right.VIEW})
_CONTRIBUTOR = _VIEWER | {Right.COMPOSE}
_EDITOR = _CONTRIBUTOR | {Right.PUBLISH}
_ADMIN = _EDITOR | {Right.MANAGE}
RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _ADMIN | {Right.OWN},
}


class TeamRequest(HttpRequest):
    """A request that `in_team` has let through: signed in, a member, with the right."""

    user: User
    team: Team
    membership: Membership


P = ParamSpec("P")
M = TypeVar("M", bound=Model)
TeamView = Callable[Concatenate[TeamRequest, P], HttpResponseBase]


def can(membership: Membership, right: Right) -> bool:
    """Return whether this member's role has the right."""
    return right in RIGHTS.get(membership.role, frozenset())


def require(membership: Membership, right: Right) -> None:
    """Raise PermissionDenied (403) when the role lacks the right, or the member the second factor that the team
    requires.
    """
    if not can(membership, right):
        raise PermissionDenied
    if second_factor.lacks_second_factor(membership):
        raise PermissionDenied(second_factor.WANTED)


def find_membership(user: User, slug: str, *, may_be_closed: bool = False) -> Membership:
    """Return the person's membership in the team with this slug, with the team.

    Raises Http404 for everybody else, and for a team that is being deleted unless `may_be_closed`.
    """
    membership = (
        Membership.objects.select_related("team").filter(team__slug=slug, user_id=user.pk).first()
        if user.is_active
        else None
    )
    if membership is None or (membership.team.deleting_at is not None and not may_be_closed):
        raise Http404
    return membership


def in_team(right: Right) -> Callable[[TeamView[P]], Callable[..., HttpResponseBase]]:
    """Restrict a view to members with the right; takes the team's slug off the arguments.

    The view gets `request.team` and `request.membership`. The right is kept on the view as `.right`, where the tests'
    permission matrix reads it. A member without the second factor that the team requires is redirected to set it up.
    """

    def decorate(view: TeamView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, team: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = find_membership(request.user, team, may_be_closed=True)
            if membership.team.deleting_at is not None:
                return render(request, "teams/deleting.html", {"name": membership.team.name}, status=410)
            if second_factor.lacks_second_factor(membership):
                return second_factor.redirect_to_setup(request, membership.team)
            second_factor.forget_return_path(request, membership.team)
            if not can(membership, right):
                raise PermissionDenied(CLOSED)
            request.team, request.membership = membership.team, membership
            note_visit(membership)
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def get_or_404(rows: QuerySet[M], **lookup: Any) -> M:
    """Return the row of an already narrowed queryset; raise Http404 when there is none or the id makes no sense."""
    # SQLite raises OverflowError for an integer above 64 bits.
    try:
        return rows.get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError, OverflowError):
        raise Http404 from None
