"""What is looked at before a worker's first POST: after a restore the database may know less than PostPeer.

It reads what PostPeer has since the last recorded submission. A post that nothing here holds is matched to a submission
with the same body, or by a person to a pin that waits. One that stays unknown and goes to an account of ours holds
sending until a person has looked.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.late_posts import take_in
from postpeer_dash.pins.publishing.matching import MAX_TEXT, account_ids, describe_post, find_unclaimed, objects
from postpeer_dash.pins.publishing.pause import accept_unknown_posts, hold_sending, unknown_posts_of
from postpeer_dash.pins.publishing.payload import body_hash, without_schedule
from postpeer_dash.pins.publishing.post_list import read_list
from postpeer_dash.pins.publishing.reconcile import adopt
from postpeer_dash.pins.publishing.state import change, lock, move, notify, publishing_setting, set_targets
from postpeer_dash.pins.publishing.timeline import Kind, record
from postpeer_dash.postpeer import Post
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import record_audit

log = logging.getLogger(__name__)
State = Submission.State


class _Gate:
    """What this process knows about each connection: that it has looked, and the last POST recorded then."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: dict[int, datetime] = {}
        self.not_before = 0.0


_gate = _Gate()


def is_cleared(connection: Connection) -> bool:
    """Whether a POST may leave as far as a restore is concerned; looks around before this process' first.

    A database that was put back under a running worker is noticed too: it has forgotten a POST that it knew.
    """
    with _gate.lock:
        latest = _last_sent(connection)
        seen = _gate.seen.get(connection.pk)
        if seen is None or latest < seen:
            if time.monotonic() < _gate.not_before:
                return False
            if not look_around(connection, latest):
                _gate.not_before = time.monotonic() + publishing_setting("retry_waits")[0]
                return False
            _gate.seen[connection.pk] = latest
            # What was found may have held it.
            return Connection.objects.filter(pk=connection.pk, held_at=None).exists()
        _gate.seen[connection.pk] = latest
    return True


def note_sent(connection_id: int, sent_at: datetime) -> None:
    """Remember a POST of this process: a database that doesn't know it later has been put back."""
    with _gate.lock:
        if connection_id in _gate.seen:
            _gate.seen[connection_id] = max(_gate.seen[connection_id], sent_at)


def _last_sent(connection: Connection) -> datetime:
    latest: datetime | None = Submission.objects.filter(connection=connection).aggregate(at=Max("sent_at"))["at"]
    return latest or connection.created_at


def look_around(connection: Connection, since: datetime) -> bool:
    """Read what PostPeer has since then and match what nothing here holds. False when the reading doesn't count."""
    reading, problem = read_list(connection, since)
    if reading is None:
        log.warning("nothing is sent before PostPeer's list has been read: %s", problem)
        return False
    used: set[int] = set()
    former = _former_ids(connection)
    unknown = []
    for post in find_unclaimed(reading.posts, connection.pk):
        is_ours = _concerns_us(connection, post)
        if (is_ours or not former.isdisjoint(account_ids(post.raw_request_body))) and _match(connection, post, used):
            continue
        if is_ours:
            unknown.append(post)
    _remember(connection, unknown)
    return True


def _former_ids(connection: Connection) -> set[str]:
    """Return the accounts that what isn't over goes to, by PostPeer's ids: a reconnect gives an account another one."""
    unsettled = (State.QUEUED, State.SENDING, State.UNCONFIRMED)
    bodies = Submission.objects.filter(connection=connection, state__in=unsettled).values_list("body", flat=True)
    return {one for body in bodies.iterator() for one in account_ids(body)}


def _concerns_us(connection: Connection, post: Post) -> bool:
    """Whether a post may be ours. What goes to none of our accounts is of other programs that use the same PostPeer."""
    ids = account_ids(post.raw_request_body)
    return not ids or Account.objects.filter(connection=connection, remote_id__in=ids).exists()


def _match(connection: Connection, post: Post, used: set[int]) -> bool:
    """Whether a submission explains this post; one that waits, or was given up, takes it as its own."""
    raw = post.raw_request_body
    rows = Submission.objects.filter(connection=connection, remote_id="").exclude(state=State.CANCELLED)
    if not raw:
        return _explain_unreadable(rows, post, used) or _is_held(connection, post)
    hashed = body_hash(raw)
    keys = [*rows.filter(body_hash=hashed).exclude(pk__in=used).order_by("pk").values_list("pk", flat=True)]
    if not keys and raw.get("publishNow"):
        # A scheduled one that was late goes out as one for now.
        waiting = rows.filter(state=State.QUEUED).exclude(scheduled_for=None).exclude(pk__in=used)
        keys = [one.pk for one in waiting if body_hash(without_schedule(one.body)) == hashed]
    with transaction.atomic():
        held = [lock(key) for key in keys]
        # What is on its way or looked for already comes first, then what waits, then what was given up.
        order = (
            State.SENDING,
            State.UNCONFIRMED,
            State.QUEUED,
            State.ABSENT,
            State.REFUSED,
            State.DONE,
            State.ACCEPTED,
        )
        for submission in sorted(held, key=lambda one: order.index(State(one.state))):
            used.add(submission.pk)
            if submission.state in (State.SENDING, State.UNCONFIRMED):
                return True
            if submission.state == State.QUEUED and adopt(submission, post):
                return True
            if submission.state in (State.ABSENT, State.REFUSED) and submission.sent_at:
                if not take_in(submission, post):
                    change(submission, due_at=timezone.now())
                return True
            if submission.state == State.DONE:
                # A person had said that it is out.
                change(submission, remote_id=post.post_id)
                return True
    return _is_held(connection, post)


def _is_held(connection: Connection, post: Post) -> bool:
    """Whether a submission holds it by now: an answer may have been written down since the list was compared."""
    return Submission.objects.filter(connection=connection, remote_id=post.post_id).exists()


def _explain_unreadable(rows: QuerySet[Submission], post: Post, used: set[int]) -> bool:
    """Whether something on its way, or looked for already, has the text and the media that the record shows."""
    for submission in rows.filter(state__in=(State.SENDING, State.UNCONFIRMED)).exclude(pk__in=used).order_by("pk"):
        media = {str(item.get("url", "")) for item in objects(submission.body.get("mediaItems"))}
        if post.content == submission.body.get("content") and media == set(post.media_urls):
            used.add(submission.pk)
            return True
    return False


def _remember(connection: Connection, unknown: list[Post]) -> None:
    """Keep what nobody here knows for a person to look at, and hold sending until that is done."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        before: dict[str, dict[str, Any]] = {post["id"]: post for post in row.unknown_posts}
        ids = {post.post_id for post in unknown}
        kept = [post for post in before.values() if not post["is_seen"] or post["id"] in ids]
        new = [{**describe_post(post), "is_seen": False} for post in unknown if post.post_id not in before]
        row.unknown_posts = [*kept, *new]
        row.save(update_fields=["unknown_posts"])
        if new:
            log.warning("%d posts at PostPeer are unknown here", len(new))
    if new:
        hold_sending(connection, "unknown_posts")


_MAX = 200


def find_waiting_alike(team: Team, posts: Sequence[Mapping[str, Any]]) -> dict[str, list[Submission]]:
    """Return by the id of each of these unknown posts of the team what waits in line and has its text, title or media.

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
    """Take a post for what waits, since a person says so: it is followed up as its own and not sent.

    False when either has gone on.
    """
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
