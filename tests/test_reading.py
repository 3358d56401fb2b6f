"""Reading changes nothing: a GET of any address by anybody leaves every row as it was."""

from collections.abc import Iterator

import pytest
import responses
from django.test import Client

from tests.cast import Cast
from tests.test_smuggling import own_addresses
from tests.world import Address, Silence, World, addresses, changed, make_world, silent_postpeer, snapshot

ALL = list(addresses())
# A GET by necessity: the browser comes back from another site. What it uses up is a nonce that nobody can guess, bound
# to the session that asked for it.
RETURNS = {"accounts:return", "accounts:return_cancelled"}


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture(autouse=True)
def silence() -> Iterator[Silence]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield silent_postpeer(mock)


def paths(world: World, address: Address) -> list[str]:
    if "team" in address.ids:
        return list(own_addresses(world, address))
    return [address.fill({"nonce": "made-up", "token": "made-up", "pk": 1, "key": "made-up", "team_id": 1, "team": ""})]


@pytest.mark.parametrize("space", sorted({each.space for each in ALL}))
def test_get_changes_nothing(world: World, space: str) -> None:
    owner, stranger = Client(), Client()
    owner.force_login(world.cast.alice)
    before = snapshot()
    for address in ALL:
        if address.space == space and address.name not in RETURNS:
            for path in paths(world, address):
                for client in (owner, stranger):
                    client.get(path)
                    client.head(path)
            assert changed(before) == [], address.name


@pytest.mark.parametrize("name", sorted(RETURNS))
def test_return_with_a_made_up_nonce_changes_nothing(world: World, name: str) -> None:
    owner = Client()
    owner.force_login(world.cast.alice)
    before = snapshot()
    for address in ALL:
        if address.name == name:
            owner.get(address.fill({"nonce": "made-up"}))
    assert changed(before) == []
