"""What other apps and the pages may ask of the accounts: read their health again, and disconnect them."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.health import (
    check_account,
    note_reconnect_required,
    reconnect_due,
    reconnect_reason,
    save_integration,
    try_to_check,
)
from postpeer_dash.accounts.integrations import store_unclaimed
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.platforms import PLATFORMS, platform_name
from postpeer_dash.accounts.profiles import ensure_profile, find_profile
from postpeer_dash.postpeer import NotFound
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

__all__ = [
    "Unclaimed",
    "check_account",
    "disconnect_account",
    "disconnect_unclaimed",
    "ensure_profile",
    "find_unclaimed",
    "note_reconnect_required",
    "reconnect_due",
    "reconnect_reason",
    "refresh_accounts",
    "try_to_check",
    "unclaimed_of",
]


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An integration in the team's profile that nobody added here. It is never used, only disconnected."""

    key: str  # for addresses; PostPeer's id stays out of them
    remote_id: str
    name: str
    platform_name: str
    can_be_connected: bool  # here, on a platform this dashboard knows


def refresh_accounts(team: Team, *, client: Client) -> None:
    """Read the health of all the team's accounts, and what else its profile holds. Raises PostPeerError.

    An account that PostPeer's list lacks is asked for by itself: only its own 404 means that it is gone.
    """
    profile = find_profile(team)
    if profile is None:
        return
    integrations = client.list_integrations(profile_id=profile.remote_id)
    listed = {integration.id: integration for integration in integrations}
    missing = []
    for account in accounts_of(team):
        if account.remote_id in listed:
            save_integration(account, listed[account.remote_id])
        else:
            missing.append(account)
    store_unclaimed(profile, [each for each in integrations if each.profile_id in ("", profile.remote_id)])
    for account in missing:
        check_account(account, client=client)


def disconnect_account(account: Account, *, actor: User | None, client: Client) -> None:
    """Disconnect at PostPeer, then here. Gone at PostPeer counts as done; after any other error nothing changes.

    Raises PostPeerError.
    """
    with contextlib.suppress(NotFound):
        client.disconnect_integration(account.remote_id)
    with transaction.atomic():
        done = (
            accounts_of(account.team)
            .filter(pk=account.pk)
            .update(health=Account.Health.DISCONNECTED, failure_reason="", disconnected_at=timezone.now())
        )
        if done:
            record_audit(
                action="account.disconnected",
                team=account.team,
                actor=actor,
                subject=account.name,
                detail={"platform": account.platform, "integration": account.remote_id},
            )


def unclaimed_of(profile: Profile | None) -> list[Unclaimed]:
    """Return what PostPeer last listed in the team's profile and nobody has added."""
    return [
        Unclaimed(
            key=hashlib.sha256(entry["id"].encode()).hexdigest()[:16],
            remote_id=entry["id"],
            name=entry["name"],
            platform_name=platform_name(entry["platform"]),
            can_be_connected=entry["platform"] in PLATFORMS,
        )
        for entry in (profile.unclaimed if profile else [])
    ]


def find_unclaimed(profile: Profile | None, key: str) -> Unclaimed | None:
    """Return the unclaimed integration with this key, or None when it isn't one any more."""
    return next((each for each in unclaimed_of(profile) if each.key == key), None)


def disconnect_unclaimed(profile: Profile, unclaimed: Unclaimed, *, actor: User, client: Client) -> bool:
    """Disconnect an integration that nobody added. Returns False when it was added or is gone meanwhile.

    Asks PostPeer first, so that only what is in this team's profile and nobody's account is touched. Raises
    PostPeerError.
    """
    integrations = client.list_integrations(profile_id=profile.remote_id)
    store_unclaimed(profile, [each for each in integrations if each.profile_id in ("", profile.remote_id)])
    if find_unclaimed(profile, unclaimed.key) is None:
        return False
    with contextlib.suppress(NotFound):
        client.disconnect_integration(unclaimed.remote_id)
    with transaction.atomic():
        profile.unclaimed = [entry for entry in profile.unclaimed if entry["id"] != unclaimed.remote_id]
        profile.save(update_fields=["unclaimed"])
        record_audit(
            action="account.unclaimed_disconnected",
            team=profile.team,
            actor=actor,
            subject=unclaimed.name,
            detail={"integration": unclaimed.remote_id},
        )
    return True
