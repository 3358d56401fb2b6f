"""The rows behind a limit: what they count by, what is given back, and when they go."""

import pytest
import time_machine

from postpeer_dash.web import limits
from postpeer_dash.web.limits import Limit, consume
from postpeer_dash.web.models import RateLimitCounter

pytestmark = pytest.mark.django_db
EACH = (Limit("test", "address", 2, 60), Limit("test", "account", 3, 300), Limit("test", "user", 5, 60))


def counts() -> list[int]:
    return sorted(RateLimitCounter.objects.values_list("count", flat=True))


def test_every_limit_counts_by_a_row_of_its_own() -> None:
    consume(EACH, address="192.0.2.1", account="bob@example.com", user=1)
    assert counts() == [1, 1, 1]


def test_used_up_limit_leaves_what_the_others_have_counted() -> None:
    order = (EACH[1], EACH[0])
    tries = [consume(order, address="192.0.2.1", account="bob@example.com") for _try in range(3)]
    assert [usage is not None for usage in tries] == [True, True, False]
    assert counts() == [2, 3]


def test_limits_after_a_used_up_one_are_not_counted() -> None:
    for _try in range(4):
        consume(EACH[:2], address="192.0.2.1", account="bob@example.com")
    assert counts() == [2, 2]


def test_giving_back_twice_never_falls_below_zero() -> None:
    usage = consume(EACH, address="192.0.2.1")
    assert usage is not None
    usage.rollback()
    usage.rollback()
    assert counts() == [0, 0, 0]


def test_limits_of_another_name_or_time_are_apart() -> None:
    for limit in (Limit("a", "user", 1, 60), Limit("b", "user", 1, 60), Limit("a", "user", 1, 3600)):
        assert consume((limit,), user=1) is not None
    assert len(counts()) == 3


def test_visitors_without_an_address_share_one() -> None:
    one = (Limit("test", "address", 1, 60),)
    assert consume(one, address=None) is not None
    assert consume(one, address="") is None


def test_rows_that_are_over_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.secrets, "randbelow", lambda sides: 1)
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        consume(EACH[:1], address="192.0.2.1")
        clock.shift(61)
        monkeypatch.setattr(limits.secrets, "randbelow", lambda sides: 0)
        consume(EACH[:1], address="192.0.2.2")
    assert counts() == [1]


def test_row_that_another_process_has_just_made_is_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    consume(EACH[:1], address="192.0.2.1")
    added = limits._add
    late = iter([False])
    monkeypatch.setattr(limits, "_add", lambda *given: next(late, None) is not False and added(*given))
    assert consume(EACH[:1], address="192.0.2.1") is not None
    assert counts() == [2]


def test_counter_says_until_when_it_counts() -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        consume(EACH[:1], address="192.0.2.1")
    assert str(RateLimitCounter.objects.get()) == "1 until 2026-03-01 10:01:00"
