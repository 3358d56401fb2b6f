"""What a person is shown of a post that may be theirs: enough to know it again, and nothing of another team's."""

from collections.abc import Iterable, Mapping
from typing import Any

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.matching import objects
from postpeer_dash.postpeer import Post

MAX_TEXT = 140  # characters


def account_ids(body: Mapping[str, Any] | None) -> list[str]:
    """The accounts that a body goes to, by PostPeer's ids; none of one that can't be read."""
    return [
        str(entry.get("accountId", "")) for entry in objects((body or {}).get("platforms")) if entry.get("accountId")
    ]


def describe_post(post: Post) -> dict[str, Any]:
    """A post in JSON: id, created_at, text and title (their beginnings), url, media, board and accounts (their ids)."""
    data = [entry.get("platformSpecificData") for entry in objects((post.raw_request_body or {}).get("platforms"))]
    details = [each for each in data if isinstance(each, Mapping)]
    return {
        "id": post.post_id,
        "created_at": post.created_at.isoformat() if post.created_at else "",
        "text": post.content[:MAX_TEXT],
        "title": next((str(each["title"])[:MAX_TEXT] for each in details if each.get("title")), ""),
        "url": next((entry.url for entry in post.platforms if entry.url), ""),
        "media": list(post.media_urls[:4]),
        "board": next((str(each["boardId"]) for each in details if each.get("boardId")), ""),
        "accounts": account_ids(post.raw_request_body),
    }


def without_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same post with nothing in it that only its own team may read."""
    return {**facts, "text": "", "title": "", "url": "", "media": [], "board": ""}


def describe_candidates(submission: Submission, posts: Iterable[Post]) -> list[dict[str, Any]]:
    """The candidates of a submission. One that goes to another team's account, or can't be read and has another text,
    comes without its text and its link."""
    own: set[str] | None = None
    found = []
    for post in posts:
        if own is None:
            rows = Account.objects.filter(team__pins=submission.pin_id, connection_id=submission.connection_id)
            own = set(rows.values_list("remote_id", flat=True))
        facts = describe_post(post)
        is_near = bool(own & set(facts["accounts"])) or (
            not facts["accounts"] and post.content == submission.body.get("content")
        )
        found.append(facts if is_near else without_words(facts))
    return found
