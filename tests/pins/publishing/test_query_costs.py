"""What a pin that goes out without a hitch costs the database, from the click to PostPeer's last word on it.

Beginning and ending a transaction is not counted: in a test, what begins one is a savepoint.
"""

from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing.restore import is_cleared
from postpeer_dash.pins.services import publish_pin
from tests.cast import Cast
from tests.pins.factories import make_draft, work
from tests.postpeer.samples import a_post, a_receipt
from tests.postpeer.wire import SERVER_DATE, Wire

_FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    """However slow the machine is, PostPeer's clock and ours agree: a difference that is new is written down."""
    with time_machine.travel(parsedate_to_datetime(SERVER_DATE), tick=False):
        yield


def statements(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries if not query["sql"].startswith(_FRAME)]


def publish(cast: Cast, wire: Wire) -> tuple[list[str], list[str]]:
    """Hands a pin in and works until PostPeer calls it published. The statements of either."""
    pin = make_draft(cast.team, cast.bob)
    handing_in = statements(lambda: publish_pin(pin=pin, actor=cast.bob))
    submission = Submission.objects.get()
    # What a process looks at before its first POST is not this pin's.
    assert is_cleared(submission.connection)
    wire.post("/v1/posts", json=a_receipt())
    wire.get("/v1/posts/post_1", json={"success": True, "post": a_post(rawRequestBody=submission.body)})
    working = statements(lambda: work(submission))
    assert (Pin.objects.get().status, Submission.objects.get().state) == (Status.PUBLISHED, "done")
    # The last one reads the row for this test.
    return handing_in, working[:-1]


def test_happy_publish_takes_at_most_thirty_queries(cast: Cast, postpeer_wire: Wire) -> None:
    handing_in, working = publish(cast, postpeer_wire)
    assert len(handing_in) + len(working) <= 30, "\n".join(sql[:200] for sql in [*handing_in, *working])


def test_each_step_updates_its_submission_once(cast: Cast, postpeer_wire: Wire) -> None:
    _handing_in, working = publish(cast, postpeer_wire)
    updates = [sql for sql in working if sql.startswith('UPDATE "pins_submission"')]
    assert len(updates) == 3, "to sending, accepted and done"


def test_submission_is_read_once_before_its_claim_and_then_under_its_lock(cast: Cast, postpeer_wire: Wire) -> None:
    _handing_in, working = publish(cast, postpeer_wire)
    reads = [sql for sql in working if sql.startswith('SELECT "pins_submission"."id", "pins_submission"."uuid"')]
    assert len(reads) == 4, "when it is due, and under its lock for each step"
