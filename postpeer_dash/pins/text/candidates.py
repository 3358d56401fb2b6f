"""Posts of PostPeer's that may be a submission's, described for the person who decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.alike import distinguish_within
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.text.labels import safe_url
from postpeer_dash.pins.text.phrases import join_names, parse_instant
from postpeer_dash.teams.models import Team


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post of PostPeer's list. What isn't this team's to read is empty."""

    post_id: str
    at: datetime | None
    text: str
    url: str
    board: str
    account: str


def read_candidates(submission: Submission, team: Team) -> list[FoundPost]:
    """Return the posts that may be this submission's, as they were when PostPeer's list was read last."""
    ids = submission.evidence.candidates
    known = {entry["id"]: entry for entry in submission.evidence.candidate_posts}
    return describe_posts(team, [known.get(post_id, {"id": post_id}) for post_id in ids])


def describe_posts(team: Team | None, posts: Sequence[Mapping[str, Any]]) -> list[FoundPost]:
    """Return posts with the names of the team's boards and accounts; in two queries, or none without posts.

    Without a team, with the names of all teams and of their boards and accounts: for the installation's owner.
    """
    if not posts:
        return []
    wanted = {str(post.get("board") or "") for post in posts} - {""}
    mine = {"account__team": team} if team else {}
    rows = Board.objects.filter(remote_id__in=wanted, **mine)
    boards = list(rows) if wanted else []
    distinguish_within(boards)
    labels = {board.remote_id: board.label for board in boards}
    accounts = _accounts(team, {one for post in posts for one in post.get("accounts", [])})
    return [
        FoundPost(
            post_id=str(post["id"]),
            at=parse_instant(post.get("created_at")),
            text=str(post.get("text") or ""),
            url=safe_url(str(post.get("url") or "")),
            board=labels.get(str(post.get("board") or ""), ""),
            account=join_names([accounts[one] for one in post.get("accounts", []) if one in accounts]),
        )
        for post in posts
    ]


def _accounts(team: Team | None, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = Account.objects.filter(remote_id__in=set(ids), **({"team": team} if team else {})).select_related("team")
    return {account.remote_id: account.name if team else f"{account.name} ({account.team.name})" for account in rows}
