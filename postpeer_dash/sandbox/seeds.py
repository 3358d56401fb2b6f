"""Seeds: rows given from outside and stored as they are, so that a demo begins with a past."""

import json
from typing import Any

from postpeer_dash.sandbox.accounts import replace_boards
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import from_text, to_text
from postpeer_dash.sandbox.identities import Board, board_id
from postpeer_dash.sandbox.post_rules import utf16_length
from postpeer_dash.sandbox.posts import hash_body

CHARGED = ("published", "partial", "scheduled", "publishing")
LONGEST_NAME = 400


def plant(app: App, seed: dict[str, Any]) -> None:
    """Insert or replace profiles, integrations with their boards, and posts; all of it or, with an error, nothing.

    Raises ValueError or KeyError. Seeded posts don't enter the ledger: it holds what was done here.
    """
    unknown = set(seed) - {"profiles", "integrations", "posts"}
    if unknown:
        raise ValueError(f"A seed has profiles, integrations and posts, not {', '.join(sorted(unknown))}.")
    with app.store.transaction():
        for row in seed.get("profiles", []):
            _plant_profile(app, row)
        for row in seed.get("integrations", []):
            _plant_integration(app, row)
        for row in seed.get("posts", []):
            _plant_post(app, row)


def _time(app: App, row: dict[str, Any], name: str) -> str:
    given = row.get(name) or row.get("createdAt")
    return to_text(from_text(given)) if given else app.now_text()


def _plant_profile(app: App, row: dict[str, Any]) -> None:
    created = _time(app, row, "createdAt")
    app.store.insert(
        "profiles",
        {
            "id": row["id"],
            "name": row["name"],
            "description": row.get("description"),
            "created_at": created,
            "updated_at": created,
        },
        replaces=True,
    )


def _plant_integration(app: App, row: dict[str, Any]) -> None:
    created = _time(app, row, "createdAt")
    status = row.get("authStatus", "active")
    if status not in ("active", "reconnect_required"):
        raise ValueError(f"authStatus is active or reconnect_required, not {status!r}.")
    app.store.insert(
        "integrations",
        {
            "id": row["id"],
            "platform": row["platform"],
            "platform_user_id": row.get("platformUserId"),
            "username": row.get("username"),
            "display_name": row.get("displayName"),
            "profile_url": row.get("profileUrl"),
            "image_url": row.get("imageUrl"),
            "profile_id": row.get("profileId"),
            "auth_status": status,
            "auth_failure_reason": None if status == "active" else row.get("authFailureReason", "token_expired"),
            "created_at": created,
            "updated_at": created,
        },
        replaces=True,
    )
    if "boards" in row:
        replace_boards(app, row["id"], [read_board(board) for board in row["boards"]])


def read_board(given: dict[str, Any]) -> Board:
    """Return a board from its JSON; raise ValueError for an impossible name or privacy."""
    name, privacy = str(given["name"]).strip(), str(given.get("privacy", "PUBLIC"))
    if not name or utf16_length(name) > LONGEST_NAME:
        raise ValueError(f"A board's name has 1 to {LONGEST_NAME} characters.")
    if privacy not in ("PUBLIC", "PROTECTED", "SECRET"):
        raise ValueError("A board's privacy is PUBLIC, PROTECTED or SECRET.")
    return Board(str(given["id"]), name, privacy, given.get("description"))


def _plant_post(app: App, row: dict[str, Any]) -> None:
    body = row.get("rawRequestBody", {})
    created, status = _time(app, row, "createdAt"), row["status"]
    is_charged = row.get("charged", status in CHARGED)
    app.store.insert(
        "posts",
        {
            "id": row["postId"],
            "content": row.get("content", body.get("content", "")),
            "status": status,
            "scheduled_for": _time(app, row, "scheduledFor") if row.get("scheduledFor") else None,
            "timezone": row.get("timezone", "UTC"),
            "media": json.dumps(
                [
                    {"type": item["type"], "url": item["url"]}
                    for item in row.get("mediaItems", body.get("mediaItems", []))
                ]
            ),
            "body": json.dumps(body, ensure_ascii=False),
            "body_hash": hash_body(body),
            "created_at": created,
            "updated_at": _time(app, row, "updatedAt"),
            "finish_at": created if status == "publishing" else None,
            "is_charged": int(is_charged),
            "charged_at": created if is_charged else None,
        },
        replaces=True,
    )
    app.store.execute("DELETE FROM post_platforms WHERE post_id = ?", row["postId"])
    sent = body.get("platforms", [])
    for position, entry in enumerate(row.get("platforms", sent)):
        _plant_platform(app, row, position, {**(sent[position] if position < len(sent) else {}), **entry})


def _plant_platform(app: App, post: dict[str, Any], position: int, entry: dict[str, Any]) -> None:
    status = entry.get("status", post["status"])
    is_out = status in ("published", "partial")
    public_id = entry.get("platformPostId") or (board_id(post["postId"], position) if is_out else None)
    kind = "pin" if entry["platform"] == "pinterest" else "post"
    url = entry.get("platformPostUrl") or (app.address(f"/{kind}/{public_id}") if public_id else None)
    app.store.insert(
        "post_platforms",
        {
            "post_id": post["postId"],
            "position": position,
            "platform": entry["platform"],
            "account_id": entry.get("accountId", ""),
            "specific": json.dumps(entry.get("platformSpecificData", {}), ensure_ascii=False),
            "content": entry.get("content"),
            "status": status,
            "platform_post_id": public_id,
            "platform_post_url": url,
            "published_at": _time(app, {**post, **entry}, "publishedAt") if is_out else None,
            "error": entry.get("errorMessage"),
            "warning": entry.get("warningMessage"),
        },
        replaces=True,
    )
