"""A post that was found unknown after a restore or a move, matched by a person to a pin that waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.facts import MAX_TEXT, account_ids
from postpeer_dash.pins.publishing.hold import accept_unknown_posts, unknown_posts_of
from postpeer_dash.pins.publishing.matching import objects
from postpeer_dash.pins.publishing.rows import lock, move, notify, set_targets
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit

State = Submission.State
_MAX = 200


def find_waiting_alike(team: Team, posts: Sequence[Mapping[str, Any]]) -> dict[str, list[Submission]]:
    """For each of these unknown posts of the team, by its id, what waits in line and has its text, title or media.

    Only what goes to exactly the accounts that the post went to can be matched: the record is then taken for all of it.
    """
    if not posts:
        return {}
    rows = Submission.objects.filter(pin__team=team, state=State.QUEUED, remote_id="").select_related("pin")
    waiting = list(rows.order_by("requested_at", "pk")[:_MAX])
    return {post["id"]: [one for one in waiting if _is_alike(one.body, post)] for post in posts}


def _is_alike(body: Mapping[str, Any], post: Mapping[str, Any]) -> bool:
    if not post["accounts"] or set(account_ids(body)) != set(post["accounts"]):
        return False
    titles = [
        str(data.get("title", ""))[:MAX_TEXT]
        for entry in objects(body.get("platforms"))
        if isinstance(data := entry.get("platformSpecificData"), Mapping)
    ]
    media = {str(item.get("url", "")) for item in objects(body.get("mediaItems"))}
    has_text = bool(post["text"]) and str(body.get("content", ""))[:MAX_TEXT] == post["text"]
    has_title = bool(post.get("title")) and post["title"] in titles
    return has_text or has_title or bool(media & set(post.get("media", [])))


def match_unknown_post(*, team: Team, actor: User, post_id: str, submission: Submission) -> bool:
    """A person says that a post is what waits: it is followed up as its own and not sent. False when either has gone on."""
    posts = [post for post in unknown_posts_of(team) if post["id"] == post_id]
    alike = find_waiting_alike(team, posts).get(post_id, [])
    if all(one.pk != submission.pk for one in alike):
        return False
    try:
        with transaction.atomic():
            # The connection first, as whoever lets sending go on has them.
            Connection.objects.select_for_update().get(pk=submission.connection_id)
            held = lock(submission.pk)
            if held.state != State.QUEUED or held.remote_id:
                return False
            record(held.pin, Kind.PERSON_FOUND, submission=held, actor=actor, post_id=post_id)
            fields = {
                "remote_id": post_id,
                "answered_at": timezone.now(),
                "checks": 0,
                "error_kind": "",
                "error_text": "",
            }
            move(held, State.ACCEPTED, due_at=timezone.now(), **fields)
            set_targets(held, Status.PUBLISHING, error_kind="", error_text="")
            notify(held)
            subject = str(held.pin)
            detail = {"post_id": post_id}
            record_audit(team=team, actor=actor, action="sending.unknown_post_matched", subject=subject, detail=detail)
            accept_unknown_posts(team=team, actor=actor, only=[post_id], is_audited=False)
    except IntegrityError:
        # Another submission holds this post by now.
        return False
    return True
