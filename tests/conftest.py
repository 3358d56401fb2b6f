import os

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, settings

from postpeer_dash.pins.publishing import restore
from postpeer_dash.postpeer import transport
from tests.cast import Cast, SignIn, make_cast, sign_in
from tests.postpeer.wire import postpeer_wire

__all__ = ["postpeer_wire"]

# The browser's driver runs an event loop in this thread, which Django would take for an async caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

really_look_around = restore.look_around

# How fast examples are made says how busy the machine is, and the first one in a fresh clone takes a second.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first: begun last, one process would go on with it while the others have nothing to do."""
    items.sort(key=lambda item: not ({"long", "e2e"} & {mark.name for mark in item.iter_markers()}))


@pytest.fixture(autouse=True)
def forget_counts() -> None:
    """Each test tries for the first time: what is counted in the cache is of other tests."""
    cache.clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries of a GET."""
    monkeypatch.setattr(transport, "sleep", lambda seconds: None)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def as_(cast: Cast) -> SignIn:
    """Return a signed-in client of one of the cast: `as_("bob").get(...)`."""

    return lambda name: sign_in(getattr(cast, name))


@pytest.fixture
def owner(cast: Cast) -> Client:
    """Return a signed-in client of the installation's owner: alice, who owns Nordlicht as well."""
    cast.alice.is_superuser = True
    cast.alice.save(update_fields=["is_superuser"])
    return sign_in(cast.alice)


@pytest.fixture(autouse=True)
def has_looked_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process knows what PostPeer has: nothing that our rows don't. Tests of that look put the real one back."""
    monkeypatch.setattr(restore, "look_around", lambda _connection, _since: True)
