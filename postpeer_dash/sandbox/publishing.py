"""Carry posts out: what starts, what ends, and the thread that does both."""

import json
import logging
import secrets
import threading
import time
from datetime import timedelta
from typing import Any

from postpeer_dash.sandbox.accounts import find_account
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import from_text, to_text, utc_now
from postpeer_dash.sandbox.media import LARGEST_IMAGE, is_missing, stored_size
from postpeer_dash.sandbox.store import Row

LONGEST_NAP = 0.5
log = logging.getLogger("sandbox")
# The control page can let a post's time come early; what the API says of its time stays as it was.
DUE = "coalesce(due_at, scheduled_for)"


def start_publishing(app: App, post_id: str) -> None:
    """Hand a post to its platforms: from here on it is publishing, and how it will end on each is settled."""
    held = app.faults.take_for("stays_publishing")
    finish_at = to_text(utc_now() + timedelta(seconds=app.publish_seconds()))
    with app.store.transaction():
        post = app.store.row("SELECT * FROM posts WHERE id = ?", post_id)
        entries = app.store.rows("SELECT * FROM post_platforms WHERE post_id = ? ORDER BY position", post_id)
        if post is None:
            return
        for entry in entries:
            plan = _plan(app, post, entry)
            app.store.execute(
                "UPDATE post_platforms SET status = ?, error = ?, plan = ? WHERE post_id = ? AND position = ?",
                "failed" if plan.get("at_once") else "publishing",
                plan["error"] if plan.get("at_once") else None,
                json.dumps(plan),
                post_id,
                entry["position"],
            )
        app.store.execute(
            "UPDATE posts SET finish_at = ?, is_held = ? WHERE id = ?", finish_at, int(held is not None), post_id
        )
        _settle(app, post_id)


def _plan(app: App, post: Row, entry: Row) -> dict[str, Any]:
    """Return how this platform is going to take the post: an error, a warning, or neither."""
    account = find_account(app, entry["account_id"])
    if account is None:
        return {"error": "The account is no longer connected.", "at_once": True}
    if account["auth_status"] != "active":
        reason = account["auth_failure_reason"] or "token_expired"
        return {"error": f"The account needs to be reconnected ({reason}).", "at_once": True}
    rejected = app.faults.take_for("platform_rejects", platform=entry["platform"])
    if rejected:
        return {"error": rejected.params["message"]}
    for item in json.loads(post["media"]):
        if is_missing(app, item["url"]):
            return {"error": "The media could not be downloaded (404)."}
        if (
            entry["platform"] == "pinterest"
            and item["type"] == "image"
            and stored_size(app, item["url"]) > LARGEST_IMAGE
        ):
            return {"error": "The image is larger than 32 MB."}
    board = json.loads(entry["specific"]).get("boardId")
    if entry["platform"] == "pinterest" and not app.store.row(
        "SELECT 1 FROM boards WHERE integration_id = ? AND id = ? AND NOT is_removed", account["id"], board
    ):
        return {"error": "Board not found."}
    warned = app.faults.take_for("platform_warning", platform=entry["platform"])
    if warned:
        return {"warning": warned.params["message"], "status": warned.params["status"]}
    return {}


def finish_publishing(app: App, post_id: str, *, waits: bool = False) -> None:
    """Bring a post that is publishing to its end; with `waits`, first let the platforms take their time."""
    if waits:
        time.sleep(app.publish_seconds())
    with app.store.transaction():
        post = app.store.row("SELECT * FROM posts WHERE id = ? AND status = 'publishing' AND NOT is_held", post_id)
        if post is None:
            return
        for entry in app.store.rows(
            "SELECT * FROM post_platforms WHERE post_id = ? AND status = 'publishing' ORDER BY position", post_id
        ):
            _end_one(app, post, entry, json.loads(entry["plan"] or "{}"))
        _settle(app, post_id)


def _end_one(app: App, post: Row, entry: Row, plan: dict[str, Any]) -> None:
    if plan.get("error"):
        app.store.execute(
            "UPDATE post_platforms SET status = 'failed', error = ? WHERE post_id = ? AND position = ?",
            plan["error"],
            post["id"],
            entry["position"],
        )
        return
    public_id = str(10**17 + secrets.randbelow(9 * 10**17))
    kind = "pin" if entry["platform"] == "pinterest" else "post"
    app.store.execute(
        "UPDATE post_platforms SET status = ?, platform_post_id = ?, platform_post_url = ?, published_at = ?,"
        " warning = ? WHERE post_id = ? AND position = ?",
        plan.get("status", "published"),
        public_id,
        app.address(f"/{kind}/{public_id}"),
        app.now_text(),
        plan.get("warning"),
        post["id"],
        entry["position"],
    )
    specific, media = json.loads(entry["specific"]), json.loads(post["media"])
    app.store.insert(
        "published",
        {
            "at": to_text(utc_now()),
            "post_id": post["id"],
            "platform": entry["platform"],
            "account_id": entry["account_id"],
            "board_id": specific.get("boardId"),
            "content": post["content"] if entry["content"] is None else entry["content"],
            "title": specific.get("title"),
            "media_url": media[0]["url"] if media else None,
            "body_hash": post["body_hash"],
        },
    )


def _settle(app: App, post_id: str) -> None:
    """Set a post's status from those of its platforms; one that failed everywhere costs nothing."""
    statuses = {row["status"] for row in app.store.rows("SELECT status FROM post_platforms WHERE post_id = ?", post_id)}
    if "publishing" in statuses:
        status = "publishing"
    elif len(statuses) == 1:
        status = statuses.pop()
    else:
        status = "partial"
    app.store.execute("UPDATE posts SET status = ?, updated_at = ? WHERE id = ?", status, app.now_text(), post_id)
    if status == "failed":
        app.store.execute("UPDATE posts SET is_charged = 0 WHERE id = ?", post_id)


class Publisher(threading.Thread):
    """Publishes what is due and ends what is publishing, also what an earlier run of the sandbox left behind."""

    def __init__(self, app: App) -> None:
        super().__init__(name="publisher", daemon=True)
        self._app = app
        self._stops = threading.Event()

    def run(self) -> None:
        """Do what is due, sleep until the next thing is due or the bell rings, and repeat."""
        while not self._stops.is_set():
            self._app.bell.clear()
            try:
                self.work_once()
            except Exception:
                # Whatever it was: one post that can't be carried out must not keep all others from it, and nobody
                # would start this thread again.
                log.exception("The publisher failed")
            self._app.bell.wait(self._nap())

    def stop(self) -> None:
        """End the thread; what is under way stays in the store for the next run."""
        self._stops.set()
        self._app.bell.set()
        self.join(timeout=5)

    def work_once(self) -> None:
        """Do everything that is due now."""
        store, now = self._app.store, to_text(utc_now())
        waiting = "SELECT id FROM posts WHERE deleted_at IS NULL AND NOT is_held"
        for row in store.rows(f"{waiting} AND status = 'scheduled' AND {DUE} <= ?", now):
            if self._app.faults.take_for("never_due"):
                store.execute("UPDATE posts SET is_held = 1 WHERE id = ?", row["id"])
            else:
                self._start_if_scheduled(row["id"])
        for row in store.rows(f"{waiting} AND status = 'publishing' AND finish_at <= ?", now):
            finish_publishing(self._app, row["id"])

    def _start_if_scheduled(self, post_id: str) -> None:
        """Start a post unless it was cancelled or moved meanwhile."""
        with self._app.store.transaction():
            if self._app.store.row(
                f"SELECT 1 FROM posts WHERE id = ? AND status = 'scheduled' AND {DUE} <= ?",  # noqa: S608  # nosec B608
                post_id,
                to_text(utc_now()),
            ):
                start_publishing(self._app, post_id)

    def _nap(self) -> float:
        row = self._app.store.row(
            f"SELECT min(CASE status WHEN 'publishing' THEN finish_at ELSE {DUE} END) AS at FROM posts"  # noqa: S608  # nosec B608
            " WHERE deleted_at IS NULL AND NOT is_held AND status IN ('scheduled', 'publishing')"
        )
        if row is None or row["at"] is None:
            return LONGEST_NAP
        return min(LONGEST_NAP, max(0.01, (from_text(row["at"]) - utc_now()).total_seconds()))
