"""History finds the same as a plain look at every pin, whatever is asked for together, and each way of reading it."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Review, Status
from postpeer_dash.pins.search import pin_lists
from postpeer_dash.pins.search.filters import Filters
from postpeer_dash.teams.models import Team
from tests.cast import Cast
from tests.pins.factories import make_account, make_board
from tests.pins.listing import make_pin

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATES = (Status.PUBLISHED, Status.FAILED, Status.SCHEDULED, Status.CANCELLED, Status.DRAFT, Status.PARTIAL)


@pytest.fixture
def wall(cast: Cast) -> dict[str, Any]:
    """Twenty-six pins of two accounts, two authors and six statuses over ten days; every filter finds some of them."""
    first, second = (make_account(cast.team, display_name=name) for name in ("Atelier", "Kornhaus"))
    boards = [make_board(first), make_board(first), make_board(second)]
    for number in range(26):
        status = STATES[number % len(STATES)]
        account = (first, second)[number % 2]
        make_pin(
            cast.team,
            (cast.bob, cast.cora)[number // 2 % 2],
            account,
            title=("Oak table", "Linen", "Oak bench 50%")[number % 3],
            board=boards[2] if account == second else boards[number // 4 % 2],
            status=status,
            review=Review.WAITING if number % 4 == 0 and status == Status.DRAFT else Review.NONE,
            at=NOW - timedelta(hours=9 * number),
            scheduled_for=NOW + timedelta(hours=number) if status == Status.SCHEDULED else None,
            others=[second] if account == first and number % 8 == 0 else [],
        )
    make_pin(cast.other_team, cast.charlie, make_account(cast.other_team), title="Oak table")
    return {
        "q": "oak",
        "status": Status.FAILED,
        "account": second.pk,
        "author": cast.bob.pk,
        "since": (NOW - timedelta(days=8)).date(),
        "until": (NOW - timedelta(days=1)).date(),
    }


def expect(team: Team, filters: Filters) -> list[int]:
    """Return what the filters mean, written down without any index: the ids of those pins, newest first."""
    return [pin.pk for pin in read_pins(team) if is_shown(pin, filters)]


def read_pins(team: Team) -> list[Pin]:
    return list(Pin.objects.filter(team=team).order_by("-sort_at", "-pk").prefetch_related("targets"))


def is_shown(pin: Pin, filters: Filters) -> bool:
    at = timezone.localtime(pin.sort_at).date()
    checks = [
        all(word in pin.title.casefold() for word in filters.q.casefold().split()),
        not filters.status or pin.status == filters.status,
        not filters.account or filters.account in [target.account_id for target in pin.targets.all()],
        not filters.board or pin.board_id == filters.board,
        not filters.author or pin.author_id == filters.author,
        filters.since is None or at >= filters.since,
        filters.until is None or at <= filters.until,
    ]
    return all(checks)


def read_all(team: Team, filters: Filters) -> list[int]:
    """Return the ids on all pages, in their order."""
    found: list[int] = []
    at = ""
    while True:
        page = pin_lists.read_history(team, filters, at=at)
        found += [row.pk for row in page.rows]
        at = page.older
        if not at:
            return found


@pytest.mark.parametrize("rare", [0, 2_000], ids=["in order", "by account"])
@time_machine.travel(NOW, tick=False)
def test_any_two_filters_find_what_they_mean(
    cast: Cast, wall: dict[str, Any], monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(pin_lists, "RARE", rare)
    pins = read_pins(cast.team)
    for names in [(), *combinations(wall, 2)]:
        filters = Filters(**{name: wall[name] for name in names})
        assert read_all(cast.team, filters) == [pin.pk for pin in pins if is_shown(pin, filters)], names


@time_machine.travel(NOW, tick=False)
def test_all_filters_at_once_find_the_few_they_mean(cast: Cast, wall: dict[str, Any]) -> None:
    filters = Filters(**{**wall, "q": "", "status": Status.PARTIAL})
    assert 0 < len(expect(cast.team, filters)) < 5
    assert read_all(cast.team, filters) == expect(cast.team, filters)


@time_machine.travel(NOW, tick=False)
def test_each_status_together_with_a_board(cast: Cast, wall: dict[str, Any]) -> None:
    board = Pin.objects.filter(team=cast.team).exclude(board=None).values_list("board", flat=True)[0]
    for status in (*STATES, Status.UNCONFIRMED):
        filters = Filters(status=status, board=board)
        assert read_all(cast.team, filters) == expect(cast.team, filters), status


@time_machine.travel(NOW, tick=False)
def test_waiting_drafts_are_a_part_of_the_drafts(cast: Cast, wall: dict[str, Any]) -> None:
    waiting, drafts = (read_all(cast.team, Filters(status=status)) for status in ("waiting", Status.DRAFT))
    assert waiting and set(waiting) < set(drafts)
    assert not Pin.objects.filter(pk__in=waiting).exclude(review=Review.WAITING).exists()


@time_machine.travel(NOW, tick=False)
def test_text_means_itself_beside_a_status(cast: Cast, wall: dict[str, Any]) -> None:
    for q in ("50%", "50%25", "_", "k_b", "%", "oak%bench", "table oak", "oa", "xyz"):
        filters = Filters(q=q, status=Status.PUBLISHED)
        assert read_all(cast.team, filters) == expect(cast.team, filters), q


@time_machine.travel(NOW, tick=False)
def test_days_that_end_before_they_begin_hold_nothing(cast: Cast, wall: dict[str, Any]) -> None:
    assert read_all(cast.team, Filters(since=wall["until"], until=wall["since"])) == []
