"""A list that ends where a page of Pinterest's does is perhaps not all: nothing is gone then, and a number can be given."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.access import board_of
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.boards.reading import is_stale, refresh_boards
from postpeer_dash.boards.services import read_picker
from tests.accounts.factories import make_account
from tests.boards.factories import ago, make_board, make_list
from tests.cast import Cast, SignIn
from tests.pins.factories import make_submitted, work
from tests.postpeer.samples import a_board, a_platform_state, a_post, a_receipt, board_list, post_list
from tests.postpeer.wire import SERVER_DATE, Wire

BOARDS = "/v1/pinterest/boards"
NEW = "1013802628540193999"


def answer(wire: Wire, count: int, **more: Any) -> None:
    wire.get(BOARDS, json=board_list(*(a_board(id=str(10**18 + n), name=f"B {n}") for n in range(count))), **more)


def address(cast: Cast, account: Account, what: str = "add/") -> str:
    return f"/t/{cast.team.slug}/boards/{account.pk}/{what}"


def page(as_: SignIn, cast: Cast) -> str:
    return as_("bob").get(f"/t/{cast.team.slug}/boards/").content.decode()


@pytest.mark.parametrize(
    ("count", "is_part"),
    [(0, False), (1, False), (24, False), (25, True), (26, False), (50, True), (51, False), (100, True), (250, True)],
)
def test_board_missing_in_a_list_that_may_be_part_is_not_gone(
    account: Account, postpeer_wire: Wire, count: int, is_part: bool
) -> None:
    board = make_board(account, "Autumn", remote_id=NEW, seen_at=ago(20))
    answer(postpeer_wire, count)
    assert refresh_boards(account).may_be_part == is_part
    board.refresh_from_db()
    assert (board.gone_at is None) == is_part


def test_unreadable_and_repeated_ones_count_where_the_page_ends(account: Account, postpeer_wire: Wire) -> None:
    board = make_board(account, "Autumn", remote_id=NEW, seen_at=ago(20))
    listed = [a_board(id=str(10**18 + n)) for n in range(23)]
    odd = {"id": None, "name": "?", "description": None, "privacy": "PUBLIC"}
    postpeer_wire.get(BOARDS, json=board_list(*listed, listed[0], odd), tolerance=True)
    assert refresh_boards(account).may_be_part
    board.refresh_from_db()
    assert board.gone_at is None


def test_page_and_picker_say_so(cast: Cast, account: Account, as_: SignIn) -> None:
    make_board(account)
    make_list(account, listed=25)
    assert "exactly 25 boards" in page(as_, cast)
    assert read_picker(account).may_be_part is not None
    picker = as_("bob").get(f"/t/{cast.team.slug}/boards/picker/?account={account.pk}").content.decode()
    assert "exactly 25 boards" in picker and address(cast, account) in picker


def test_viewer_reads_it_without_the_link(cast: Cast, account: Account, as_: SignIn) -> None:
    make_board(account)
    make_list(account, listed=50)
    text = as_("vera").get(f"/t/{cast.team.slug}/boards/").content.decode()
    assert "exactly 50 boards" in text and address(cast, account) not in text


def test_whole_list_says_nothing_of_it(cast: Cast, account: Account, as_: SignIn) -> None:
    make_board(account)
    make_list(account, listed=24)
    assert "perhaps not all" not in page(as_, cast)


@pytest.mark.parametrize(
    "text",
    [
        NEW,
        f"  {NEW}\u200b ",
        f"https://www.pinterest.com/board/{NEW}/",
        f"pinterest.de/pin-builder/?board_id={NEW}",
        f"https://www.pinterest.co.uk/_/{NEW}",
    ],
)
def test_board_is_added_by_its_number_or_an_address_that_holds_it(
    cast: Cast, account: Account, as_: SignIn, text: str
) -> None:
    make_list(account, listed=25)
    response = as_("bob").post(address(cast, account), {"board": text, "name": "Attic"}, follow=True)
    board = Board.objects.get(remote_id=NEW)
    assert (board.account, board.name) == (account, "Attic")
    assert board_of(account, board.pk) == board
    assert "Nobody has checked it" in response.content.decode()
    assert "Not checked" in page(as_, cast)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Fill this in"),
        ("\u200b", "Fill this in"),
        ("12345", "and this has 5"),
        ("9" * 40, "and this has 40"),
        ("Winter away", "neither a number nor an address"),
        ("https://example.com/board/1013802628540193999/", "neither a number nor an address"),
        ("https://pinterest.com.example.com/1013802628540193999", "neither a number nor an address"),
        ("https://[half", "neither a number nor an address"),
        ("https://www.pinterest.com/pin/1013802628540193999/", "hold the board’s number"),
        ("https://www.pinterest.com/somebody/attic/", "hold the board’s number"),
        (
            "\u0661\u0660\u0661\u0663\u0668\u0660\u0662\u0666\u0662\u0668\u0665\u0664\u0660\u0661\u0669\u0663\u0669\u0669\u0669",
            "digits",
        ),
    ],
)
def test_what_names_no_board_is_refused_with_what_was_typed(
    cast: Cast, account: Account, as_: SignIn, text: str, said: str
) -> None:
    make_list(account, listed=25)
    response = as_("bob").post(address(cast, account), {"board": text, "name": "Kept words"})
    assert response.status_code == 422
    assert said in response.content.decode() and "Kept words" in response.content.decode()
    assert not Board.objects.exists()


def test_address_of_a_listed_board_says_that_it_is_there(cast: Cast, account: Account, as_: SignIn) -> None:
    make_list(account, listed=25)
    make_board(account, "Winter away")
    text = f"https://www.pinterest.com/{account.username or 'atelier'}/winter-away/"
    assert "in the list already" in as_("bob").post(address(cast, account), {"board": text}).content.decode()


def test_board_of_another_team_is_refused_without_its_name(cast: Cast, account: Account, as_: SignIn) -> None:
    make_list(account, listed=25)
    make_board(make_account(cast.other_team, remote_id="int_9"), "Their secret", remote_id=NEW)
    text = as_("bob").post(address(cast, account), {"board": NEW}).content.decode()
    assert "belongs to another account" in text and "Their secret" not in text


def test_number_is_refused_where_all_boards_are_listed(cast: Cast, account: Account, as_: SignIn) -> None:
    make_list(account, listed=24)
    assert "lists all boards" in as_("bob").post(address(cast, account), {"board": NEW}).content.decode()


def test_gone_board_is_taken_back_by_its_number(cast: Cast, account: Account, as_: SignIn) -> None:
    make_list(account, listed=25)
    board = make_board(account, "Attic", remote_id=NEW, gone_at=timezone.now())
    as_("bob").post(address(cast, account), {"board": NEW})
    board.refresh_from_db()
    assert (board.gone_at, board.name) == (None, "Attic")


def test_board_counts_as_checked_once_it_is_listed(account: Account, postpeer_wire: Wire) -> None:
    board = make_board(account, NEW, remote_id=NEW, pasted_at=timezone.now())
    postpeer_wire.get(BOARDS, json=board_list(a_board(id=NEW, name="Attic")))
    refresh_boards(account)
    board.refresh_from_db()
    assert (board.name, board.pasted_at) == ("Attic", None)


@pytest.mark.parametrize(
    ("words", "is_old"), [("Board not found", True), ("The BOARD was deleted", True), ("Keyboard", False), ("", False)]
)
def test_failure_that_speaks_of_a_board_makes_the_list_old_at_once(
    cast: Cast, postpeer_wire: Wire, words: str, is_old: bool
) -> None:
    submission = make_submitted(cast.team, cast.bob)
    account = Account.objects.get()
    make_list(account)
    failed = [a_platform_state(status="failed", errorMessage=words or None, platformPostUrl=None)]
    postpeer_wire.post("/v1/posts", json=a_receipt())
    record = a_post(rawRequestBody=submission.body, status="failed", platforms=failed)
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": record})
    work(submission)
    assert is_stale(BoardList.objects.get()) == is_old


def test_refusal_that_speaks_of_a_board_makes_the_list_old_at_once(cast: Cast, postpeer_wire: Wire) -> None:
    with time_machine.travel(parsedate_to_datetime(SERVER_DATE)):
        submission = make_submitted(cast.team, cast.bob)
        make_list(Account.objects.get())
        postpeer_wire.post("/v1/posts", status=400, json={"success": False, "message": "Board not found"})
        postpeer_wire.get("/v1/posts", json=post_list())
        work(submission)
    assert is_stale(BoardList.objects.get())
