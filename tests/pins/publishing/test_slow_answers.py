"""PostPeer publishes inside the POST: an answer may take most of a minute, and nobody else waits for it."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.accounts.postpeer import page_client, worker_client
from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing import jobs
from postpeer_dash.pins.publishing.jobs import find_due, handle_submission
from postpeer_dash.teams.models import Team
from postpeer_dash.worker import running
from postpeer_dash.worker.shares import Shares
from tests.cast import Cast
from tests.pins.factories import again, make_account, make_board, make_submitted, target_of, work
from tests.postpeer.loopback import Loopback, Peer, http
from tests.postpeer.samples import a_post, a_receipt
from tests.postpeer.wire import Wire

State = Submission.State


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> Shares:
    """Return the threads of a worker with sixteen."""
    made = Shares(16)
    monkeypatch.setattr(jobs, "shares", made)
    return made


def many(cast: Cast, count: int) -> list[Submission]:
    return [make_submitted(cast.team, cast.bob, title=f"Slow {number}") for number in range(count)]


def of_another_team(cast: Cast) -> Submission:
    account = make_account(cast.other_team)
    make_board(account)
    return make_submitted(cast.other_team, cast.charlie, account=account)


def slow(seconds: float) -> Callable[[Peer], None]:
    """Return a PostPeer that says nothing before so many seconds."""

    def script(peer: Peer) -> None:
        request = peer.read_request()
        if request.startswith(b"POST"):
            peer.stopped.wait(seconds)
            peer.send(http(json.dumps(a_receipt()).encode(), "202 Accepted"))
        else:
            peer.send(http(json.dumps({"success": True, "post": a_post()}).encode()))

    return script


@pytest.mark.parametrize("seconds", [0.1, 0.25])
def test_answer_within_the_deadline_is_an_answer(cast: Cast, settings: Any, seconds: float) -> None:
    # As 25 and 50 seconds to a deadline of 60, where silence of 20 ends the reading of a list.
    settings.POSTPEER_READ_TIMEOUT, settings.POSTPEER_WORKER_DEADLINE = 0.08, 2.0
    submission = make_submitted(cast.team, cast.bob)
    with Loopback(slow(seconds)) as server:
        settings.POSTPEER_BASE_URL = server.url
        submission.connection.__class__.objects.update(base_url=server.url)
        after = work(submission)
    assert (after.state, target_of(submission).status) == (State.DONE, Status.PUBLISHED)


def test_answer_after_the_deadline_is_none(cast: Cast, settings: Any) -> None:
    settings.POSTPEER_WORKER_DEADLINE = 0.1
    submission = make_submitted(cast.team, cast.bob)
    with Loopback(slow(1.0)) as server:
        settings.POSTPEER_BASE_URL = server.url
        submission.connection.__class__.objects.update(base_url=server.url)
        assert work(submission).state == State.UNCONFIRMED


@pytest.mark.parametrize("make", [worker_client, page_client])
def test_every_write_is_waited_for_until_its_deadline(settings: Any, make: Callable[[], Any]) -> None:
    settings.POSTPEER_PAGE_DEADLINE = settings.POSTPEER_WORKER_DEADLINE = 33.0
    timeouts = make()._timeouts
    assert (timeouts.patience(is_write=True), timeouts.patience(is_write=False)) == (
        33.0,
        settings.POSTPEER_READ_TIMEOUT,
    )


def test_everything_outlives_the_longest_post(settings: Any) -> None:
    from postpeer_dash.installation.management.commands.up import GRACE_LIVE

    deadline = settings.PUBLISHING["post_deadline"]
    assert settings.POSTPEER_WORKER_DEADLINE == deadline == 60
    assert settings.PUBLISHING["lease"] >= 2 * deadline
    # What is heard at the last moment is written down even by a database that lets itself be asked four times.
    assert deadline + 20 <= GRACE_LIVE
    compose = (settings.BASE_DIR / "compose.yaml").read_text()
    assert "stop_grace_period: 90s" in compose


def test_one_team_is_found_for_half_of_the_threads_that_postpeer_may_hold(cast: Cast, shares: Shares) -> None:
    slow_ones = many(cast, 20)
    assert find_due(16) == [one.pk for one in slow_ones[:4]]
    with shares.hold(slow_ones[0].connection_id, cast.team.pk):
        assert len(find_due(16)) == 3


def test_another_team_is_found_behind_a_backlog(cast: Cast, shares: Shares) -> None:
    slow_ones = many(cast, 20)
    other = of_another_team(cast)
    assert find_due(16) == [*(one.pk for one in slow_ones[:4]), other.pk]


def test_full_share_is_seen_at_once_however_many_teams_wait(cast: Cast, shares: Shares) -> None:
    counts = []
    for more in (1, 12):
        for number in range(more):
            team = Team.objects.create(name=f"Team {more}-{number}", slug=f"team-{more}-{number}")
            make_board(account := make_account(team))
            one = make_submitted(team, cast.bob, account=account)
        Submission.objects.update(rung_at=None)
        with ExitStack() as held:
            for number in range(8):
                assert held.enter_context(shares.hold(one.connection_id, -number))
            with CaptureQueriesContext(connection) as queries:
                assert find_due(1) == []
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_row_that_has_no_thread_is_put_back_unsent(cast: Cast, shares: Shares, postpeer_wire: Wire) -> None:
    one, *held = many(cast, 5)
    assert one.pk in find_due(16)
    with _all_held(shares, one):
        handle_submission(one.pk)
        assert find_due(16) == []
    assert again(one).rung_at is None and again(one).state == State.QUEUED
    assert one.pk in find_due(16) and len(held) == 4
    assert postpeer_wire.calls == []


class _all_held:  # noqa: N801 - it reads as a sentence
    """All threads of a team's share are held."""

    def __init__(self, shares: Shares, one: Submission) -> None:
        self._held: list[Any] = []
        self._shares, self._one = shares, one

    def __enter__(self) -> None:
        while True:
            held = self._shares.hold(self._one.connection_id, self._one.pin.team_id)
            self._held.append(held)
            if not held.__enter__():
                return

    def __exit__(self, *_error: object) -> None:
        for held in self._held:
            held.__exit__(None, None, None)


def test_ended_lease_waits_for_nobody(cast: Cast, shares: Shares) -> None:
    one = make_submitted(cast.team, cast.bob)
    ago = timezone.now() - timedelta(seconds=1)
    Submission.objects.filter(pk=one.pk).update(state=State.SENDING, due_at=ago, lease_until=ago)
    with _all_held(shares, one):
        assert work(one).state == State.UNCONFIRMED


def test_nothing_is_sent_once_the_process_was_asked_to_end(
    cast: Cast, postpeer_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_submitted(cast.team, cast.bob)
    monkeypatch.setattr(running, "close_old_connections", lambda: None)
    end = running.End()
    end.ask()
    running.run_row(jobs.SUBMISSIONS, one.pk, end)
    assert again(one).state == State.QUEUED and postpeer_wire.calls == []
