"""Boards without a database: their order, their words, how old they are, and what stands in the way."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.access import by_name, used_last
from postpeer_dash.boards.forms import BoardSearchForm, ChosenForm, PickerForm
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.boards.reading import is_stale, is_worth_asking
from postpeer_dash.boards.services import Group, Picker, problem_with
from tests.boards.factories import ago

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)


def board(pk: int, name: str = "Oak", *, used: int | None = None, is_gone: bool = False) -> Board:
    """Make a board that was used so many minutes ago."""
    return Board(
        pk=pk,
        name=name,
        last_used_at=None if used is None else NOW - timedelta(minutes=used),
        gone_at=NOW if is_gone else None,
    )


def keys(boards: list[Board]) -> list[int]:
    return [each.pk for each in boards]


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["Zebra", "apple", "Émile"], [2, 3, 1]),
        (["b", "B", "b"], [1, 2, 3]),
        (["", "Zebra", "An oak"], [1, 3, 2]),
        (["Straße", "Strasse A"], [1, 2]),
    ],
)
def test_boards_stand_by_name_as_people_read_it(names: list[str], order: list[int]) -> None:
    assert keys(by_name(board(pk, name) for pk, name in enumerate(names, start=1))) == order


def test_gone_boards_stand_last_whatever_their_name() -> None:
    assert keys(by_name([board(1, "A", is_gone=True), board(2, "Z"), board(3, "B", is_gone=True)])) == [2, 1, 3]


def test_five_boards_that_were_used_last_are_offered() -> None:
    boards = [board(pk, used=pk * 10) for pk in range(1, 8)]
    assert keys(used_last(reversed(boards))) == [1, 2, 3, 4, 5]


def test_board_that_was_never_used_or_is_gone_is_not_among_them() -> None:
    assert keys(used_last([board(1), board(2, used=5, is_gone=True), board(3, used=9)])) == [3]


def test_boards_used_at_the_same_moment_have_an_order() -> None:
    assert keys(used_last([board(1, used=5), board(2, used=5), board(3, used=5)])) == [3, 2, 1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Oak", "Oak"), (" Oak ", "Oak"), ("", "A board without a name"), ("  ", "A board without a name")],
)
def test_board_without_a_name_has_words(name: str, shown: str) -> None:
    assert Board(name=name).shown_name == shown


@pytest.mark.parametrize(("minutes", "stale"), [(None, True), (0, False), (9.9, False), (10.1, True), (60 * 24, True)])
def test_list_grows_old_after_ten_minutes(minutes: float | None, stale: bool) -> None:
    assert is_stale(BoardList(read_at=None if minutes is None else ago(minutes))) is stale


@pytest.mark.parametrize(
    ("read", "tried", "error", "is_worth"),
    [
        (None, None, "", True),
        (1, 1, "", False),
        (20, 20, "", True),
        (20, 0.5, "postpeer_unreachable", False),
        (20, 2, "postpeer_unreachable", True),
        (None, 0.5, "key_rejected", False),
        (1, 2, "postpeer_unreachable", False),
        (20, None, "postpeer_unreachable", True),
    ],
)
def test_page_asks_for_what_is_old_and_not_right_after_a_failure(
    read: float | None, tried: float | None, error: str, is_worth: bool
) -> None:
    moments = [None if minutes is None else ago(minutes) for minutes in (read, tried)]
    assert is_worth_asking(BoardList(read_at=moments[0], tried_at=moments[1], error_kind=error)) is is_worth


@pytest.mark.parametrize(
    ("health", "error", "was_read", "count", "kind"),
    [
        ("active", "", True, 3, None),
        ("active", "", True, 0, "boards_none"),
        ("active", "", False, 0, "boards_busy"),
        ("active", "key_rejected", True, 3, "boards_key_rejected_old"),
        ("active", "key_rejected", False, 0, "boards_key_rejected"),
        ("active", "postpeer_unreachable", True, 3, "boards_unreachable_old"),
        ("active", "rate_limited", True, 0, "boards_unreachable"),
        ("active", "postpeer_error", False, 0, "boards_unreachable"),
        ("reconnect_required", "", True, 3, "boards_reconnect_old"),
        ("reconnect_required", "key_rejected", True, 0, "boards_reconnect"),
        ("unknown", "", True, 1, None),
    ],
)
def test_what_stands_in_the_way_is_said(health: str, error: str, was_read: bool, count: int, kind: str | None) -> None:
    account = Account(health=health, display_name="Linden", platform="pinterest")
    board_list = BoardList(read_at=NOW if was_read else None, error_kind=error)
    with time_machine.travel(NOW, tick=False):
        sentence = problem_with(account, board_list, count=count)
    assert (sentence.kind if sentence else None) == kind
    assert sentence is None or "%" not in str(sentence)


@pytest.mark.parametrize(
    ("used", "all_boards", "groups"), [([], [], []), ([], [1], ["all"]), ([1], [1, 2], ["used", "all"])]
)
def test_group_without_boards_has_no_heading(used: list[int], all_boards: list[int], groups: list[str]) -> None:
    picker = Picker(
        account=Account(),
        used_last=[board(pk) for pk in used],
        all=[board(pk) for pk in all_boards],
        chosen=None,
        read_at=NOW,
        is_stale=False,
        is_being_read=False,
        wants_refresh=False,
        problem=None,
        count=len(all_boards),
    )
    assert [group.name for group in picker.groups] == groups
    assert all(isinstance(group, Group) for group in picker.groups)


@pytest.mark.parametrize(
    ("data", "cleaned"),
    [
        ({}, {"q": "", "account": None}),
        ({"q": "  oak  ", "account": "7"}, {"q": "oak", "account": 7}),
        ({"q": "x" * 201, "account": "7"}, {"account": 7}),
        ({"q": "oak", "account": "0"}, {"q": "oak"}),
        ({"q": "oak", "account": str(2**63)}, {"q": "oak"}),
        ({"q": "a\x00b"}, {"account": None}),
    ],
)
def test_search_that_makes_no_sense_is_left_out(data: dict[str, str], cleaned: dict[str, object]) -> None:
    form = BoardSearchForm(data)
    form.is_valid()
    assert form.cleaned_data == cleaned


@pytest.mark.parametrize(
    ("account", "is_good"), [("7", True), ("", False), ("0", False), ("seven", False), ("7.5", False)]
)
def test_picker_needs_an_account(account: str, is_good: bool) -> None:
    assert PickerForm({"account": account}).is_valid() is is_good


@pytest.mark.parametrize(
    ("background", "is_on"), [("", False), ("1", True), ("on", True), ("false", False), ("0", True)]
)
def test_page_says_that_it_asks_by_itself(background: str, is_on: bool) -> None:
    form = PickerForm({"account": "7", "background": background})
    assert form.is_valid()
    assert form.cleaned_data["background"] is is_on


@pytest.mark.parametrize(("value", "is_good"), [("", True), ("123", True), ("x" * 30, True), ("x" * 31, False)])
def test_chosen_board_is_short(value: str, is_good: bool) -> None:
    assert ChosenForm({"board": value}).is_valid() is is_good
