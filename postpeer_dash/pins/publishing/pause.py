"""When nothing leaves: a person has stopped sending, or it is held for another key or for posts nobody here knows.

What waits stays queued, what is at PostPeer stays there.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection, Profile
from postpeer_dash.accounts.other_key import explain_refusal, require_same_key
from postpeer_dash.accounts.postpeer import base_url, current_connection, key_fingerprint, worker_client
from postpeer_dash.pins.models import PendingEdit, Pin, Status, Submission
from postpeer_dash.pins.publishing.matching import without_words
from postpeer_dash.pins.publishing.state import JOB
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.worker.bell import ring

log = logging.getLogger(__name__)
SHORT = 12  # signs of a fingerprint that people compare
_KEY_REASONS = ("key_rejected", "key_changed")
# How long (seconds) what was seen of a changed key is kept for people to read; it is seen anew with every sweep.
_SEEN_FOR = 3600


def may_speak(connection: Connection) -> bool:
    """Whether the configured PostPeer is the one that this connection's rows are about, under the key that is known.

    Under another key the list of posts is somebody else's, and what isn't in it is not absent. A changed key holds
    sending until it has been looked at.
    """
    if connection.base_url != base_url():
        return False
    if connection.key_fingerprint == key_fingerprint(settings.POSTPEER_API_KEY):
        return True
    # A hold is everybody's: a machine that has the wrong key must not stop those that have the right one.
    if not explain_refusal(connection):
        hold_sending(connection, "key_changed")
    return False


def hold_sending(connection: Connection, reason: str) -> None:
    """Let nothing more leave, for one of `Connection.held_reason`'s reasons. What is wrong with the key goes first."""
    free = Connection.objects.filter(pk=connection.pk)
    if reason not in _KEY_REASONS:
        free = free.exclude(held_reason__in=_KEY_REASONS)
    if free.exclude(held_reason=reason).update(held_at=timezone.now(), held_reason=reason):
        log.warning("sending is held: %s", reason)


def release_sending(connection: Connection, *reasons: str) -> None:
    """End a hold that is there for one of these reasons; what waits is called for, unless another reason is left."""
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
    """Ring for everything queued among these submissions, and every change that waits, in the order in which it was due."""
    now = timezone.now()
    is_queued = Q(state=Submission.State.QUEUED)
    # Not by a join: a row that may be missing can't be locked along.
    is_changing = Q(Exists(PendingEdit.objects.filter(submission=OuterRef("pk"))), state=Submission.State.ACCEPTED)
    waiting = submissions.filter(is_queued | is_changing)
    # Locked in the order in which everybody locks the submissions of one pin, and only then called in theirs.
    locked = waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", "state", "due_at")
    for key, state, _due_at in sorted(locked, key=lambda row: (row[2] or now, row[0])):
        is_called = ring(JOB, key, is_urgent=state == Submission.State.QUEUED)
        Submission.objects.filter(pk=key).update(due_at=now, rung_at=now if is_called else None)


def check_held_connections() -> None:
    """Look whether a refused or changed key is good by now. Costs nothing while it is the known one and not held.

    Raises OtherKeyError when another one is in use, or has replaced it: then this worker ends.
    """
    connection = Connection.objects.filter(base_url=base_url()).first()
    if connection is None:
        return
    is_known = may_speak(connection)
    if is_known and connection.held_reason not in _KEY_REASONS:
        return
    if not is_known:
        require_same_key()
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
    """Take a changed key when every profile that our accounts live in is found under it."""
    connected = Account.objects.exclude(health=Account.Health.DISCONNECTED).filter(connection=connection)
    needed = set(
        Profile.objects.filter(connection=connection, team__in=connected.values("team"))
        .exclude(remote_id="")
        .values_list("remote_id", flat=True)
    )
    with worker_client() as client:
        found = {profile.id for profile in client.list_profiles()}
    missing = needed - found
    cache.set(_seen_key(connection), {"at": timezone.now(), "missing": sorted(missing)}, _SEEN_FOR)
    if missing:
        return False
    fingerprint = key_fingerprint(settings.POSTPEER_API_KEY)
    detail = {"before": connection.key_fingerprint[:SHORT], "after": fingerprint[:SHORT]}
    with transaction.atomic():
        # Another machine may have taken its own meanwhile: then this one is looked at anew.
        free = Connection.objects.filter(pk=connection.pk, key_fingerprint=connection.key_fingerprint)
        replaced = [*connection.replaced_keys, connection.key_fingerprint]
        if not free.update(key_fingerprint=fingerprint, replaced_keys=replaced):
            return False
        record_audit(action="sending.key_taken", detail=detail)
    log.warning("the changed key is taken: our profiles are found under it")
    return True


def _seen_key(connection: Connection) -> str:
    return f"changed-key-{connection.pk}-{key_fingerprint(settings.POSTPEER_API_KEY)[:SHORT]}"


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What is known about a key that isn't the known one. Fingerprints are cut short; `missing` are our profiles' ids
    that PostPeer doesn't list under it, as a worker saw it `at`, None while none has looked."""

    before: str
    after: str
    at: datetime | None
    missing: frozenset[str]


def check_key_fingerprint(connection: Connection) -> KeyCheck:
    """Return how the configured key differs from the known one, and what a worker found under it. Asks nobody."""
    seen: dict[str, Any] = cache.get(_seen_key(connection)) or {}
    after = key_fingerprint(settings.POSTPEER_API_KEY)
    return KeyCheck(
        connection.key_fingerprint[:SHORT], after[:SHORT], seen.get("at"), frozenset(seen.get("missing", ()))
    )


def unknown_posts_of(team: Team) -> list[dict[str, Any]]:
    """Return the posts found after a restore or a move that nothing here explains and nobody has looked at yet.

    Those to the team's own accounts, and without their text and link those that can't be read at all.
    """
    connection = Connection.objects.filter(base_url=base_url()).first()
    if connection is None:
        return []
    own = _account_ids(team)
    return [
        post if post["accounts"] else without_words(post)
        for post in connection.unknown_posts
        if not post["is_seen"] and _concerns(own, post)
    ]


def all_unknown_posts() -> list[dict[str, Any]]:
    """Return the unknown posts of all teams, for whoever runs the installation."""
    connection = Connection.objects.filter(base_url=base_url()).first()
    return [post for post in connection.unknown_posts if not post["is_seen"]] if connection else []


def accept_unknown_posts(
    *, team: Team | None, actor: User, only: Collection[str] | None = None, is_audited: bool = True
) -> int:
    """Take it that a person has looked at the team's unknown posts, or with None at all teams': they stay, and sending
    goes on. `only` those with these ids, since others may have come since they looked. Returns how many. `is_audited`
    unless the caller has written down more than that.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update().filter(base_url=base_url()).first()
        if connection is None:
            return 0
        own = _account_ids(team) if team else frozenset()
        posts, seen = [], []
        for post in connection.unknown_posts:
            is_meant = only is None or post["id"] in only
            is_new = is_meant and not post["is_seen"] and (team is None or _concerns(own, post))
            posts.append({**post, "is_seen": True} if is_new else post)
            seen += [post["id"]] if is_new else []
        connection.unknown_posts = posts
        connection.save(update_fields=["unknown_posts"])
        if seen and is_audited:
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


def _account_ids(team: Team) -> frozenset[str]:
    """Return PostPeer's ids of the team's accounts, read once however many posts there are."""
    return frozenset(Account.objects.filter(team=team).values_list("remote_id", flat=True))


def _concerns(own: frozenset[str], post: dict[str, Any]) -> bool:
    return not post["accounts"] or not own.isdisjoint(post["accounts"])


def is_stopped(submission: Submission) -> bool:
    """Whether this submission may not leave now: its team or the instance is stopped, or sending is held."""
    connection = submission.connection
    return any((submission.pin.team.stopped_at, connection.stopped_at, connection.held_at))


def stop_sending(*, team: Team | None, actor: User | None) -> None:
    """Let nothing more of this team leave, or with None of anybody; what is being sent at this moment ends."""
    with transaction.atomic():
        if team is None:
            Connection.objects.filter(pk=current_connection().pk, stopped_at=None).update(stopped_at=timezone.now())
        else:
            Team.objects.filter(pk=team.pk, stopped_at=None).update(stopped_at=timezone.now())
        record_audit(team=team, actor=actor, action="sending.stopped")


def resume_sending(*, team: Team | None, actor: User | None) -> None:
    """Take the stop back and call a worker for what waits. What is late by now is judged by the rules for late ones."""
    with transaction.atomic():
        if team is None:
            connection = current_connection()
            Connection.objects.filter(pk=connection.pk).update(stopped_at=None)
            call_waiting(Submission.objects.filter(connection=connection))
        else:
            Team.objects.filter(pk=team.pk).update(stopped_at=None)
            call_waiting(Submission.objects.filter(pin__team=team))
        record_audit(team=team, actor=actor, action="sending.resumed")


def is_instance_stopped() -> bool:
    """Whether the whole instance is stopped."""
    return Connection.objects.filter(base_url=base_url()).exclude(stopped_at=None).exists()


def scheduled_at_postpeer(team: Team) -> QuerySet[Pin]:
    """Return pins that PostPeer publishes at their time even while sending is stopped, the next one first."""
    return Pin.objects.filter(team=team, targets__status=Status.SCHEDULED).distinct().order_by("scheduled_for", "pk")
