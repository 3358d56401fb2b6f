import pytest
from django.test import Client

from postpeer_dash.accounts.models import Account
from tests.cast import Cast
from tests.pins.factories import make_atelier


@pytest.fixture
def account(cast: Cast) -> Account:
    """Nordlicht's Atelier, with the board Winter away."""
    return make_atelier(cast.team)


@pytest.fixture
def owner(cast: Cast) -> Client:
    """A signed-in client of the installation's owner: alice, who owns Nordlicht as well."""
    cast.alice.is_superuser = True
    cast.alice.save(update_fields=["is_superuser"])
    client = Client()
    client.force_login(cast.alice)
    return client
