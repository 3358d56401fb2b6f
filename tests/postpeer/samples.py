"""Made-up answers of PostPeer, complete as its structure asks; any field can be given another value."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
CREATED = "2026-11-22T09:00:00.000Z"


def an_integration(**fields: Any) -> Json:
    """Return a connected Pinterest account."""
    return {
        "id": "int_1",
        "platform": "pinterest",
        "platformUserId": "549755885175",
        "username": "linden.home",
        "displayName": "Linden Home",
        "profileUrl": "https://www.pinterest.com/linden.home/",
        "imageUrl": "https://images.example/linden.jpg",
        "profileId": "prof_1",
        "appId": None,
        "app": None,
        "byok": False,
        "authStatus": "active",
        "authFailureReason": None,
        "createdAt": CREATED,
    } | fields


def integration_detail(**fields: Any) -> Json:
    """Return a connected account as asked for by its id."""
    return {
        **an_integration(),
        "scopes": ["boards:read", "pins:write"],
        "accessTokenExpiresAt": None,
        "refreshTokenExpiresAt": None,
        "tokenStatus": {"valid": True, "autoRefreshes": True, "reconnectRequired": False, "reason": None},
        "updatedAt": CREATED,
    } | fields


def integration_list(*integrations: Json, total: int | None = None) -> Json:
    """Return a page of connected accounts."""
    return _listed("integrations", integrations, total)


def a_profile(**fields: Any) -> Json:
    """Return a profile."""
    return {
        "id": "prof_1",
        "name": "Linden",
        "description": None,
        "integrationCount": 1,
        "createdAt": CREATED,
        "updatedAt": CREATED,
    } | fields


def profile_list(*profiles: Json, total: int | None = None, page: int = 1) -> Json:
    """Return a page of profiles."""
    return {**_listed("profiles", profiles, total), "page": page, "limit": 100}


def a_board(**fields: Any) -> Json:
    """Return a Pinterest board."""
    return {
        "id": "1013802628540193876",
        "name": "Kitchen ideas",
        "description": "What we cook in",
        "privacy": "PUBLIC",
    } | fields


def board_list(*boards: Json) -> Json:
    """Return an account's boards."""
    return {"success": True, "boards": list(boards)}


def a_pin_body(**fields: Any) -> Json:
    """Return the body of a request that publishes one pin."""
    return {
        "content": "Oak, linen and a little light.",
        "mediaItems": [{"type": "image", "url": "https://media.example/oak.jpg"}],
        "platforms": [
            {
                "platform": "pinterest",
                "accountId": "int_1",
                "platformSpecificData": {"boardId": "1013802628540193876", "title": "A calm kitchen"},
            }
        ],
        "publishNow": True,
    } | fields


def a_receipt(**fields: Any) -> Json:
    """Return the answer to a new post that was published while one waited."""
    return {
        "success": True,
        "status": "published",
        "postId": "post_1",
        "platforms": [
            {"platform": "pinterest", "success": True, "platformPostUrl": "https://www.pinterest.com/pin/1/"}
        ],
    } | fields


def a_platform_state(**fields: Any) -> Json:
    """Return what the record says of one platform of a post."""
    return {
        "platform": "pinterest",
        "status": "published",
        "content": None,
        "platformPostId": "1",
        "platformPostUrl": "https://www.pinterest.com/pin/1/",
        "publishedAt": "2026-11-22T09:00:03.000Z",
        "errorMessage": None,
        "warningMessage": None,
    } | fields


def a_post(**fields: Any) -> Json:
    """PostPeer's record of a published post."""
    return {
        "postId": "post_1",
        "content": "Oak, linen and a little light.",
        "status": "published",
        "scheduledFor": None,
        "timezone": "UTC",
        "mediaItems": [
            {
                "type": "image",
                "url": "https://media.example/oak.jpg",
                "filename": "oak.jpg",
                "size": 12_345,
                "mimeType": "image/jpeg",
            }
        ],
        "platforms": [a_platform_state()],
        "crosspostingEnabled": False,
        "rawRequestBody": a_pin_body(),
        "createdAt": CREATED,
        "updatedAt": CREATED,
    } | fields


def post_list(*posts: Json, total: int | None = None) -> Json:
    """Return a page of posts."""
    return _listed("posts", posts, total)


def a_scheduled_post(**fields: Any) -> Json:
    """Return a post that waits for its time."""
    return {
        "postId": "post_2",
        "content": "Oak, linen and a little light.",
        "scheduledFor": "2026-12-01T08:00:00.000Z",
        "timezone": "UTC",
        "mediaItems": [{"type": "image", "url": "https://media.example/oak.jpg"}],
        "platforms": [{"platform": "pinterest", "status": "scheduled"}],
        "createdAt": CREATED,
    } | fields


def an_upload(**fields: Any) -> Json:
    """Where to put a file."""
    return {
        "success": True,
        "data": {
            "uploadUrl": "https://storage.example/put/oak.jpg?signature=s3cr3t",
            "publicUrl": "https://media.example/oak.jpg",
        }
        | fields,
    }


def a_usage(**fields: Any) -> Json:
    """Return what the whole project used."""
    return {
        "success": True,
        "totalUsage": 42,
        "usage": [{"year": 2026, "month": 11, "count": 42, "platform": {"pinterest": 40, "linkedin": 2}}],
        "balance": {
            "monthly": {
                "limit": 500,
                "used": 42,
                "remaining": 458,
                "cycleStart": "2026-11-01T00:00:00.000Z",
                "cycleEnd": "2026-12-01T00:00:00.000Z",
            },
            "purchased": {"total": 100, "used": 0, "remaining": 100},
        },
    } | fields


def _listed(name: str, elements: tuple[Json, ...], total: int | None) -> Json:
    return {"success": True, "total": len(elements) if total is None else total, name: list(elements)}
