import pytest

from postpeer_dash.accounts.models import Account
from tests.cast import Cast
from tests.pins.factories import make_atelier


@pytest.fixture
def account(cast: Cast) -> Account:
    """Nordlicht's Atelier, with the board Winter away."""
    return make_atelier(cast.team)
