from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.search import index as search_index
from postpeer_dash.pins.search import words as search
from postpeer_dash.teams.models import Team
from postpeer_dash.web.text import fold
from tests.cast import Cast, SignIn
from tests.pins.factories import make_account, make_board
from tests.pins.listing import make_pin

Add = Callable[..., Pin]
EDITOR: Any = SimpleNamespace(connection=connection)


@pytest.fixture
def index(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Migrations make it; where they are left out, it is made here, and goes with the test.
    monkeypatch.setattr(search, "_with_index", set())
    search_index.make_search_index(None, EDITOR)


@pytest.fixture(params=["led by the index", "read in order", "without an index"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, index: None) -> None:
    """Every way of searching has to find the same."""
    if request.param == "read in order":
        monkeypatch.setattr(search, "FEW", -1)
    if request.param == "without an index":
        monkeypatch.setattr(search, "_has_index", lambda: False)


@pytest.fixture
def add(cast: Cast) -> Add:
    return lambda title, **fields: make_pin(cast.team, cast.bob, title=title, **fields)


def find(team: Team, text: str, *, board: int | None = None) -> set[str]:
    words = search.split_words(fold(text))
    pins = search.narrow_by_words(team, words, board=board)[0].filter(search.contains_all(words))
    return set(pins.values_list("title", flat=True))


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize("text", ["oak table", "table oak", "OAK Tâble", "ak abl", "  table\toak ", "example/oak"])
def test_every_word_has_to_occur_somewhere(cast: Cast, add: Add, text: str) -> None:
    add("A table for two", description="Old oak", link="https://shop.example/oak")
    add("A table for three")
    add("Oak bench")
    assert find(cast.team, text) == {"A table for two"}


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize("text", ["7", "z7", "x", "y z", "厨", "厨房", "🍞", "房 🍞"])
def test_one_or_two_signs_are_found(cast: Cast, add: Add, text: str) -> None:
    add("厨房 🍞 xyz7")
    add("Oak bench")
    assert find(cast.team, text) == {"厨房 🍞 xyz7"}


SIGNS = [
    '"',
    '""',
    "'",
    "*",
    "%",
    "%%",
    "_",
    "\\",
    "a*",
    "-a",
    "^a",
    "(a",
    "a)",
    ":",
    "{a}",
    "NEAR(a b)",
    "a OR b",
    "a AND b",
    "NOT b",
    ";--",
]


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize("text", SIGNS)
def test_what_means_something_to_a_database_is_text(cast: Cast, add: Add, text: str) -> None:
    add(f"Here {text} there")
    add("Something else, bare")
    assert find(cast.team, text) == {f"Here {text} there"}


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize("text", ["b" * 10_000, " ".join(f"w{n}" for n in range(5_000)), '" ' * 5_000, "🍞" * 10_000])
def test_endless_text_finds_nothing(cast: Cast, add: Add, text: str) -> None:
    add("Bread")
    assert find(cast.team, text) == set()


@pytest.mark.usefixtures("each_way")
def test_nul_separates_words(cast: Cast, add: Add) -> None:
    add("Oak bench")
    assert find(cast.team, "bench\0oak") == {"Oak bench"}
    assert find(cast.team, "\0") == {"Oak bench"}


@pytest.mark.usefixtures("each_way")
def test_another_teams_pins_are_not_found(cast: Cast, add: Add) -> None:
    make_pin(cast.other_team, cast.charlie, title="Oak secret")
    add("Oak bench")
    assert find(cast.team, "oak") == {"Oak bench"}


@pytest.mark.usefixtures("each_way")
def test_board_is_searched_alone(cast: Cast, add: Add) -> None:
    account = make_account(cast.team)
    board = make_board(account)
    add("Oak bench", account=account, board=board)
    add("Oak table")
    assert find(cast.team, "oak", board=board.pk) == {"Oak bench"}


def test_letters_written_in_another_way_are_the_same(cast: Cast, add: Add) -> None:
    add("𝐁𝐨𝐥𝐝 kitchen™")
    assert find(cast.team, "bold kitchentm") == {"𝐁𝐨𝐥𝐝 kitchen™"}


def test_word_within_another_is_not_looked_for() -> None:
    assert search.split_words("oak oaken table tab oak") == ["oaken", "table"]


@pytest.mark.usefixtures("index")
class TestIndex:
    def test_text_that_changes_is_found_anew(self, cast: Cast, add: Add) -> None:
        pin = add("Oak bench")
        Pin.objects.filter(pk=pin.pk).update(search_text="walnut bench")
        assert search.find_rare_pins(["oak"]) == []
        assert search.find_rare_pins(["walnut"]) == [pin.pk]

    def test_deleted_pin_is_forgotten(self, cast: Cast, add: Add) -> None:
        add("Oak bench").delete()
        assert search.find_rare_pins(["oak"]) == []

    def test_pins_made_at_once_are_found(self, cast: Cast) -> None:
        made = Pin.objects.bulk_create(Pin(team=cast.team, search_text=f"oak {n}") for n in range(3))
        assert search.find_rare_pins(["oak"]) == [pin.pk for pin in made]

    def test_common_word_is_not_led_by_the_index(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "FEW", 2)
        Pin.objects.bulk_create(Pin(team=cast.team, search_text="oak") for _n in range(3))
        assert search.find_rare_pins(["oak"]) is None
        assert search.find_rare_pins(["o"]) is None

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's index knows of words this short")
    def test_rare_short_word_beside_a_common_one_leads(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "FEW", 2)
        Pin.objects.bulk_create(Pin(team=cast.team, search_text="oak") for _n in range(3))
        rare = Pin.objects.create(team=cast.team, search_text="oak zq")
        assert search.find_rare_pins(["oa", "zq"]) == [rare.pk]


def test_short_words_without_an_index_are_looked_for_in_the_newest(
    cast: Cast, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    monkeypatch.setattr(search, "_has_index", lambda: False)
    monkeypatch.setattr(search, "NEWEST", 2)
    for days, title in enumerate(["Oak one", "Oak two", "Oak three"]):
        add(title, at=timezone.now() - timedelta(days=days))
    assert find(cast.team, "oa") == {"Oak one", "Oak two"}
    assert find(cast.team, "oak") == {"Oak one", "Oak two", "Oak three"}


@pytest.mark.parametrize(("text", "is_said"), [("oa", True), ("oak", False), ("", False)])
def test_page_says_when_only_the_newest_are_searched(
    cast: Cast, add: Add, as_: SignIn, monkeypatch: pytest.MonkeyPatch, text: str, is_said: bool
) -> None:
    monkeypatch.setattr(search, "_has_index", lambda: False)
    monkeypatch.setattr(search, "NEWEST", 2)
    client = as_("vera")
    for title in ("Oak one", "Oak two"):
        add(title)
    assert "Words this short" not in client.get(f"/t/nordlicht/pins/?q={text}").content.decode()
    add("Oak three")
    assert ("Words this short" in client.get(f"/t/nordlicht/pins/?q={text}").content.decode()) is is_said


@pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers are SQLite's way")
def test_triggers_outlive_the_migrations(db: None, request: pytest.FixtureRequest) -> None:
    # A migration that rebuilds the table of pins takes them along; it has to make them again.
    if request.config.getoption("nomigrations"):
        pytest.skip("the migrations are left out")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'pins_pin' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
    assert names == ["pins_search_added", "pins_search_changed", "pins_search_removed"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="tables are SQLite's way")
@pytest.mark.usefixtures("index")
class TestMaking:
    def test_index_can_be_taken_away_and_made_again(
        self, cast: Cast, add: Add, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pin = add("Oak bench")
        search_index.drop_search_index(None, EDITOR)
        assert find(cast.team, "oak") == {"Oak bench"}
        search_index.make_search_index(None, EDITOR)
        assert search.find_rare_pins(["oak"]) == [pin.pk]

    def test_database_that_knows_no_such_index_goes_without(
        self, cast: Cast, add: Add, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        search_index.drop_search_index(None, EDITOR)
        monkeypatch.setattr(search_index, "_SQLITE_TABLES", ("CREATE VIRTUAL TABLE pins_search USING fts99(runs)",))
        search_index.make_search_index(None, EDITOR)
        add("Oak bench")
        assert "without an index: no such module: fts99" in caplog.text
        assert find(cast.team, "oak") == {"Oak bench"}


@pytest.mark.usefixtures("each_way")
@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("50% off! “Winter’s” rug", "winter's"),
        ("50% off! “Winter’s” rug", '"winter\'s" rug'),
        ("Grandma's rug", "grandma’s"),
        ("9–5 – a day", "9-5"),
        ("9-5 a day", "9—5"),
        ("Wait… what", "wait..."),
        ("Two\u00a0words", "o w"),
        ("Ho\u00adtel", "hotel"),
        ("Won´t fade", "won't"),
    ],
)
def test_typographic_signs_are_those_of_a_keyboard(cast: Cast, add: Add, title: str, asked: str) -> None:
    add(title)
    add("Something else")
    assert find(cast.team, asked) == {title}
