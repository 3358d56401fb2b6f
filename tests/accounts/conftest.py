import pytest

from postpeer_dash.postpeer import transport


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries of a GET."""
    monkeypatch.setattr(transport, "sleep", lambda seconds: None)
