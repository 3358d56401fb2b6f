"""From JSON objects to this package's types: tolerant of what is new or missing, strict about ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from postpeer_dash.postpeer.addresses import safe_url
from postpeer_dash.postpeer.instants import parse_instant
from postpeer_dash.postpeer.jsontext import (
    MAX_ID_LENGTH,
    OddShapeError,
    clean_message,
    clean_text,
    only_objects,
    read_amount,
    read_body,
    read_id,
    read_list,
    read_part,
)
from postpeer_dash.postpeer.types import (
    Board,
    Credits,
    Integration,
    JsonObject,
    PlatformResult,
    PlatformState,
    Post,
    PostReceipt,
    Profile,
    ScheduledPost,
    Upload,
    Usage,
    UsageMonth,
)

Item = TypeVar("Item")


def parse_elements(data: JsonObject, name: str, parse: Callable[[JsonObject], Item]) -> list[Item | None]:
    """Return the elements of a list, None in the place of each unreadable one; raises OddShapeError without a list."""
    found: list[Item | None] = []
    for element in read_list(data, name):
        try:
            found.append(parse(element) if isinstance(element, dict) else None)
        except OddShapeError:
            found.append(None)
    return found


def _need_id(data: JsonObject, name: str = "id") -> str:
    found = read_id(data, name)
    if not found:
        raise OddShapeError(name)
    return found


def with_short_id(parse: Callable[[JsonObject], Item], key: str) -> Callable[[JsonObject], Item]:
    """Return a reader for what is kept by its id: one with a longer id than can be kept counts as unreadable."""

    def read(data: JsonObject) -> Item:
        found = parse(data)
        if len(getattr(found, key)) > MAX_ID_LENGTH:
            raise OddShapeError(key)
        return found

    return read


def parse_integration(data: JsonObject) -> Integration:
    """Read one connected account; raises OddShapeError without an id."""
    status = data.get("tokenStatus")
    token = status if isinstance(status, dict) else {}
    return Integration(
        id=_need_id(data),
        platform=clean_text(data.get("platform")),
        platform_user_id=read_id(data, "platformUserId"),
        # Some platforms give the sign before it, some don’t.
        username=clean_text(data.get("username")).lstrip("@"),
        display_name=clean_text(data.get("displayName")),
        profile_url=safe_url(data.get("profileUrl")),
        image_url=safe_url(data.get("imageUrl")),
        profile_id=read_id(data, "profileId"),
        auth_status=clean_text(data.get("authStatus")),
        auth_failure_reason=clean_text(data.get("authFailureReason")),
        created_at=parse_instant(data.get("createdAt")),
        has_token_status=bool(token),
        token_ends_at=parse_instant(data.get("refreshTokenExpiresAt")),
        token_is_lost=token.get("reconnectRequired") is True,
    )


def parse_profile(data: JsonObject) -> Profile:
    """Read one profile; raises OddShapeError without an id."""
    return Profile(
        id=_need_id(data),
        name=clean_text(data.get("name")),
        description=clean_text(data.get("description")),
        integration_count=read_amount(data, "integrationCount"),
        created_at=parse_instant(data.get("createdAt")),
    )


def parse_board(data: JsonObject) -> Board:
    """Read one board; raises OddShapeError without an id."""
    return Board(
        id=_need_id(data),
        name=clean_text(data.get("name")),
        description=clean_text(data.get("description")),
        privacy=clean_text(data.get("privacy")),
    )


def parse_receipt(data: JsonObject) -> PostReceipt:
    """Read the answer to a new post; a post id is all it needs.

    Whatever else is odd must not hide that the post was taken. Raises OddShapeError without an id.
    """
    platforms = tuple(
        PlatformResult(
            platform=clean_text(entry.get("platform")),
            success=entry.get("success") is True,
            url=safe_url(entry.get("platformPostUrl")),
            error=clean_message(entry.get("error")),
            warning=clean_message(entry.get("warningMessage")),
        )
        for entry in only_objects(data.get("platforms"))
    )
    return PostReceipt(
        post_id=_need_id(data, "postId"),
        status=clean_text(data.get("status")),
        success=data.get("success") is not False,
        platforms=platforms,
        scheduled_for=parse_instant(data.get("scheduledFor")),
    )


def _parse_states(value: object) -> tuple[PlatformState, ...]:
    return tuple(
        PlatformState(
            platform=clean_text(entry.get("platform")),
            status=clean_text(entry.get("status")),
            url=safe_url(entry.get("platformPostUrl")),
            platform_post_id=read_id(entry, "platformPostId"),
            error=clean_message(entry.get("errorMessage")),
            warning=clean_message(entry.get("warningMessage")),
            content=clean_text(entry.get("content")),
            published_at=parse_instant(entry.get("publishedAt")),
        )
        for entry in only_objects(value)
    )


def _parse_media(value: object) -> tuple[str, ...]:
    addresses = (safe_url(entry.get("url")) for entry in only_objects(value))
    return tuple(address for address in addresses if address)


def parse_post(data: JsonObject) -> Post:
    """Read one post of the record; raises OddShapeError without an id."""
    return Post(
        post_id=_need_id(data, "postId"),
        status=clean_text(data.get("status")),
        content=clean_text(data.get("content")),
        platforms=_parse_states(data.get("platforms")),
        raw_request_body=read_body(data, "rawRequestBody"),
        media_urls=_parse_media(data.get("mediaItems")),
        scheduled_for=parse_instant(data.get("scheduledFor")),
        timezone=clean_text(data.get("timezone")),
        created_at=parse_instant(data.get("createdAt")),
        updated_at=parse_instant(data.get("updatedAt")),
    )


def parse_scheduled(data: JsonObject) -> ScheduledPost:
    """Read one waiting post; raises OddShapeError without an id."""
    return ScheduledPost(
        post_id=_need_id(data, "postId"),
        content=clean_text(data.get("content")),
        scheduled_for=parse_instant(data.get("scheduledFor")),
        timezone=clean_text(data.get("timezone")),
        platforms=_parse_states(data.get("platforms")),
        media_urls=_parse_media(data.get("mediaItems")),
        created_at=parse_instant(data.get("createdAt")),
    )


def parse_upload(data: JsonObject) -> Upload:
    """Read the answer to an upload request; raises OddShapeError unless both addresses are absolute http(s) ones."""
    part = read_part(data, "data")
    upload = Upload(upload_url=safe_url(part.get("uploadUrl")), public_url=safe_url(part.get("publicUrl")))
    if not upload.upload_url or not upload.public_url:
        raise OddShapeError("data")
    return upload


def parse_connect_url(data: JsonObject) -> str:
    """Read the consent page's address; raises OddShapeError unless it is an absolute http(s) one."""
    url = safe_url(data.get("url"))
    if not url:
        raise OddShapeError("url")
    return url


def _parse_credits(value: object, limit_name: str) -> Credits | None:
    if not isinstance(value, dict):
        return None
    return Credits(
        limit=read_amount(value, limit_name) or 0,
        used=read_amount(value, "used") or 0,
        remaining=read_amount(value, "remaining") or 0,
        cycle_start=parse_instant(value.get("cycleStart")),
        cycle_end=parse_instant(value.get("cycleEnd")),
    )


def parse_usage(data: JsonObject) -> Usage:
    """Read what was used; raises OddShapeError without a total."""
    total = read_amount(data, "totalUsage")
    if total is None:
        raise OddShapeError("totalUsage")
    months = []
    for entry in only_objects(data.get("usage")):
        year, month, count = (read_amount(entry, name) for name in ("year", "month", "count"))
        platforms = entry.get("platform")
        per_platform = platforms if isinstance(platforms, dict) else {}
        counts = {clean_text(name): read_amount(per_platform, name) or 0 for name in per_platform}
        if year is not None and month is not None and count is not None and year <= 9999 and 1 <= month <= 12:
            months.append(UsageMonth(year=year, month=month, count=count, platforms=counts))
    balance = data.get("balance")
    balance = balance if isinstance(balance, dict) else {}
    return Usage(
        total=total,
        months=tuple(months),
        monthly=_parse_credits(balance.get("monthly"), "limit"),
        purchased=_parse_credits(balance.get("purchased"), "total"),
    )
