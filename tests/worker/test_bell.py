"""A bell for each row that becomes due, where there are bells; none for what is in hand."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing import jobs
from postpeer_dash.pins.publishing.jobs import SUBMISSIONS
from postpeer_dash.postpeer import Unclear
from postpeer_dash.teams.mail import queue_mail
from postpeer_dash.worker import bell
from postpeer_dash.worker.bell import ring
from postpeer_dash.worker.running import End, run_row
from tests.cast import Cast
from tests.pins.factories import again, make_submitted
from tests.postpeer.samples import a_post, a_receipt
from tests.postpeer.wire import Wire

pytestmark = pytest.mark.django_db
Rung = list[tuple[str, int]]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Rung:
    """Return the bells that were rung, as if on Postgres."""
    heard: Rung = []

    def defer(job: str, row_ids: list[int], *, is_urgent: bool = False) -> None:
        heard.extend((job, row_id) for row_id in row_ids)

    monkeypatch.setattr(bell, "has_bell", lambda: True)
    monkeypatch.setitem(sys.modules, "postpeer_dash.worker.distributed", SimpleNamespace(defer=defer))
    return heard


def test_sqlite_has_rows_alone() -> None:
    assert not ring("submissions", 1)
    assert "procrastinate.contrib.django" not in settings.INSTALLED_APPS
    assert "postpeer_dash.worker.distributed" not in sys.modules


def test_happy_publish_rings_once(cast: Cast, postpeer_wire: Wire, rung: Rung) -> None:
    submission = make_submitted(cast.team, cast.bob)
    assert rung == [("submissions", submission.pk)]
    assert again(submission).rung_at is not None
    post = a_post(rawRequestBody=submission.body)
    postpeer_wire.post("/v1/posts", json=a_receipt())
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post})
    run_row(SUBMISSIONS, submission.pk, End())
    assert again(submission).state == Submission.State.DONE
    assert rung == [("submissions", submission.pk)]


def test_mail_rings_too(rung: Rung) -> None:
    row = queue_mail(to="bob@example.com", subject="Hello", body="A link")
    assert rung == [("mails", row.pk)]


def test_what_is_in_hand_is_looked_at_again_and_not_rung_for(rung: Rung, end: End) -> None:
    rounds: list[int] = []

    def run(row_id: int) -> None:
        rounds.append(row_id)
        if len(rounds) == 1:
            ring("plan", row_id)
            ring("plan", 8)

    run_row(SimpleNamespace(name="plan", run=run), 7, end)  # type: ignore[arg-type]
    assert rounds == [7, 7]
    assert rung == [("plan", 8)]


def test_what_is_due_again_and_again_goes_back_in_line(rung: Rung, end: End) -> None:
    rounds: list[int] = []

    def run(row_id: int) -> None:
        rounds.append(row_id)
        ring("plan", row_id)

    run_row(SimpleNamespace(name="plan", run=run), 7, end)  # type: ignore[arg-type]
    assert len(rounds) == 10 and end.failure == ""


def test_answer_that_no_step_expects_ends_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, end: End) -> None:
    def fail(_submission_id: int) -> Any:
        raise Unclear("odd")

    monkeypatch.setattr(jobs, "handle_submission", fail)
    run_row(SUBMISSIONS, make_submitted(cast.team, cast.bob).pk, end)
    assert not end.is_near


@pytest.fixture
def end() -> End:
    return End()
