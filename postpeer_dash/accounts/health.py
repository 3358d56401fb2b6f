"""The health of an account: what PostPeer says of it, written into its row."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.postpeer import Integration, NotFound, PostPeerError
from postpeer_dash.web import times
from postpeer_dash.web.sentences import WORDINGS, Sentence, explain

if TYPE_CHECKING:
    from postpeer_dash.postpeer import Client

GONE = "gone"  # our own reason: PostPeer doesn't know the integration any more
_SEEN = (
    "remote_id",
    "platform_user_id",
    "username",
    "display_name",
    "profile_url",
    "image_url",
    "health",
    "failure_reason",
    "checked_at",
    "due_at",
)


def apply_integration(account: Account, integration: Integration) -> None:
    """Set the account's fields from what PostPeer says, without saving. A missing name keeps the old one."""
    # What was renewed ends at another time, even where PostPeer doesn't tell when.
    is_other = account.remote_id != integration.id or (
        account.needs_reconnecting and not integration.needs_reconnecting
    )
    account.remote_id = integration.id
    account.platform_user_id = integration.platform_user_id or account.platform_user_id
    account.username = integration.username or account.username
    account.display_name = integration.display_name or account.display_name
    account.profile_url = integration.profile_url or account.profile_url
    account.image_url = integration.image_url or account.image_url
    account.health = health_of(integration)
    account.failure_reason = integration.auth_failure_reason[:60] if account.needs_reconnecting else ""
    account.checked_at = timezone.now()
    if is_other or integration.has_token_status:
        account.due_at = integration.token_ends_at


def health_of(integration: Integration) -> Account.Health:
    """Return active, needs reconnecting, or unknown: a server that doesn't tell, or uses a new word, has not called it
    broken.
    """
    if integration.needs_reconnecting:
        return Account.Health.RECONNECT_REQUIRED
    return Account.Health.ACTIVE if integration.auth_status == "active" else Account.Health.UNKNOWN


def save_integration(account: Account, integration: Integration) -> None:
    """Write what PostPeer says into a connected account's row."""
    apply_integration(account, integration)
    _save_connected(account, _SEEN)


def note_reconnect_required(account: Account, reason: str = "") -> None:
    """Mark the account as needing reconnecting: nothing can be sent there until a person renews the permission."""
    account.health = Account.Health.RECONNECT_REQUIRED
    account.failure_reason = reason[:60]
    account.checked_at = timezone.now()
    _save_connected(account, ("health", "failure_reason", "checked_at"))


def check_account(account: Account, *, client: Client) -> None:
    """Ask PostPeer for one account and store its health. Raises PostPeerError when there is no answer."""
    try:
        integration = client.get_integration(account.remote_id)
    except NotFound:
        note_reconnect_required(account, GONE)
    else:
        save_integration(account, integration)


def try_to_check(account: Account, *, client: Client) -> bool:
    """Check an account as `check_account` does, for callers that already have a failure to explain. Returns whether
    there was an answer.
    """
    try:
        check_account(account, client=client)
    except PostPeerError:
        return False
    return True


# So long before a permission ends it is said.
_WARN_AHEAD = timedelta(days=7)


def reconnect_due(account: Account) -> Sentence | None:
    """Return that an account's permission ends within a week, in words; None where it doesn't or isn't known."""
    if account.due_at is None or not account.can_publish or account.due_at > timezone.now() + _WARN_AHEAD:
        return None
    return explain("account_due", when=times.Moment(account.due_at).long_inside)


def reconnect_reason(account: Account) -> Sentence | None:
    """Return why an account needs reconnecting, in words; None while it doesn't."""
    if not account.needs_reconnecting:
        return None
    kind = f"account_{account.failure_reason}"
    facts = {"platform": account.platform_name, "account": account.name}
    return explain(kind if kind in WORDINGS else "account_broken", **facts)


def _save_connected(account: Account, fields: tuple[str, ...]) -> None:
    # Only while it is still connected: an answer that was under way must not bring a disconnected account back.
    Account.objects.filter(pk=account.pk).exclude(health=Account.Health.DISCONNECTED).update(
        **{name: getattr(account, name) for name in fields}
    )
