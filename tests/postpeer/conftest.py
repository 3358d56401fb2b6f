import pytest

from postpeer_dash.postpeer import Client, transport
from tests.postpeer.wire import Wire, postpeer_wire

__all__ = ["client", "pauses", "postpeer_wire"]


@pytest.fixture
def client(postpeer_wire: Wire) -> Client:
    return postpeer_wire.client()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that were waited between tries; nobody waits."""
    waited: list[float] = []
    monkeypatch.setattr(transport, "sleep", waited.append)
    return waited
