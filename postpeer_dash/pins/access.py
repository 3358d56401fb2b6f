"""Which pins a person sees, and what they may do with each."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from postpeer_dash.pins.models import Pin
from postpeer_dash.teams.access import Right, TeamRequest, can, find_membership, get_or_404, require
from postpeer_dash.teams.models import Membership, Team, User


def pins_of(team: Team) -> QuerySet[Pin]:
    """The team's pins; every member sees all of them."""
    return Pin.objects.filter(team=team)


def get_pin(request: TeamRequest, uuid: UUID) -> Pin:
    """The team's pin with this public id, with what its page shows of it, or Http404."""
    rows = pins_of(request.team).select_related("author", "account", "board", "parent", "reviewed_by")
    return get_or_404(rows, uuid=uuid)


def may_edit(membership: Membership, pin: Pin) -> bool:
    """Drafts alone can be changed: by their author, and by everybody who may publish."""
    if pin.is_frozen:
        return False
    if can(membership, Right.PUBLISH):
        return True
    return can(membership, Right.COMPOSE) and pin.author_id == membership.user_id


def may_publish(membership: Membership) -> bool:
    """Whether the person publishes, schedules, cancels and sends again."""
    return can(membership, Right.PUBLISH)


def may_send_files(user: User | AnonymousUser, team: str, **_rest: object) -> bool:
    """Whether this visitor may send files to the team with this slug; asked before a byte of one is kept."""
    if not isinstance(user, User):
        return False
    try:
        return can(find_membership(user, team), Right.COMPOSE)
    except Http404:
        return False


def require_edit(membership: Membership, pin: Pin) -> None:
    """Raises PermissionDenied (403) unless the person may change this draft."""
    if not may_edit(membership, pin):
        raise PermissionDenied


def require_publish(membership: Membership) -> None:
    """Raises PermissionDenied (403) unless the person may publish."""
    require(membership, Right.PUBLISH)
