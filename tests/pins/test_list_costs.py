"""What the pages of pins cost: queries and bytes, whatever the number of pins."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Review, Status, Submission
from postpeer_dash.pins.publishing.timeline import Kind, record
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_board
from tests.pins.listing import make_pin, make_submission

TITLE = "A terracotta courtyard in Oaxaca, photographed at eight in the morning, before the heat, number"


@pytest.fixture
def full_team(cast: Cast) -> Account:
    """Three accounts, forty boards, and forty pins of every status, all with a cross-post."""
    accounts = [make_account(cast.team, display_name=f"Account with a longer name {n}") for n in range(3)]
    linkedin = make_account(cast.team, platform="linkedin", display_name="Nordlicht Studio GmbH")
    boards = [make_board(one, name=f"Slow Sunday recipes, volume {n}") for one in accounts for n in range(14)]
    now = timezone.now()
    for number in range(4 * len(Status.values)):
        board, status = boards[number % len(boards)], Status.values[number % len(Status.values)]
        make_pin(
            cast.team,
            cast.bob,
            board.account,
            board=board,
            others=[linkedin],
            status=status,
            title=f"{TITLE} {number}",
            media_url=f"https://media.nordlicht.example/2026/11/courtyard-{number:04}-1000x1500.jpg",
            dominant_color="#CB7F5F",
            scheduled_for=now + timedelta(days=number) if status == Status.SCHEDULED else None,
            review=Review.WAITING if status == Status.DRAFT else Review.NONE,
            at=now - timedelta(hours=number),
            target={"error_text": "Board not found.", "error_kind": "platform_failed"},
        )
    Account.objects.filter(pk=accounts[0].pk).update(health=Account.Health.RECONNECT_REQUIRED)
    return accounts[0]


def queries(name: str, account: Account, cast: Cast) -> str:
    board = account.boards.order_by("-pk").first()
    assert board is not None
    return {
        "first": "",
        "table": "?view=table",
        "status": "?status=failed",
        "account": f"?account={account.pk}",
        "board": f"?board={board.pk}",
        "author": f"?author={cast.bob.pk}",
        "stranger": f"?author={cast.charlie.pk}",
        "days": "?since=2026-01-01&until=2099-01-01",
        "search": "?q=terracotta",
        "all": f"?q=o&status=failed&account={account.pk}&board={board.pk}&author={cast.bob.pk}&since=2026-01-01",
        "two": f"?status=failed&account={account.pk}&author={cast.bob.pk}",
    }[name]


@pytest.mark.parametrize(
    "name",
    ["first", "table", "status", "account", "board", "author", "stranger", "days", "search", "all", "two"],
)
def test_history_takes_twelve_queries_at_most(
    cast: Cast,
    full_team: Account,
    as_: SignIn,
    name: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, url = as_("alice"), f"/t/nordlicht/pins/{queries(name, full_team, cast)}"
    client.get(url)  # a process's first search also asks whether there is an index
    with django_assert_max_num_queries(12):
        client.get(url)


def test_deep_page_takes_twelve_queries_at_most(
    full_team: Account, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_("alice")
    older = client.get("/t/nordlicht/pins/").context["older"]
    with django_assert_max_num_queries(12):
        assert client.get(older).context["cards"]


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_history_is_light(full_team: Account, as_: SignIn, query: str) -> None:
    response = as_("alice").get(f"/t/nordlicht/pins/{query}")
    assert len(response.context["cards"]) == 24
    assert len(response.content) <= 60_000
    assert len(gzip.compress(response.content, 6)) <= 10_000


def test_home_takes_fifteen_queries_at_most(
    full_team: Account, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_("alice")
    with django_assert_max_num_queries(15):
        overview = client.get("/t/nordlicht/").context["overview"]
    assert overview.needs and overview.days and overview.now and overview.last


@pytest.mark.parametrize("name", ["", "live/"])
def test_pin_takes_twelve_queries_at_most(
    cast: Cast, full_team: Account, as_: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries, name: str
) -> None:
    pin = make_pin(cast.team, cast.bob, full_team, status=Status.FAILED, others=[make_account(cast.team)])
    for number in range(5):
        one = make_submission(pin, cast.bob, body_hash=str(number), state=Submission.State.REFUSED)
        for kind in (Kind.SENT, Kind.ACCEPTED, Kind.FAILED):
            record(pin, kind, submission=one, actor=cast.alice, platform="pinterest")
    client = as_("alice")
    with django_assert_max_num_queries(12):
        assert client.get(f"/t/nordlicht/pins/{pin.uuid}/{name}").status_code == 200
