"""Integrations in no profile of PostPeer's: they belong to no team until an owner of the installation gives them one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from postpeer_dash.accounts.integrations import match_integration, revive_or_create_account
from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.accounts.profiles import ensure_profile
from postpeer_dash.postpeer import Integration
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.sentences import ExplainedError

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client


class BringInError(ExplainedError):
    """An account can't be brought in."""


@dataclass(frozen=True, slots=True)
class UnassignedAccount:
    """An integration in no profile."""

    remote_id: str
    name: str
    platform_name: str
    username: str
    image_url: str


def list_unassigned(*, client: Client) -> list[UnassignedAccount]:
    """Return the integrations in no profile that no team here holds. Raises PostPeerError."""
    found = [each for each in client.list_integrations() if not each.profile_id]
    taken = Account.objects.filter(remote_id__in=[each.id for each in found])
    held = set(taken.exclude(health=Account.Health.DISCONNECTED).values_list("remote_id", flat=True))
    return [_unassigned(each) for each in found if each.id not in held]


def _unassigned(integration: Integration) -> UnassignedAccount:
    platform = platform_name(integration.platform)
    name = integration.display_name or integration.username or platform
    return UnassignedAccount(integration.id, name, platform, integration.username, integration.image_url)


def bring_in(remote_id: str, *, team: Team, actor: User, client: Client) -> Account:
    """Move an integration into the team's profile at PostPeer, and make it the team's account.

    Asks PostPeer first, so that nothing is taken from another profile. Raises BringInError, PostPeerError and
    ProfileBusyError.
    """
    integration = client.get_integration(remote_id)
    if integration.profile_id:
        raise BringInError("bring_in_taken")
    profile = ensure_profile(team, client=client)
    if match_integration(integration, profile, [integration]).is_other_teams:
        raise BringInError("bring_in_taken")
    moved = client.move_integration(remote_id, profile_id=profile.remote_id)
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=profile.connection_id)
        match = match_integration(moved, profile, [moved])
        if match.is_other_teams:
            raise BringInError("bring_in_taken")
        account = revive_or_create_account(match, profile, actor=actor)
        record_audit(
            action="account.brought_in",
            team=team,
            actor=actor,
            subject=account.name,
            detail={"platform": account.platform, "integration": account.remote_id},
        )
    return account
