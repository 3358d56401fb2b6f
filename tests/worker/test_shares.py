"""How many threads one PostPeer and one team may hold, so that what is slow leaves room for everybody else."""

import threading
from contextlib import ExitStack
from typing import Any

import pytest

from postpeer_dash.worker.jobs import Job
from postpeer_dash.worker.running import End, find_rows
from postpeer_dash.worker.shares import Shares

PEER = 1


def taken(shares: Shares, *teams: int) -> list[int]:
    """How many threads each of these teams gets, one after the other, when each wants all it can have."""
    plan = shares.plan()
    return [sum(plan.take(PEER, team) for _more in range(99)) for team in teams]


@pytest.mark.parametrize(("threads", "share"), [(1, 1), (2, 1), (3, 1), (4, 1), (8, 2), (16, 4), (17, 4), (64, 16)])
def test_one_team_holds_half_of_what_one_peer_may_hold(threads: int, share: int) -> None:
    assert taken(Shares(threads), 1) == [share]


def test_however_many_are_slow_the_next_team_finds_a_thread() -> None:
    assert taken(Shares(16), 1, 2, 3, 4) == [4, 2, 1, 1]


@pytest.mark.parametrize("threads", range(2, 40))
def test_one_peer_never_holds_more_than_half(threads: int) -> None:
    assert sum(taken(Shares(threads), *range(50))) <= threads // 2


def test_other_peers_are_counted_apart() -> None:
    plan = Shares(4).plan()
    assert plan.take(1, 7) and not plan.take(1, 7)
    assert plan.take(2, 7)


def test_what_is_held_is_given_back_even_after_an_error() -> None:
    shares = Shares(2)
    with pytest.raises(KeyError), shares.hold(PEER, 1) as is_held:
        assert is_held and taken(shares, 2) == [0]
        raise KeyError
    assert taken(shares, 2) == [1]


def test_who_was_refused_holds_nothing_and_is_looked_for() -> None:
    shares = Shares(2)
    with shares.hold(PEER, 1), shares.hold(PEER, 1) as is_held:
        assert not is_held
    assert taken(shares, 1) == [1]
    assert (shares.was_refused(), shares.was_refused()) == (True, False)


def test_threads_at_once_never_hold_more_than_their_share() -> None:
    shares, most, at_once = Shares(16), [0], [0]
    lock, gate = threading.Lock(), threading.Barrier(24)

    def work() -> None:
        gate.wait(10)
        for _time in range(50):
            with shares.hold(PEER, 1) as is_held:
                if is_held:
                    with lock:
                        at_once[0] += 1
                        most[0] = max(most[0], at_once[0])
                    with lock:
                        at_once[0] -= 1

    threads = [threading.Thread(target=work) for _each in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most[0] <= 4 and taken(shares, 1) == [4]


def test_settings_say_how_many_there_are_until_a_worker_does(settings: Any) -> None:
    settings.WORKER_THREADS = 8
    assert taken(Shares(), 1) == [2]


def test_looking_for_more_ends_the_process_by_an_error_that_nobody_foresaw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postpeer_dash.worker.running.close_old_connections", lambda: None)

    def find(_limit: int, _in_hand: object) -> list[int]:
        raise KeyError("odd")

    end = End()
    assert find_rows(Job(name="odd", find=find, run=lambda _row: None), 1, end) == ()
    assert end.failure == "looking for odd"


def test_two_teams_with_all_they_can_have_leave_one_for_a_third() -> None:
    shares = Shares(16)
    with ExitStack() as held:
        for team in (1, 2):
            while held.enter_context(shares.hold(PEER, team)):
                pass
        assert taken(shares, 3) == [1]
