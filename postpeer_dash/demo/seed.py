"""Tell the sandbox what it knows, through its control page: profiles, integrations with their boards, and posts."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings

from postpeer_dash.accounts.models import Account, Connection, Profile
from postpeer_dash.pins.models import Status, Submission, Target

# Seconds; the sandbox runs on this machine.
TIMEOUT = 10
_REMOTE = {Status.CANCELLED: "draft"}


def send_seed(seed: dict[str, Any]) -> None:
    """Give the sandbox these rows. Raises OSError when it doesn't answer or refuses them."""
    _request("seed", seed)


def has_accounts() -> bool:
    """Return whether the sandbox knows any integration."""
    state = _request("state")
    counts = state.get("counts", state)
    return bool(counts.get("integrations"))


def _request(what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    # The address is the configured sandbox's, http(s) by settings.read_origin.
    request = Request(  # noqa: S310
        f"{settings.POSTPEER_BASE_URL}/control/{what}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  # nosec B310
        found = json.load(answer)
    return found if isinstance(found, dict) else {}


def build_seed(connection: Connection) -> dict[str, Any]:
    """Return what this PostPeer has, according to the dashboard's rows."""
    return {
        "profiles": [
            {"id": profile.remote_id, "name": profile.name}
            for profile in Profile.objects.filter(connection=connection).exclude(remote_id="")
        ],
        "integrations": [
            _integration(account)
            for account in connection.accounts.exclude(health=Account.Health.DISCONNECTED).select_related("team")
        ],
        "posts": [_post(one) for one in _submissions(connection)],
    }


def _integration(account: Account) -> dict[str, Any]:
    profile = account.team.profiles.filter(connection=account.connection_id).first()
    needs = account.health == Account.Health.RECONNECT_REQUIRED
    row: dict[str, Any] = {
        "id": account.remote_id,
        "profileId": profile.remote_id if profile else None,
        "platform": account.platform,
        "platformUserId": account.platform_user_id,
        "username": account.username,
        "displayName": account.display_name,
        "profileUrl": account.profile_url,
        "imageUrl": account.image_url,
        "authStatus": "reconnect_required" if needs else "active",
        "createdAt": _wire(account.connected_at),
    }
    if needs:
        row["authFailureReason"] = account.failure_reason
    if account.platform == "pinterest":
        row["boards"] = [
            {"id": board.remote_id, "name": board.name, "privacy": board.privacy, "description": board.description}
            for board in account.boards.filter(gone_at=None).order_by("position")
        ]
    return row


def _submissions(connection: Connection) -> list[Submission]:
    held = connection.submissions.exclude(remote_id="").select_related("pin").prefetch_related("targets")
    return list(held.order_by("pk"))


def _post(one: Submission) -> dict[str, Any]:
    sent_at = one.sent_at or one.requested_at
    row = {
        "postId": one.remote_id,
        "status": one.remote_status,
        "createdAt": _wire(sent_at),
        "updatedAt": _wire(one.pin.updated_at),
        "rawRequestBody": one.body,
        "platforms": [_platform(target) for target in one.targets.all()],
    }
    if one.scheduled_for:
        row["scheduledFor"] = _wire(one.scheduled_for)
    return row


def _platform(target: Target) -> dict[str, Any]:
    return {
        "platform": target.platform,
        "status": _REMOTE.get(Status(target.status), target.status),
        "platformPostId": target.platform_post_id or None,
        "platformPostUrl": target.url or None,
        "publishedAt": _wire(target.published_at) if target.published_at else None,
        "errorMessage": target.error_text or None,
        "warningMessage": target.warning_text or None,
    }


def _wire(at: datetime) -> str:
    return str(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z")
