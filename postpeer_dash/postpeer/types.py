"""What PostPeer's answers hold, as plain values. Unknown statuses and platforms stay what they are: strings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

JsonObject = dict[str, Any]


class Status(StrEnum):
    """The statuses PostPeer documents, of a post and of each platform in it; others may appear at any time."""

    DRAFT = "draft"
    PENDING = "pending"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    PARTIAL = "partial"


KNOWN_STATUSES = frozenset(status.value for status in Status)
# "draft" is what a cancelled post becomes: nothing more happens to it by itself.
FINAL_STATUSES = frozenset({Status.PUBLISHED.value, Status.FAILED.value, Status.PARTIAL.value, Status.DRAFT.value})


def is_known_status(status: str) -> bool:
    """Tell whether a status is one of the documented ones."""
    return status in KNOWN_STATUSES


def is_final_status(status: str) -> bool:
    """Tell whether nothing more is going to happen by itself; an unknown status is never final."""
    return status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds allowed: to connect, between two pieces of an answer, for a whole call, for a whole media upload.

    `write` stands in place of `read` for what changes something, None the same: PostPeer publishes before it answers.
    """

    connect: float = 5
    read: float = 30
    deadline: float = 60
    upload: float = 1_800
    write: float | None = None

    def __post_init__(self) -> None:
        if min(self.connect, self.read, self.deadline, self.upload, self.patience(is_write=True)) <= 0:
            raise ValueError("timeouts must be positive")

    def patience(self, *, is_write: bool) -> float:
        """Return how long the other side may say nothing, in seconds."""
        return self.write if is_write and self.write is not None else self.read


@dataclass(frozen=True, slots=True)
class Integration:
    """One connected account. `auth_status` is "" when the server doesn't tell."""

    id: str
    platform: str
    platform_user_id: str = ""
    username: str = ""
    display_name: str = ""
    profile_url: str = ""
    image_url: str = ""
    profile_id: str = ""
    auth_status: str = ""
    auth_failure_reason: str = ""
    created_at: datetime | None = None
    # Only in an account that was asked for by its id.
    has_token_status: bool = False
    token_ends_at: datetime | None = None  # when the permission can't be renewed any more without the person
    token_is_lost: bool = False

    @property
    def needs_reconnecting(self) -> bool:
        """Return whether PostPeer says that the person has to consent again."""
        return self.auth_status == "reconnect_required" or self.token_is_lost


@dataclass(frozen=True, slots=True)
class Profile:
    """A group of integrations."""

    id: str
    name: str = ""
    description: str = ""
    integration_count: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A Pinterest board. The id is a long decimal string, never a number."""

    id: str
    name: str = ""
    description: str = ""
    privacy: str = ""


class BoardReading(list[Board]):
    """The boards that could be read of an answer; `listed` is how many stood in it, whole or not."""

    listed: int = 0


@dataclass(frozen=True, slots=True)
class PlatformResult:
    """What the answer to a new post says of one platform."""

    platform: str
    success: bool
    url: str = ""
    error: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PostReceipt:
    """PostPeer took a post. `success` is False only when every platform failed; the post exists all the same."""

    post_id: str
    status: str
    success: bool
    platforms: tuple[PlatformResult, ...] = ()
    scheduled_for: datetime | None = None
    request_id: str = ""
    http_status: int = 0
    server_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlatformState:
    """What PostPeer's record says of one platform of a post."""

    platform: str
    status: str
    url: str = ""
    platform_post_id: str = ""
    error: str = ""
    warning: str = ""
    content: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post as PostPeer records it. `raw_request_body` is None when it is missing or not an object."""

    post_id: str
    status: str
    content: str = ""
    platforms: tuple[PlatformState, ...] = ()
    raw_request_body: Mapping[str, Any] | None = None
    media_urls: tuple[str, ...] = ()
    scheduled_for: datetime | None = None
    timezone: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostReading:
    """What one walk through the list of posts saw.

    is_complete: the total stayed the same, every element was readable, ids were distinct and as many as the total.
    read_at: PostPeer's clock when the walk began (aware UTC), None when it sent no readable `Date`.
    """

    posts: tuple[Post, ...]
    total: int
    is_complete: bool
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScheduledPost:
    """A post that waits for its time."""

    post_id: str
    content: str = ""
    scheduled_for: datetime | None = None
    timezone: str = ""
    platforms: tuple[PlatformState, ...] = ()
    media_urls: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to put a file's bytes, and where they can be read afterwards."""

    upload_url: str
    public_url: str


@dataclass(frozen=True, slots=True)
class UsageMonth:
    """Posts counted in one month."""

    year: int
    month: int
    count: int
    platforms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Credits:
    """A balance of credits; the cycle's ends are None for purchased credits."""

    limit: int
    used: int
    remaining: int
    cycle_start: datetime | None = None
    cycle_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used. The balances are None when the answer has none, as for a single profile."""

    total: int
    months: tuple[UsageMonth, ...] = ()
    monthly: Credits | None = None
    purchased: Credits | None = None
