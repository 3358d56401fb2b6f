"""The stop switch of a team and of the whole instance."""

import pytest
from django.utils import timezone

from postpeer_dash.pins.models import Status, Submission, Target
from postpeer_dash.pins.publishing import send
from postpeer_dash.pins.publishing.pause import (
    is_instance_stopped,
    resume_sending,
    scheduled_at_postpeer,
    stop_sending,
)
from postpeer_dash.teams.models import AuditEvent
from tests.cast import Cast
from tests.pins.factories import again, make_account, make_draft, make_submitted, work
from tests.postpeer.samples import a_post, a_receipt
from tests.postpeer.wire import Wire

State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def publishes(wire: Wire, submission: Submission) -> None:
    wire.post("/v1/posts", json=a_receipt())
    wire.get("/v1/posts/post_1", json={"success": True, "post": a_post(rawRequestBody=submission.body)})


def test_stopped_team_sends_nothing(cast: Cast, no_wire: None) -> None:
    submission = make_submitted(cast.team, cast.bob)
    stop_sending(team=cast.team, actor=cast.adam)
    assert work(submission).state == State.QUEUED


def test_stopping_one_team_leaves_the_others_alone(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_submitted(cast.other_team, cast.charlie, account=make_account(cast.other_team))
    stop_sending(team=cast.team, actor=cast.adam)
    publishes(postpeer_wire, submission)
    assert work(submission).state == State.DONE


def test_stopped_instance_sends_nothing_for_anybody(cast: Cast, no_wire: None) -> None:
    submission = make_submitted(cast.team, cast.bob)
    stop_sending(team=None, actor=cast.adam)
    assert is_instance_stopped()
    assert work(submission).state == State.QUEUED


@pytest.mark.parametrize("is_team", [True, False])
def test_resuming_makes_what_waits_due_at_once(cast: Cast, postpeer_wire: Wire, is_team: bool) -> None:
    submission = make_submitted(cast.team, cast.bob)
    team = cast.team if is_team else None
    stop_sending(team=team, actor=cast.adam)
    work(submission)
    resume_sending(team=team, actor=cast.adam)
    publishes(postpeer_wire, submission)
    assert work(again(submission)).state == State.DONE


def test_stopping_and_resuming_go_to_the_audit(cast: Cast) -> None:
    stop_sending(team=cast.team, actor=cast.adam)
    resume_sending(team=cast.team, actor=cast.adam)
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["sending.stopped", "sending.resumed"]


def test_what_is_at_postpeer_already_is_listed(cast: Cast) -> None:
    make_draft(cast.team, cast.bob)
    pin = make_draft(cast.team, cast.bob)
    Target.objects.filter(pin=pin).update(status=Status.SCHEDULED)
    assert list(scheduled_at_postpeer(cast.team)) == [pin]
    assert list(scheduled_at_postpeer(cast.other_team)) == []


def test_resuming_while_a_worker_looks_is_not_overruled(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = make_submitted(cast.team, cast.bob)
    stop_sending(team=cast.team, actor=cast.adam)

    def looked_before(_submission: Submission) -> bool:
        resume_sending(team=cast.team, actor=cast.adam)
        return True

    monkeypatch.setattr(send, "is_stopped", looked_before)
    send.send(submission.pk)
    due_at = again(submission).due_at
    assert due_at is not None and due_at <= timezone.now()
