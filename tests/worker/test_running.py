"""What becomes of an error: a loop survives what it can name, and by anything else the process ends to be started anew."""

import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest
from django.db import OperationalError

from postpeer_dash.worker import life_signs as health
from postpeer_dash.worker import pool
from postpeer_dash.worker.jobs import WHOLE, Job, all_jobs, periodic
from postpeer_dash.worker.models import SingletonJob, Worker
from postpeer_dash.worker.pool import Pool
from postpeer_dash.worker.running import End, run_row

pytestmark = pytest.mark.django_db


class Plan:
    """A job over rows 1, 2 and 3, which does as it is told with each."""

    def __init__(self, end: End, does: Callable[[int], None] = lambda _row_id: None) -> None:
        self.end, self.does = end, does
        self.left = [1, 2, 3]
        self.done: list[int] = []
        self.put_off: list[int] = []

    def find(self, limit: int, in_hand: Collection[int]) -> Sequence[int]:
        found, self.left = self.left[:limit], self.left[limit:]
        if not found and not in_hand:
            self.end.ask()
        return found

    def run(self, row_id: int) -> None:
        self.done.append(row_id)
        self.does(row_id)

    @property
    def job(self) -> Job:
        return Job(name="plan", find=self.find, run=self.run, put_off=self.put_off.append)


@pytest.fixture
def end() -> End:
    return End()


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own connection stays open, and threads of a pool use none."""
    monkeypatch.setattr("postpeer_dash.worker.running.close_old_connections", lambda: None)
    monkeypatch.setattr("postpeer_dash.worker.pool.close_old_connections", lambda: None)


def work(end: End, *jobs: Job) -> Pool:
    made = Pool(jobs, name="here-1", threads=2, end=end)
    made.poll = 0.001
    made.run()
    return made


def failing(error: BaseException, *, on: int = 2) -> Callable[[int], None]:
    def does(row_id: int) -> None:
        if row_id == on:
            raise error

    return does


def test_everything_due_is_done_once(end: End) -> None:
    plan = Plan(end)
    work(end, plan.job)
    assert sorted(plan.done) == [1, 2, 3]
    assert end.failure == ""


def test_row_that_the_database_does_not_take_keeps_nobody_from_the_rest(end: End) -> None:
    plan = Plan(end, failing(OperationalError("locked")))
    work(end, plan.job)
    assert sorted(plan.done) == [1, 2, 3]
    assert end.failure == "" and plan.put_off == []


@pytest.mark.parametrize("error", [KeyError("odd"), RuntimeError("odd"), SystemExit(3)])
def test_row_with_an_unforeseen_error_ends_the_process_and_is_put_off(end: End, error: BaseException) -> None:
    plan = Plan(end, failing(error, on=1))
    work(end, plan.job)
    assert end.failure == "plan 1" and end.is_near
    assert plan.put_off == [1]


def test_what_is_in_hand_is_finished_when_another_row_fails(end: End) -> None:
    begun, finished = threading.Event(), []

    def does(row_id: int) -> None:
        if row_id == 1:
            begun.set()
            end.wait(5)
            finished.append(row_id)
        elif row_id == 2:
            begun.wait(5)
            raise KeyError("odd")

    plan = Plan(end, does)
    work(end, plan.job)
    assert finished == [1] and end.failure == "plan 2"
    assert 3 not in plan.done


def test_looking_survives_a_database_that_is_away(end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_PAUSE", 0.001)
    plan = Plan(end)
    find, asked = plan.find, []

    def away_at_first(limit: int, in_hand: Collection[int]) -> Sequence[int]:
        asked.append(limit)
        if len(asked) < 3:
            raise OperationalError("gone")
        return find(limit, in_hand)

    work(end, Job(name="plan", find=away_at_first, run=plan.run))
    assert sorted(plan.done) == [1, 2, 3] and end.failure == ""


def test_looking_that_fails_otherwise_ends_the_process(end: End) -> None:
    def find(_limit: int, _in_hand: Collection[int]) -> Sequence[int]:
        raise KeyError("odd")

    work(end, Job(name="plan", find=find, run=lambda _row_id: None))
    assert end.failure == "looking for what is due"


def test_sign_of_life_that_fails_ends_the_process(end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise KeyError("odd")

    monkeypatch.setattr(health, "mark_seen", fail)
    work(end, Plan(end).job)
    assert end.failure == "looking for what is due"


def test_periodic_work_that_fails_ends_the_process_and_is_left_out_by_the_next(end: End) -> None:
    def fail() -> None:
        raise KeyError("odd")

    broken = periodic("broken", fail, every=1.0)
    assert broken.find(1, ()) == [WHOLE]
    run_row(broken, WHOLE, end)
    assert end.failure == f"broken {WHOLE}"
    assert broken.find(1, ()) == []
    assert SingletonJob.objects.get(name="every:broken").until is not None


def test_periodic_work_is_done_once_however_many_workers_there_are() -> None:
    one, other = periodic("same", lambda: None, every=60), periodic("same", lambda: None, every=60)
    assert (one.find(1, ()), other.find(1, ())) == ([WHOLE], [])


def test_backlog_of_rows_keeps_no_periodic_work_waiting(end: End) -> None:
    looked = threading.Event()
    plan = Plan(end, lambda _row_id: looked.wait(5) and None)
    whole = Job(name="whole", find=lambda _n, _h: [WHOLE], run=lambda _i: looked.set(), every=60, is_whole=True)
    work(end, plan.job, whole)
    assert looked.is_set() and sorted(plan.done) == [1, 2, 3]


def test_worker_gives_signs_of_life_until_it_ends(end: End) -> None:
    seen: list[Any] = []
    plan = Plan(end)

    def look(limit: int, in_hand: Collection[int]) -> Sequence[int]:
        seen.append(list(Worker.objects.values_list("name", flat=True)))
        return plan.find(limit, in_hand)

    work(end, Job(name="plan", find=look, run=plan.run))
    assert seen[0] == ["here-1"]
    assert not Worker.objects.exists()


def test_jobs_stand_in_the_order_of_urgency() -> None:
    assert list(all_jobs())[:3] == ["submissions", "mails", "media"]
    assert list(all_jobs()) == [job.name for job in all_jobs().values()]
