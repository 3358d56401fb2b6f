"""The round trip to a platform's consent page, and what may be added when somebody comes back from it.

PostPeer doesn't document what it adds to the return address, so nothing in that address is trusted: the way back only
says that somebody returned. What was connected is learned by asking PostPeer what the team's profile holds, and it is
used only after a person has added it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.health import save_integration
from postpeer_dash.accounts.integrations import (
    Match,
    match_integration,
    revive_or_create_account,
    store_unclaimed,
)
from postpeer_dash.accounts.models import Account, ConnectAttempt, Connection, Profile
from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.accounts.profiles import ensure_profile, find_profile
from postpeer_dash.postpeer import Integration, PostPeerError
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web.chunks import delete_in_chunks
from postpeer_dash.web.sentences import ExplainedError, Sentence, explain

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

_KEEP_FOR = timedelta(days=1)


class ConnectRefusedError(ExplainedError):
    """A round trip can't go on; `sentence` says why. `attempt` is known only to the person who began it."""

    def __init__(self, kind: str, attempt: ConnectAttempt | None = None, **facts: object) -> None:
        super().__init__(kind)
        self.attempt = attempt
        self.sentence = explain(kind, platform=platform_name(attempt.platform) if attempt else "", **facts)


# What connecting is answered with where it isn't PostPeer that is down.
_UNAVAILABLE = {403: "connect_not_offered", 500: "connect_not_set_up"}


class PlatformUnavailableError(ExplainedError):
    """PostPeer doesn't connect this platform; `sentence` says why."""

    def __init__(self, kind: str, platform: str) -> None:
        super().__init__(kind)
        self.sentence = explain(kind, platform=platform_name(platform))


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """An integration that is new in the team's profile and may be added."""

    integration_id: str
    platform: str
    name: str
    username: str
    image_url: str
    renews: Sentence | None = None  # asked where it may be the account that is to be reconnected

    @property
    def platform_name(self) -> str:
        return platform_name(self.platform)


@dataclass(frozen=True, slots=True)
class ReturnResult:
    """What a return found: what may be added, the accounts that work again, and what to tell the person."""

    offers: list[OfferedAccount]
    reconnected: list[Account]
    sentences: list[Sentence]


def hash_secret(secret: str) -> str:
    """Return the hash that is stored in place of a nonce or a session key."""
    return hashlib.sha256(f"postpeer-dash:connect:{secret}".encode()).hexdigest()


def start_connecting(
    *, team: Team, user: User, session_key: str, platform: str, client: Client, account: Account | None = None
) -> str:
    """Begin a round trip and return the consent page's address.

    `account` is the one to be reconnected, if the trip is begun from one. Nothing is stored when PostPeer gives no
    address. Raises PostPeerError, ProfileBusyError and PlatformUnavailableError.
    """
    profile = ensure_profile(team, client=client)
    nonce = secrets.token_urlsafe(32)
    try:
        url = client.connect_url(
            platform,
            redirect_uri=_absolute("accounts:return", nonce),
            cancel_redirect_uri=_absolute("accounts:return_cancelled", nonce),
            profile_id=profile.remote_id,
        )
    except PostPeerError as error:
        kind = _UNAVAILABLE.get(error.status or 0)
        # Without words of PostPeer's own it is a proxy's answer, which says nothing of the platform.
        if kind is None or not error.is_quoted:
            raise
        raise PlatformUnavailableError(kind, platform) from None
    # Swept with each new attempt, so that old ones need no job of their own.
    delete_in_chunks(ConnectAttempt.objects.filter(created_at__lt=timezone.now() - _KEEP_FOR), max_seconds=1.0)
    ConnectAttempt.objects.create(
        nonce_hash=hash_secret(nonce),
        session_hash=hash_secret(session_key),
        team=team,
        user=user,
        platform=platform,
        account=account,
    )
    return url


def _absolute(name: str, nonce: str) -> str:
    # From SITE_URL, never from the request's Host: that one is the visitor's to choose.
    return f"{settings.SITE_URL}{reverse(name, args=[nonce])}"


def find_attempt(*, nonce: str, user: User, session_key: str) -> ConnectAttempt:
    """Return the attempt of a return. Raises ConnectRefusedError unless the same person in the same session began it."""
    attempt = ConnectAttempt.objects.select_related("team", "account").filter(nonce_hash=hash_secret(nonce)).first()
    if attempt is None:
        raise ConnectRefusedError("connect_unknown")
    _require_same_person(attempt, user=user, session_key=session_key)
    return attempt


def consume_attempt(attempt: ConnectAttempt, *, was_cancelled: bool) -> None:
    """Mark the attempt as returned, once. Raises ConnectRefusedError when it is too late or was returned before."""
    if attempt.is_expired:
        raise ConnectRefusedError("connect_expired", attempt)
    taken = ConnectAttempt.objects.filter(pk=attempt.pk, returned_at__isnull=True).update(
        returned_at=timezone.now(), was_cancelled=was_cancelled
    )
    if not taken:
        raise ConnectRefusedError("connect_used", attempt)


def get_returned(team: Team, pk: int, *, user: User, session_key: str) -> ConnectAttempt:
    """Return an attempt of the team that has come back and is still good. Raises ConnectRefusedError for any other."""
    attempt = ConnectAttempt.objects.select_related("team", "account").filter(team=team, pk=pk).first()
    if attempt is None or attempt.returned_at is None:
        raise ConnectRefusedError("connect_unknown")
    _require_same_person(attempt, user=user, session_key=session_key)
    if attempt.was_cancelled:
        raise ConnectRefusedError("connect_cancelled", attempt)
    if attempt.is_expired:
        raise ConnectRefusedError("connect_expired", attempt)
    return attempt


def _require_same_person(attempt: ConnectAttempt, *, user: User, session_key: str) -> None:
    if attempt.user_id != user.pk or not session_key or attempt.session_hash != hash_secret(session_key):
        raise ConnectRefusedError("connect_foreign")


def inspect_return(attempt: ConnectAttempt, *, client: Client) -> ReturnResult:
    """Ask PostPeer what the team's profile holds now and sort it; can be repeated while the attempt is good.

    Accounts of the team are brought up to date, new ones are offered and nothing is added. Raises PostPeerError.
    """
    profile, integrations = _read_profile(attempt.team, client)
    matches = [match_integration(each, profile, integrations) for each in integrations] if profile else []
    reconnected = [match.account for match in matches if match.account and _sync_account(match, attempt)]
    here = [match for match in matches if match.integration.platform == attempt.platform]
    new = [match.integration for match in here if match.is_new]
    attempt.offered = [integration.id for integration in new]
    attempt.save(update_fields=["offered"])
    if profile:
        store_unclaimed(profile, integrations)
    return ReturnResult(
        [_offer(integration, _ask_whether_renewed(integration, attempt)) for integration in new],
        reconnected,
        _explain_result(attempt, here, reconnected),
    )


def _read_profile(team: Team, client: Client) -> tuple[Profile | None, list[Integration]]:
    profile = find_profile(team)
    if profile is None:
        return None, []
    found = client.list_integrations(profile_id=profile.remote_id)
    # A server that overlooks the filter must not hand us another profile's accounts.
    return profile, [each for each in found if each.profile_id in ("", profile.remote_id)]


def _sync_account(match: Match, attempt: ConnectAttempt) -> bool:
    """Write what PostPeer says into the row that is connected here. Returns whether that row works again."""
    account = match.account
    if account is None or not match.is_connected_here or match.is_duplicate or not match.fits:
        return False
    needed = account.needs_reconnecting
    with transaction.atomic():
        save_integration(account, match.integration)
        works_again = needed and not account.needs_reconnecting
        if works_again:
            record_audit(action="account.reconnected", team=attempt.team, actor=attempt.user, subject=account.name)
    return works_again


def _ask_whether_renewed(integration: Integration, attempt: ConnectAttempt) -> Sentence | None:
    """Return the question whether an integration without a person's id is the account that is to be reconnected."""
    account = _to_be_renewed(attempt)
    if account is None or integration.platform_user_id:
        return None
    return explain("connect_renews", account=account.name)


def _to_be_renewed(attempt: ConnectAttempt) -> Account | None:
    rows = Account.objects.filter(pk=attempt.account_id or 0, team=attempt.team, platform=attempt.platform)
    return rows.filter(health=Account.Health.RECONNECT_REQUIRED).first()


def renew_account(attempt: ConnectAttempt, integration_id: str, *, client: Client) -> Account:
    """Take an integration that the return offered for the account that was to be reconnected, since a person says so.

    Raises ConnectRefusedError when either has gone on, or PostPeer knows by now whose it is; and PostPeerError.
    """
    profile, integrations = _read_profile(attempt.team, client)
    integration = next((each for each in integrations if each.id == integration_id), None)
    if profile is None or integration is None or integration_id not in attempt.offered:
        raise ConnectRefusedError("connect_gone", attempt)
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=profile.connection_id)
        match, account = match_integration(integration, profile, integrations), _to_be_renewed(attempt)
        if match.is_other_teams:
            raise ConnectRefusedError("connect_other_team", attempt, account=_offer(integration).name)
        is_asked = _ask_whether_renewed(integration, attempt) is not None
        if account is None or not match.is_new or not is_asked or integration.platform != attempt.platform:
            raise ConnectRefusedError("connect_gone", attempt)
        detail = {"before": account.remote_id, "integration": integration.id}
        save_integration(account, integration)
        record_audit(
            action="account.reconnected", team=attempt.team, actor=attempt.user, subject=account.name, detail=detail
        )
        attempt.offered = [each for each in attempt.offered if each != integration_id]
        attempt.save(update_fields=["offered"])
        store_unclaimed(profile, integrations)
    return account


def _offer(integration: Integration, renews: Sentence | None = None) -> OfferedAccount:
    handle = f"@{integration.username}" if integration.username else ""
    name = integration.display_name or handle or platform_name(integration.platform)
    shown = integration.username, integration.image_url
    return OfferedAccount(integration.id, integration.platform, name, *shown, renews)


def _explain_result(attempt: ConnectAttempt, here: list[Match], reconnected: list[Account]) -> list[Sentence]:
    facts = {"platform": platform_name(attempt.platform)}
    said = [explain("connect_reconnected", account=account.name) for account in reconnected]
    said += [
        explain("connect_other_team", account=_offer(match.integration).name, **facts)
        for match in here
        if match.is_other_teams
    ]
    offers = any(match.is_new for match in here)
    if offers and attempt.account_id and not any(account.pk == attempt.account_id for account in reconnected):
        account = Account.objects.get(pk=attempt.account_id)
        if account.needs_reconnecting:
            said.append(explain("connect_not_the_same", account=account.name, **facts))
    if said or offers:
        return said
    known = [match.account for match in here if match.account and match.is_connected_here]
    known = [account for account in known if not account.needs_reconnecting]
    if len(known) == 1:
        return [explain("connect_already_here", account=known[0].name)]
    if known:
        return [explain("connect_all_here", accounts=", ".join(account.name for account in known), **facts)]
    return [explain("connect_nothing_new", **facts)]


def add_account(attempt: ConnectAttempt, integration_id: str, *, client: Client) -> Account:
    """Add an integration that the return offered, checked once more to be in the team's profile.

    A second press finds the account made by the first. Raises ConnectRefusedError and PostPeerError.
    """
    if integration_id not in attempt.offered:
        return _already_added(attempt, integration_id)
    profile, integrations = _read_profile(attempt.team, client)
    integration = next((each for each in integrations if each.id == integration_id), None)
    if profile is None or integration is None or integration.platform != attempt.platform:
        raise ConnectRefusedError("connect_gone", attempt)
    with transaction.atomic():
        # Two teams that add the same platform account at once: the second one sees the first one's row.
        Connection.objects.select_for_update().get(pk=profile.connection_id)
        match = match_integration(integration, profile, integrations)
        if match.is_other_teams:
            raise ConnectRefusedError("connect_other_team", attempt, account=_offer(integration).name)
        account = match.account if match.is_connected_here else None
        if account is None:
            account = revive_or_create_account(match, profile, actor=attempt.user)
            record_audit(
                action="account.connected",
                team=attempt.team,
                actor=attempt.user,
                subject=account.name,
                detail={"platform": account.platform, "integration": account.remote_id},
            )
        attempt.offered = [each for each in attempt.offered if each != integration_id]
        attempt.save(update_fields=["offered"])
        store_unclaimed(profile, integrations)
    return account


def _already_added(attempt: ConnectAttempt, integration_id: str) -> Account:
    account = (
        Account.objects.filter(team=attempt.team, remote_id=integration_id)
        .exclude(health=Account.Health.DISCONNECTED)
        .first()
    )
    if account is None:
        raise ConnectRefusedError("connect_gone", attempt)
    return account
