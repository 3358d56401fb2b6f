"""Write the demo's story: pins, targets, submissions and timelines as publishing would have left them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.demo.pictures import ALTS, COLORS
from postpeer_dash.demo.story import EWA, JONAS, Scene
from postpeer_dash.pins.models import Event, Pin, Review, Status, Submission, SubmissionTarget, Target
from postpeer_dash.pins.planned_time import set_time
from postpeer_dash.pins.publishing.payload import body_hash, build_body
from postpeer_dash.pins.publishing.state import sum_statuses
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.teams.models import Team, User
from postpeer_dash.web.text import fold

State = Submission.State
BERLIN = ZoneInfo("Europe/Berlin")
_UNTIL_ASKED = timedelta(minutes=4)
_UNTIL_CANCELLED = timedelta(hours=3)


@dataclass(slots=True)
class Take:
    """A scene with its rows, while they are made."""

    scene: Scene
    actor: User  # who composed it
    presser: User  # who sent it: an editor, where the author may not
    pin: Pin
    at: datetime  # when it goes or went out
    pressed_at: datetime
    targets: list[Target]
    submission: Submission | None = None

    @property
    def is_approved(self) -> bool:
        """Return whether somebody else than the author let it go out."""
        return self.pin.frozen_at is not None and self.presser != self.actor

    @property
    def cancelled_at(self) -> datetime | None:
        """Return when it was called back at PostPeer: some hours after it had been scheduled."""
        return self.pressed_at + _UNTIL_CANCELLED if self.scene.status == Status.CANCELLED else None

    @property
    def ends_at(self) -> datetime:
        """Return when it came to its end, whichever: at its time, or at once where nobody had scheduled it."""
        return self.cancelled_at or (self.at if self.scene.was_scheduled else self.pressed_at)


def write_scenes(team: Team, cast: Mapping[str, User], scenes: Sequence[Scene]) -> None:
    """Write the rows of these scenes for one team, in a few statements for all of them."""
    now = timezone.now()
    boards = {board.name: board for board in Board.objects.filter(account__team=team).select_related("account")}
    linkedin = Account.objects.filter(team=team, platform="linkedin").first()
    takes = [_make_take(scene, team, cast, boards[scene.board], now) for scene in scenes]
    Pin.objects.bulk_create(take.pin for take in takes)
    for take in takes:
        accounts = [take.pin.account, linkedin if take.scene.to_linkedin else None]
        take.targets = [_make_target(take, account) for account in accounts if account is not None]
    Target.objects.bulk_create(target for take in takes for target in take.targets)
    for take in takes:
        take.pin.status = sum_statuses(target.status for target in take.targets)
        if take.pin.frozen_at:
            take.submission = _make_submission(take, now)
        if take.is_approved and take.submission:
            take.pin.approved_hash = take.submission.body_hash
    Pin.objects.bulk_update((take.pin for take in takes), ["status", "approved_hash"])
    Submission.objects.bulk_create(take.submission for take in takes if take.submission)
    SubmissionTarget.objects.bulk_create(
        SubmissionTarget(submission=take.submission, target=target, is_open=take.submission.ended_at is None)
        for take in takes
        for target in take.targets
        if take.submission
    )
    Event.objects.bulk_create(event for take in takes for event in _make_events(take))
    _mark_used(takes)


def _make_take(scene: Scene, team: Team, cast: Mapping[str, User], board: Board, now: datetime) -> Take:
    actor = cast[scene.author]
    at = _time_of(scene, now)
    is_draft = scene.status == Status.DRAFT
    is_ahead = scene.status == Status.SCHEDULED
    if is_draft and scene.minutes is not None:
        begun = now + timedelta(minutes=scene.minutes)
    elif is_ahead:
        begun = now - timedelta(hours=20 + 5 * max(scene.day, 0))
    else:
        begun = at - timedelta(days=2 if scene.was_scheduled else 0, minutes=36)
    pressed_at = begun + timedelta(minutes=0 if is_draft else 34)
    pressed_at = at if not (is_ahead or is_draft or scene.was_scheduled) else pressed_at
    wants_time = is_ahead or scene.was_scheduled or bool(scene.review)
    base = board.account.connection.base_url
    presser = cast[EWA] if scene.author == JONAS else actor
    is_approved = not is_draft and presser != actor
    touched_at = pressed_at
    if is_draft:
        touched_at = begun + _UNTIL_ASKED if scene.review else begun
    elif scene.status == Status.CANCELLED:
        touched_at += _UNTIL_CANCELLED
    picture = f"{scene.picture}-moved" if scene.is_gone else scene.picture
    link = f"https://nordlicht.example/{scene.link}" if scene.link else ""
    pin = Pin(
        team=team,
        author=actor,
        account=board.account,
        board=board,
        title=scene.title,
        description=scene.text,
        link=link,
        media_url=f"{base}/pictures/{picture}.jpg",
        alt_text=ALTS[scene.picture],
        dominant_color=COLORS[scene.picture],
        review=Review.APPROVED if is_approved else scene.review or Review.NONE,
        reviewed_by=presser if is_approved else None,
        reviewed_at=pressed_at if is_approved else None,
        saved_by=actor,
        created_at=begun,
        updated_at=touched_at,
        frozen_at=None if is_draft else pressed_at,
        sort_at=begun if is_draft else pressed_at,
        search_text=fold(f"{scene.title} {scene.text} {link}"),
    )
    set_time(pin, at if wants_time else None, scene.time_zone)
    return Take(scene, actor, presser, pin, at, pressed_at, [])


def _time_of(scene: Scene, now: datetime) -> datetime:
    if scene.minutes is not None and not scene.review:
        at = now + timedelta(minutes=scene.minutes)
        # Ahead, people choose a quarter of an hour.
        return at if scene.minutes < 0 else at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    day = now.astimezone(BERLIN).date() + timedelta(days=scene.day)
    return datetime.combine(day, time.fromisoformat(scene.clock), tzinfo=BERLIN)


def _make_target(take: Take, account: Account) -> Target:
    scene, pin = take.scene, take.pin
    is_first = account.pk == pin.account_id
    status = scene.status if is_first else scene.linkedin or scene.status
    status = Status.PUBLISHED if status == Status.PARTIAL else status
    target = Target(
        pin=pin,
        account=account,
        board=pin.board if is_first else None,
        platform=account.platform,
        status=status,
        sort_at=pin.sort_at,
        updated_at=take.ends_at + timedelta(seconds=8),
    )
    if status == Status.PUBLISHED:
        out_at = take.ends_at + timedelta(seconds=7)
        digest = hashlib.sha256(f"{pin.uuid}/{account.pk}".encode()).hexdigest()
        target.platform_post_id = str(10**17 + int(digest[:14], 16) % (9 * 10**17))
        kind = "pin" if account.platform == "pinterest" else "post"
        target.url = f"{account.connection.base_url}/{kind}/{target.platform_post_id}"
        target.published_at = target.updated_at = out_at
        target.warning_text = scene.warning if is_first else ""
    elif status == Status.FAILED:
        target.error_kind, target.error_text = "platform_failed", scene.error
    elif status == Status.UNCONFIRMED:
        target.error_kind, target.error_text = "unclear", "Connection reset while reading the answer"
    return target


def _make_submission(take: Take, now: datetime) -> Submission:
    scene, pin = take.scene, take.pin
    body = build_body(pin, take.targets, scheduled_for=pin.scheduled_for)
    assert pin.account is not None  # nosec B101
    one = Submission(
        pin=pin,
        connection=pin.account.connection,
        body=body,
        body_hash=body_hash(body),
        scheduled_for=pin.scheduled_for,
        requested_by=take.presser,
        requested_at=take.pressed_at,
        attempts=1,
        sent_at=take.pressed_at + timedelta(seconds=1),
        answered_at=take.pressed_at + timedelta(seconds=2.9),
        request_id=f"{pin.uuid.hex[:4]}-{pin.uuid.hex[4:8]}",
    )
    if scene.status == Status.UNCONFIRMED:
        # Looked for from here on as any other: PostPeer doesn't have it, and says so in some minutes.
        one.state, one.due_at, one.error_kind = State.UNCONFIRMED, now + timedelta(seconds=75), "unclear"
        one.error_text, one.request_id = take.targets[0].error_text, ""
        return one
    one.remote_id = pin.uuid.hex[:24]
    one.remote_status = "draft" if scene.status == Status.CANCELLED else scene.status
    if scene.status == Status.SCHEDULED:
        one.state, one.due_at = State.ACCEPTED, pin.scheduled_for
    else:
        one.state = State.CANCELLED if scene.status == Status.CANCELLED else State.DONE
        one.ended_at = max(target.updated_at for target in take.targets)
    return one


def _make_events(take: Take) -> list[Event]:
    pin, one = take.pin, take.submission

    def line(kind: Kind, at: datetime, *, by: User | None = None, **data: object) -> Event:
        return Event(pin=pin, submission=None if by else one, kind=kind, at=at, actor=by, data=data)

    lines = [line(Kind.DRAFTED, pin.created_at, by=take.actor)]
    if take.scene.review or take.is_approved:
        lines.append(line(Kind.REVIEW_ASKED, pin.created_at + _UNTIL_ASKED, by=take.actor))
    if one is None:
        return lines
    when = {"scheduled_for": pin.scheduled_for.isoformat()} if pin.scheduled_for else {}
    if take.is_approved:
        lines.append(line(Kind.APPROVED, take.pressed_at, by=take.presser, hash=pin.approved_hash))
    pressed = Kind.SCHEDULE_PRESSED if pin.scheduled_for else Kind.PUBLISH_PRESSED
    lines.append(line(pressed, take.pressed_at, by=take.presser, **when))
    lines.append(line(Kind.SENT, take.pressed_at + timedelta(seconds=1)))
    if one.state == State.UNCONFIRMED:
        later = take.pressed_at + timedelta(seconds=31)
        return [*lines, line(Kind.UNCLEAR, later, text=one.error_text, next_at=(one.due_at or later).isoformat())]
    accepted_at = take.pressed_at + timedelta(seconds=2.9)
    lines.append(line(Kind.ACCEPTED, accepted_at, post_id=one.remote_id, request_id=one.request_id, seconds=1.9))
    if pin.scheduled_for:
        lines.append(line(Kind.SCHEDULED, accepted_at, platform=take.targets[0].platform))
    if take.cancelled_at:
        lines.append(line(Kind.CANCEL_PRESSED, take.cancelled_at, by=take.presser))
    ends = {Status.PUBLISHED: Kind.PUBLISHED, Status.FAILED: Kind.FAILED, Status.CANCELLED: Kind.CANCELLED}
    for target in take.targets:
        if kind := ends.get(Status(target.status)):
            at = target.published_at or target.updated_at
            lines.append(line(kind, at, platform=target.platform, url=target.url, text=target.error_text))
    return lines


def _mark_used(takes: Sequence[Take]) -> None:
    used: dict[int, Board] = {}
    for take in takes:
        board = take.pin.board
        if board is not None and take.pin.frozen_at:
            board.last_used_at = max(board.last_used_at or take.pressed_at, take.pressed_at)
            used[board.pk] = board
    Board.objects.bulk_update(used.values(), ["last_used_at"])
