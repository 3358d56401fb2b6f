"""Credits and counts of posts."""

from datetime import datetime
from typing import Any

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import to_text
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response

MONTHLY_LIMIT = 500
OUT_OF_CREDITS = "You are out of credits. Upgrade your plan or buy credits to go on posting."


def cycle(now: datetime) -> tuple[str, str]:
    """Return the first instants of this month and of the next."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return to_text(start), to_text(end)


def balance(app: App) -> dict[str, Any]:
    """Return what is left of the month's credits and of those bought on top."""
    start, end = cycle(app.now())
    limit = int(app.store.setting("monthly_limit", MONTHLY_LIMIT))
    bought = int(app.store.setting("purchased_total", 0))
    spent = app.store.number("SELECT sum(is_charged) FROM posts WHERE charged_at >= ?", start)
    spent = max(0, spent + int(app.store.setting("other_credits", 0)))
    monthly, beyond = min(spent, limit), max(0, spent - limit)
    return {
        "monthly": {
            "limit": limit,
            "used": monthly,
            "remaining": limit - monthly,
            "cycleStart": start,
            "cycleEnd": end,
        },
        "purchased": {"total": bought, "used": min(beyond, bought), "remaining": max(0, bought - beyond)},
    }


def set_used(app: App, used: int) -> None:
    """Make this month's spending add up to this number."""
    start, _ = cycle(app.now())
    posts = app.store.number("SELECT sum(is_charged) FROM posts WHERE charged_at >= ?", start)
    app.store.set_setting("other_credits", used - posts)


def require_credits(app: App, count: int) -> None:
    """Raise ApiError 402 unless there are as many credits."""
    now = balance(app)
    if now["monthly"]["remaining"] + now["purchased"]["remaining"] < count:
        raise ApiError(402, OUT_OF_CREDITS)


def charge(app: App, count: int) -> None:
    """Spend credits on something that isn't a post."""
    app.store.set_setting("other_credits", int(app.store.setting("other_credits", 0)) + count)


def get_usage(app: App, request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /v1/usage: posts by month and platform; the balance belongs to the whole project."""
    asked = request.values
    where, values = "is_charged", []
    if "profileId" in asked:
        if not app.store.row("SELECT 1 FROM profiles WHERE id = ? AND deleted_at IS NULL", asked["profileId"]):
            raise ApiError(404, "Profile not found")
        where += " AND account_id IN (SELECT id FROM integrations WHERE profile_id = ?)"
        values.append(asked["profileId"])
    if "integrationId" in asked:
        if not app.store.row("SELECT 1 FROM integrations WHERE id = ?", asked["integrationId"]):
            raise ApiError(404, "Integration not found")
        where += " AND account_id = ?"
        values.append(asked["integrationId"])
    for name, condition in (("from", "substr(charged_at, 1, 7) >= ?"), ("to", "substr(charged_at, 1, 7) <= ?")):
        if name in asked:
            where += f" AND {condition}"
            values.append(asked[name])
    source = f"FROM posts JOIN post_platforms ON post_id = posts.id WHERE {where}"
    months: dict[str, dict[str, Any]] = {}
    month = "substr(charged_at, 1, 7)"
    for row in app.store.rows(
        f"SELECT {month} AS month, count(DISTINCT posts.id) AS posts {source} GROUP BY 1 ORDER BY 1",
        *values,
    ):
        year, number = row["month"].split("-")
        months[row["month"]] = {"year": int(year), "month": int(number), "count": row["posts"], "platform": {}}
    for row in app.store.rows(
        f"SELECT {month} AS month, platform, count(*) AS posts {source} GROUP BY 1, 2",
        *values,
    ):
        months[row["month"]]["platform"][row["platform"]] = row["posts"]
    answer: dict[str, Any] = {
        "success": True,
        "totalUsage": sum(one["count"] for one in months.values()),
        "usage": list(months.values()),
    }
    if "profileId" not in asked and "integrationId" not in asked:
        answer["balance"] = balance(app)
    return json_response(answer)
