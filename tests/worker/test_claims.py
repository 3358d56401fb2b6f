from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.worker.claims import claim, claim_some, is_free
from postpeer_dash.worker.models import SingletonJob

pytestmark = pytest.mark.django_db


def make_rows(*names: str) -> list[int]:
    return [SingletonJob.objects.create(name=name).pk for name in names]


def test_second_claim_gets_nothing() -> None:
    (key,) = make_rows("one")
    rows = SingletonJob.objects.filter(is_free("until"), pk=key)
    assert claim(rows, "until", 60) == 1
    assert claim(SingletonJob.objects.filter(is_free("until"), pk=key), "until", 60) == 0


def test_claim_that_nobody_ends_ends_by_itself() -> None:
    (key,) = make_rows("one")
    claim(SingletonJob.objects.filter(pk=key), "until", 60)
    SingletonJob.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert claim(SingletonJob.objects.filter(is_free("until"), pk=key), "until", 60) == 1


def test_some_are_taken_in_their_order_and_the_rest_is_left() -> None:
    first, second, third = make_rows("c", "a", "b")
    free = SingletonJob.objects.filter(until=None)
    assert claim_some(free.order_by("name"), "until", 60, limit=2) == [second, third]
    assert claim_some(free.order_by("name"), "until", 60, limit=2) == [first]
    assert claim_some(free.order_by("name"), "until", 60, limit=2) == []


def test_nothing_to_take_costs_one_query_and_no_lock() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert claim_some(SingletonJob.objects.all(), "until", 60, limit=5) == []
    assert len(queries) == 1


def test_nobody_free_asks_nothing() -> None:
    make_rows("one")
    with CaptureQueriesContext(connection) as queries:
        assert claim_some(SingletonJob.objects.all(), "until", 60, limit=0) == []
    assert len(queries) == 0


def test_job_of_one_worker_is_kept_from_all() -> None:
    assert SingletonJob.take("one", seconds=0) is not None
    SingletonJob.keep("one", seconds=60)
    assert SingletonJob.take("one", seconds=60) is None
