"""The pages that "View on Pinterest" opens: what was published, as the platform would show it."""

import json

from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import readable
from postpeer_dash.sandbox.consent import NAMES
from postpeer_dash.sandbox.markup import Child, message_page, origin_of, page, safe_link, tag
from postpeer_dash.sandbox.messages import Request, Response
from postpeer_dash.sandbox.settings import PACKAGE
from postpeer_dash.sandbox.store import Row

ASSETS = {"sandbox.css": "text/css; charset=utf-8", "sandbox.svg": "image/svg+xml"}


def show_home(_app: App, _request: Request, _path: dict[str, str]) -> Response:
    """Answer GET /."""
    return message_page(
        "PostPeer sandbox",
        "This stands in for PostPeer on this computer. The API answers under /v1, and nothing is posted anywhere.",
    )


def serve_asset(_app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /assets/<name>."""
    if path["name"] not in ASSETS:
        return message_page("There is nothing here", status=404)
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(200, (PACKAGE / "assets" / path["name"]).read_bytes(), ASSETS[path["name"]], headers)


def show_published(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /pin/<id> and /post/<id>."""
    row = app.store.row(
        "SELECT p.*, posts.content AS post_content, posts.media, a.display_name, a.username"
        " FROM post_platforms p JOIN posts ON posts.id = p.post_id LEFT JOIN integrations a ON a.id = p.account_id"
        " WHERE p.platform_post_id = ?",
        path["id"],
    )
    if row is None:
        return message_page("There is nothing here", "No post with this address was published here.", status=404)
    if row["is_removed"]:
        return message_page("This post was deleted", "It was published here and taken down again.", status=410)
    return _published_page(app, row)


def _published_page(app: App, row: Row) -> Response:
    specific, media = json.loads(row["specific"]), json.loads(row["media"])
    platform = NAMES.get(row["platform"], row["platform"])
    content = row["post_content"] if row["content"] is None else row["content"]
    title = specific.get("title") or next(iter(content.splitlines()), "") or "Untitled"
    who = row["display_name"] or row["username"] or "A disconnected account"
    board = app.store.row(
        "SELECT name FROM boards WHERE integration_id = ? AND id = ?", row["account_id"], specific.get("boardId")
    )
    sources = {origin_of(item["url"]) for item in media} | {origin_of(specific.get("coverImageUrl", ""))}
    text = tag(
        "div",
        tag("h1", title, dir="auto"),
        tag("p", content, class_="prose", dir="auto") if content != title else None,
        tag("p", safe_link(specific["link"], specific["link"])) if specific.get("link") else None,
        tag(
            "dl",
            _fact("Account", who),
            _fact("Board", board["name"]) if board else None,
            _fact("Alt text", specific.get("altText")),
            _fact("Published", f"{readable(row['published_at'])} UTC" if row["published_at"] else None),
        ),
        class_="published-text",
    )
    return page(
        f"{title} · {platform}",
        tag("p", f"Sandbox: this stands in for the post’s page on {platform}.", class_="notice"),
        tag("article", [_figure(item, specific) for item in media[:1]], text, class_="published"),
        media_from=" ".join(sorted(sources - {""})),
        wide=True,
    )


def _fact(name: str, value: str | None) -> Child:
    return [tag("dt", name), tag("dd", value, dir="auto")] if value else None


def _figure(item: dict[str, str], specific: dict[str, str]) -> Child:
    alt = specific.get("altText", "")
    if item["type"] == "video":
        return tag(
            "video", src=item["url"], controls=True, poster=specific.get("coverImageUrl"), aria_label=alt or None
        )
    return tag("img", src=item["url"], alt=alt)
