"""Two teams full of rows, and what was where: for tests that walk every address."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import responses
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from requests.exceptions import ConnectTimeout

from postpeer_dash.accounts.models import ConnectAttempt
from postpeer_dash.pins.models import Pin, Review, Status, Submission
from postpeer_dash.teams.models import Invitation, Team, User
from tests.cast import Cast
from tests.media.rows import make_file
from tests.pins.composing import make_desk
from tests.pins.factories import make_draft, make_submitted

# Stands in every name and text of the other team: where it is read, the wall between the teams has a hole.
MARK = "harbourside"
# What a visit may leave behind: the session, when somebody was seen last, where they were, and counts.
VISIT = {"sessions.Session", "web.RateLimitCounter", "usersessions.UserSession"}
_VISIT_FIELDS = {("teams.User", "last_team"), ("teams.User", "last_login"), ("teams.Membership", "seen_at")}


@dataclass
class Side:
    """One team's rows, by the names that addresses call their ids."""

    team: Team
    path: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    cast: Cast
    own: Side
    other: Side
    _other_rows: dict[str, set[Any]] = field(default_factory=dict)

    def other_rows(self) -> dict[str, str]:
        """Each table's rows of the other team, as one hash."""
        return {
            label: _hash(model._default_manager.filter(pk__in=self._other_rows[label]))
            for label, model in _models().items()
            if self._other_rows.get(label)
        }

    def holes(self) -> list[str]:
        """Rows made meanwhile that lead into the other team."""
        found = []
        for label, model in _models().items():
            for fk in model._meta.get_fields():
                if isinstance(fk, ForeignKey):
                    theirs = self._other_rows.get(fk.related_model._meta.label, set())
                    rows = model._default_manager.filter(**{f"{fk.name}__in": theirs})
                    for row in rows.exclude(pk__in=self._other_rows.get(label, set())):
                        found.append(f"{label} {row.pk}: {fk.name}")
        return found


def make_world(cast: Cast) -> World:
    """Rows of every kind for Nordlicht, and the same for Harbour, which nobody of Nordlicht may ever see."""
    own = _make_side(cast.team, cast.alice, "nordlicht")
    before = {label: set(model._default_manager.values_list("pk", flat=True)) for label, model in _models().items()}
    other = _make_side(cast.other_team, cast.charlie, MARK)
    world = World(cast, own, other)
    for label, model in _models().items():
        world._other_rows[label] = set(model._default_manager.values_list("pk", flat=True)) - before[label]
    world._other_rows["teams.Team"] = {cast.other_team.pk}
    world._other_rows["teams.Membership"] = set(cast.other_team.memberships.values_list("pk", flat=True))
    # PostPeer itself is one for all.
    world._other_rows.pop("accounts.Connection", None)
    return world


def _make_side(team: Team, person: User, mark: str) -> Side:
    desk = make_desk(team, display_name=f"{mark} account", username=mark, remote_id=f"int_{mark}")
    desk.board.name = f"{mark} board"
    desk.board.save()
    words = {"title": f"{mark} title", "description": f"{mark} words", "account": desk.account, "board": desk.board}
    draft = make_draft(team, person, **words)
    waiting = make_draft(team, person, **words)
    Pin.objects.filter(pk=waiting.pk).update(review=Review.WAITING)
    submission = make_submitted(team, person, **words)
    Submission.objects.filter(pk=submission.pk).update(state=Submission.State.UNCONFIRMED)
    held = make_submitted(team, person, scheduled_for=timezone.now() + timedelta(days=2), **words)
    Submission.objects.filter(pk=held.pk).update(
        state=Submission.State.ACCEPTED, remote_id=f"post_{mark}", remote_status="scheduled", due_at=None
    )
    Pin.objects.filter(pk=held.pin.pk).update(status=Status.SCHEDULED)
    held.pin.targets.update(status=Status.SCHEDULED)
    attempt = ConnectAttempt.objects.create(
        team=team,
        user=person,
        nonce_hash=uuid4().hex,
        session_hash="",
        platform="pinterest",
        offered=[f"int_{mark}_new"],
    )
    invitation = Invitation.objects.create(
        team=team, email=f"new@{mark}.example", role="viewer", token_hash=uuid4().hex, invited_by=person
    )
    file = make_file(team, url=f"https://media.example/{mark}.jpg", name=f"{mark} picture.jpg", uploaded_by=person)
    Pin.objects.filter(pk=draft.pk).update(media_file=file.uuid, picture=file.uuid)
    member = team.memberships.order_by("pk").last()
    assert member
    return Side(
        team,
        path={
            "pin": [draft.uuid, waiting.uuid, submission.pin.uuid, held.pin.uuid],
            "submission": [submission.uuid],
            "account": [desk.account.pk],
            "attempt": [attempt.pk],
            "invitation": [invitation.pk],
            "member": [member.pk],
            "key": [f"int_{mark}"],
            "file": [file.uuid],
            "number": [0],
        },
        fields={
            "account id": desk.account.pk,
            "board id": desk.board.pk,
            "person id": person.pk,
            "team slug": team.slug,
            "pin uuid": draft.uuid,
            "form id": draft.form_id,
            "sent form id": submission.pin.form_id,
            "submission uuid": submission.uuid,
            "remote account": f"int_{mark}",
            "remote board": desk.board.remote_id,
            "team id": team.pk,
        },
    )


def _models() -> dict[str, type[Model]]:
    return {model._meta.label: model for model in apps.get_models() if model._meta.managed}


def _hash(rows: Any, without: Collection[str] = ()) -> str:
    names = [each.attname for each in rows.model._meta.concrete_fields if each.name not in without]
    return hashlib.sha256(repr(list(rows.order_by("pk").values_list(*names))).encode()).hexdigest()


def snapshot(*, without: Collection[str] = VISIT) -> dict[str, str]:
    """Every table as a hash, but for what a mere visit may leave behind."""
    return {
        label: _hash(model._default_manager.all(), [name for table, name in _VISIT_FIELDS if table == label])
        for label, model in _models().items()
        if label not in without
    }


def changed(before: dict[str, str]) -> list[str]:
    """Return the tables that are not as they were."""
    after = snapshot()
    return [label for label in before if before[label] != after[label]]


@dataclass(frozen=True)
class Address:
    """One address of the project: its name, its pattern and the ids that stand in it."""

    name: str
    route: str
    ids: tuple[str, ...]

    @property
    def space(self) -> str:
        """The app it belongs to, as the first part of its name; empty for the library's own pages of the door."""
        return self.name.rpartition(":")[0]

    def fill(self, values: dict[str, Any]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), self.route)


def addresses(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[Address]:
    """Every address the project serves."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and not route.startswith("^") and "(?P" not in route:
            yield Address(f"{space}{entry.name}", route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route)))


@dataclass
class Silence:
    """A PostPeer that never answers, and what it was asked nevertheless."""

    asked: list[str] = field(default_factory=list)


def silent_postpeer(mock: responses.RequestsMock) -> Silence:
    """Every request of this process ends in a time-out, and is written down."""
    silence = Silence()

    def answer(request: Any) -> Any:
        silence.asked.append(f"{request.method} {request.url} {request.body!r}")
        raise ConnectTimeout

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        mock.add_callback(method, re.compile(".*"), callback=answer)
    return silence
