"""Match integrations to the rows of accounts: by PostPeer's id first, then by platform and the platform's own user id."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from postpeer_dash.accounts.health import apply_integration
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.postpeer import Integration
from postpeer_dash.teams.models import User

# As wide as the columns: PostPeer documents no length, and what is longer is not offered.
_ID_LENGTH = 200
_PLATFORM_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Match:
    """An integration of a team's profile and the row it belongs to, if there is one."""

    integration: Integration
    account: Account | None  # of this team, connected or not
    is_other_teams: bool = False
    is_duplicate: bool = False  # the account has another integration in this profile, and that one is no worse

    @property
    def fits(self) -> bool:
        """Return whether it can be kept here at all."""
        return len(self.integration.id) <= _ID_LENGTH and len(self.integration.platform) <= _PLATFORM_LENGTH

    @property
    def is_connected_here(self) -> bool:
        return self.account is not None and self.account.is_connected

    @property
    def is_new(self) -> bool:
        """Return whether it may be offered: nobody's, or one that this team disconnected before."""
        return self.fits and not self.is_other_teams and not self.is_connected_here


def match_integration(integration: Integration, profile: Profile, listed: Sequence[Integration]) -> Match:
    """Find the row for one of the integrations that PostPeer lists in this profile.

    A connected row of another team with this id or this platform account makes it that team's. Among the team's own
    rows a connected one comes before a disconnected one, and the newest first.
    """
    by_id = _rows_by_id(integration, profile)
    is_known = any(row.is_connected for row in by_id)
    rows = by_id if is_known else by_id + _rows_by_person(integration, profile)
    if any(row.is_connected and row.team_id != profile.team_id for row in rows):
        return Match(integration, None, is_other_teams=True)
    own = [row for row in rows if row.team_id == profile.team_id]
    connected = next((row for row in own if row.is_connected), None)
    if connected is None:
        return Match(integration, next(iter(own), None))
    is_duplicate = not is_known and not _is_better(integration, connected, listed)
    return Match(integration, connected, is_duplicate=is_duplicate)


def _is_better(integration: Integration, account: Account, listed: Sequence[Integration]) -> bool:
    """Return whether an integration of the same platform account should replace the one that the row has."""
    current = next((each for each in listed if each.id == account.remote_id), None)
    return current is None or (current.needs_reconnecting and not integration.needs_reconnecting)


def _rows_by_id(integration: Integration, profile: Profile) -> list[Account]:
    rows = Account.objects.filter(connection=profile.connection_id, remote_id=integration.id)
    return list(rows.order_by("-connected_at", "-pk"))


def _rows_by_person(integration: Integration, profile: Profile) -> list[Account]:
    if not integration.platform_user_id:
        return []
    rows = Account.objects.filter(
        connection=profile.connection_id,
        platform=integration.platform,
        platform_user_id=integration.platform_user_id,
    )
    return list(rows.order_by("-connected_at", "-pk"))


def revive_or_create_account(match: Match, profile: Profile, *, actor: User | None) -> Account:
    """Return the team's row for an integration that a person adds: the one it had before, or a new one."""
    now = timezone.now()
    account = match.account or Account(team_id=profile.team_id, connection_id=profile.connection_id)
    if account.pk is None or not account.is_connected:
        account.platform = match.integration.platform
        account.connected_by = actor
        account.connected_at = now
        account.disconnected_at = None
    apply_integration(account, match.integration)
    account.save()
    return account


def store_unclaimed(profile: Profile, integrations: list[Integration]) -> None:
    """Store which integrations of the profile nobody has added, for admins to see.

    Another team's connected account is left out: disconnecting it here would take it from them.
    """
    unclaimed = []
    for integration in integrations:
        taken = Account.objects.filter(connection=profile.connection_id, remote_id=integration.id)
        if taken.exclude(health=Account.Health.DISCONNECTED).exists():
            continue
        name = integration.display_name or integration.username or platform_name(integration.platform)
        unclaimed.append({"id": integration.id, "platform": integration.platform, "name": name})
    profile.unclaimed = unclaimed
    profile.checked_at = timezone.now()
    profile.save(update_fields=["unclaimed", "checked_at"])
