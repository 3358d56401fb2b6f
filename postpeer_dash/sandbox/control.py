"""The levers of the control page and its JSON: faults, seeds, accounts, boards, credits, time, the ledger."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from postpeer_dash.sandbox import seeds, usage
from postpeer_dash.sandbox.accounts import add_board, find_account, set_health
from postpeer_dash.sandbox.app import PUBLISH_SECONDS, App
from postpeer_dash.sandbox.clock import to_text, utc_now
from postpeer_dash.sandbox.faults import HOLDING, Fault, read_fault
from postpeer_dash.sandbox.identities import board_id
from postpeer_dash.sandbox.messages import Request, Response, json_response
from postpeer_dash.sandbox.store import make_id

REASONS = ("token_expired", "access_revoked", "security_invalidation", "refresh_rejected")
COUNTED = ("profiles", "integrations", "boards", "posts", "published", "accepted", "uploads", "notifications")


def switch_on(app: App, fault: Fault) -> None:
    """Switch a fault on. One about an account marks it at once."""
    app.faults.add(fault)
    if fault.name == "reconnect_required":
        if fault.params["reason"] not in REASONS:
            app.faults.clear(fault.id)
            raise ValueError(f"reason takes one of {', '.join(REASONS)}.")
        _mark(app, fault.params["account"], fault.params["reason"])


def switch_off(app: App, which: str = "") -> list[Fault]:
    """Switch off all faults, or those with this name or id, and undo what they held up."""
    gone = app.faults.clear(which)
    names = {fault.name for fault in gone} | {which}
    if names & (HOLDING | {""}):
        app.store.execute("UPDATE posts SET is_held = 0 WHERE is_held")
    for fault in gone:
        if fault.name == "reconnect_required":
            _mark(app, fault.params["account"], None)
    app.bell.set()
    return gone


def _mark(app: App, account_id: str, reason: str | None) -> None:
    """Set the health of one account, or of all with an empty id."""
    for row in app.store.rows("SELECT id FROM integrations WHERE deleted_at IS NULL AND ? IN ('', id)", account_id):
        set_health(app, row["id"], reason)


def change_settings(app: App, changes: dict[str, Any]) -> None:
    """Change speed and credits; raise ValueError for an unknown setting or an impossible number."""
    known = {"publish_seconds", "publish_in_request", "monthly_limit", "monthly_used", "purchased_total"}
    unknown = set(changes) - known
    if unknown:
        raise ValueError(f"There is no setting called {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}.")
    for name, value in changes.items():
        if name == "publish_in_request":
            app.store.set_setting(name, bool(value))
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**6:
            raise ValueError(f"{name} takes a number from 0 to a million.")
        if name == "monthly_used":
            usage.set_used(app, int(value))
        else:
            app.store.set_setting(name, value if name == "publish_seconds" else int(value))


def change_account(app: App, account_id: str, reason: str | None) -> None:
    """Mark one account as needing to be reconnected, or as active with None."""
    if find_account(app, account_id) is None:
        raise ValueError(f"There is no account {account_id!r}.")
    if reason is not None and reason not in REASONS:
        raise ValueError(f"The reason is one of {', '.join(REASONS)}.")
    set_health(app, account_id, reason)


def change_boards(app: App, account_id: str, added: list[dict[str, Any]], removed: list[str]) -> None:
    """Add boards to a Pinterest account, and remove some as their owner would on Pinterest."""
    account = find_account(app, account_id)
    if account is None or account["platform"] != "pinterest":
        raise ValueError(f"There is no Pinterest account {account_id!r}.")
    with app.store.transaction():
        for given in added:
            add_board(app, account_id, seeds.read_board({"id": board_id(make_id(), 0), **given}))
        for one in removed:
            app.store.execute("UPDATE boards SET is_removed = 1 WHERE integration_id = ? AND id = ?", account_id, one)


def make_due(app: App, post_id: str = "") -> int:
    """Make a scheduled post due now, or all of them with an empty id; return how many."""
    moved = app.store.execute(
        "UPDATE posts SET due_at = ? WHERE status = 'scheduled' AND deleted_at IS NULL AND ? IN ('', id)",
        to_text(utc_now()),
        post_id,
    )
    app.bell.set()
    return moved


def reset(app: App) -> None:
    """Remove all rows, faults and files."""
    app.faults.clear()
    app.store.reset()
    for file in app.settings.media.glob("*"):
        file.unlink(missing_ok=True)


def read_ledger(app: App) -> dict[str, Any]:
    """Return what was published on which platform, and what was accepted, each in order."""
    published = {
        "n": "n",
        "at": "at",
        "postId": "post_id",
        "platform": "platform",
        "accountId": "account_id",
        "boardId": "board_id",
        "content": "content",
        "title": "title",
        "mediaUrl": "media_url",
        "bodyHash": "body_hash",
    }
    accepted = [
        {
            "n": row["n"],
            "at": row["at"],
            "postId": row["post_id"],
            "status": row["status"],
            "scheduledFor": row["scheduled_for"],
            "bodyHash": row["body_hash"],
            "body": json.loads(row["body"]),
        }
        for row in app.store.rows("SELECT * FROM accepted ORDER BY n")
    ]
    rows = app.store.rows("SELECT * FROM published ORDER BY n")
    return {
        "published": [{name: row[column] for name, column in published.items()} for row in rows],
        "accepted": accepted,
    }


def read_state(app: App) -> dict[str, Any]:
    """Return counts, speed and credits."""
    counts = {name: app.store.number(f"SELECT count(*) FROM {name}") for name in COUNTED}  # noqa: S608  # nosec B608
    statuses = app.store.rows("SELECT status, count(*) AS n FROM posts WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1")
    return {
        "counts": counts,
        "statuses": {row["status"]: row["n"] for row in statuses},
        "settings": {
            "publish_seconds": app.store.setting("publish_seconds", PUBLISH_SECONDS),
            "publish_in_request": app.store.setting("publish_in_request", False),
            "delay_scale": app.settings.delay_scale,
        },
        "balance": usage.balance(app),
        "tls_url": app.settings.tls_url,
        "faults": [fault.shown() for fault in app.faults.listed()],
    }


# --- JSON ---------------------------------------------------------------------------------------------------------


def handle_json(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer GET, POST and DELETE /control/<what> in JSON; 400 with a sentence for what can't be done."""
    what = path["what"]
    if request.method == "GET":
        readers: dict[str, Callable[[], dict[str, Any]]] = {
            "faults": lambda: _shown_faults(app),
            "ledger": lambda: read_ledger(app),
            "refused": lambda: {"refused": [dict(row) for row in app.store.rows("SELECT * FROM refused ORDER BY n")]},
            "state": lambda: read_state(app),
        }
        return json_response(readers[what]()) if what in readers else _refused("There is nothing to read here.", 404)
    if request.method == "DELETE" and what == "faults":
        switch_off(app, dict(request.query).get("name", ""))
        return json_response(_shown_faults(app))
    try:
        data = json.loads(request.body or b"{}")
        if not isinstance(data, dict):
            raise TypeError("The body has to be a JSON object.")
        return json_response(_act(app, what, data))
    except KeyError as error:
        return _refused(f"{error.args[0]} is missing.")
    except (ValueError, TypeError, AttributeError, sqlite3.Error) as error:
        return _refused(str(error))


def _refused(sentence: str, status: int = 400) -> Response:
    return json_response({"error": sentence}, status)


def _shown_faults(app: App) -> dict[str, Any]:
    return {"faults": [fault.shown() for fault in app.faults.listed()]}


def _act(app: App, what: str, data: dict[str, Any]) -> dict[str, Any]:
    if what == "faults":
        faults = [read_fault(given) for given in data.get("faults", [])]
        if "clear" in data:
            switch_off(app, "" if data["clear"] is True else str(data["clear"]))
        for fault in faults:
            switch_on(app, fault)
        return _shown_faults(app)
    if what == "due":
        return {"moved": make_due(app, str(data.get("postId", "")))}
    if what == "seed":
        seeds.plant(app, data)
        app.bell.set()
    elif what == "settings":
        change_settings(app, data)
    elif what == "accounts":
        change_account(app, data["id"], data.get("reason"))
    elif what == "boards":
        change_boards(app, data["accountId"], data.get("add", []), data.get("remove", []))
    elif what == "reset":
        reset(app)
    else:
        raise ValueError(f"There is nothing called {what!r} to change here.")
    return read_state(app)
