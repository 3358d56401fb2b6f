"""Whoever locks several submissions of one pin takes the older one first: else each would wait for the other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing import retry
from postpeer_dash.pins.publishing.pause import resume_sending
from postpeer_dash.pins.publishing.retry import refresh_earlier
from postpeer_dash.pins.services import cancel_pin, retry_pin
from tests.cast import Cast
from tests.pins.editing import make_held
from tests.pins.factories import make_submitted
from tests.postpeer.samples import a_platform_state, a_post
from tests.postpeer.wire import Wire


def selects(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries if query["sql"].startswith("SELECT")]


def test_what_waits_is_locked_before_it_is_called_for(cast: Cast) -> None:
    make_submitted(cast.team, cast.bob)
    rows = selects(lambda: resume_sending(team=cast.team, actor=cast.bob))
    assert any('FROM "pins_submission"' in sql and "ORDER BY 1 ASC" in sql for sql in rows)


def test_what_waits_is_called_for_as_it_was_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    late, soon = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob)
    Submission.objects.filter(pk=late.pk).update(due_at=timezone.now() + timedelta(hours=1))
    called: list[int] = []
    monkeypatch.setattr("postpeer_dash.pins.publishing.pause.ring", lambda _job, key, **_how: called.append(key))
    resume_sending(team=cast.team, actor=cast.bob)
    assert called == [soon.pk, late.pk]


def test_cancel_locks_in_order(cast: Cast) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    found = next(sql for sql in selects(lambda: cancel_pin(pin=pin, actor=cast.bob)) if "DISTINCT" in sql)
    assert found.endswith("ORDER BY 1 ASC")


def test_sending_again_locks_the_earlier_one_first(
    cast: Cast, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = make_held(cast)
    earlier.pin.targets.update(status=Status.FAILED)
    earlier.carried.update(is_open=False)
    Submission.objects.filter(pk=earlier.pk).update(state="done")
    (again,) = retry_pin(pin=earlier.pin, actor=cast.bob)
    post = a_post(status="failed", platforms=[a_platform_state(status="failed")])
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post})
    locked: list[int] = []
    lock = retry.lock
    monkeypatch.setattr(retry, "lock", lambda key: locked.append(key) or lock(key))
    assert refresh_earlier(again.pk)
    assert locked == [earlier.pk, again.pk]
