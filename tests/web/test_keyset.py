from datetime import UTC, datetime, timedelta

import pytest

from postpeer_dash.teams.models import AuditEvent
from postpeer_dash.web.keyset import Page, Position, read_page

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
