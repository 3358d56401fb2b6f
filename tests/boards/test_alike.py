"""Boards of equal names: what differs stands behind the name, wherever one of them is named."""

from typing import Any

import pytest

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.alike import distinguish, label_across_accounts, read_distinctions
from postpeer_dash.boards.models import Board
from tests.accounts.factories import make_account
from tests.boards.factories import ago, make_board, make_list
from tests.cast import Cast, SignIn
from tests.pins.factories import make_draft, make_submitted
from tests.postpeer.samples import a_board, board_list
from tests.postpeer.wire import Wire
from tests.squeezing import squeeze


def labels(account: Account) -> list[str]:
    return [board.label for board in distinguish(account.boards.order_by("pk"))]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ([{"privacy": "PUBLIC"}, {"privacy": "SECRET"}], ["Recipes (Public)", "Recipes (Secret)"]),
        ([{"description": "Soups"}, {"description": "Cakes"}], ["Recipes (Soups)", "Recipes (Cakes)"]),
        ([{"description": "x" * 60}, {"description": "y"}], [f"Recipes ({'x' * 39}…)", "Recipes (y)"]),
        ([{"description": "Soups"}, {"description": ""}], ["Recipes (…0000)", "Recipes (…0001)"]),
        ([{"remote_id": "1"}, {"remote_id": "5"}], ["Recipes (1)", "Recipes (5)"]),
        ([{"remote_id": "19990193"}, {"remote_id": "28880193"}], ["Recipes (…90193)", "Recipes (…80193)"]),
        ([{}, {}, {"privacy": "SECRET"}], ["Recipes (…0000)", "Recipes (…0001)", "Recipes (…0002)"]),
        ([{}, {"name": "Recipes "}], ["Recipes (…0000)", "Recipes (…0001)"]),
        ([{}, {"name": "reci\u200bpes"}], ["Recipes (…0000)", "reci\u200bpes (…0001)"]),
        ([{}, {"name": "Rezepte"}], ["Recipes", "Rezepte"]),
        ([{"name": ""}, {"name": "\u200b"}], ["A board without a name (…0000)", "A board without a name (…0001)"]),
    ],
)
def test_what_differs_stands_behind_the_name(account: Account, fields: list[dict[str, Any]], wanted: list[str]) -> None:
    for each in fields:
        make_board(account, **{"name": "Recipes", **each})
    assert labels(account) == wanted


def test_each_account_is_for_itself(cast: Cast, account: Account) -> None:
    other = make_account(cast.team, remote_id="int_2")
    boards = [make_board(account, "Recipes"), make_board(other, "Recipes")]
    assert [board.label for board in distinguish(boards)] == ["Recipes", "Recipes"]
    names = label_across_accounts(boards, {account.pk: "Atelier", other.pk: "Kornhaus"})
    assert list(names.values()) == ["Recipes, Atelier", "Recipes, Kornhaus"]


def test_boards_without_a_namesake_cost_one_query(account: Account, django_assert_num_queries: Any) -> None:
    make_board(account, "Recipes")
    make_board(account, "Rezepte")
    with django_assert_num_queries(1):
        assert read_distinctions([account.pk]) == {}


@pytest.fixture
def three(account: Account) -> list[Board]:
    make_list(account)
    return [make_board(account, "Recipes") for _board in range(3)]


def test_picker_tells_them_apart(as_: SignIn, account: Account, three: list[Board]) -> None:
    page = as_("bob").get(f"/t/nordlicht/boards/picker/?account={account.pk}").content.decode()
    assert all(page.count(f'data-name="Recipes (…000{number})"') == 1 for number in range(3))


def test_privacy_that_tells_them_apart_is_said_once(as_: SignIn, account: Account) -> None:
    make_list(account)
    for privacy in ("PUBLIC", "SECRET"):
        make_board(account, "Recipes", privacy=privacy)
    page = squeeze(as_("bob").get(f"/t/nordlicht/boards/picker/?account={account.pk}").content.decode())
    assert "Recipes (Secret)" in page and "(Secret) (Secret)" not in page


def test_boards_page_tells_them_apart(as_: SignIn, three: list[Board]) -> None:
    page = as_("vera").get("/t/nordlicht/boards/").content.decode()
    assert all(f"(…000{number})" in page for number in range(3))


def test_history_its_filter_and_chip_tell_them_apart(as_: SignIn, cast: Cast, account: Account, three: Any) -> None:
    make_draft(cast.team, cast.bob, account=account, board=three[1])
    response = as_("bob").get(f"/t/nordlicht/pins/?board={three[1].pk}")
    assert {option.label for option in response.context["boards"]} == {f"Recipes (…000{n})" for n in range(3)}
    assert [chip.label for chip in response.context["chips"]] == ["Recipes (…0001)"]
    assert [card.board for card in response.context["cards"]] == ["Recipes (…0001)"]


@pytest.mark.parametrize("is_frozen", [True, False])
def test_pins_page_tells_which(as_: SignIn, cast: Cast, account: Account, three: Any, is_frozen: bool) -> None:
    make = make_submitted if is_frozen else make_draft
    made: Any = make(cast.team, cast.bob, account=account, board=three[2])
    pin = made.pin if is_frozen else made
    assert "Recipes (…0002)" in as_("bob").get(f"/t/nordlicht/pins/{pin.uuid}/").content.decode()


def test_home_and_settings_tell_which(as_: SignIn, cast: Cast, account: Account, three: Any) -> None:
    pin = make_draft(cast.team, cast.bob, account=account, board=three[2])
    type(pin).objects.update(status="published", sort_at=ago(5), frozen_at=ago(5))
    assert "Recipes (…0002)" in as_("alice").get("/t/nordlicht/").content.decode()
    assert "Recipes (…0001)" in as_("alice").get("/t/nordlicht/settings/").content.decode()


def test_boards_as_postpeer_lists_them_are_told_apart(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    listed = [a_board(id="1", name="Recipes", description="About"), a_board(id="5", name="Recipes ", description=None)]
    postpeer_wire.get("/v1/pinterest/boards", json=board_list(*listed))
    page = as_("bob").get(f"/t/nordlicht/boards/picker/?account={account.pk}").content.decode()
    assert 'data-name="Recipes (1)"' in page and 'data-name="Recipes (5)"' in page


@pytest.mark.parametrize("asked", ["winter's", "winter’s", "winterʼs"])
def test_boards_are_found_by_the_signs_of_a_keyboard(as_: SignIn, account: Account, asked: str) -> None:
    make_list(account)
    make_board(account, "Winter’s tales")
    assert "Winter’s tales" in as_("vera").get("/t/nordlicht/boards/", {"q": asked}).content.decode()
