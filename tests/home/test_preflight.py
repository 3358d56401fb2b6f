"""What is scheduled and will fail is named before its time: on home, and found out by a worker."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Usage
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.boards.models import Board
from postpeer_dash.home.todo import Todo
from postpeer_dash.pins import preflight
from postpeer_dash.pins.models import Pin, Status
from postpeer_dash.pins.preflight import look_ahead, look_ahead_when_due
from postpeer_dash.worker.models import SingletonJob
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account
from tests.pins.listing import make_pin
from tests.postpeer.samples import board_list, integration_detail
from tests.postpeer.wire import Wire

ENDPOINT = "/v1/connect/integrations/int_1"


def schedule(cast: Cast, account: Account, *, days: float = 1, **fields: Any) -> Pin:
    at = timezone.now() + timedelta(days=days)
    return make_pin(cast.team, cast.bob, account, status=Status.SCHEDULED, scheduled_for=at, **fields)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """When a worker has looked ahead; nobody is asked."""
    made: list[str] = []
    monkeypatch.setattr(preflight, "look_ahead", lambda: made.append("looked"))
    return made


def needs(client: Client) -> list[Todo]:
    found: list[Todo] = client.get("/t/nordlicht/").context["overview"].needs
    return found


def a_usage(left: int) -> dict[str, Any]:
    monthly = {
        "limit": 500,
        "used": 500 - left,
        "remaining": left,
        "cycleStart": "2026-11-01T00:00:00.000Z",
        "cycleEnd": "2030-12-01T00:00:00.000Z",
    }
    purchased = {"total": 0, "used": 0, "remaining": 0}
    balance = {"monthly": monthly, "purchased": purchased}
    return {"success": True, "totalUsage": 1, "usage": [], "balance": balance}


def test_board_that_is_gone_tells_how_many_pins_are_meant_for_it(cast: Cast, account: Account, as_: SignIn) -> None:
    for days in (1, 2):
        schedule(cast, account, days=days)
    board = Board.objects.get()
    Board.objects.update(gone_at=timezone.now())
    (need,) = needs(as_("bob"))
    assert need.title == "The board Winter away is gone from Pinterest"
    assert need.text.startswith("Two scheduled pins are meant for it, the first one tomorrow at")
    assert need.acts[0].url == f"/t/nordlicht/pins/?board={board.pk}&status=scheduled"
    assert "Its board is gone" in as_("bob").get("/t/nordlicht/").content.decode()


def test_board_that_is_gone_with_nothing_scheduled_needs_nobody(cast: Cast, account: Account, as_: SignIn) -> None:
    make_pin(cast.team, cast.bob, account)
    Board.objects.update(gone_at=timezone.now())
    assert needs(as_("bob")) == []


@pytest.mark.parametrize(("left", "words"), [(0, "PostPeer’s credits are used up"), (1, "PostPeer has 1 credit left")])
def test_pins_beyond_the_credits_are_named(cast: Cast, account: Account, as_: SignIn, left: int, words: str) -> None:
    for days in (1, 2, 3):
        schedule(cast, account, days=days)
    Usage.objects.create(connection=current_connection(), left=left, limit=500)
    (need,) = needs(as_("adam"))
    count = {0: "Three scheduled pins are", 1: "Two scheduled pins are"}[left]
    assert need.title == words and need.text.startswith(count)
    assert "They were read today at" in need.text
    assert [act.words for act in need.acts] == ["Show the pins", "Ask PostPeer again"]


def test_credits_of_the_next_cycle_are_not_missed_today(cast: Cast, account: Account, as_: SignIn) -> None:
    schedule(cast, account, days=5)
    end = timezone.now() + timedelta(days=4)
    Usage.objects.create(connection=current_connection(), left=0, limit=500, cycle_end=end)
    assert needs(as_("adam")) == []


def test_enough_credits_need_nobody(cast: Cast, account: Account, as_: SignIn) -> None:
    schedule(cast, account)
    Usage.objects.create(connection=current_connection(), left=1, limit=500)
    assert needs(as_("adam")) == []


def test_worker_looks_ahead_now_and_then(cast: Cast, account: Account, looks: list[str]) -> None:
    schedule(cast, account)
    look_ahead_when_due()
    look_ahead_when_due()
    assert len(looks) == 1
    SingletonJob.objects.update(until=timezone.now())
    look_ahead_when_due()
    assert len(looks) == 2


def test_nothing_scheduled_asks_nobody(cast: Cast, account: Account, looks: list[str]) -> None:
    make_pin(cast.team, cast.bob, account)
    look_ahead_when_due()
    assert looks == []


def test_look_finds_the_credits_the_board_and_the_account(
    cast: Cast, account: Account, as_: SignIn, postpeer_wire: Wire
) -> None:
    schedule(cast, account)
    postpeer_wire.get("/v1/usage", json=a_usage(0))
    postpeer_wire.get(ENDPOINT, json={"success": True, "integration": integration_detail(id="int_1")})
    postpeer_wire.get("/v1/pinterest/boards", json=board_list())
    look_ahead()
    assert [need.sign for need in needs(as_("adam"))] == ["endangered", "endangered"]
    assert Board.objects.get().gone_at is not None


def test_look_that_fails_changes_nothing(cast: Cast, account: Account, postpeer_wire: Wire) -> None:
    schedule(cast, account)
    postpeer_wire.get("/v1/usage", json={}, status=500, tolerance=True, repeat=True)
    look_ahead()
    assert not Usage.objects.exists()


def test_accounts_with_nothing_scheduled_are_left_alone(cast: Cast, account: Account, postpeer_wire: Wire) -> None:
    make_account(cast.team, display_name="Idle")
    schedule(cast, account)
    postpeer_wire.get("/v1/usage", json=a_usage(5))
    postpeer_wire.get(ENDPOINT, json={"success": True, "integration": integration_detail(id="int_1")})
    postpeer_wire.get("/v1/pinterest/boards", json=board_list())
    look_ahead()
    assert len(postpeer_wire.calls) == 3
