"""Scheduled posts: listing, replacing, moving, cancelling. None of it is possible once a post has started."""

import json

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.post_rules import check_content, read_time
from postpeer_dash.sandbox.posts import find_post, insert_platforms, platforms_of
from postpeer_dash.sandbox.store import Row


def _still_scheduled(app: App, post_id: str) -> Row:
    post = find_post(app, post_id)
    if post["status"] != "scheduled":
        raise ApiError(409, f"The post is no longer scheduled, it is {post['status']}")
    return post


def list_scheduled(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/posts/scheduled: the next one first unless asked otherwise."""
    order = "DESC" if request.values.get("sort") == "desc" else "ASC"
    where = "deleted_at IS NULL AND status = 'scheduled'"
    rows = app.store.rows(
        f"SELECT * FROM posts WHERE {where} ORDER BY scheduled_for {order}, rowid {order} LIMIT ? OFFSET ?",  # noqa: S608  # nosec B608
        request.values["limit"],
        request.values["offset"],
    )
    posts = [
        {
            "postId": row["id"],
            "content": row["content"],
            "scheduledFor": row["scheduled_for"],
            "timezone": row["timezone"],
            "mediaItems": json.loads(row["media"]),
            "platforms": [
                {"platform": entry["platform"], "status": entry["status"]} for entry in platforms_of(app, row["id"])
            ],
            "createdAt": row["created_at"],
        }
        for row in rows
    ]
    total = app.store.number(f"SELECT count(*) FROM posts WHERE {where}")  # noqa: S608  # nosec B608
    return json_response({"success": True, "total": total, "posts": posts})


def edit_scheduled(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PUT /v1/posts/scheduled/{postId}: other content, media and platforms and, optionally, another time.

    `rawRequestBody` stays the body that created the post.
    """
    body = request.data
    with app.store.transaction():
        post = _still_scheduled(app, path["postId"])
        check_content(app, body)
        scheduled_for = read_time(body) or post["scheduled_for"]
        app.store.execute(
            "UPDATE posts SET content = ?, media = ?, scheduled_for = ?, due_at = NULL, timezone = ?, updated_at = ? WHERE id = ?",
            body["content"],
            json.dumps(body.get("mediaItems", [])),
            scheduled_for,
            body.get("timezone", post["timezone"]),
            app.now_text(),
            post["id"],
        )
        insert_platforms(app, post["id"], body["platforms"], "scheduled")
    app.bell.set()
    return json_response(
        {"success": True, "message": "Post updated", "postId": post["id"], "scheduledFor": scheduled_for}
    )


def move_scheduled(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer PATCH /v1/posts/scheduled/{postId}: another time."""
    with app.store.transaction():
        post = _still_scheduled(app, path["postId"])
        scheduled_for = read_time(request.data)
        app.store.execute(
            "UPDATE posts SET scheduled_for = ?, due_at = NULL, timezone = ?, updated_at = ? WHERE id = ?",
            scheduled_for,
            request.data.get("timezone", post["timezone"]),
            app.now_text(),
            post["id"],
        )
    app.bell.set()
    return json_response({"success": True, "message": "Post rescheduled", "scheduledFor": scheduled_for})


def cancel_scheduled(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer DELETE /v1/posts/scheduled/{postId}: it becomes a draft. The credit stays spent."""
    with app.store.transaction():
        post = _still_scheduled(app, path["postId"])
        app.store.execute(
            "UPDATE posts SET status = 'draft', is_held = 0, due_at = NULL, updated_at = ? WHERE id = ?",
            app.now_text(),
            post["id"],
        )
        app.store.execute("UPDATE post_platforms SET status = 'draft' WHERE post_id = ?", post["id"])
    return json_response({"success": True, "message": "Scheduled post cancelled"})
