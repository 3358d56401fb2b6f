"""What the address of the audit may hold, and what becomes of it in the page and in the file."""

import csv
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from postpeer_dash.teams.audit_log import (
    ACTION_GROUPS,
    ACTION_LABELS,
    Filters,
    _escape_formula,
    events_of,
    read_filters,
    write_csv,
)
from postpeer_dash.teams.models import AuditEvent
from tests.cast import Cast


@pytest.mark.parametrize(
    ("params", "filters"),
    [
        ({}, Filters()),
        ({"who": "7"}, Filters(who=7)),
        ({"action": "member.joined"}, Filters(action="member.joined")),
        ({"since": "2026-11-01", "until": "2026-11-30"}, Filters(since=date(2026, 11, 1), until=date(2026, 11, 30))),
        ({"since": "1970-01-01", "until": "2200-01-01"}, Filters(since=date(1970, 1, 1), until=date(2200, 1, 1))),
    ],
)
def test_address_is_read(params: dict[str, str], filters: Filters) -> None:
    assert read_filters(params) == filters


@pytest.mark.parametrize(
    "params",
    [
        {"who": "x"},
        {"who": "0"},
        {"who": "-3"},
        {"who": str(2**63)},
        {"action": "member.exploded"},
        {"since": "1969-12-31"},
        {"until": "2200-01-02"},
        {"since": "01.11.2026", "until": "yesterday"},
        {"since": "2026-02-30"},
        {"at": "nonsense", "other": "x"},
    ],
)
def test_what_makes_no_sense_filters_nothing(params: dict[str, str]) -> None:
    assert read_filters(params) == Filters()
    assert not read_filters(params).is_on


def test_one_bad_value_leaves_the_good_ones() -> None:
    assert read_filters({"who": "x", "action": "member.left"}) == Filters(action="member.left")


@pytest.mark.parametrize(
    ("filters", "more", "query"),
    [
        (Filters(), {}, ""),
        (Filters(), {"at": "abc"}, "?at=abc"),
        (Filters(who=7, action="member.left"), {}, "?who=7&action=member.left"),
        (Filters(since=date(2026, 11, 1)), {"at": "a b"}, "?since=2026-11-01&at=a+b"),
        (Filters(until=date(2026, 11, 1)), {"at": ""}, "?until=2026-11-01"),
    ],
)
def test_filters_go_into_an_address_and_come_back(filters: Filters, more: dict[str, str], query: str) -> None:
    assert filters.query(**more) == query
    assert filters.is_on is (filters != Filters())


def test_every_action_stands_in_one_group_and_has_words_of_its_own() -> None:
    actions = [action for _group, labels in ACTION_GROUPS for action in labels]
    assert len(actions) == len(set(actions)) == len(ACTION_LABELS)
    assert all(str(label) for label in ACTION_LABELS.values())


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Atelier", "Atelier"),
        ("", ""),
        ("a=1", "a=1"),
        ("=1", "'=1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-", "'-"),
        ("\t=1", "'\t=1"),
        ("  +1", "'  +1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＠x", "'＠x"),
        ("'=1", "'=1"),
    ],
)
def test_formula_becomes_text(cell: str, written: str) -> None:
    assert _escape_formula(cell) == written


def line(cast: Cast, action: str = "member.joined", **fields: Any) -> AuditEvent:
    values = {"team": cast.team, "team_name": cast.team.name, "actor": cast.bob, "actor_name": "Bob"} | fields
    return AuditEvent.objects.create(action=action, **values)


def test_days_are_the_readers(cast: Cast) -> None:
    late = line(cast, at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    day = Filters(since=date(2026, 11, 25), until=date(2026, 11, 25))
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert list(events_of(cast.team, day)) == [late]
    with timezone.override(ZoneInfo("UTC")):
        assert list(events_of(cast.team, day)) == []


def test_last_day_is_whole(cast: Cast) -> None:
    last = line(cast, at=datetime(2026, 11, 24, 23, 59, 59, 999_999, tzinfo=UTC))
    line(cast, at=datetime(2026, 11, 25, tzinfo=UTC))
    with timezone.override(ZoneInfo("UTC")):
        assert list(events_of(cast.team, Filters(until=date(2026, 11, 24)))) == [last]


def test_installation_reads_the_lines_of_no_team(cast: Cast) -> None:
    own = line(cast, "sign_in.done", team=None, team_name="")
    of_a_deleted_team = line(cast, "member.joined", team=None, team_name="Gone")
    line(cast, "sign_in.done", team=None, team_name="Gone")
    line(cast)
    assert set(events_of(None, Filters())) == {own, of_a_deleted_team}


def rows(team: Any) -> list[list[str]]:
    return list(csv.reader("".join(write_csv(team, Filters())).removeprefix("\ufeff").splitlines()))


def test_file_of_the_installation_names_the_former_team(cast: Cast) -> None:
    line(cast, team=None, team_name="Gone")
    head, first = rows(None)
    assert (head[-1], first[-1]) == ("former team", "Gone")


def test_file_has_a_mark_a_head_and_the_newest_line_first(cast: Cast) -> None:
    line(cast, at=datetime(2026, 11, 24, 12, tzinfo=UTC), detail={"b": 1, "a": "ü"}, ip_address="192.0.2.1")
    line(cast, "pin.exploded", at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert next(write_csv(cast.team, Filters())).startswith("\ufefftime (UTC),who,")
    _head, newest, oldest = rows(cast.team)
    assert newest[:4] == ["2026-11-25 12:00:00", "Bob", "pin.exploded", "pin.exploded"]
    assert oldest[3:] == ["joined", "", '{"a": "ü", "b": 1}', "192.0.2.1"]
