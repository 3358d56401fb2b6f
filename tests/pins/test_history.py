from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Pin, Review, Status
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_board
from tests.pins.listing import make_pin
from tests.squeezing import squeeze

URL = "/t/nordlicht/pins/"


@dataclass
class Shop:
    """Two accounts with a board each, and pins between them."""

    cast: Cast
    first: Account
    second: Account

    def pin(self, title: str, author: str = "bob", account: Account | None = None, **fields: Any) -> Pin:
        return make_pin(self.cast.team, getattr(self.cast, author), account or self.first, title=title, **fields)


@pytest.fixture
def shop(cast: Cast) -> Shop:
    first, second = (make_account(cast.team, display_name=name) for name in ("Atelier", "Kornhaus"))
    make_board(first, name="Winter away")
    make_board(second, name="Soups and stews")
    return Shop(cast, first, second)


def titles(client: Client, query: str = "") -> list[str]:
    response = client.get(URL + query)
    assert response.status_code == 200
    return [card.title for card in response.context["cards"]]


def test_newest_pins_come_first(shop: Shop, as_: SignIn) -> None:
    now = timezone.now()
    shop.pin("Older", at=now - timedelta(days=2))
    shop.pin("Newer", at=now - timedelta(days=1))
    assert titles(as_("vera")) == ["Newer", "Older"]


def test_card_shows_board_account_author_and_platforms(shop: Shop, as_: SignIn) -> None:
    other = make_account(shop.cast.team, platform="linkedin")
    shop.pin("Cabin weekend", others=[other])
    text = as_("vera").get(URL).content.decode()
    for word in ("Cabin weekend", "Winter away", "Atelier · Bob", "Pinterest", "LinkedIn", ": published"):
        assert word in text


def test_another_teams_pins_are_not_shown(shop: Shop, as_: SignIn) -> None:
    make_pin(shop.cast.other_team, shop.cast.charlie, title="Secret of the harbour")
    assert titles(as_("alice")) == []


@pytest.mark.parametrize("status", Status.values)
def test_status_filter_shows_that_status_alone(shop: Shop, as_: SignIn, status: str) -> None:
    for one in Status.values:
        shop.pin(one, status=one)
    assert titles(as_("vera"), f"?status={status}") == [status]


def test_waiting_filter_shows_what_asks_for_approval(shop: Shop, as_: SignIn) -> None:
    shop.pin("Asks", status=Status.DRAFT, review=Review.WAITING)
    shop.pin("Draft", status=Status.DRAFT)
    assert titles(as_("bob"), "?status=waiting") == ["Asks"]


def test_account_filter_reads_targets(shop: Shop, as_: SignIn) -> None:
    shop.pin("First")
    shop.pin("Second", account=shop.second)
    shop.pin("Both", others=[shop.second])
    assert titles(as_("vera"), f"?account={shop.second.pk}") == ["Both", "Second"]


def test_pin_with_two_boards_of_an_account_stands_once(shop: Shop, as_: SignIn) -> None:
    pin = shop.pin("Twice")
    pin.targets.create(
        account=shop.first, board=make_board(shop.first), platform="pinterest", status="published", sort_at=pin.sort_at
    )
    assert titles(as_("vera"), f"?account={shop.first.pk}") == ["Twice"]


@pytest.mark.parametrize("rare", [0, 2000])
def test_account_and_status_together(shop: Shop, as_: SignIn, monkeypatch: pytest.MonkeyPatch, rare: int) -> None:
    monkeypatch.setattr("postpeer_dash.pins.search.pin_lists.RARE", rare)
    shop.pin("Out")
    shop.pin("Failed", status=Status.FAILED)
    shop.pin("Elsewhere", status=Status.FAILED, account=shop.second)
    assert titles(as_("vera"), f"?account={shop.first.pk}&status=failed") == ["Failed"]


def test_board_filter(shop: Shop, as_: SignIn) -> None:
    shop.pin("First")
    shop.pin("Second", account=shop.second)
    board = shop.second.boards.get()
    assert titles(as_("vera"), f"?board={board.pk}") == ["Second"]


def test_author_filter(shop: Shop, as_: SignIn) -> None:
    shop.pin("Bob's")
    shop.pin("Cora's", author="cora")
    assert titles(as_("vera"), f"?author={shop.cast.cora.pk}") == ["Cora's"]


def test_days_are_the_readers_own(shop: Shop, as_: SignIn) -> None:
    # 23:30 UTC on the 1st is the 2nd in Berlin.
    late = timezone.now().replace(year=2026, month=2, day=1, hour=23, minute=30)
    shop.pin("Second of February", at=late)
    shop.pin("First of February", at=late - timedelta(hours=2))
    assert titles(as_("vera"), "?since=2026-02-02&until=2026-02-02") == ["Second of February"]
    assert titles(as_("vera"), "?until=2026-02-01") == ["First of February"]


@pytest.mark.parametrize("typed", ["kilim", "KILIM", "naturelle", "Çà", "example/rug"])
def test_search_ignores_case_and_accents(shop: Shop, as_: SignIn, typed: str) -> None:
    shop.pin("Kilim tissé", description="Teinture naturelle, ça va", link="https://nordlicht.example/rug")
    shop.pin("Something else")
    assert titles(as_("vera"), f"?q={typed}") == ["Kilim tissé"]


def test_filters_combine(shop: Shop, as_: SignIn) -> None:
    shop.pin("Soup, failed", status=Status.FAILED)
    shop.pin("Soup, out")
    shop.pin("Bread, failed", status=Status.FAILED)
    query = f"?q=soup&status=failed&account={shop.first.pk}&author={shop.cast.bob.pk}"
    assert titles(as_("vera"), query) == ["Soup, failed"]


def test_chips_lead_to_the_list_without_their_filter(shop: Shop, as_: SignIn) -> None:
    response = as_("vera").get(URL + "?q=soup&status=failed")
    assert [(chip.label, chip.url) for chip in response.context["chips"]] == [
        ("“soup”", URL + "?status=failed"),
        ("Failed", URL + "?q=soup"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "?account=99999999999999999999999999",
        "?board=0",
        "?author=-1",
        "?status=nonsense",
        "?since=yesterday",
        "?until=0001-01-01",
        "?until=9999-12-31",
        "?q=%00",
        "?account=1%27%20OR%201=1",
        "?q=" + "a" * 300,
    ],
)
def test_nonsense_in_the_address_is_left_out_and_said(shop: Shop, as_: SignIn, query: str) -> None:
    shop.pin("Here")
    response = as_("vera").get(URL + query)
    assert [card.title for card in response.context["cards"]] == ["Here"]
    assert "left out" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "named"), [("?status=nonsense", "nonsense"), ("?board=4711", "4711"), ("?since=soon", "soon")]
)
def test_filter_that_is_not_known_is_named(shop: Shop, as_: SignIn, query: str, named: str) -> None:
    text = squeeze(as_("vera").get(URL + query).content.decode())
    assert f"“<bdi>{named}</bdi>” isn’t known here and was left out. The list isn’t narrowed by it." in text


def test_what_stands_in_a_filter_is_only_a_word(shop: Shop, as_: SignIn) -> None:
    text = as_("vera").get(URL, {"status": "<script>alert(1)</script>" + "x" * 500}).content.decode()
    assert "<script>alert" not in text and "x" * 100 not in text


def test_ids_of_another_team_tell_nothing(shop: Shop, as_: SignIn) -> None:
    account = make_account(shop.cast.other_team, display_name="Secret harbour")
    board = make_board(account, name="Secret board")
    make_pin(shop.cast.other_team, shop.cast.charlie, account)
    for query in (f"?account={account.pk}", f"?board={board.pk}", f"?author={shop.cast.charlie.pk}"):
        text = as_("alice").get(URL + query).content.decode()
        assert "Secret" not in text and "Charlie" not in text


@pytest.mark.parametrize("at", ["nonsense", "%00", "Zg", "A" * 500])
def test_nonsense_position_begins_at_the_top(shop: Shop, as_: SignIn, at: str) -> None:
    shop.pin("Here")
    assert titles(as_("vera"), f"?at={at}") == ["Here"]


@pytest.mark.parametrize("query", ["", "account", "until"])
def test_pages_lead_to_every_pin_once_and_back(shop: Shop, as_: SignIn, query: str) -> None:
    now = timezone.now()
    for number in range(55):
        # Some share their time: the id decides.
        shop.pin(f"{number:02}", at=now - timedelta(minutes=number // 3))
    client, seen = as_("vera"), []
    tomorrow = (now + timedelta(days=1)).date()
    url = URL + {"": "", "account": f"?account={shop.first.pk}", "until": f"?until={tomorrow}"}[query]
    pages = []
    while url:
        context = client.get(url).context
        pages.append([card.title for card in context["cards"]])
        seen, url, newer = seen + pages[-1], context["older"], context["newer"]
    assert sorted(seen) == [f"{number:02}" for number in range(55)]
    assert [len(page) for page in pages] == [24, 24, 7]
    assert [card.title for card in client.get(newer).context["cards"]] == pages[1]


@pytest.mark.usefixtures("same_clock")  # its days begin at the person's midnight, and the suite may run near it
def test_position_outside_the_days_shows_nothing_else(shop: Shop, as_: SignIn) -> None:
    for day in range(40):
        shop.pin(str(day), at=timezone.now() - timedelta(days=day))
    older = as_("vera").get(URL).context["older"]
    first = (timezone.now() - timedelta(days=3)).date()
    assert len(titles(as_("vera"), f"?since={first}&{older.partition('?')[2]}")) <= 4


def test_team_without_pins_is_led_to_the_first(shop: Shop, as_: SignIn) -> None:
    text = as_("bob").get(URL).content.decode()
    assert "No pin yet" in text and reverse("pins:compose", args=["nordlicht"]) in text


def test_viewer_without_pins_is_not_asked_to_compose(shop: Shop, as_: SignIn) -> None:
    text = as_("vera").get(URL).content.decode()
    assert "No pin yet" in text and reverse("pins:compose", args=["nordlicht"]) not in text


def test_nothing_that_matches_offers_to_clear(shop: Shop, as_: SignIn) -> None:
    shop.pin("Here")
    text = as_("vera").get(URL + "?q=absent").content.decode()
    assert "Nothing matches" in text and "Clear filters" in text


def test_database_that_is_too_busy_is_said(shop: Shop, as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("postpeer_dash.pins.pages.history.context.read_history", fail)
    response = as_("vera").get(URL)
    assert response.status_code == 503
    assert "couldn’t be loaded" in response.content.decode()


def test_view_is_remembered_for_the_person(shop: Shop, as_: SignIn) -> None:
    client = as_("vera")
    before = "http://testserver" + URL + "?status=failed"
    response = client.post(URL + "view/", {"pins_view": "table"}, headers={"referer": before})
    assert response.headers["Location"] == URL + "?status=failed"
    assert client.get(URL).context["is_table"]
    assert not as_("bob").get(URL).context["is_table"]


def test_view_in_the_address_changes_nothing(shop: Shop, as_: SignIn) -> None:
    shop.pin("Here")
    client = as_("vera")
    assert "<table" in client.get(URL + "?view=table").content.decode()
    assert "<table" not in client.get(URL).content.decode()


def test_view_never_leads_elsewhere(shop: Shop, as_: SignIn) -> None:
    before = "https://elsewhere.example/t/harbour/pins/?status=failed"
    response = as_("vera").post(URL + "view/", {"pins_view": "wall"}, headers={"referer": before})
    assert response.headers["Location"] == URL


def test_htmx_gets_the_list_alone_and_its_address(shop: Shop, as_: SignIn) -> None:
    shop.pin("Here")
    response = as_("vera").get(URL + "?q=&status=published", headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="history"')
    assert response.headers["HX-Push-Url"] == URL + "?status=published"
    assert "HX-Request" in response.headers["Vary"]


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202eنص عربي\u202c",
    "a" + "\u0301" * 500,
    '"><img src=x onerror=1>',
    "{{ 7 }}",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("view", ["wall", "table"])
def test_hostile_text_is_only_text(shop: Shop, as_: SignIn, text: str, view: str) -> None:
    shop.first.boards.update(name=text)
    shop.pin(text, link=text, media_url="javascript:alert(1)")
    page = as_("vera").get(f"{URL}?view={view}").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "javascript:" not in page


def test_untitled_pin_is_called_by_its_text(shop: Shop, as_: SignIn) -> None:
    shop.pin("", description="\nFirst line\nSecond line")
    shop.pin("", description="", at=timezone.now() - timedelta(days=1))
    assert titles(as_("vera")) == ["First line", "Without a title"]


def test_many_boards_come_when_asked_for(shop: Shop, as_: SignIn) -> None:
    for number in range(40):
        make_board(shop.first, name=f"More {number}")
    client = as_("vera")
    few = client.get(URL).context
    assert len(few["boards"]) == 24
    assert len(client.get(few["more_boards"]).context["boards"]) == 42


def test_chosen_board_is_in_the_list_however_many_there_are(shop: Shop, as_: SignIn) -> None:
    for number in range(40):
        last = make_board(shop.first, name=f"More {number}", position=number)
    context = as_("vera").get(f"{URL}?board={last.pk}").context
    assert [option.label for option in context["boards"] if option.is_on] == ["More 39"]
