"""Boards read from PostPeer into our rows."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards import reading
from postpeer_dash.boards.access import board_of, boards_of
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.boards.reading import is_stale, refresh_boards
from tests.accounts.factories import make_account
from tests.boards.factories import ago, make_board, make_list
from tests.cast import Cast
from tests.postpeer.samples import a_board, board_list, integration_detail
from tests.postpeer.wire import Sent, Wire

BOARDS = "/v1/pinterest/boards"
DETAIL = "/v1/connect/integrations/int_1"


def answer(wire: Wire, *boards: dict[str, Any], **more: Any) -> None:
    wire.get(BOARDS, query={"accountId": "int_1"}, json=board_list(*boards), **more)


def names(account: Account) -> list[str]:
    return [board.name for board in boards_of(account)]


def test_boards_become_rows_in_postpeers_order(account: Account, postpeer_wire: Wire) -> None:
    answer(
        postpeer_wire, a_board(id="2", name="Zebra", privacy="SECRET", description=None), a_board(id="1", name="Ant")
    )
    refresh_boards(account)
    assert names(account) == ["Zebra", "Ant"]
    first = boards_of(account)[0]
    assert (first.remote_id, first.privacy, first.description) == ("2", "SECRET", "")


def test_long_ids_stay_text(account: Account, postpeer_wire: Wire) -> None:
    answer(postpeer_wire, a_board(id="1013802628540193877"), a_board(id="0013802628540193877"))
    refresh_boards(account)
    assert {board.remote_id for board in boards_of(account)} == {"1013802628540193877", "0013802628540193877"}


def test_renamed_board_keeps_its_row(account: Account, postpeer_wire: Wire) -> None:
    board = make_board(account, "Old", remote_id="1", last_used_at=ago(5))
    answer(postpeer_wire, a_board(id="1", name="New"))
    refresh_boards(account)
    board.refresh_from_db()
    assert board.name == "New"
    assert board.last_used_at is not None


def test_missing_board_is_marked_not_deleted(account: Account, postpeer_wire: Wire) -> None:
    board = make_board(account, "Autumn 2024", remote_id="1", seen_at=ago(20))
    answer(postpeer_wire, a_board(id="2", name="Winter"))
    refresh_boards(account)
    board.refresh_from_db()
    assert board.gone_at is not None
    assert names(account) == ["Winter", "Autumn 2024"]


def test_board_that_comes_back_is_no_longer_gone(account: Account, postpeer_wire: Wire) -> None:
    board = make_board(account, remote_id="1", gone_at=ago(20))
    answer(postpeer_wire, a_board(id="1"))
    refresh_boards(account)
    board.refresh_from_db()
    assert board.gone_at is None


def test_gone_board_stays_gone_since_then(account: Account, postpeer_wire: Wire) -> None:
    since = ago(500)
    board = make_board(account, remote_id="1", gone_at=since, seen_at=ago(600))
    answer(postpeer_wire)
    refresh_boards(account)
    board.refresh_from_db()
    assert board.gone_at == since


def test_other_accounts_boards_are_left_alone(account: Account, cast: Cast, postpeer_wire: Wire) -> None:
    other = make_board(make_account(cast.other_team, remote_id="int_2"), remote_id="1", seen_at=ago(20))
    answer(postpeer_wire, a_board(id="1", name="Mine"))
    refresh_boards(account)
    other.refresh_from_db()
    assert (other.name, other.gone_at) == ("Kitchen ideas", None)


def test_twice_the_same_id_is_one_board(account: Account, postpeer_wire: Wire) -> None:
    answer(postpeer_wire, a_board(id="1", name="First"), a_board(id="1", name="Second"))
    refresh_boards(account)
    assert names(account) == ["First"]


def test_unreadable_board_does_not_lose_the_others(account: Account, postpeer_wire: Wire) -> None:
    odd = {"success": True, "boards": [None, {"name": "No id"}, a_board(id="1", privacy="FRIENDS_OF_FRIENDS_ONLY")]}
    postpeer_wire.get(BOARDS, json=odd, tolerance=True)
    refresh_boards(account)
    assert names(account) == ["Kitchen ideas"]


def test_240_boards_take_a_handful_of_statements(account: Account, postpeer_wire: Wire) -> None:
    boards = [a_board(id=str(10**17 + number), name=f"Board {number}") for number in range(240)]
    answer(postpeer_wire, *boards, repeat=True)
    refresh_boards(account)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        refresh_boards(account)
    assert Board.objects.count() == 240
    assert len(queries) <= 16


def test_good_reading_is_remembered(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=60, error_kind="postpeer_unreachable")
    answer(postpeer_wire, a_board())
    refresh_boards(account)
    row = BoardList.objects.get()
    assert not is_stale(row)
    assert (row.error_kind, row.asking_until) == ("", None)


@pytest.mark.parametrize(("minutes", "stale"), [(9, False), (11, True)])
def test_boards_are_fresh_for_ten_minutes(account: Account, minutes: float, stale: bool) -> None:
    assert is_stale(make_list(account, minutes=minutes)) is stale


def test_how_long_they_are_fresh_is_a_setting(account: Account, settings: Any) -> None:
    settings.BOARDS_FRESH = 30
    assert is_stale(make_list(account, minutes=1))


@pytest.mark.parametrize(
    "failure",
    [
        {"raises": requests.ConnectTimeout()},
        {"raises": requests.ReadTimeout()},
        {"raw": b"<html>oops", "content_type": "text/html", "tolerance": True},
        {"raw": b'{"success": true, "boa', "tolerance": True},
        {"json": {"success": False, "boards": []}, "tolerance": True},
        {"status": 429, "json": {"error": "slow down"}, "tolerance": True},
    ],
)
def test_failed_reading_keeps_the_old_boards(
    account: Account, postpeer_wire: Wire, quick: None, failure: dict[str, Any]
) -> None:
    make_list(account, minutes=60)
    make_board(account)
    postpeer_wire.get(BOARDS, repeat=True, **failure)
    postpeer_wire.get(DETAIL, json={"success": True, "integration": integration_detail()}, optional=True, repeat=True)
    refresh_boards(account)
    row = BoardList.objects.get()
    assert row.error_kind
    assert row.asking_until is None
    assert is_stale(row)
    assert boards_of(account)[0].gone_at is None


@pytest.mark.parametrize("status", [404, 502])
def test_refusal_asks_whether_the_account_needs_reconnecting(
    account: Account, postpeer_wire: Wire, quick: None, status: int
) -> None:
    postpeer_wire.get(BOARDS, status=status, json={"error": "Pinterest said no"}, repeat=True)
    broken = integration_detail(authStatus="reconnect_required", authFailureReason="token_expired")
    postpeer_wire.get(DETAIL, json={"success": True, "integration": broken})
    refresh_boards(account)
    account.refresh_from_db()
    assert (account.health, account.failure_reason) == ("reconnect_required", "token_expired")


def test_no_http_in_a_transaction(account: Account, postpeer_wire: Wire) -> None:
    depths: list[int] = []
    depth = len(connection.atomic_blocks)
    answer(postpeer_wire, a_board(), does=lambda sent: depths.append(len(connection.atomic_blocks)))
    refresh_boards(account)
    assert depths == [depth]


def test_who_asks_while_another_asks_gets_what_is_there(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=60)
    make_board(account)
    seen: list[BoardList] = []

    def ask_too(sent: Sent) -> None:
        seen.append(refresh_boards(account))

    answer(postpeer_wire, a_board(), does=ask_too)
    refresh_boards(account)
    assert len(postpeer_wire.calls) == 1
    assert seen[0].asking_until is not None
    assert is_stale(seen[0])


def test_who_has_nothing_yet_waits_for_the_others_answer(
    account: Account, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_list(account, read_at=None, tried_at=None, asking_until=ago(-1))
    waited: list[float] = []

    def other_answers(seconds: float) -> None:
        waited.append(seconds)
        BoardList.objects.update(read_at=ago(0))

    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=time.monotonic, sleep=other_answers))
    assert refresh_boards(account).read_at is not None
    assert len(waited) == 1
    assert postpeer_wire.calls == []


def test_who_waits_hears_of_the_others_failure(
    account: Account, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_list(account, read_at=None, tried_at=ago(30), asking_until=ago(-1))

    def fail(seconds: float) -> None:
        BoardList.objects.update(tried_at=ago(0), error_kind="postpeer_error")

    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=time.monotonic, sleep=fail))
    assert refresh_boards(account).error_kind == "postpeer_error"


def test_waiting_ends_with_the_pages_deadline(account: Account, postpeer_wire: Wire, settings: Any) -> None:
    settings.POSTPEER_PAGE_DEADLINE = 0
    make_list(account, read_at=None, tried_at=None, asking_until=ago(-1))
    assert refresh_boards(account).read_at is None


def test_claim_nobody_gave_back_ends_by_itself(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=60, asking_until=ago(0.01))
    answer(postpeer_wire, a_board())
    assert refresh_boards(account).asking_until is None


def test_claim_is_given_back_when_the_code_breaks(
    account: Account, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(reading, "_store", breaks)
    answer(postpeer_wire, a_board())
    with pytest.raises(RuntimeError):
        refresh_boards(account)
    assert BoardList.objects.get().asking_until is None


def test_board_of_takes_the_accounts_own(account: Account) -> None:
    board = make_board(account)
    assert board_of(account, board.pk) == board
    assert board_of(account, str(board.pk)) == board


def test_board_of_refuses_what_is_gone(account: Account) -> None:
    with pytest.raises(Board.DoesNotExist):
        board_of(account, make_board(account, gone_at=ago(1)).pk)


def test_board_of_refuses_another_teams_board(account: Account, cast: Cast) -> None:
    foreign = make_board(make_account(cast.other_team, remote_id="int_2"))
    with pytest.raises(Board.DoesNotExist):
        board_of(account, foreign.pk)


@pytest.mark.parametrize("pk", ["", "x", "1013802628540193876999999", "²"])
def test_board_of_refuses_what_is_no_id(account: Account, pk: str) -> None:
    with pytest.raises(Board.DoesNotExist):
        board_of(account, pk)
