"""The picker: what it offers, what it says, and who may see it."""

from typing import Any

import pytest
import requests
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.boards.services import mark_used, read_picker
from tests.accounts.factories import make_account
from tests.boards.factories import ago, make_board, make_list
from tests.cast import Cast, SignIn
from tests.postpeer.samples import a_board, board_list, integration_detail
from tests.postpeer.wire import Wire
from tests.squeezing import squeeze

BOARDS = "/v1/pinterest/boards"


def fragment(client: Client, account: Account, **query: Any) -> str:
    response = client.get("/t/nordlicht/boards/picker/", {"account": account.pk, **query})
    assert response.status_code == 200
    return response.content.decode()


def test_never_read_boards_are_read_at_once(account: Account, postpeer_wire: Wire) -> None:
    postpeer_wire.get(BOARDS, json=board_list(a_board(name="Kitchen")))
    picker = read_picker(account)
    assert [board.name for board in picker.all] == ["Kitchen"]
    assert (picker.count, picker.problem, picker.wants_refresh) == (1, None, False)


def test_fresh_boards_are_served_without_asking(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=9)
    make_board(account)
    picker = read_picker(account)
    assert not picker.is_stale
    assert postpeer_wire.calls == []


def test_stale_boards_are_served_at_once_and_asked_for_afterwards(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=11)
    make_board(account)
    picker = read_picker(account)
    assert (picker.is_stale, picker.wants_refresh, picker.problem) == (True, True, None)
    assert postpeer_wire.calls == []


def test_background_request_refreshes_what_is_stale(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=11)
    postpeer_wire.get(BOARDS, json=board_list(a_board()))
    picker = read_picker(account, is_background=True)
    assert (picker.is_stale, picker.wants_refresh) == (False, False)


def test_background_request_leaves_fresh_boards_alone(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=1)
    read_picker(account, is_background=True)
    assert postpeer_wire.calls == []


def test_page_does_not_ask_again_right_after_a_failure(account: Account, postpeer_wire: Wire) -> None:
    make_list(account, minutes=30, tried_at=ago(0.5), error_kind="postpeer_unreachable")
    assert not read_picker(account, is_background=True).wants_refresh
    assert postpeer_wire.calls == []


def test_page_asks_again_a_minute_after_a_failure(account: Account) -> None:
    make_list(account, minutes=30, tried_at=ago(1.5), error_kind="postpeer_unreachable")
    assert read_picker(account).wants_refresh


def test_while_another_asks_the_page_looks_again_soon(as_: SignIn, account: Account) -> None:
    make_list(account, minutes=30, asking_until=ago(-1))
    make_board(account)
    page = fragment(as_("bob"), account)
    assert "Being read just now" in page
    assert 'hx-trigger="load delay:2s"' in page


def test_five_boards_used_last_come_first(account: Account) -> None:
    make_list(account)
    for number in range(7):
        make_board(account, f"Board {number}", last_used_at=ago(number) if number != 3 else None)
    picker = read_picker(account)
    assert [board.name for board in picker.used_last] == ["Board 0", "Board 1", "Board 2", "Board 4", "Board 5"]
    assert len(picker.all) == 7


def test_gone_board_is_not_among_the_used(account: Account) -> None:
    make_list(account)
    make_board(account, last_used_at=ago(1), gone_at=ago(1))
    picker = read_picker(account)
    assert (picker.used_last, picker.count, len(picker.all)) == ([], 0, 1)


def test_using_a_board_brings_it_to_the_front(account: Account) -> None:
    make_list(account)
    make_board(account, "Before", last_used_at=ago(1))
    mark_used(make_board(account, "Now"))
    assert [board.name for board in read_picker(account).used_last] == ["Now", "Before"]


def test_chosen_board_is_the_accounts_own(account: Account, cast: Cast) -> None:
    make_list(account)
    mine = make_board(account)
    foreign = make_board(make_account(cast.other_team, remote_id="int_2"))
    assert read_picker(account, chosen=mine.pk).chosen == mine
    assert read_picker(account, chosen=str(mine.pk)).chosen == mine
    assert read_picker(account, chosen=foreign.pk).chosen is None


def test_three_failures_are_three_sentences(account: Account) -> None:
    row = make_list(account, tried_at=ago(0))
    none = str(read_picker(account).problem)
    row.read_at, row.error_kind = None, "postpeer_unreachable"
    row.save()
    unreachable = str(read_picker(account).problem)
    Account.objects.update(health="reconnect_required")
    account.refresh_from_db()
    reconnect = str(read_picker(account).problem)
    assert none == "Linden Home has no boards yet. Make one on Pinterest, then refresh."
    assert unreachable.startswith("PostPeer can’t be reached, so the boards of Linden Home can’t be shown.")
    assert reconnect.startswith("Linden Home needs reconnecting.")


@time_machine.travel("2026-11-24 13:00:00+00:00", tick=False)
def test_old_boards_stay_usable_and_say_their_time(
    as_: SignIn, account: Account, postpeer_wire: Wire, quick: None
) -> None:
    make_list(account, minutes=80)
    board = make_board(account)
    postpeer_wire.get(BOARDS, raises=requests.ConnectTimeout(), repeat=True)
    page = as_("bob").post(
        f"/t/nordlicht/boards/{account.pk}/refresh/", {"board": board.pk}, headers={"HX-Target": "picker"}
    )
    words = page.content.decode()
    assert "so these are the boards of 12:40. You can go on with them." in words
    assert f'<option value="{board.pk}" selected' in words


def test_boards_that_need_reconnecting_stay_with_their_time(account: Account) -> None:
    make_list(account, minutes=80)
    make_board(account)
    account.health = Account.Health.RECONNECT_REQUIRED
    problem = read_picker(account).problem
    assert problem is not None
    assert (problem.kind, problem.action) == ("boards_reconnect_old", "Reconnect")


def test_refused_reading_turns_into_reconnecting(account: Account, postpeer_wire: Wire, quick: None) -> None:
    postpeer_wire.get(BOARDS, status=502, json={"error": "Pinterest said no"}, repeat=True)
    broken = integration_detail(authStatus="reconnect_required", authFailureReason="token_expired")
    postpeer_wire.get("/v1/connect/integrations/int_1", json={"success": True, "integration": broken})
    problem = read_picker(account).problem
    assert problem is not None
    assert problem.kind == "boards_reconnect"


def test_rejected_key_is_not_called_unreachable(account: Account, postpeer_wire: Wire) -> None:
    postpeer_wire.get(BOARDS, status=401, json={"error": "Unauthorized"}, tolerance=True)
    problem = read_picker(account).problem
    assert problem is not None
    assert problem.kind == "boards_key_rejected"


def test_fragment_works_as_a_plain_select(as_: SignIn, account: Account) -> None:
    make_list(account, minutes=3)
    used = make_board(account, "Winter away", last_used_at=ago(1))
    make_board(account, "Secret plans", privacy="SECRET")
    make_board(account, "Autumn 2024", gone_at=ago(1))
    page = fragment(as_("cora"), account, board=used.pk)
    assert page.strip().startswith('<div id="picker"')
    assert 'label="Used last"' in page
    assert 'label="All 2 boards"' in page
    assert f'<option value="{used.pk}" selected' in page
    assert "Secret plans (Secret)" in squeeze(page)
    assert "Autumn 2024 (gone from Pinterest)" in squeeze(page)
    assert page.count(" disabled") == 1
    assert "Updated 3\u00a0minutes ago" in page


def test_refresh_is_a_button_of_the_form_around_it(as_: SignIn, account: Account) -> None:
    make_list(account)
    page = fragment(as_("cora"), account)
    assert 'type="submit" name="action" value="refresh_boards" formnovalidate' in page
    assert f'hx-post="/t/nordlicht/boards/{account.pk}/refresh/"' in page
    assert "<form" not in page


def test_refresh_in_place_keeps_the_chosen_board(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    make_list(account)
    board = make_board(account, remote_id="1")
    postpeer_wire.get(BOARDS, json=board_list(a_board(id="1", name="New name"), a_board(id="2")))
    response = as_("cora").post(
        f"/t/nordlicht/boards/{account.pk}/refresh/", {"board": board.pk}, headers={"HX-Target": "picker"}
    )
    assert f'<option value="{board.pk}" selected' in response.content.decode()
    assert "New name" in response.content.decode()


@pytest.mark.parametrize(("name", "status"), [("vera", 403), ("charlie", 404)])
def test_picker_is_for_those_who_compose(as_: SignIn, account: Account, name: str, status: int) -> None:
    assert as_(name).get("/t/nordlicht/boards/picker/", {"account": account.pk}).status_code == status
    assert as_(name).post(f"/t/nordlicht/boards/{account.pk}/refresh/").status_code == status


@pytest.mark.parametrize("query", [{}, {"account": ""}, {"account": "x"}, {"account": 10**20}, {"account": -1}])
def test_senseless_account_is_not_found(as_: SignIn, query: dict[str, object]) -> None:
    assert as_("bob").get("/t/nordlicht/boards/picker/", query).status_code == 404


def test_another_teams_account_is_not_found(as_: SignIn, cast: Cast) -> None:
    other = make_account(cast.other_team)
    assert as_("bob").get("/t/nordlicht/boards/picker/", {"account": other.pk}).status_code == 404
    assert as_("bob").post(f"/t/nordlicht/boards/{other.pk}/refresh/").status_code == 404


def test_platform_without_boards_has_no_picker(as_: SignIn, cast: Cast) -> None:
    linkedin = make_account(cast.team, platform="linkedin")
    assert as_("bob").get("/t/nordlicht/boards/picker/", {"account": linkedin.pk}).status_code == 404


def test_name_is_shown_as_text(as_: SignIn, account: Account) -> None:
    make_list(account)
    make_board(account, '<script>alert(1)</script>" onfocus=x ')
    page = fragment(as_("bob"), account)
    assert "<script>alert(1)" not in page
    assert 'data-name="&lt;script&gt;alert(1)&lt;/script&gt;&quot; onfocus=x"' in page


def test_name_from_right_to_left_is_set_apart_in_a_sentence(account: Account) -> None:
    make_list(account)
    account.display_name = "بيت الزيتون"
    assert str(read_picker(account).problem).startswith("\u2068بيت الزيتون\u2069 has no boards yet.")


def test_240_boards_take_six_queries(as_: SignIn, account: Account) -> None:
    make_list(account)
    boards = [Board(account=account, remote_id=str(number), name=f"Board {number}") for number in range(240)]
    Board.objects.bulk_create(boards)
    client = as_("bob")
    with CaptureQueriesContext(connection) as queries:
        page = fragment(client, account)
    assert page.count("<option") == 241
    assert len(queries) <= 6
