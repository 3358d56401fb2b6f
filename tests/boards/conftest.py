import pytest

from postpeer_dash.accounts.models import Account
from postpeer_dash.postpeer import transport
from tests.accounts.factories import make_account
from tests.cast import Cast


@pytest.fixture
def account(cast: Cast) -> Account:
    """Nordlicht's Pinterest account, int_1 at PostPeer."""
    return make_account(cast.team)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries of a GET."""
    monkeypatch.setattr(transport, "sleep", lambda seconds: None)
