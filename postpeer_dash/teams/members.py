"""Members of a team: their roles, their leaving, and when they were last there."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from postpeer_dash.teams.models import Invitation, Membership, Role, Team, User
from postpeer_dash.teams.roles import is_within, roles_up_to
from postpeer_dash.teams.services import record_audit

_SEEN_EVERY = timedelta(minutes=5)


class LastOwnerError(Exception):
    """The team would be left without an owner."""


class MemberGoneError(Exception):
    """The person was removed or has left meanwhile."""


def change_role(*, membership: Membership, role: str, actor: Membership) -> None:
    """Give a member another role. Raises PermissionDenied, LastOwnerError and MemberGoneError."""
    with transaction.atomic():
        _lock_team(membership.team_id)
        target, by = _reload(membership), _reload(actor)
        _require_authority(by, target)
        if not is_within(role, by.role):
            raise PermissionDenied
        if target.role == role:
            return
        _require_other_owner(target, unless=role == Role.OWNER)
        before, target.role = target.role, role
        target.save(update_fields=["role"])
        _revoke_invitations(target)
        record_audit(
            team=target.team,
            actor=by.user,
            action="member.role_changed",
            subject=str(target.user),
            detail={"email": target.user.email, "from": before, "to": role},
        )


def remove_member(*, membership: Membership, actor: Membership) -> None:
    """Remove a member; from then on the team doesn't exist for them. Raises the errors of `change_role`."""
    with transaction.atomic():
        _lock_team(membership.team_id)
        target, by = _reload(membership), _reload(actor)
        _require_authority(by, target)
        _end(target, by.user, "member.removed")


def leave_team(*, membership: Membership) -> None:
    """End a membership at its member's own wish. Raises LastOwnerError and MemberGoneError."""
    with transaction.atomic():
        _lock_team(membership.team_id)
        target = _reload(membership)
        _end(target, target.user, "member.left")


def _end(target: Membership, actor: User, action: str) -> None:
    _require_other_owner(target)
    record_audit(
        team=target.team,
        actor=actor,
        action=action,
        subject=str(target.user),
        detail={"email": target.user.email, "role": target.role},
    )
    user = target.user
    User.objects.filter(pk=user.pk, last_team=target.team).update(last_team=None)
    _revoke_invitations(target, is_gone=True)
    target.delete()


def _lock_team(team_id: int) -> None:
    # The team's row is the lock for who is in it: two owners who remove each other at once come one after the other.
    Team.objects.select_for_update().get(pk=team_id)


def _reload(membership: Membership) -> Membership:
    found = Membership.objects.select_related("team", "user").filter(pk=membership.pk).first()
    if found is None:
        raise MemberGoneError
    return found


def _require_authority(by: Membership, target: Membership) -> None:
    if by.team_id != target.team_id or not is_within(target.role, by.role):
        raise PermissionDenied


def _require_other_owner(target: Membership, *, unless: bool = False) -> None:
    if unless or target.role != Role.OWNER:
        return
    if not Membership.objects.filter(team=target.team, role=Role.OWNER).exclude(pk=target.pk).exists():
        raise LastOwnerError


def _revoke_invitations(member: Membership, *, is_gone: bool = False) -> None:
    """Revoke what a member offered and may no longer offer."""
    offered = Invitation.objects.filter(team=member.team, invited_by=member.user, accepted_at=None, revoked_at=None)
    if not is_gone and is_within(Role.ADMIN, member.role):
        offered = offered.exclude(role__in=roles_up_to(member.role))
    offered.update(revoked_at=timezone.now())


def note_visit(membership: Membership) -> None:
    """Remember that somebody was here, at most every few minutes."""
    now = timezone.now()
    if membership.seen_at is None or membership.seen_at < now - _SEEN_EVERY:
        # Asked once more in the UPDATE: of several tabs that load at once one writes.
        old = Q(seen_at=None) | Q(seen_at__lt=now - _SEEN_EVERY)
        Membership.objects.filter(old, pk=membership.pk).update(seen_at=now)


def last_membership(user: User) -> Membership | None:
    """Return the membership of the team this person was in last, or any of theirs, with the team; None in no team."""
    rows = user.memberships.filter(team__deleting_at=None).select_related("team")
    is_last = Case(When(team=user.last_team_id or 0, then=0), default=1)
    return rows.order_by(F("seen_at").desc(nulls_last=True), is_last, "team__name").first()
