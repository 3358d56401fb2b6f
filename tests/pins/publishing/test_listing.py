"""One reading of the list at a time in a worker: who asks while one is under way shares the next."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.models import Connection
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing import post_list
from postpeer_dash.pins.publishing.post_list import SharedReading, note_clock, read_for
from postpeer_dash.postpeer import PostReading
from tests.cast import Cast
from tests.pins.factories import make_due, make_submitted

State = Submission.State
Ask = Callable[..., list[SharedReading]]


class Readings:
    """Readings that end when the test lets them; `since` is from when each was to read."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Semaphore(0), threading.Semaphore(0)
        self.since: list[object] = []
        self.is_lost = False

    def read(self, _connection: object, since: object, **_offset: object) -> tuple[PostReading, str]:
        self.since.append(since)
        self.begun.release()
        assert self.may_end.acquire(timeout=10)
        if self.is_lost:
            self.is_lost = False
            raise ConnectionError("lost while it read")
        return PostReading((), total=0, is_complete=True), ""

    def wait_for_one(self) -> None:
        assert self.begun.acquire(timeout=10)

    def let_end(self, count: int = 1) -> None:
        self.may_end.release(count)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    made = Readings()
    monkeypatch.setattr(post_list, "read_list", made.read)
    return made


@pytest.fixture
def ask(readings: Readings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Asks from a thread of its own, and comes back when that is in line; what it reads is in the list when it ends."""
    in_line, take_turn = threading.Semaphore(0), post_list._take_turn

    def take_and_tell(first: Submission) -> object:
        turn = take_turn(first)
        in_line.release()
        return turn

    monkeypatch.setattr(post_list, "_take_turn", take_and_tell)
    threads: list[threading.Thread] = []

    def begin(submission: Submission) -> list[SharedReading]:
        answers: list[SharedReading] = []

        def read() -> None:
            with suppress(ConnectionError):
                answers.append(read_for([submission]))

        threads.append(threading.Thread(target=read, daemon=True))
        threads[-1].start()
        assert in_line.acquire(timeout=10)
        return answers

    yield begin
    readings.let_end(50)
    for thread in threads:
        thread.join(timeout=10)


def wait_for(*answers: list[SharedReading]) -> list[SharedReading]:
    end = threading.Event()
    for _try in range(1000):
        if all(answers):
            break
        end.wait(0.01)
    return [answer[0] for answer in answers]


@pytest.fixture
def sent(cast: Cast) -> list[Submission]:
    """SentField one after the other, a minute between them, the latest first."""
    made = []
    for number in range(4):
        submission = make_submitted(cast.team, cast.bob, description=f"SentField {number}")
        make_due(submission, state=State.UNCONFIRMED, sent_at=timezone.now() - timedelta(minutes=number))
        made.append(Submission.objects.select_related("connection").get(pk=submission.pk))
    return made


def test_who_asks_during_a_reading_shares_the_next_which_begins_afterwards(
    sent: list[Submission], readings: Readings, ask: Ask
) -> None:
    first = ask(sent[0])
    readings.wait_for_one()
    asked_at = timezone.now()
    others = [ask(one) for one in sent[1:]]
    readings.let_end(2)
    (alone,), shared = wait_for(first), wait_for(*others)
    assert len(readings.since) == 2
    assert {id(one) for one in shared} == {id(shared[0])}
    assert alone.at < asked_at <= shared[0].at


def test_shared_reading_begins_with_the_earliest_of_them(sent: list[Submission], readings: Readings, ask: Ask) -> None:
    ask(sent[0])
    readings.wait_for_one()
    others = [ask(one) for one in (sent[1], sent[3], sent[2])]
    readings.let_end(2)
    wait_for(*others)
    assert readings.since[1] == sent[3].sent_at


def test_what_was_sent_yesterday_is_read_for_itself(sent: list[Submission], readings: Readings, ask: Ask) -> None:
    ask(sent[0])
    readings.wait_for_one()
    sent[2].sent_at = timezone.now() - timedelta(days=1)
    near, old = ask(sent[1]), ask(sent[2])
    readings.let_end(3)
    wait_for(near, old)
    assert sorted(map(str, readings.since[1:])) == sorted([str(sent[1].sent_at), str(sent[2].sent_at)])


def test_others_read_for_themselves_when_the_one_who_was_to_read_is_lost(
    sent: list[Submission], readings: Readings, ask: Ask
) -> None:
    ask(sent[0])
    readings.wait_for_one()
    lost, other = ask(sent[1]), ask(sent[2])
    readings.let_end()
    readings.wait_for_one()
    readings.is_lost = True
    readings.let_end(2)
    assert wait_for(other)[0].start
    assert (lost, len(readings.since)) == ([], 3)


def test_nobody_waits_long_for_somebody_elses_reading(
    sent: list[Submission], readings: Readings, ask: Ask, settings: Any
) -> None:
    settings.PUBLISHING = {**settings.PUBLISHING, "reading_line": 0}
    ask(sent[0])
    readings.wait_for_one()
    ask(sent[1])
    # Whoever asks may hold a lease: it reads beside the other one, whose reading is still under way.
    readings.wait_for_one()
    assert len(readings.since) == 2


def test_readings_do_not_grow_from_one_to_the_next(sent: list[Submission], readings: Readings, ask: Ask) -> None:
    ask(sent[0])
    readings.wait_for_one()
    for number, one in enumerate(sent[1:]):
        one.sent_at = timezone.now() - timedelta(minutes=40 * number)
    answers = [ask(one) for one in sent[1:]]
    readings.let_end(3)
    first, second, third = wait_for(*answers)
    # Eighty minutes lie between the first and the last, and forty at the most within one reading.
    assert first is second is not third


def test_clock_that_another_thread_has_learnt_is_not_forgotten(sent: list[Submission]) -> None:
    stale = sent[0].connection
    note_clock(Connection.objects.get(pk=stale.pk), timezone.now() - timedelta(hours=2))
    note_clock(stale, timezone.now() + timedelta(hours=1))
    assert Connection.objects.get(pk=stale.pk).clock_least < -7000
