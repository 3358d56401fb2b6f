"""The rules PostPeer has for posts beyond its structure."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from postpeer_dash.sandbox.accounts import find_account
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import read_schedule, to_text, utc_now
from postpeer_dash.sandbox.messages import ApiError

TITLE_LIMIT = 100
DESCRIPTION_LIMIT = 500
ALT_TEXT_LIMIT = 500
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
FURTHEST = timedelta(days=365)


def refuse(message: str) -> None:
    """Raise ApiError 400 with this sentence."""
    raise ApiError(400, message)


def utf16_length(text: str) -> int:
    """Return how long JavaScript, and so PostPeer, takes a text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_content(app: App, body: dict[str, Any]) -> None:
    """Raise ApiError 400 unless every account of a post exists and each platform takes what is sent to it."""
    media = body.get("mediaItems", [])
    for item in media:
        if urlsplit(item["url"]).scheme not in ("http", "https"):
            refuse("mediaItems: url must be a public http or https address")
        if item["type"] == "document":
            refuse("mediaItems: documents are not supported here")
    for entry in body["platforms"]:
        account = find_account(app, entry["accountId"])
        if account is None:
            refuse(f"Account {entry['accountId'][:80]} not found")
        elif account["platform"] != entry["platform"]:
            refuse(f"Account {account['id']} is a {account['platform']} account, not {entry['platform']}")
        if entry["platform"] == "pinterest":
            _check_pinterest(app, entry, entry.get("content", body["content"]), media)
        elif not entry.get("content", body["content"]).strip() and not media:
            refuse(f"{entry['platform']}: content or media is required")


def _check_pinterest(app: App, entry: dict[str, Any], content: str, media: list[dict[str, Any]]) -> None:
    data = entry.get("platformSpecificData")
    if data is None:
        refuse("Pinterest requires platformSpecificData.boardId")
        return
    if len(media) != 1:
        refuse(f"Pinterest requires exactly one media item, got {len(media)}")
    if media[0]["type"] not in ("image", "video"):
        refuse("Pinterest takes an image or a video")
    limits = (
        ("content", content, DESCRIPTION_LIMIT),
        ("title", data.get("title", ""), TITLE_LIMIT),
        ("altText", data.get("altText", ""), ALT_TEXT_LIMIT),
    )
    for name, text, limit in limits:
        if utf16_length(text) > limit:
            refuse(f"Pinterest {name} must be at most {limit} characters, got {utf16_length(text)}")
    if "link" in data and urlsplit(data["link"]).scheme != "https":
        refuse("Pinterest link must be an HTTPS URL")
    if "dominantColor" in data and not COLOR.fullmatch(data["dominantColor"]):
        refuse("Pinterest dominantColor must look like #RRGGBB")
    if "coverImageUrl" in data and urlsplit(data["coverImageUrl"]).scheme not in ("http", "https"):
        refuse("Pinterest coverImageUrl must be a public address")
    # A board that was removed meanwhile is still known here: Pinterest itself turns it down later.
    known = "SELECT 1 FROM boards WHERE integration_id = ? AND id = ?"
    if not app.store.row(known, entry["accountId"], data["boardId"]):
        refuse("Pinterest board not found for this account")


def read_time(body: dict[str, Any]) -> str | None:
    """Return when a post goes out, in the API's spelling; None when the body names no time. Raises ApiError 400."""
    if "scheduledFor" not in body:
        if "timezone" in body:
            _read(to_text(utc_now()), body["timezone"])
        return None
    if body.get("publishNow"):
        refuse("Give publishNow or scheduledFor, not both")
    moment = _read(body["scheduledFor"], body.get("timezone", "UTC"))
    if moment <= utc_now():
        refuse("scheduledFor must be in the future")
    if moment > utc_now() + FURTHEST:
        refuse("scheduledFor must be within one year")
    return to_text(moment)


def _read(text: str, timezone: str) -> datetime:
    try:
        return read_schedule(text, timezone)
    except ValueError as error:
        raise ApiError(400, str(error)) from error
