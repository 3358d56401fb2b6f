"""A PostPeer without a wire, for tests that play thousands of stories: what it does and what it says can differ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from django.utils import timezone

from postpeer_dash.postpeer import (
    BadAnswer,
    Conflict,
    Invalid,
    KeyRejected,
    NeverSent,
    NotFound,
    PlatformState,
    Post,
    PostReading,
    PostReceipt,
    RateLimited,
    Unclear,
)
from postpeer_dash.postpeer.types import Status


class Killed(BaseException):
    """The worker ends here, as `kill -9` ends it."""


# What can come back for a POST, whether or not it was carried out.
ANSWERS: dict[str, Callable[[], BaseException]] = {
    "timeout": lambda: Unclear("timeout"),
    "tls": lambda: Unclear("tls"),
    "500": lambda: Unclear("500", status=500),
    "no id": lambda: BadAnswer("no id", status=202),
    "400": lambda: Invalid("no", status=400),
    "401": lambda: KeyRejected("no key", status=401),
    "429": lambda: RateLimited("later", status=429),
    "killed": Killed,
}
# After these the same submission may be sent again: they say that nothing was done.
MAY_REPEAT = ("never sent", "401", "429")


@dataclass(slots=True)
class Pretend:
    """The next POST and the next reading go as they are told; otherwise all goes well."""

    posts: dict[str, Post] = field(default_factory=dict)
    next_post: tuple[bool, str] = (True, "receipt")
    next_list: str = "ok"

    def create_post(self, body: dict[str, Any]) -> PostReceipt:
        (is_done, answer), self.next_post = self.next_post, (True, "receipt")
        if answer == "never sent":
            raise NeverSent("no route")
        post = self._carry_out(body) if is_done or answer == "receipt" else None
        if answer in ANSWERS:
            raise ANSWERS[answer]()
        assert post is not None
        return PostReceipt(post.post_id, post.status, True, (), http_status=202)

    def _carry_out(self, body: dict[str, Any]) -> Post:
        post_id = f"post_{len(self.posts) + 1}"
        at = datetime.fromisoformat(body["scheduledFor"]) if "scheduledFor" in body else None
        status = Status.SCHEDULED if at else Status.PUBLISHED
        states = tuple(PlatformState(entry["platform"], status) for entry in body["platforms"])
        self.posts[post_id] = Post(
            post_id=post_id,
            status=status,
            content=body["content"],
            platforms=states,
            raw_request_body=body,
            scheduled_for=at,
            created_at=timezone.now(),
        )
        return self.posts[post_id]

    def list_posts(self, *, created_after: datetime, sort: str) -> PostReading:
        kind, self.next_list = self.next_list, "ok"
        if kind == "error":
            raise Unclear("down", status=500, is_write=False)
        found = [self._now(post) for post in self.posts.values() if post.created_at and post.created_at > created_after]
        if kind == "part":
            return PostReading(tuple(found[:-1]), len(found), False, timezone.now())
        if kind == "unreadable":
            found = [_changed(post, raw_request_body=None) for post in found]
        return PostReading(tuple(found), len(found), True, timezone.now())

    def get_post(self, post_id: str) -> Post:
        if post_id not in self.posts:
            raise NotFound("gone", status=404)
        return self._now(self.posts[post_id])

    def _now(self, post: Post) -> Post:
        is_due = post.status == Status.SCHEDULED and post.scheduled_for and post.scheduled_for <= timezone.now()
        return self._set(post, Status.PUBLISHED) if is_due else post

    def _set(self, post: Post, status: str) -> Post:
        states = tuple(PlatformState(state.platform, status) for state in post.platforms)
        self.posts[post.post_id] = _changed(post, status=status, platforms=states)
        return self.posts[post.post_id]

    def cancel_scheduled(self, post_id: str) -> None:
        if self.get_post(post_id).status != Status.SCHEDULED:
            raise Conflict("too late", status=409)
        self._set(self.posts[post_id], Status.DRAFT)

    def check_key(self) -> bool:
        return True

    def live(self, content: str) -> list[Post]:
        """Return the posts of this text that are out, or will be."""
        return [post for post in self.posts.values() if post.content == content and post.status != Status.DRAFT]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def _changed(post: Post, **fields: Any) -> Post:
    from dataclasses import replace

    return replace(post, **fields)
