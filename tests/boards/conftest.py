import pytest

from postpeer_dash.accounts.models import Account
from tests.accounts.factories import make_account
from tests.cast import Cast


@pytest.fixture
def account(cast: Cast) -> Account:
    """Nordlicht's Pinterest account, int_1 at PostPeer."""
    return make_account(cast.team)
