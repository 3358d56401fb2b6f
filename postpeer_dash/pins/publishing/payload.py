"""The body of a submission: made once, frozen, and compared in one canonical form."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from postpeer_dash.pins.models import MediaType, Pin, Target
from postpeer_dash.postpeer.instants import parse_instant, to_wire

Body = dict[str, Any]

# What PostPeer may add on its own, and what leaving it out means just as well.
_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "publishNow": (False, None),
    "timezone": ("UTC", "", None),
    "platformSpecificData": ({}, None),
    "mediaItems": ([], None),
    "content": (None,),
    "thumbnail": (None, ""),
    "scheduledFor": (None,),
    "visibility": ("PUBLIC", None),
    "title": (None, ""),
    "link": (None, ""),
    "altText": (None, ""),
    "dominantColor": (None, ""),
    "coverImageUrl": (None, ""),
}
_INSTANTS = frozenset({"scheduledFor"})
_ADDRESSES = frozenset({"url", "link", "thumbnail", "coverImageUrl"})


def split_targets(targets: Sequence[Target]) -> list[list[Target]]:
    """Return groups of targets, each platform at most once in a group: PostPeer's results carry no account id."""
    groups: list[list[Target]] = []
    for target in targets:
        for group in groups:
            if all(other.platform != target.platform for other in group):
                group.append(target)
                break
        else:
            groups.append([target])
    return groups


def build_body(pin: Pin, targets: Sequence[Target], *, scheduled_for: datetime | None) -> Body:
    """Return the body of POST /v1/posts for these targets, now or at a time; each with its account (and board) loaded.

    Without a description the title stands in for it: PostPeer requires a text, and the other platforms show it.
    """
    body: Body = {
        "content": pin.description or pin.title,
        "mediaItems": [{"type": pin.media_type, "url": pin.media_url}],
        "platforms": [_platform(pin, target) for target in targets],
    }
    if scheduled_for is None:
        body["publishNow"] = True
    else:
        body["scheduledFor"] = to_wire(scheduled_for)
        body["timezone"] = "UTC"
    return body


def without_schedule(body: Mapping[str, Any]) -> Body:
    """Return the same body, to be published at once."""
    kept = {key: value for key, value in body.items() if key not in ("scheduledFor", "timezone")}
    return {**kept, "publishNow": True}


def _platform(pin: Pin, target: Target) -> Body:
    entry: Body = {"platform": target.platform, "accountId": target.account.remote_id}
    if target.board is not None:
        data = {
            "boardId": target.board.remote_id,
            "title": pin.title,
            "link": pin.link,
            "altText": pin.alt_text,
            "dominantColor": pin.dominant_color,
            "coverImageUrl": pin.cover_image_url if pin.media_type == MediaType.VIDEO else "",
        }
        entry["platformSpecificData"] = {key: value for key, value in data.items() if value}
    return entry


def canonical(value: Any, key: str = "") -> Any:
    """Return a body in the one form that tells whether two mean the same.

    Keys sorted (by `canonical_json`), instants as UTC, addresses normalised, defaults dropped, platforms in order
    of their names, since a set of platforms has no order that means anything.
    """
    if isinstance(value, Mapping):
        cleaned = {str(name): canonical(inner, str(name)) for name, inner in value.items()}
        return {name: inner for name, inner in cleaned.items() if inner not in _DEFAULTS.get(name, ())}
    if isinstance(value, list | tuple):
        items = [canonical(inner, key) for inner in value]
        return sorted(items, key=canonical_json) if key == "platforms" else items
    if isinstance(value, str):
        if key in _INSTANTS:
            instant = parse_instant(value)
            return to_wire(instant) if instant else value
        if key in _ADDRESSES:
            return _normal_address(value)
        return value.replace("\r\n", "\n")
    return value


def canonical_json(value: Any) -> str:
    """Return canonical values as text, keys sorted."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def body_hash(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a body's canonical form, in hex."""
    return hashlib.sha256(canonical_json(canonical(body)).encode("utf-8", "surrogatepass")).hexdigest()


def is_same_body(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two bodies ask for the same thing."""
    return canonical_json(canonical(one)) == canonical_json(canonical(other))


def _normal_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        return url
    if not host:
        return url
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(parts.scheme.lower())
    netloc = host if port in (None, default) else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment))
