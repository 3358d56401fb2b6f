"""Filters of an address: what is understood, what is left out, and the way back into an address."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from postpeer_dash.pins.models import Status
from postpeer_dash.pins.search.filters import Filters, read_filters
from postpeer_dash.pins.search.words import MAX_WORDS, split_words

ALL = Filters(
    q="oak & linen",
    status=Status.FAILED,
    account=3,
    board=4,
    author=5,
    since=date(2026, 11, 1),
    until=date(2026, 11, 30),
    day=date(2026, 11, 24),
)


def test_address_without_filters_has_none() -> None:
    assert read_filters({}) == (Filters(), False)
    assert read_filters({"q": "", "status": "", "at": "x", "view": "table"}) == (Filters(), False)
    assert Filters().query() == ""


def test_filters_come_back_from_their_own_address() -> None:
    params = {name: values[0] for name, values in parse_qs(ALL.query().removeprefix("?")).items()}
    assert read_filters(params) == (ALL, False)


@pytest.mark.parametrize(
    ("params", "filters"),
    [
        ({"q": " oak "}, Filters(q="oak")),
        ({"q": "50% off_\"'\\"}, Filters(q="50% off_\"'\\")),
        ({"status": "waiting"}, Filters(status="waiting")),
        ({"account": "7"}, Filters(account=7)),
        ({"board": str(2**63 - 1)}, Filters(board=2**63 - 1)),
        ({"day": "1970-01-01"}, Filters(day=date(1970, 1, 1))),
        ({"until": "2200-01-01"}, Filters(until=date(2200, 1, 1))),
        ({"since": "2024-02-29"}, Filters(since=date(2024, 2, 29))),
    ],
)
def test_filter_is_read(params: dict[str, str], filters: Filters) -> None:
    assert read_filters(params) == (filters, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "x" * 201),
        ("q", "a\x00b"),
        ("status", "gone"),
        ("status", "Failed"),
        ("account", "0"),
        ("account", "-1"),
        ("account", "1.5"),
        ("account", "one"),
        ("board", str(2**63)),
        ("author", "9" * 400),
        ("since", "24.11.2026"),
        ("since", "2026-13-01"),
        ("until", "2026-02-30"),
        ("until", "2200-01-02"),
        ("day", "1969-12-31"),
        ("day", "today"),
        ("day", "0001-01-01"),
    ],
)
def test_nonsense_is_left_out_and_the_rest_stays(name: str, value: str) -> None:
    others = {"status": "failed"} if name != "status" else {"account": "3"}
    filters, is_odd = read_filters({name: value, **others})
    assert is_odd
    assert filters == read_filters(others)[0]


@pytest.mark.parametrize(
    ("filters", "count"), [(Filters(), 0), (Filters(q="x"), 1), (Filters(q="x", day=date(2026, 1, 1)), 2), (ALL, 8)]
)
def test_filters_are_counted(filters: Filters, count: int) -> None:
    assert filters.count == count


@pytest.mark.parametrize("name", ["q", "status", "account", "board", "author", "since", "until", "day"])
def test_each_filter_can_be_taken_off_alone(name: str) -> None:
    left = ALL.without(name)
    assert left.count == ALL.count - 1
    assert not getattr(left, name)
    assert f"{name}=" not in left.query()


def test_all_filters_can_be_taken_off_at_once() -> None:
    assert ALL.without("q", "status", "account", "board", "author", "since", "until", "day") == Filters()


@pytest.mark.parametrize(
    ("more", "query"),
    [
        ({}, "?q=a+b"),
        ({"at": "x/y"}, "?q=a+b&at=x%2Fy"),
        ({"at": ""}, "?q=a+b"),
        ({"view": "table"}, "?q=a+b&view=table"),
    ],
)
def test_query_takes_more_than_filters(more: dict[str, str], query: str) -> None:
    assert Filters(q="a b").query(**more) == query


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
        # A day of 23 hours, of 25, one that begins at one o'clock, and the two ends of the world.
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 29, 4, tzinfo=UTC), datetime(2026, 3, 30, 4, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 3, 28, 10, tzinfo=UTC), datetime(2026, 3, 29, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 3, 29, 11, tzinfo=UTC), datetime(2026, 3, 30, 11, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 3, 28, 18, 15, tzinfo=UTC), datetime(2026, 3, 29, 18, 15, tzinfo=UTC)),
    ],
)
def test_days_are_whole_days_of_the_persons_zone(zone: str, begins: datetime, ends: datetime) -> None:
    day = date(2026, 3, 29)
    with timezone.override(ZoneInfo(zone)):
        assert Filters(day=day).day_bounds == (begins, ends)
        assert (Filters(since=day).begins_at, Filters(until=day).ends_at) == (begins, ends)


def test_days_that_are_not_asked_for_have_no_bounds() -> None:
    filters = Filters(q="x")
    assert (filters.begins_at, filters.ends_at, filters.day_bounds) == (None, None, None)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("OAK", "oak"),
        ("  Käse\tKuchen ", "kase kuchen"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("𝐎𝐚𝐤™", "oaktm"),
    ],
)
def test_text_is_compared_without_case_and_accents(typed: str, folded: str) -> None:
    assert Filters(q=typed).folded == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("   ", []),
        ("oak", ["oak"]),
        ("oak oak", ["oak"]),
        ("table oak", ["table", "oak"]),
        ("bed embedded b", ["embedded"]),
        ("ab bc abc", ["abc"]),
        ("b a", ["a", "b"]),
        ("50% 50", ["50%"]),
        ("_ __", ["__"]),
        ('"oak" table', ["table", '"oak"']),
        ("a\0b", ["a", "b"]),
    ],
)
def test_words_are_looked_for_once_longest_first(text: str, words: list[str]) -> None:
    assert sorted(split_words(text)) == sorted(words)
    assert [len(word) for word in split_words(text)] == sorted((len(word) for word in words), reverse=True)


def test_no_more_words_are_looked_for_than_a_database_takes() -> None:
    text = " ".join(f"{number:04d}" for number in range(3 * MAX_WORDS))
    assert len(split_words(text)) == MAX_WORDS


def test_filters_are_values() -> None:
    held: dict[Any, str] = {ALL: "kept"}
    assert (
        held[
            read_filters(
                {
                    name: str(getattr(ALL, name))
                    for name in ("q", "status", "account", "board", "author", "since", "until", "day")
                }
            )[0]
        ]
        == "kept"
    )
