"""Connecting: the address PostPeer gives, and the page that stands in for the platform's own."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from postpeer_dash.sandbox.accounts import ALIVE, connect_identity
from postpeer_dash.sandbox.app import App
from postpeer_dash.sandbox.clock import from_text, to_text, utc_now
from postpeer_dash.sandbox.identities import IDENTITIES, Identity, find_identity
from postpeer_dash.sandbox.markup import Child, message_page, origin_of, page, tag
from postpeer_dash.sandbox.messages import ApiError, Request, Response, json_response
from postpeer_dash.sandbox.profiles import find_profile
from postpeer_dash.sandbox.store import Row, make_id

LIFETIME = timedelta(minutes=30)
NAMES = {
    "bluesky": "Bluesky",
    "facebook": "Facebook",
    "googlebusiness": "Google Business",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "pinterest": "Pinterest",
    "threads": "Threads",
    "tiktok": "TikTok",
    "twitter": "X",
    "youtube": "YouTube",
}
NEW = "new"
CONNECTED, TO_RENEW = "connected already", "connected already, has to be renewed"


def get_connect_url(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer GET /v1/connect/{platform}: where to send the browser."""
    asked = request.values
    for name in ("redirectUri", "cancelRedirectUri"):
        if urlsplit(asked.get(name, "https:")).scheme not in ("http", "https"):
            raise ApiError(400, f"{name} must be an http or https address")
    if "profileId" in asked and find_profile(app, asked["profileId"]) is None:
        raise ApiError(404, "Profile not found")
    token = secrets.token_urlsafe(24)
    app.store.insert(
        "consents",
        {
            "token": token,
            "platform": path["platform"],
            "profile_id": asked.get("profileId"),
            "redirect_uri": asked.get("redirectUri"),
            "cancel_uri": asked.get("cancelRedirectUri"),
            "created_at": to_text(utc_now()),
        },
    )
    return json_response({"url": app.address(f"/consent/{token}")})


def _open_consent(app: App, token: str) -> Row | None:
    row = app.store.row("SELECT * FROM consents WHERE token = ? AND used_at IS NULL", token)
    return row if row and from_text(row["created_at"]) + LIFETIME > utc_now() else None


def _gone() -> Response:
    return message_page(
        "This page has done its work",
        "It was used already, or waited longer than 30 minutes. Go back to where you came from and connect again.",
        status=410,
    )


def _offered(app: App, consent: Row) -> list[tuple[Identity, str]]:
    """Return who can be chosen, each with a note: first the profile's accounts, then the made-up people it lacks."""
    rows = app.store.rows(
        f"{ALIVE} AND platform = ? AND profile_id IS ? ORDER BY created_at", consent["platform"], consent["profile_id"]
    )
    offered = []
    for row in rows:
        offered.append((_identity_of(row), CONNECTED if row["auth_status"] == "active" else TO_RENEW))
    known = {identity.user_id for identity, _ in offered}
    made_up = [one for one in IDENTITIES if one.platform == consent["platform"] and one.user_id not in known]
    return offered + [(one, one.says) for one in made_up]


def _identity_of(row: Row) -> Identity:
    return Identity(
        row["platform"],
        row["platform_user_id"] or row["id"],
        row["username"] or "",
        row["display_name"] or row["username"] or "Unnamed",
        "hills",
        "",
    )


def show_consent(app: App, _request: Request, path: dict[str, str]) -> Response:
    """Answer GET /consent/<token>."""
    consent = _open_consent(app, path["token"])
    return _consent_page(app, consent) if consent else _gone()


def _choice(value: str, name: str, note: str, *, is_chosen: bool) -> Child:
    box = tag("input", type="radio", name="identity", value=value, required=True, checked=is_chosen)
    return tag("label", box, tag("span", tag("bdi", name, class_="name"), tag("small", note)), class_="choice")


def _consent_page(app: App, consent: Row, wrong: str = "") -> Response:
    platform = NAMES[consent["platform"]]
    offered = _offered(app, consent)
    # People come here to renew an account, or to add one that the profile doesn't have yet.
    likely = next((one for one, note in offered if note == TO_RENEW), None) or next(
        (one for one, note in offered if note != CONNECTED), None
    )
    choices = [
        _choice(one.user_id, one.display_name, f"{one.username} · {note}", is_chosen=one is likely)
        for one, note in offered
    ]
    choices.append(_choice(NEW, "A new one", "with the name below", is_chosen=likely is None))
    form = tag(
        "form",
        tag("fieldset", tag("legend", "Who are you here?"), choices),
        tag("label", "Name of a new one", for_="new_name"),
        tag("input", id="new_name", name="new_name", maxlength=80, autocomplete="off", dir="auto"),
        tag(
            "div",
            tag("button", "Allow", name="action", value="allow"),
            tag("button", "Cancel", name="action", value="cancel", class_="quiet", formnovalidate=True),
            class_="row",
        ),
        method="post",
        action=f"/consent/{consent['token']}",
    )
    # Browsers hold the redirect that follows a form to form-action, so both ways back have to be named.
    targets = {origin_of(consent[name] or "") for name in ("redirect_uri", "cancel_uri")}
    return page(
        f"Allow PostPeer to use {platform}?",
        tag("p", f"Sandbox: this stands in for {platform}’s own page.", class_="notice"),
        tag("h1", f"Allow PostPeer to use {platform}?"),
        tag("p", "It may read the boards and post for the account you choose. Nobody here is real."),
        tag("p", wrong, class_="wrong", role="alert") if wrong else None,
        form,
        status=422 if wrong else 200,
        form_targets=" ".join(sorted(targets - {""})),
    )


def answer_consent(app: App, request: Request, path: dict[str, str]) -> Response:
    """Answer POST /consent/<token>: allowed or cancelled, once."""
    consent = _open_consent(app, path["token"])
    if consent is None:
        return _gone()
    fields = request.form()
    is_allowed = fields.get("action") == "allow"
    identity = _chosen(app, consent, fields) if is_allowed else None
    if is_allowed and identity is None:
        return _consent_page(app, consent, "Choose who you are here.")
    with app.store.transaction():
        if not app.store.execute(
            "UPDATE consents SET used_at = ? WHERE token = ? AND used_at IS NULL", to_text(utc_now()), consent["token"]
        ):
            return _gone()
        if identity:
            account_id = connect_identity(app, identity, consent["profile_id"])
            _end_reconnect_faults(app, account_id)
    return _leave(consent, is_allowed=is_allowed)


def _chosen(app: App, consent: Row, fields: dict[str, str]) -> Identity | None:
    wanted = fields.get("identity", "")
    if wanted == NEW:
        name = fields.get("new_name", "").strip()[:80] or "Someone new"
        number = str(7 * 10**17 + secrets.randbelow(10**17))
        return Identity(consent["platform"], number, f"new-{number[-6:]}", name, "leaves", "", "new")
    offered = next((one for one, _ in _offered(app, consent) if one.user_id == wanted), None)
    return find_identity(consent["platform"], wanted) or offered


def _end_reconnect_faults(app: App, account_id: str) -> None:
    for fault in app.faults.listed():
        if fault.name == "reconnect_required" and fault.params["account"] in ("", account_id):
            app.faults.clear(fault.id)


def _leave(consent: Row, *, is_allowed: bool) -> Response:
    """Redirect to where the browser came from, with a query that is wrong on purpose: nobody may trust it."""
    target = consent["redirect_uri"] if is_allowed else consent["cancel_uri"] or consent["redirect_uri"]
    if not target:
        done = "The account is connected." if is_allowed else "Nothing was connected."
        return message_page(done, "You can close this page.")
    extra: dict[str, Any] = (
        {"success": "true", "platform": consent["platform"], "accountId": make_id(), "username": "not-who-you-think"}
        if is_allowed
        else {"error": "access_denied", "error_description": "The user denied the request"}
    )
    parts = urlsplit(target)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *extra.items()])
    return Response(303, headers={"Location": urlunsplit(parts._replace(query=query)), "Cache-Control": "no-store"})
