"""When nothing is sent and nothing is asked: another PostPeer, another key, a refused key, posts that nobody here knows."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection, Profile
from postpeer_dash.accounts.postpeer import base_url, key_fingerprint, worker_client
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.rows import enqueue
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit

log = logging.getLogger(__name__)
_KEY_REASONS = ("key_rejected", "key_changed")


def may_speak(connection: Connection) -> bool:
    """Whether the configured PostPeer is the one that this connection's rows are about, under the key that is known.

    Under another key the list of posts is somebody else's, and what isn't in it is not absent. A changed key holds
    sending until it has been looked at.
    """
    if connection.base_url != base_url():
        return False
    if connection.key_fingerprint == key_fingerprint(settings.POSTPEER_API_KEY):
        return True
    hold_sending(connection, "key_changed")
    return False


def hold_sending(connection: Connection, reason: str) -> None:
    """Lets nothing more leave, for one of `Connection.held_reason`'s reasons. What is wrong with the key goes first."""
    free = Connection.objects.filter(pk=connection.pk)
    if reason not in _KEY_REASONS:
        free = free.exclude(held_reason__in=_KEY_REASONS)
    if free.exclude(held_reason=reason).update(held_at=timezone.now(), held_reason=reason):
        log.warning("sending is held: %s", reason)


def release_sending(connection: Connection, *reasons: str) -> None:
    """Ends a hold that is there for one of these reasons; what waits is called for, unless another reason is left."""
    with transaction.atomic():
        held = Connection.objects.select_for_update().get(pk=connection.pk)
        if held.held_at is None or held.held_reason not in reasons:
            return
        is_unseen = any(not post["is_seen"] for post in held.unknown_posts)
        held.held_at = timezone.now() if is_unseen else None
        held.held_reason = "unknown_posts" if is_unseen else ""
        held.save(update_fields=["held_at", "held_reason"])
        if not is_unseen:
            log.warning("sending goes on")
            call_waiting(Submission.objects.filter(connection=held))


def call_waiting(submissions: QuerySet[Submission]) -> None:
    """Rings for everything queued among these submissions, in the order in which it was due."""
    now = timezone.now()
    waiting = submissions.filter(state=Submission.State.QUEUED)
    for key in waiting.order_by("due_at", "pk").values_list("pk", flat=True):
        Submission.objects.filter(pk=key, state=Submission.State.QUEUED).update(due_at=now, rung_at=now)
        enqueue(key, Submission.State.QUEUED)


def check_held_connections() -> None:
    """Looks whether a refused or changed key is good by now. Costs nothing while it is the known one and not held."""
    connection = Connection.objects.filter(base_url=base_url()).first()
    if connection is None:
        return
    is_known = may_speak(connection)
    if is_known and connection.held_reason not in _KEY_REASONS:
        return
    try:
        if is_known:
            # Put back, or a key that was refused: is it accepted?
            with worker_client() as client:
                is_good = client.check_key()
        else:
            is_good = _take_key(connection)
    except PostPeerError:
        return
    if is_good:
        release_sending(connection, *_KEY_REASONS)


def _take_key(connection: Connection) -> bool:
    """Takes a changed key when every profile that our accounts live in is found under it."""
    connected = Account.objects.exclude(health=Account.Health.DISCONNECTED).filter(connection=connection)
    needed = set(
        Profile.objects.filter(connection=connection, team__in=connected.values("team"))
        .exclude(remote_id="")
        .values_list("remote_id", flat=True)
    )
    with worker_client() as client:
        found = {profile.id for profile in client.list_profiles()}
    if not needed <= found:
        return False
    fingerprint = key_fingerprint(settings.POSTPEER_API_KEY)
    Connection.objects.filter(pk=connection.pk).update(key_fingerprint=fingerprint)
    log.warning("the changed key is taken: our profiles are found under it")
    return True


def unknown_posts_of(team: Team) -> list[dict[str, Any]]:
    """The posts found after a restore or a move that nothing here explains and nobody has looked at yet.

    Those to the team's own accounts, and without their text those that can't be read at all.
    """
    connection = Connection.objects.filter(base_url=base_url()).first()
    if connection is None:
        return []
    return [
        post if post["accounts"] else {**post, "text": ""}
        for post in connection.unknown_posts
        if not post["is_seen"] and _concerns(team, post)
    ]


def accept_unknown_posts(*, team: Team, actor: User) -> int:
    """A person has looked at the team's unknown posts: they stay what they are, and sending goes on. Returns how many."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update().filter(base_url=base_url()).first()
        if connection is None:
            return 0
        posts, seen = [], []
        for post in connection.unknown_posts:
            is_new = not post["is_seen"] and _concerns(team, post)
            posts.append({**post, "is_seen": True} if is_new else post)
            seen += [post["id"]] if is_new else []
        connection.unknown_posts = posts
        connection.save(update_fields=["unknown_posts"])
        if seen:
            record_audit(
                team=team,
                actor=actor,
                action="sending.unknown_posts_seen",
                subject=str(len(seen)),
                detail={"ids": seen},
            )
        if not any(not post["is_seen"] for post in posts):
            release_sending(connection, "unknown_posts")
    return len(seen)


def _concerns(team: Team, post: dict[str, Any]) -> bool:
    if not post["accounts"]:
        return True
    return Account.objects.filter(team=team, remote_id__in=post["accounts"]).exists()
