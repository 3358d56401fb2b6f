"""Telling whose a post at PostPeer is. Its `rawRequestBody` is the natural key, since there is no other.

A person is shown enough of a post to know it again, and nothing of another team's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.payload import body_hash, canonical
from postpeer_dash.postpeer import Post
from postpeer_dash.postpeer.jsontext import clean_text

_CHUNK = 500


def find_unclaimed(listed: Iterable[Post], connection_id: int, *, apart_from: int = 0) -> list[Post]:
    """Return the posts that no submission (apart from one) holds by their id, in the order given."""
    posts = list(listed)
    if not posts:
        return []
    rows = Submission.objects.filter(connection_id=connection_id).exclude(pk=apart_from)
    ids = [post.post_id for post in posts]
    held: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        held.update(rows.filter(remote_id__in=ids[start : start + _CHUNK]).values_list("remote_id", flat=True))
    return [post for post in posts if post.post_id not in held]


class Forms:
    """The canonical forms of one reading's posts, made once however many submissions are looked for in it."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}
        self._marks: dict[str, set[tuple[str, str]]] = {}

    def hash_of(self, post: Post) -> str:
        """Return the hash of the body that made it, as of a submission's; empty where it can't be read."""
        if post.post_id not in self._hashes:
            raw = post.raw_request_body
            self._hashes[post.post_id] = "" if raw is None else body_hash(raw)
        return self._hashes[post.post_id]

    def marks_of(self, post: Post) -> set[tuple[str, str]]:
        """Return what it can be recognised by; nothing where its body can't be read."""
        if post.post_id not in self._marks:
            self._marks[post.post_id] = _marks(canonical(post.raw_request_body or {}))
        return self._marks[post.post_id]


def find_same(submission: Submission, posts: Iterable[Post], forms: Forms) -> list[Post]:
    """Return the posts that were made from this submission's frozen body, or from the one it had before it was late."""
    bodies = [submission.body, submission.evidence.earlier_body]
    hashes = {body_hash(body) for body in bodies if isinstance(body, Mapping)}
    return [post for post in posts if forms.hash_of(post) in hashes]


def count_own(submission: Submission) -> int:
    """Return how many posts with this submission's body the dashboard may have made that none of its rows holds yet."""
    rows = Submission.objects.filter(connection_id=submission.connection_id, remote_id="", sent_at__isnull=False)
    return rows.filter(body_hash=submission.body_hash).exclude(pk=submission.pk).count() + 1


def find_alike(submission: Submission, posts: Iterable[Post], forms: Forms) -> list[Post]:
    """Return the posts with the same media, board, title or text, or with a body that can't be read.

    Left out are those that a person has looked at before.
    """
    dismissed = submission.evidence.dismissed
    own = _marks(canonical(submission.body))
    near = [post for post in posts if not (theirs := forms.marks_of(post)) or own & theirs]
    return [post for post in near if post.post_id not in dismissed]


def leave_out_explained(submission: Submission, alike: Sequence[Post], forms: Forms) -> list[Post]:
    """Leave out those made from another submission's body: they are that one's, whose answer is on its way or was lost."""
    hashes = {post.post_id: forms.hash_of(post) for post in alike if post.raw_request_body}
    others = Submission.objects.filter(connection_id=submission.connection_id, remote_id="", sent_at__isnull=False)
    explained = set(
        others.filter(body_hash__in=set(hashes.values())).exclude(pk=submission.pk).values_list("body_hash", flat=True)
    )
    return [post for post in alike if hashes.get(post.post_id) not in explained]


def _marks(body: Any) -> set[tuple[str, str]]:
    """Return what a post can be recognised by; nothing for a body that can't be read."""
    marks: set[tuple[str, str]] = set()
    if not isinstance(body, dict):
        return marks
    marks.add(("text", str(body.get("content", "")).strip()))
    for item in objects(body.get("mediaItems")):
        marks.add(("media", str(item.get("url", ""))))
    for entry in objects(body.get("platforms")):
        data = entry.get("platformSpecificData")
        if isinstance(data, dict):
            marks.add(("board", str(data.get("boardId", ""))))
            marks.add(("title", str(data.get("title", "")).strip()))
    return {mark for mark in marks if mark[1]}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects of a list; none of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


MAX_TEXT = 140  # characters
_MAX_ID = 200


def account_ids(body: Mapping[str, Any] | None) -> list[str]:
    """Return the accounts that a body goes to, by PostPeer's ids; none of one that can't be read."""
    named = [entry.get("accountId") for entry in objects((body or {}).get("platforms"))]
    return [one for one in named if isinstance(one, str) and len(one) <= _MAX_ID and one.isprintable() and one.strip()]


def describe_post(post: Post) -> dict[str, Any]:
    """Return a post as JSON: id, created_at, text and title (their beginnings), url, media, board and account ids."""
    data = [entry.get("platformSpecificData") for entry in objects((post.raw_request_body or {}).get("platforms"))]
    details = [each for each in data if isinstance(each, Mapping)]
    return {
        "id": post.post_id,
        "created_at": post.created_at.isoformat() if post.created_at else "",
        "text": post.content[:MAX_TEXT],
        "title": next((_text(each["title"])[:MAX_TEXT] for each in details if each.get("title")), ""),
        "url": next((entry.url for entry in post.platforms if entry.url), ""),
        "media": list(post.media_urls[:4]),
        "board": next((_text(each["boardId"])[:_MAX_ID] for each in details if each.get("boardId")), ""),
        "accounts": account_ids(post.raw_request_body),
    }


def _text(value: Any) -> str:
    return clean_text(value)


def without_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same post with nothing in it that only its own team may read."""
    return {**facts, "text": "", "title": "", "url": "", "media": [], "board": ""}


def describe_candidates(submission: Submission, posts: Iterable[Post]) -> list[dict[str, Any]]:
    """Return the candidates of a submission, as a person is shown them.

    One that goes to another team's account, or can't be read and has another text, comes without its text and its link.
    """
    own: set[str] | None = None
    found = []
    for post in posts:
        if own is None:
            rows = Account.objects.filter(team__pins=submission.pin_id, connection_id=submission.connection_id)
            # With those it was sent to: a reconnect may have brought its account another id since.
            own = {*rows.values_list("remote_id", flat=True), *account_ids(submission.body)}
        facts = describe_post(post)
        is_near = bool(own & set(facts["accounts"])) or (
            not facts["accounts"] and post.content == submission.body.get("content")
        )
        found.append(facts if is_near else without_words(facts))
    return found
