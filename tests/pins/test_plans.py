"""Which index answers each question, as SQLite tells. Without statistics it plans for few rows as it does for many."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.home.overview import read_overview
from postpeer_dash.pins.models import Status
from postpeer_dash.pins.moved_hours import moved_pins
from postpeer_dash.pins.planned_time import check_hours
from postpeer_dash.pins.search import index as search_index
from postpeer_dash.pins.search import words as search
from postpeer_dash.pins.search.filters import Filters
from postpeer_dash.pins.search.pin_lists import read_history
from postpeer_dash.web.keyset import Position
from tests.cast import Cast
from tests.pins.factories import make_account, make_board
from tests.pins.listing import make_pin
from tests.pins.test_search import EDITOR

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")

SORTS = "TEMP B-TREE"
TODAY = timezone.now().date()
LED_BY: list[tuple[dict[str, Any], str]] = [
    ({}, "pins_history (team_id=?"),
    ({"status": "failed"}, "pins_by_status (team_id=? AND status=?"),
    ({"status": "published"}, "pins_by_status (team_id=? AND status=?"),
    ({"status": "waiting"}, "pins_by_status (team_id=? AND status=?"),
    ({"author": 1}, "pins_by_author (team_id=? AND author_id=?"),
    ({"author": 1, "status": "published"}, "pins_by_author (team_id=? AND author_id=?"),
    ({"author": 1, "status": "failed"}, "pins_by_status (team_id=? AND status=?"),
    ({"board": 1}, "pins_by_board (board_id=?"),
    ({"board": 1, "status": "failed"}, "pins_by_board (board_id=?"),
    ({"account": 1}, "targets_by_account (account_id=?"),
    ({"since": TODAY - timedelta(days=9)}, "pins_history (team_id=? AND sort_at>?"),
    ({"until": TODAY + timedelta(days=1)}, "pins_history (team_id=? AND sort_at<?"),
    ({"since": date(2020, 1, 1), "status": "failed"}, "pins_by_status (team_id=? AND status=? AND sort_at>?"),
]
POSITIONS = {
    "first": "",
    "deep": Position(timezone.now(), 5).encode(),
    "back": Position(timezone.now(), 5, is_backwards=True).encode(),
}


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[3] for row in cursor.fetchall())


def page_plan(cast: Cast, filters: Filters, at: str = "") -> str:
    """Return the plan of the one question that reads a page of pins."""
    with CaptureQueriesContext(connection) as queries:
        read_history(cast.team, filters, at=at)
    (sql,) = [query["sql"] for query in queries if query["sql"].endswith("LIMIT 25")]
    return plan_of(sql)


@pytest.mark.parametrize("at", POSITIONS.values(), ids=POSITIONS)
@pytest.mark.parametrize(
    ("chosen", "index"), LED_BY, ids=lambda value: "-".join(value) if isinstance(value, dict) else ""
)
def test_each_filter_is_led_by_its_index_and_sorts_nothing(
    cast: Cast, chosen: dict[str, Any], index: str, at: str
) -> None:
    plan = page_plan(cast, Filters(**chosen), at)
    # A position may add its own bound to the index.
    assert index.rstrip("<>?") in plan
    assert SORTS not in plan


@pytest.mark.parametrize("at", [POSITIONS["deep"], POSITIONS["back"]], ids=["deep", "back"])
def test_deep_page_begins_at_its_row(cast: Cast, at: str) -> None:
    assert "pins_history (team_id=? AND sort_at" in page_plan(cast, Filters(), at)


def test_position_is_compared_as_a_row_value(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        read_history(cast.team, Filters(), at=POSITIONS["deep"])
    assert any('("pins_pin"."sort_at", "pins_pin"."id") < (' in query["sql"] for query in queries)


def test_rare_word_is_led_by_what_was_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_with_index", set())
    search_index.make_search_index(None, EDITOR)
    make_pin(cast.team, cast.bob, title="Zanzibar")
    plan = page_plan(cast, Filters(q="zanzibar"))
    assert "pins_pin USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert "pins_history" not in plan


def test_common_word_is_read_in_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", -1)
    plan = page_plan(cast, Filters(q="kitchen"))
    assert "pins_history (team_id=?" in plan
    assert SORTS not in plan


def test_homes_lists_are_led_by_an_index_and_sort_nothing(cast: Cast) -> None:
    account = make_account(cast.team)
    make_board(account)
    for status in Status.values:
        make_pin(cast.team, cast.bob, account, status=status)
    with CaptureQueriesContext(connection) as queries:
        read_overview(cast.team.memberships.select_related("team", "user").get(user=cast.bob))
    plans = [plan_of(query["sql"]) for query in queries if '"pins_' in query["sql"]]
    assert len(plans) >= 3
    for plan in plans:
        assert SORTS not in plan
        assert "SCAN pins_" not in plan
        assert "pins_history" not in plan


def test_pins_whose_hour_moved_are_led_by_their_index(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(moved_pins(cast.team))
        check_hours()
    asked, ahead = (plan_of(query["sql"]) for query in queries)
    assert "pins_asked_hours" in asked and SORTS not in asked
    assert "pins_planned" in ahead and "SCAN pins_pin" not in ahead
