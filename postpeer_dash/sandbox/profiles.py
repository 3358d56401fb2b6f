"""Profiles: the groups that integrations are held in. Deleting one is soft; its integrations keep pointing at it."""

from typing import Any

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.store import Row, make_id

ALIVE = "SELECT * FROM profiles WHERE deleted_at IS NULL"


def find_profile(app: App, profile_id: str) -> Row | None:
    """Return the profile with this id unless it was deleted, or None."""
    return app.store.row(f"{ALIVE} AND id = ?", profile_id)


def _existing(app: App, profile_id: str) -> Row:
    row = find_profile(app, profile_id)
    if row is None:
        raise ApiError(404, "Profile not found")
    return row


def _shown(app: App, row: Row) -> dict[str, Any]:
    count = app.store.number("SELECT count(*) FROM integrations WHERE profile_id = ? AND deleted_at IS NULL", row["id"])
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "integrationCount": count,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def create_profile(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer POST /v1/profiles. Two profiles may carry the same name."""
    now, profile_id = app.now_text(), make_id()
    app.store.insert(
        "profiles",
        {
            "id": profile_id,
            "name": request.data["name"],
            "description": request.data.get("description"),
            "created_at": now,
            "updated_at": now,
        },
    )
    return json_response({"success": True, "profile": _shown(app, _existing(app, profile_id))}, 201)


def list_profiles(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/profiles: newest first; `name` keeps those whose name contains it, whatever the case."""
    rows = app.store.rows(f"{ALIVE} ORDER BY created_at DESC, rowid DESC")
    wanted = str(request.values.get("name", "")).casefold()
    rows = [row for row in rows if wanted in row["name"].casefold()]
    page, limit = request.values["page"], request.values["limit"]
    shown = [_shown(app, row) for row in rows[(page - 1) * limit : page * limit]]
    return json_response({"success": True, "total": len(rows), "page": page, "limit": limit, "profiles": shown})


def get_profile(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /v1/profiles/{id}."""
    return json_response({"success": True, "profile": _shown(app, _existing(app, path["id"]))})


def update_profile(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PATCH /v1/profiles/{id}."""
    row = _existing(app, path["id"])
    app.store.execute(
        "UPDATE profiles SET name = ?, description = ?, updated_at = ? WHERE id = ?",
        request.data.get("name", row["name"]),
        request.data.get("description", row["description"]),
        app.now_text(),
        row["id"],
    )
    return json_response({"success": True, "profile": _shown(app, _existing(app, row["id"]))})


def delete_profile(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer DELETE /v1/profiles/{id}."""
    row = _existing(app, path["id"])
    app.store.execute("UPDATE profiles SET deleted_at = ? WHERE id = ?", app.now_text(), row["id"])
    return json_response({"success": True, "message": "Profile deleted"})
