"""Posts: taking one in, showing it, listing, deleting."""

import hashlib
import json
import mimetypes
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from postpeer_dash.sandbox import usage
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import from_text, to_text, utc_now
from postpeer_dash.sandbox.media import stored_size
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.post_rules import check_content, read_time
from postpeer_dash.sandbox.publishing import finish_publishing, start_publishing
from postpeer_dash.sandbox.store import Row, make_id

ALIVE = "SELECT * FROM posts WHERE deleted_at IS NULL"


def find_post(app: App, post_id: str) -> Row:
    """Return the post with this id; raise ApiError 404 when there is none."""
    row = app.store.row(f"{ALIVE} AND id = ?", post_id)
    if row is None:
        raise ApiError(404, "Post not found")
    return row


def platforms_of(app: App, post_id: str) -> list[Row]:
    """Return what a post does on each platform, in the order it was sent in."""
    return app.store.rows("SELECT * FROM post_platforms WHERE post_id = ? ORDER BY position", post_id)


def hash_body(body: dict[str, Any]) -> str:
    """Return the same hash for the same body, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def create_post(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer POST /v1/posts: publish now, schedule, or keep as a draft."""
    body = request.data
    check_content(app, body)
    scheduled_for = read_time(body)
    publishes_now = bool(body.get("publishNow"))
    with app.store.transaction():
        if publishes_now or scheduled_for:
            usage.require_credits(app, 1)
            if app.faults.take("no_credits", "POST", "/v1/posts"):
                raise ApiError(402, usage.OUT_OF_CREDITS)
        post_id = _insert_post(app, body, scheduled_for, is_charged=publishes_now or scheduled_for is not None)
        if publishes_now:
            start_publishing(app, post_id)
    if publishes_now and app.store.setting("publish_in_request", False):
        finish_publishing(app, post_id, waits=True)
    app.bell.set()
    return json_response(_receipt(app, post_id), 202)


def _insert_post(app: App, body: dict[str, Any], scheduled_for: str | None, *, is_charged: bool) -> str:
    post_id, now, body_hash = make_id(), app.now_text(), hash_body(body)
    hidden = app.faults.take("hide_post", "POST", "/v1/posts")
    status = "scheduled" if scheduled_for else "draft"
    raw = json.dumps(body, ensure_ascii=False)
    app.store.insert(
        "posts",
        {
            "id": post_id,
            "content": body["content"],
            "status": status,
            "scheduled_for": scheduled_for,
            "timezone": body.get("timezone", "UTC"),
            "media": json.dumps(body.get("mediaItems", [])),
            "body": raw,
            "body_hash": body_hash,
            "created_at": now,
            "updated_at": now,
            "hidden_until": to_text(utc_now() + timedelta(seconds=hidden.params["seconds"])) if hidden else None,
            "is_charged": int(is_charged),
            "charged_at": now if is_charged else None,
        },
    )
    insert_platforms(app, post_id, body["platforms"], status)
    app.store.insert(
        "accepted",
        {
            "at": to_text(utc_now()),
            "post_id": post_id,
            "status": "publishing" if body.get("publishNow") else status,
            "scheduled_for": scheduled_for,
            "body_hash": body_hash,
            "body": raw,
        },
    )
    return post_id


def insert_platforms(app: App, post_id: str, entries: list[dict[str, Any]], status: str) -> None:
    """Store what a post is to do on each platform, in place of what was stored before."""
    app.store.execute("DELETE FROM post_platforms WHERE post_id = ?", post_id)
    for position, entry in enumerate(entries):
        app.store.insert(
            "post_platforms",
            {
                "post_id": post_id,
                "position": position,
                "platform": entry["platform"],
                "account_id": entry["accountId"],
                "specific": json.dumps(entry.get("platformSpecificData", {}), ensure_ascii=False),
                "content": entry.get("content"),
                "status": status,
            },
        )


def _receipt(app: App, post_id: str) -> dict[str, Any]:
    """Return the answer to a POST."""
    post = find_post(app, post_id)
    results = []
    for row in platforms_of(app, post_id):
        result: dict[str, Any] = {"platform": row["platform"], "success": row["status"] != "failed"}
        for name, column in (
            ("platformPostUrl", "platform_post_url"),
            ("error", "error"),
            ("warningMessage", "warning"),
        ):
            if row[column] is not None:
                result[name] = row[column]
        results.append(result)
    receipt: dict[str, Any] = {
        "success": any(result["success"] for result in results),
        "status": post["status"],
        "postId": post_id,
        "platforms": results,
    }
    if post["scheduled_for"]:
        receipt["scheduledFor"] = post["scheduled_for"]
    return receipt


def _shown_media(app: App, item: dict[str, Any]) -> dict[str, Any]:
    name = PurePosixPath(urlsplit(item["url"]).path).name or "media"
    fallback = "video/mp4" if item["type"] == "video" else "image/jpeg"
    return {
        "type": item["type"],
        "url": item["url"],
        "filename": name,
        "size": stored_size(app, item["url"]),
        "mimeType": mimetypes.guess_type(name)[0] or fallback,
    }


def shown_post(app: App, row: Row, entries: list[Row]) -> dict[str, Any]:
    """Return a post as the API gives it; `entries` is what it does on each platform."""
    names = {
        "platform": "platform",
        "status": "status",
        "content": "content",
        "platformPostId": "platform_post_id",
        "platformPostUrl": "platform_post_url",
        "publishedAt": "published_at",
        "errorMessage": "error",
        "warningMessage": "warning",
    }
    platforms = [{name: entry[column] for name, column in names.items()} for entry in entries]
    return {
        "postId": row["id"],
        "content": row["content"],
        "status": row["status"],
        "scheduledFor": row["scheduled_for"],
        "timezone": row["timezone"],
        "mediaItems": [_shown_media(app, item) for item in json.loads(row["media"])],
        "platforms": platforms,
        "crosspostingEnabled": len(platforms) > 1,
        "rawRequestBody": json.loads(row["body"]),
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def get_post(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /v1/posts/{postId}."""
    post = find_post(app, path["postId"])
    return json_response({"success": True, "post": shown_post(app, post, platforms_of(app, post["id"]))})


def list_posts(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/posts: newest first unless asked otherwise."""
    where, values = _filters(request.values)
    where += " AND (hidden_until IS NULL OR hidden_until <= ?)"
    values.append(to_text(utc_now()))
    order = "ASC" if request.values.get("sort") == "asc" else "DESC"
    total = app.store.number(f"SELECT count(*) FROM posts WHERE {where}", *values)  # noqa: S608  # nosec B608
    rows = app.store.rows(
        f"SELECT * FROM posts WHERE {where} ORDER BY created_at {order}, rowid {order} LIMIT ? OFFSET ?",  # noqa: S608  # nosec B608
        *values,
        request.values["limit"],
        request.values["offset"],
    )
    entries = _platforms_of_all(app, [row["id"] for row in rows])
    posts = [shown_post(app, row, entries[row["id"]]) for row in rows]
    return json_response({"success": True, "total": total, "posts": posts})


def _platforms_of_all(app: App, ids: list[str]) -> dict[str, list[Row]]:
    """Return `platforms_of` for a whole page of the list, in one query."""
    marks = ", ".join("?" * len(ids))
    found: dict[str, list[Row]] = {post_id: [] for post_id in ids}
    for entry in app.store.rows(
        f"SELECT * FROM post_platforms WHERE post_id IN ({marks}) ORDER BY post_id, position",  # noqa: S608  # nosec B608
        *ids,
    ):
        found[entry["post_id"]].append(entry)
    return found


def _filters(asked: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return the conditions of a listing and their values; no text of the request gets into the statement."""
    where, values = "deleted_at IS NULL", []
    if "status" in asked:
        where += " AND status = ?"
        values.append(asked["status"])
    for name, condition in (
        ("createdAfter", "created_at >= ?"),
        ("createdBefore", "created_at <= ?"),
        ("scheduledAfter", "scheduled_for >= ?"),
        ("scheduledBefore", "scheduled_for <= ?"),
    ):
        if name in asked:
            where += f" AND {condition}"
            values.append(to_text(from_text(asked[name])))
    if "platform" in asked:
        marks = ", ".join("?" * len(asked["platform"]))
        where += f" AND id IN (SELECT post_id FROM post_platforms WHERE platform IN ({marks}))"  # noqa: S608  # nosec B608
        values.extend(asked["platform"])
    if "profileId" in asked:
        where += (
            " AND id IN (SELECT post_id FROM post_platforms JOIN integrations ON integrations.id = account_id"
            " WHERE profile_id = ?)"
        )
        values.append(asked["profileId"])
    return where, values


def delete_post(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer DELETE /v1/posts/{postId}: remove the record.

    When asked, also what is out on the platforms, for one credit each.
    """
    post = find_post(app, path["postId"])
    if post["status"] == "publishing":
        raise ApiError(409, "The post is being published and cannot be deleted now")
    answer: dict[str, Any] = {"success": True}
    with app.store.transaction():
        if request.values["deleteFromPlatforms"]:
            out = [row for row in platforms_of(app, post["id"]) if row["platform_post_id"] and not row["is_removed"]]
            usage.require_credits(app, len(out))
            usage.charge(app, len(out))
            answer["creditsCharged"] = len(out)
            answer["platforms"] = [_take_down(app, row) for row in out]
        app.store.execute("UPDATE posts SET deleted_at = ? WHERE id = ?", app.now_text(), post["id"])
    return json_response(answer)


def _take_down(app: App, row: Row) -> dict[str, Any]:
    app.store.execute(
        "UPDATE post_platforms SET is_removed = 1 WHERE post_id = ? AND position = ?", row["post_id"], row["position"]
    )
    return {
        "platform": row["platform"],
        "integrationId": row["account_id"],
        "platformPostId": row["platform_post_id"],
        "status": "deleted",
        "success": True,
    }
