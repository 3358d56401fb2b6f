from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postpeer_dash.teams.models import AuditEvent, Membership
from postpeer_dash.web.keyset import Page, Position, read_page
from tests.cast import Cast

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def sixty(db: None) -> None:
    # Three rows share each time, so that the id has to decide.
    AuditEvent.objects.bulk_create(
        AuditEvent(action=str(n), at=START + timedelta(seconds=n // 3, microseconds=7)) for n in range(60)
    )


def page(at: str = "") -> Page[AuditEvent]:
    return read_page(AuditEvent.objects.all(), time_field="at", at=at)


def numbers(found: Page[AuditEvent]) -> list[int]:
    return [int(row.action) for row in found.rows]


def test_pages_follow_without_gap_or_repetition(sixty: None) -> None:
    seen, at = [], ""
    while True:
        found = page(at)
        seen += numbers(found)
        if not found.older:
            break
        at = found.older
    assert seen == list(range(59, -1, -1))


def test_newer_leads_back_to_the_same_page(sixty: None) -> None:
    first = page()
    second = page(first.older)
    assert numbers(page(second.newer)) == numbers(first)


def test_first_page_has_nothing_newer(sixty: None) -> None:
    assert page().newer == ""
    assert page(page(page().older).newer).newer == ""


@pytest.mark.parametrize("word", ["", "x", "AAAA", "Zjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE", "é", "Zi4", "%00"])
def test_nonsense_begins_at_the_top(sixty: None, word: str) -> None:
    assert numbers(page(word))[0] == 59


def test_position_survives_an_address() -> None:
    position = Position(START + timedelta(microseconds=123456), 2**62, is_backwards=True)
    assert Position.decode(position.encode()) == position


def test_reading_back_to_the_top_has_no_gap_either(sixty: None) -> None:
    at = page(page().older).older
    seen = numbers(page(at))
    while newer := page(at).newer:
        at = newer
        seen = numbers(page(at)) + seen
    assert seen == list(range(59, -1, -1))


def test_page_of_exactly_the_size_is_the_only_one(sixty: None) -> None:
    rows = AuditEvent.objects.filter(action__in=[str(number) for number in range(10)])
    found = read_page(rows, time_field="at", size=10)
    assert (len(found.rows), found.older, found.newer) == (10, "", "")


def test_list_without_rows_leads_nowhere(db: None) -> None:
    assert page() == Page([], "", "")
    assert page(Position(START, 1).encode()) == Page([], "", "")


def test_place_of_a_row_that_is_gone_is_still_a_place(sixty: None) -> None:
    gone = AuditEvent.objects.get(action="40")
    at = Position(gone.at, gone.pk).encode()
    models.QuerySet.delete(AuditEvent.objects.filter(pk=gone.pk))
    assert numbers(page(at))[:2] == [39, 38]


def test_row_that_came_meanwhile_moves_no_page(sixty: None) -> None:
    before = numbers(page(page().older))
    at = page().older
    AuditEvent.objects.create(action="60", at=START + timedelta(hours=1))
    assert numbers(page(at)) == before


def test_field_of_another_table_can_be_the_time(cast: Cast) -> None:
    rows = Membership.objects.filter(team=cast.team).select_related("user")
    first = read_page(rows, time_field="user__created_at", pk_field="user__pk", size=2)
    second = read_page(rows, time_field="user__created_at", pk_field="user__pk", size=2, at=first.older)
    assert [row.user.name for row in [*first.rows, *second.rows]] == ["Vera", "Cora", "Bob", "Adam"]


@pytest.mark.parametrize(("is_backwards", "operator"), [(False, "<"), (True, ">")])
def test_database_compares_row_values(sixty: None, is_backwards: bool, operator: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        page(Position(START, 1, is_backwards).encode())
    assert f'WHERE ("teams_auditevent"."at", "teams_auditevent"."id") {operator} (' in queries[0]["sql"]
    assert " OR " not in queries[0]["sql"]


@pytest.mark.parametrize("pk", [-1, 2**63, 2**70])
def test_id_that_no_row_can_have_is_no_place(pk: int) -> None:
    assert Position.decode(Position(START, pk).encode()) is None


@settings(max_examples=30)
@example(at=datetime(2038, 2, 1, microsecond=178, tzinfo=UTC), pk=1, is_backwards=False)
@given(
    at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    pk=st.integers(0, 2**63 - 1),
    is_backwards=st.booleans(),
)
def test_any_place_survives_an_address(at: datetime, pk: int, is_backwards: bool) -> None:
    word = Position(at, pk, is_backwards).encode()
    assert Position.decode(word) == Position(at, pk, is_backwards)
    assert word.isascii() and not set(word) & set("=/+&? ")


@settings(max_examples=30)
@given(st.text("ABQZfb019-_=. é", max_size=40))
def test_no_word_breaks_the_page(word: str) -> None:
    position = Position.decode(word)
    assert position is None or 0 <= position.pk < 2**63
