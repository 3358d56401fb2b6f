"""An id of another team put into every path, field and query: nothing is found, nothing changes, nobody is asked."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from django import forms
from django.test import Client

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.pending_edit import read_edit
from tests.cast import Cast
from tests.pins.composing import Desk
from tests.pins.editing import change_fields
from tests.world import MARK, Address, Silence, World, addresses, changed, make_world, silent_postpeer, snapshot

TEAMS = [each for each in addresses() if "team" in each.ids]
WITH_IDS = [each for each in TEAMS if set(each.ids) - {"team", "platform"}]
METHODS = ("get", "post")
pytestmark = [pytest.mark.usefixtures("quick"), pytest.mark.long]


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture
def silence() -> Iterator[Silence]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield silent_postpeer(mock)


@pytest.fixture
def owner(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def fillings(world: World, address: Address) -> Iterator[dict[str, Any]]:
    """Return the own team's slug with at least one id of the other team, and own ids in the other places."""
    names = [name for name in address.ids if name not in ("team", "platform")]
    choices = [
        [*((value, True) for value in world.other.path[name]), *((value, False) for value in world.own.path[name])]
        for name in names
    ]
    for combination in itertools.product(*choices):
        if any(is_foreign for _value, is_foreign in combination):
            values = {name: value for name, (value, _foreign) in zip(names, combination, strict=True)}
            yield {"team": world.cast.team.slug, "platform": "pinterest", **values}


@pytest.mark.parametrize("address", WITH_IDS, ids=lambda address: address.name)
def test_foreign_id_in_the_path_is_not_found(world: World, owner: Client, silence: Silence, address: Address) -> None:
    before = snapshot()
    for values in fillings(world, address):
        for method in METHODS:
            answer = getattr(owner, method)(address.fill(values))
            assert answer.status_code in (404, 405), f"{method} {address.fill(values)}: {answer.status_code}"
            assert MARK not in answer.content.decode()
    assert changed(before) == []
    assert [call for call in silence.asked if MARK in call] == []


def field_names() -> set[str]:
    """Return the names of all fields of the project's forms, and those that nobody declared but somebody might read."""
    names = {"team", "pin", "submission", "member", "user", "author", "id", "pk", "profile", "person", "review", "at"}
    kinds = [forms.BaseForm]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("postpeer_dash."):
            names |= set(getattr(kind, "base_fields", {}))
    return names


def own_addresses(world: World, address: Address) -> Iterator[str]:
    names = [name for name in address.ids if name not in ("team", "platform")]
    for combination in itertools.product(*(world.own.path[name] for name in names)):
        yield address.fill({"team": "nordlicht", "platform": "pinterest", **dict(zip(names, combination, strict=True))})


def is_harmless(world: World, answer: Any) -> bool:
    """Whether an answer is no failure of ours, and shows nothing of the other team."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # A form that can't be taken is shown again with what was typed, and no more than that.
    typed = world.other.fields["remote account"].encode()
    has_failed = answer.status_code >= 500 and answer.status_code not in (502, 503)
    return not has_failed and MARK.encode() not in body.replace(typed, b"")


def find_reached(world: World, silence: Silence, before: dict[str, str]) -> list[str]:
    """Tables in which the other team's rows changed, new rows that lead to it, and what PostPeer was asked about it."""
    tables = {label for label, _rows in before.items() ^ world.other_rows().items()}
    asked = [call for call in silence.asked if MARK in call or world.other.fields["remote board"] in call]
    return [*sorted(tables), *world.holes(), *asked]


ACTIONS = ("draft", "publish", "schedule", "submit", "refresh_boards")


@pytest.mark.parametrize("address", TEAMS, ids=lambda address: address.name)
def test_foreign_id_in_any_field_or_query_reaches_nothing(
    world: World, owner: Client, silence: Silence, address: Address
) -> None:
    names = field_names()
    before = world.other_rows()
    # A method that an address doesn't take is refused before anything is read, so once is enough.
    methods = set(METHODS)
    for kind, value in world.other.fields.items():
        fields = {name: str(value) for name in names}
        for path, method in itertools.product(own_addresses(world, address), sorted(methods)):
            answer = getattr(owner, method)(path, fields)
            assert is_harmless(world, answer), f"{method} {path}: {kind}"
            if answer.status_code == 405:
                methods.discard(method)
    # Reading every row costs more than a request, so not after each.
    assert find_reached(world, silence, before) == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", ["account", "board", "cross_post", "form_id"])
def test_foreign_id_in_one_field_of_a_good_form_makes_no_pin_of_theirs(
    world: World, owner: Client, silence: Silence, name: str, action: str
) -> None:
    own = world.own
    account = Account.objects.get(team=own.team)
    desk = Desk(own.team, account, account.boards.get())
    foreign = {
        "account": world.other.fields["account id"],
        "board": world.other.fields["board id"],
        "cross_post": world.other.fields["account id"],
        "form_id": world.other.fields["sent form id"],
    }
    before = world.other_rows()
    answer = desk.post(owner, action=action, scheduled_for="2031-05-01T10:00", **{name: foreign[name]})
    assert is_harmless(world, answer)
    assert find_reached(world, silence, before) == []
    if name != "form_id" and action not in ("draft", "refresh_boards"):
        assert answer.status_code == 422


@pytest.mark.parametrize("name", ["account", "board", "cross_post", "form_id", "pin"])
def test_foreign_id_in_one_field_of_a_good_change_reaches_nothing(
    world: World, owner: Client, silence: Silence, name: str
) -> None:
    held = Submission.objects.select_related("pin__board").get(pin__team=world.own.team, remote_id="post_nordlicht")
    fields = {**change_fields(held), "title": "Other words", name: world.other.fields[FOREIGN[name]]}
    before = world.other_rows()
    answer = owner.post(f"/t/nordlicht/pins/{held.pin.uuid}/edit/scheduled/", fields)
    assert is_harmless(world, answer)
    assert find_reached(world, silence, before) == []
    held.refresh_from_db()
    # The accounts are the pin's own, whatever the form says; a foreign board and another form are refused.
    if name in ("board", "form_id"):
        assert (answer.status_code, read_edit(held)) == (422, None)
    else:
        edit = read_edit(held)
        assert edit and MARK not in f"{edit.content} {edit.body}"


FOREIGN = {
    "account": "account id",
    "board": "board id",
    "cross_post": "account id",
    "form_id": "sent form id",
    "pin": "pin uuid",
}


def test_walk_knows_every_kind_of_id(world: World) -> None:
    known = {"team", "platform", *world.own.path}
    assert {name for address in TEAMS for name in address.ids} <= known
