"""Integrations and boards: the accounts that are connected, and where on Pinterest they can post."""

import re
from typing import Any

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.identities import Board, Identity, boards_of
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.store import Row, make_id

ALIVE = "SELECT * FROM integrations WHERE deleted_at IS NULL"


def find_account(app: App, account_id: str) -> Row | None:
    """Return the connected account with this id, or None."""
    return app.store.row(f"{ALIVE} AND id = ?", account_id)


def shown_account(row: Row) -> dict[str, Any]:
    """Return an integration as the API lists it."""
    return {
        "id": row["id"],
        "platform": row["platform"],
        "platformUserId": row["platform_user_id"],
        "username": row["username"],
        "displayName": row["display_name"],
        "profileUrl": row["profile_url"],
        "imageUrl": row["image_url"],
        "profileId": row["profile_id"],
        "appId": None,
        "app": None,
        "byok": False,
        "authStatus": row["auth_status"],
        "authFailureReason": row["auth_failure_reason"],
        "createdAt": row["created_at"],
    }


def _existing(app: App, account_id: str) -> Row:
    row = find_account(app, account_id)
    if row is None:
        raise ApiError(404, "Integration not found")
    return row


def list_integrations(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/connect/integrations."""
    where, values = ALIVE, []
    for name, column in (("platform", "platform"), ("profileId", "profile_id")):
        if name in request.values:
            where += f" AND {column} = ?"
            values.append(request.values[name])
    rows = app.store.rows(where, *values)
    wanted = str(request.values.get("q", "")).casefold()
    rows = [row for row in rows if wanted in f"{row['username']} {row['display_name']}".casefold()]
    rows.sort(key=lambda row: (row["created_at"], row["id"]), reverse=request.values.get("sort", "desc") == "desc")
    first = request.values["offset"]
    page = rows[first : first + request.values["limit"]]
    return json_response({"success": True, "total": len(rows), "integrations": [shown_account(row) for row in page]})


def get_integration(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /v1/connect/integrations/{id}."""
    row = _existing(app, path["id"])
    is_active = row["auth_status"] == "active"
    more = {
        "scopes": ["boards:read", "pins:read", "pins:write"] if row["platform"] == "pinterest" else ["post:write"],
        "accessTokenExpiresAt": None,
        "refreshTokenExpiresAt": None,
        "tokenStatus": {
            "valid": is_active,
            "autoRefreshes": True,
            "reconnectRequired": not is_active,
            "reason": row["auth_failure_reason"],
        },
        "updatedAt": row["updated_at"],
    }
    return json_response({"success": True, "integration": {**shown_account(row), **more}})


def move_integration(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PATCH /v1/connect/integrations/{id}: to another profile, or to none."""
    row = _existing(app, path["id"])
    target = request.data["profileId"]
    if target is not None and not app.store.row("SELECT 1 FROM profiles WHERE id = ? AND deleted_at IS NULL", target):
        raise ApiError(400, "Profile not found")
    twin = app.store.row(
        f"{ALIVE} AND id != ? AND platform = ? AND platform_user_id = ? AND profile_id IS ?",
        row["id"],
        row["platform"],
        row["platform_user_id"],
        target,
    )
    if twin:
        raise ApiError(409, "This account is already connected in the target profile")
    app.store.execute(
        "UPDATE integrations SET profile_id = ?, updated_at = ? WHERE id = ?", target, app.now_text(), row["id"]
    )
    return json_response({"success": True, "integration": shown_account(_existing(app, row["id"]))})


def disconnect_integration(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer DELETE /v1/connect/integrations/{id}."""
    row = _existing(app, path["id"])
    app.store.execute("UPDATE integrations SET deleted_at = ? WHERE id = ?", app.now_text(), row["id"])
    return json_response({"success": True, "message": "Integration disconnected"})


def connect_identity(app: App, identity: Identity, profile_id: str | None) -> str:
    """Connect a person in a profile, or restore the access they had there; return the integration's id."""
    now = app.now_text()
    with app.store.transaction():
        known = app.store.row(
            f"{ALIVE} AND platform = ? AND platform_user_id = ? AND profile_id IS ?",
            identity.platform,
            identity.user_id,
            profile_id,
        )
        if known:
            set_health(app, known["id"], None)
            return str(known["id"])
        account_id = make_id()
        app.store.insert(
            "integrations",
            {
                "id": account_id,
                "platform": identity.platform,
                "platform_user_id": identity.user_id,
                "username": identity.username,
                "display_name": identity.display_name,
                "profile_url": identity.profile_url,
                "image_url": app.address(f"/pictures/{identity.picture}.jpg"),
                "profile_id": profile_id,
                "created_at": now,
                "updated_at": now,
            },
        )
        if identity.platform == "pinterest":
            replace_boards(app, account_id, boards_of(identity))
    return account_id


def set_health(app: App, account_id: str, reason: str | None) -> None:
    """Mark an account as needing to be reconnected for this reason, or as active again with None."""
    app.store.execute(
        "UPDATE integrations SET auth_status = ?, auth_failure_reason = ?, updated_at = ? WHERE id = ?",
        "reconnect_required" if reason else "active",
        reason,
        app.now_text(),
        account_id,
    )


def replace_boards(app: App, account_id: str, boards: list[Board]) -> None:
    """Give an account exactly these boards."""
    with app.store.transaction():
        app.store.execute("DELETE FROM boards WHERE integration_id = ?", account_id)
        for board in boards:
            add_board(app, account_id, board)


def add_board(app: App, account_id: str, board: Board) -> None:
    """Give an account one board more, or bring back or rename the one with this id."""
    if not re.fullmatch(r"[0-9]+", board.id):
        raise ValueError(f"A board's id is a text of digits, not {board.id!r}.")
    position = app.store.number("SELECT max(position) FROM boards WHERE integration_id = ?", account_id) + 1
    app.store.insert(
        "boards",
        {
            "integration_id": account_id,
            "id": board.id,
            "position": position,
            "name": board.name,
            "description": board.description,
            "privacy": board.privacy,
        },
        replaces=True,
    )


def get_boards(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/pinterest/boards. Without an account it answers for the project's first Pinterest account."""
    if "accountId" in request.values:
        account = find_account(app, request.values["accountId"])
    else:
        account = app.store.row(f"{ALIVE} AND platform = 'pinterest' ORDER BY created_at, id")
    if account is None or account["platform"] != "pinterest":
        raise ApiError(404, "Pinterest integration not found")
    if account["auth_status"] != "active":
        raise ApiError(502, "Pinterest refused the access token. Reconnect the account.")
    rows = app.store.rows(
        "SELECT * FROM boards WHERE integration_id = ? AND NOT is_removed ORDER BY position", account["id"]
    )
    boards = [{name: row[name] for name in ("id", "name", "description", "privacy")} for row in rows]
    return json_response({"success": True, "boards": boards})
