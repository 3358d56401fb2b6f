"""Decide which pins a person sees, and what they may do with each."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from postpeer_dash.pins.models import Pin
from postpeer_dash.teams.access import Right, TeamRequest, can, get_or_404, require
from postpeer_dash.teams.models import Membership, Team


def pins_of(team: Team) -> QuerySet[Pin]:
    """Return the team's pins; every member sees all of them."""
    return Pin.objects.filter(team=team)


def get_pin(request: TeamRequest, uuid: UUID) -> Pin:
    """Return the team's pin with this public id, with the rows its page shows; raise Http404 without one."""
    rows = pins_of(request.team).select_related("author", "account", "board", "parent", "reviewed_by")
    return get_or_404(rows, uuid=uuid)


def may_edit(membership: Membership, pin: Pin) -> bool:
    """Return whether a member may edit a pin: a draft, by its author or by anybody who may publish."""
    if pin.is_frozen:
        return False
    if can(membership, Right.PUBLISH):
        return True
    return can(membership, Right.COMPOSE) and pin.author_id == membership.user_id


def may_publish(membership: Membership) -> bool:
    """Return whether a member may publish, schedule, cancel and send again."""
    return can(membership, Right.PUBLISH)


def require_edit(membership: Membership, pin: Pin) -> None:
    """Raise PermissionDenied (403) unless the member may edit this draft."""
    if not may_edit(membership, pin):
        raise PermissionDenied


def require_publish(membership: Membership) -> None:
    """Raise PermissionDenied (403) unless the member may publish."""
    require(membership, Right.PUBLISH)
