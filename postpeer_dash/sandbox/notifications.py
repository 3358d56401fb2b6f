"""Subscriptions to notifications. They are stored and shown, but nothing is ever delivered."""

import json
import secrets
from typing import Any

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.store import make_id

MASK = "whsec_••••••••"


def _existing(app: App, notification_id: str) -> dict[str, Any]:
    row = app.store.row("SELECT * FROM notifications WHERE id = ?", notification_id)
    if row is None:
        raise ApiError(404, "Notification not found")
    value: dict[str, Any] = json.loads(row["value"])
    return value


def _keep(app: App, value: dict[str, Any]) -> None:
    app.store.insert(
        "notifications",
        {"id": value["id"], "created_at": value["createdAt"], "value": json.dumps(value)},
        replaces=True,
    )


def _masked(value: dict[str, Any]) -> dict[str, Any]:
    if "webhook" not in value:
        return value
    return {**value, "webhook": {**value["webhook"], "secret": MASK}}


def _check_channel(data: dict[str, Any], channel: str) -> None:
    if channel not in data:
        raise ApiError(400, f"{channel} is required for the channel {channel}")
    if channel == "webhook" and not data["webhook"]["url"].startswith("https://"):
        raise ApiError(400, "webhook.url must be an HTTPS URL")


def create_notification(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer POST /v1/notifications. The webhook's secret is shown this once."""
    data = request.data
    _check_channel(data, data["channel"])
    now = app.now_text()
    value: dict[str, Any] = {
        "id": make_id(),
        "channel": data["channel"],
        "profileId": data.get("profileId"),
        "eventTypes": data["eventTypes"],
        "onlyScheduledPosts": data.get("onlyScheduledPosts", False),
        "enabled": data.get("enabled", True),
        "lastTestAt": None,
        "lastTestStatus": None,
        "createdAt": now,
        "updatedAt": now,
    }
    if data["channel"] == "webhook":
        value["webhook"] = {"url": data["webhook"]["url"], "secret": f"whsec_{secrets.token_hex(16)}"}
    else:
        value["email"] = data["email"]
    _keep(app, value)
    return json_response({"success": True, "notification": value}, 201)


def list_notifications(app: App, _request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/notifications."""
    rows = app.store.rows("SELECT value FROM notifications ORDER BY created_at, rowid")
    return json_response({"success": True, "notifications": [_masked(json.loads(row["value"])) for row in rows]})


def get_notification(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /v1/notifications/{id}."""
    return json_response({"success": True, "notification": _masked(_existing(app, path["id"]))})


def update_notification(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PATCH /v1/notifications/{id}."""
    value = _existing(app, path["id"])
    for name in ("profileId", "eventTypes", "onlyScheduledPosts", "enabled"):
        value[name] = request.data.get(name, value[name])
    channel = value["channel"]
    if channel in request.data:
        _check_channel(request.data, channel)
        value[channel] = {**value[channel], **request.data[channel]}
    value["updatedAt"] = app.now_text()
    _keep(app, value)
    return json_response({"success": True, "notification": _masked(value)})


def delete_notification(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer DELETE /v1/notifications/{id}."""
    _existing(app, path["id"])
    app.store.execute("DELETE FROM notifications WHERE id = ?", path["id"])
    return json_response({"success": True, "message": "Notification deleted"})


def test_notification(_app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer POST /v1/notifications/test."""
    _check_channel(request.data, request.data["channel"])
    return json_response({"success": True, "message": "The sandbox has noted it. It delivers nothing."})
