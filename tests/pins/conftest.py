from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import responses
import time_machine

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards import services as boards
from tests.cast import Cast
from tests.pins.factories import make_atelier
from tests.postpeer.wire import SERVER_DATE


@pytest.fixture
def in_november() -> Iterator[None]:
    """Begin on Sunday, 22 November 2026, at 11:00 in Berlin; time goes on."""
    with time_machine.travel(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def same_clock() -> Iterator[None]:
    """Our clock and PostPeer's, as the wire tells it, agree."""
    with time_machine.travel(parsedate_to_datetime(SERVER_DATE), tick=True):
        yield


@pytest.fixture
def no_wire() -> Iterator[None]:
    """Whoever calls PostPeer fails, and so does the test, even where the call's failure is taken."""
    with responses.RequestsMock() as mock:
        yield
        assert [call.request.url for call in mock.calls] == []


@pytest.fixture
def account(cast: Cast) -> Account:
    """Nordlicht's Atelier, with the board Winter away."""
    return make_atelier(cast.team)


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """Return the accounts whose boards PostPeer was asked for; the boards stay as they are."""
    asked: list[Account] = []

    def refresh(account: Account) -> object:
        asked.append(account)
        return boards.list_of(account)

    monkeypatch.setattr(boards, "refresh_boards", refresh)
    return asked
