import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.web.chunks import delete_in_chunks
from postpeer_dash.web.models import RateLimitCounter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rows() -> None:
    now = timezone.now()
    RateLimitCounter.objects.bulk_create(RateLimitCounter(key=str(n), count=n % 2, ends_at=now) for n in range(20))


def test_all_of_them_go_and_no_others() -> None:
    assert delete_in_chunks(RateLimitCounter.objects.filter(count=1), chunk=3) == 10
    assert set(RateLimitCounter.objects.values_list("count", flat=True)) == {0}


def test_no_step_takes_more_than_a_chunk() -> None:
    with CaptureQueriesContext(connection) as queries:
        delete_in_chunks(RateLimitCounter.objects.all(), chunk=7)
    deletions = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert [sql.count("'") // 2 for sql in deletions] == [7, 7, 6]


def test_when_the_time_is_over_the_rest_stays() -> None:
    assert delete_in_chunks(RateLimitCounter.objects.all(), chunk=5, max_seconds=-1) == 5
    assert RateLimitCounter.objects.count() == 15


def test_nothing_to_delete_is_no_trouble() -> None:
    assert delete_in_chunks(RateLimitCounter.objects.none()) == 0
