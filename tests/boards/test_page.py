"""The boards page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from tests.accounts.factories import make_account
from tests.boards.factories import ago, make_board, make_list
from tests.cast import Cast, SignIn
from tests.postpeer.samples import a_board, board_list
from tests.postpeer.wire import Wire
from tests.squeezing import squeeze

PAGE = "/t/nordlicht/boards/"


def see(client: Client, **query: object) -> str:
    return client.get(PAGE, query).content.decode()


def test_boards_are_listed_with_privacy_and_age(as_: SignIn, account: Account) -> None:
    make_list(account, minutes=3)
    make_board(account, "Secret plans", privacy="SECRET")
    page = see(as_("vera"))
    assert "Secret plans" in page
    assert "Secret</span>" in squeeze(page)
    assert "One board, updated 3\u00a0minutes ago" in page


def test_board_leads_to_a_new_pin_on_it(as_: SignIn, account: Account) -> None:
    make_list(account)
    board = make_board(account)
    assert f"/t/nordlicht/pins/new/?account={account.pk}&amp;board={board.pk}" in see(as_("cora"))


def test_viewer_has_no_buttons(as_: SignIn, account: Account) -> None:
    make_list(account, minutes=60)
    make_board(account)
    page = see(as_("vera"))
    assert "pins/new/" not in page
    assert "/refresh/" not in page


def test_gone_board_is_struck_through_and_leads_nowhere(as_: SignIn, account: Account) -> None:
    make_list(account)
    make_board(account, "Autumn 2024", gone_at=ago(60))
    page = see(as_("bob"))
    assert "<s>Autumn 2024</s>" in page
    assert "board=" not in page


@pytest.mark.parametrize("query", ["KUCHE", "küche", "  Kornhaus   kuche "])
def test_search_ignores_accents_and_case(as_: SignIn, account: Account, query: str) -> None:
    make_list(account)
    make_board(account, "Kornhaus Küche")
    make_board(account, "Balcony")
    page = see(as_("bob"), q=query)
    assert "Kornhaus Küche" in page
    assert "Balcony" not in page


def test_search_without_a_find_says_so(as_: SignIn, account: Account) -> None:
    make_list(account)
    make_board(account)
    assert "No board here is called “&lt;b&gt;”." in see(as_("bob"), q="<b>")


def test_page_can_be_narrowed_to_an_account(as_: SignIn, account: Account, cast: Cast) -> None:
    second = make_account(cast.team, remote_id="int_2", display_name="Kornhaus")
    make_board(account, "Of the first")
    make_board(second, "Of the second")
    page = see(as_("bob"), account=second.pk)
    assert "Of the second" in page
    assert "Of the first" not in page


@pytest.mark.parametrize("value", ["x", "-1", str(10**30)])
def test_senseless_narrowing_narrows_nothing(as_: SignIn, account: Account, value: str) -> None:
    make_board(account, "Here")
    assert "Here" in see(as_("bob"), account=value)


@pytest.mark.parametrize("value", ["x", "-1", "4711"])
def test_account_that_is_not_known_is_named(as_: SignIn, account: Account, value: str) -> None:
    make_board(account, "Here")
    assert f"“<bdi>{value}</bdi>” isn’t known here and was left out" in squeeze(see(as_("bob"), account=value))
    assert "left out" not in see(as_("bob"), account=account.pk, q="Here")


def test_another_teams_boards_are_not_shown(as_: SignIn, account: Account, cast: Cast) -> None:
    other = make_account(cast.other_team, remote_id="int_2")
    make_board(other, "Harbour board")
    assert "Harbour board" not in see(as_("bob"), account=other.pk)


def test_team_without_account_is_told_what_to_do(as_: SignIn) -> None:
    assert "Connect a Pinterest account, and its boards stand here." in see(as_("alice"))
    assert "An admin of this team can connect" in see(as_("bob"))


def test_account_without_boards_is_told_so(as_: SignIn, account: Account) -> None:
    make_list(account)
    assert "Linden Home has no boards yet." in see(as_("bob"))


def test_failing_account_is_told_apart(as_: SignIn, account: Account) -> None:
    make_list(account, read_at=None, error_kind="postpeer_unreachable")
    assert "PostPeer can’t be reached, so the boards of Linden Home can’t be shown." in see(as_("bob"))


def test_never_read_boards_are_read_after_the_page(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    page = see(as_("bob"))
    assert 'hx-trigger="load"' in page
    assert "The boards are being read." in page
    assert postpeer_wire.calls == []


def test_refresh_goes_back_to_what_was_searched(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/pinterest/boards", json=board_list(a_board()))
    response = as_("bob").post(f"{PAGE}{account.pk}/refresh/", {"q": "a b"})
    assert response["Location"] == f"{PAGE}?q=a+b"


def test_refresh_in_place_answers_the_section(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/pinterest/boards", json=board_list(a_board(name="Fresh")))
    target = f"boards-{account.pk}"
    response = as_("bob").post(f"{PAGE}{account.pk}/refresh/", {"q": "fre"}, headers={"HX-Target": target})
    page = response.content.decode()
    assert f'id="{target}"' in page
    assert "Fresh" in page
    assert 'hx-trigger="load"' not in page


def test_page_takes_ten_queries_whatever_its_length(as_: SignIn, account: Account, cast: Cast) -> None:
    second = make_account(cast.team, remote_id="int_2")
    for owner in (account, second):
        make_list(owner)
        Board.objects.bulk_create(Board(account=owner, remote_id=str(n), name=f"Board {n}") for n in range(240))
    client = as_("bob")
    with CaptureQueriesContext(connection) as queries:
        see(client)
    assert len(queries) <= 10


def test_boards_stand_by_name_whatever_their_case_and_accents(as_: SignIn, account: Account) -> None:
    make_list(account)
    for name in ("zebra", "Élan", "apple", "Éclair", "Banana"):
        make_board(account, name)
    page = squeeze(see(as_("vera")))
    places = [page.index(f">{name}<") for name in ("apple", "Banana", "Éclair", "Élan", "zebra")]
    assert places == sorted(places)


def test_long_list_begins_with_the_boards_used_last(as_: SignIn, account: Account) -> None:
    make_list(account)
    for number in range(13):
        make_board(account, f"Board {number:02}", last_used_at=ago(number) if number in (7, 4) else None)
    page = squeeze(see(as_("vera")))
    assert page.index("Used last") < page.index(">Board 04<") < page.index(">Board 07<") < page.index("All 13 boards")
    assert "Used last" not in see(as_("vera"), q="board")


def test_short_list_is_one(as_: SignIn, account: Account) -> None:
    make_list(account)
    make_board(account, last_used_at=ago(1))
    assert "Used last" not in see(as_("vera"))


@pytest.mark.parametrize(
    ("privacy", "word"),
    [("PUBLIC", "Public"), ("GROUP_ONLY", "Group only"), ("Group_Only", "Group only"), ("", ""), ("__", "")],
)
def test_privacy_reads_as_words(privacy: str, word: str) -> None:
    assert Board(privacy=privacy).privacy_word == word
