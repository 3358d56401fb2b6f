"""Scenarios in which more than one request goes wrong: an hour without PostPeer, a restore, another key, other clocks."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tools.prove import databases, measures
from tools.prove.run import Run
from tools.prove.scenarios import empty_queue, lost_answer, post_fault, seeded

_HOUR = 3600.0


def hour_without(run: Run, count: int) -> None:
    """PostPeer is gone for an hour; the clock is moved, not slept."""
    hour = _HOUR * run.scale
    run.instance.sandbox.faults(seeded(run, lost_answer(0.5)))
    run.instance.start_workers(2)
    run.hand_in(run.people.make("before the hour", count // 3))
    run.wait_until_tried(60)
    run.instance.sandbox.kill()
    ahead = [run.people.wish("for within the hour", seconds_ahead=70 + number) for number in range(count // 3)]
    run.hand_in([*run.people.make("in the hour", count // 3), *ahead])
    time.sleep(2)
    with run.nobody_watches():
        run.instance.stop_workers()
        state = run.instance.sandbox.state
        databases.move_clock(hour)
        run.instance.restart_sandbox(moved=lambda: databases.move_sandbox_clock(state, hour))
        run.instance.start_workers(2)
    _call_all()
    run.wait_until_tried(120)
    run.instance.stop_workers()


def _call_all() -> None:
    """Make due what had been put off for long: the hour is over for it."""
    from django.utils import timezone

    from postpeer_dash.pins.models import Submission

    Submission.objects.filter(state="queued").update(due_at=timezone.now(), rung_at=None)


def put_back(run: Run, count: int) -> None:
    """The database is put back to an earlier copy: pins that went out since are waiting in it, or not in it at all."""
    from postpeer_dash.pins.publishing.pause import accept_unknown_posts, unknown_posts_of

    run.instance.start_workers(2)
    run.settle(1800 * run.scale + 60, retries=False)
    waiting, later = run.people.make("in the copy", count // 2), run.people.make("after the copy", count // 4)
    with run.nobody_watches():
        run.instance.stop_workers()
        run.hand_in(waiting)
        without_processes(run, run.instance.database.keep_copy)
        run.instance.start_workers(2)
        run.hand_in(later)
        run.wait_until_tried(60)
        run.instance.stop_workers(kill=True)
        without_processes(run, run.instance.database.put_back)
        for wish in later:
            wish.is_forgotten = True
        run.instance.start_workers(2)
        run.hand_in(run.people.make("after the restore", count // 4))
        run.instance.wait(30, lambda: bool(unknown_posts_of(run.stage.team)), "what nobody knew was not noticed")
        time.sleep(1)
        run.figures["sent before anybody had looked"] = _published(run, "after the restore")
        run.figures["unknown posts noticed"] = len(unknown_posts_of(run.stage.team))
        accept_unknown_posts(team=run.stage.team, actor=run.stage.owner)
    run.wait_until_tried(60)
    run.instance.stop_workers()


def _published(run: Run, scene: str) -> int:
    return sum(row["body"]["content"].startswith(scene) for row in run.instance.sandbox.accepted())


def without_processes(run: Run, do: Callable[[], None]) -> None:
    """Do something for which nothing may be connected to the database."""
    from django.db import connections

    has_web = run.instance.web is not None
    run.instance.kill_web()
    connections.close_all()
    do()
    if has_web:
        run.instance.start_web()


def other_key(run: Run, count: int) -> None:
    """The key is changed: refused at first, then good; and what was unconfirmed before is looked for under the new one."""
    from postpeer_dash.accounts.models import Connection

    run.instance.sandbox.faults(seeded(run, lost_answer(0.6)))
    run.instance.start_workers(2)
    run.hand_in(run.people.make("under the old key", count // 2))
    run.wait_until_tried(60)
    with run.nobody_watches():
        run.instance.stop_workers()
        run.instance.kill_web()
        run.instance.key = "another-key-for-the-proof-of-forty-signs"
        run.instance.set_environ()
        run.instance.start_web()
        run.instance.start_workers(2)
        run.hand_in(run.people.make("under the new key", count // 2))
        run.instance.wait(
            20, lambda: Connection.objects.filter(held_reason="key_changed").exists(), "the other key was not noticed"
        )
        run.instance.restart_sandbox(run.instance.key)
        run.instance.wait(30, lambda: not Connection.objects.exclude(held_at=None).exists(), "the key was not taken")
    run.wait_until_tried(60)
    run.instance.stop_workers()
    _take_key_here(run)


def _take_key_here(run: Run) -> None:
    """This process acts as people do, and has to know the key as well."""
    from django.conf import settings

    settings.POSTPEER_API_KEY = run.instance.key


def stop_switch(run: Run, count: int) -> None:
    """Sending is stopped in the middle, for the team and for the instance: after five seconds nothing leaves."""
    from postpeer_dash.pins.publishing.pause import resume_sending, stop_sending

    run.instance.start_workers(2)
    late = 0
    for team in (run.stage.team, None):
        run.hand_in(run.people.make("before the stop", count // 4))
        stop_sending(team=team, actor=run.stage.owner)
        stopped = time.time()
        run.hand_in(run.people.make("while stopped", count // 4))
        time.sleep(6)
        late += sum(_at(row["at"]) > stopped + 5 for row in run.instance.sandbox.accepted())
        resume_sending(team=team, actor=run.stage.owner)
        run.wait_until_tried(60)
    run.figures["left five seconds after the stop"] = late
    run.instance.stop_workers()


def _at(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def other_clocks(run: Run, count: int) -> None:
    """PostPeer's clock is an hour ahead, then an hour behind, while answers are lost."""
    run.instance.start_workers(2)
    for seconds in (_HOUR, -_HOUR):
        skew = {"name": "clock_skew", "seconds": seconds}
        run.instance.sandbox.faults(
            skew, seeded(run, lost_answer(0.6)), seeded(run, post_fault("cut_before", probability=0.2))
        )
        run.hand_in(run.people.make(f"clock off by {seconds:.0f} s", count // 2))
        run.wait_until_tried(60)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def lost_queue(run: Run, count: int) -> None:
    """The whole queue is emptied again and again: the rows say what there is to do."""
    run.hand_in(run.people.make("lost queue", count))
    empty_queue()
    run.instance.start_workers(2)
    end = time.monotonic() + 30
    while run.count("queued", "sending") and time.monotonic() < end:
        empty_queue()
        time.sleep(3 * 15 * run.scale)
    run.wait_until_tried(60)
    run.instance.stop_workers()


# Postgres is away for so long (seconds): once shorter than a worker waits with an answer to write down, once longer.
_AWAY = (3, 40)


def database_away(run: Run, count: int) -> None:
    """Postgres is away, twice, while pins are handed in and go out; the web may say 500, and people press again."""
    from django.db import connections

    server = run.instance.database
    assert isinstance(server, databases.Postgres), "only a server can go away"
    run.instance.start_workers(4)
    measures.bell_to_start(run, "before Postgres was away")
    for seconds in _AWAY:
        # Some are in the middle of a POST when it happens, and can't write down what became of it.
        run.instance.sandbox.faults(seeded(run, post_fault("slow", seconds=1.0, after=True, probability=0.5)))
        run.hand_in(run.people.make(f"before {seconds} s without Postgres", count // 4))
        with ThreadPoolExecutor(1) as pool:
            handing_in = pool.submit(run.hand_in, run.people.make(f"in {seconds} s without Postgres", count // 4))
            time.sleep(0.1)
            connections.close_all()
            server.go_away()
            time.sleep(seconds)
            server.start_again()
            handing_in.result()
        run.instance.sandbox.faults()
        measures.bell_to_start(run, f"after {seconds} s without Postgres")
        run.wait_until_tried(60)
    run.instance.stop_workers()


def machine_lost(run: Run, count: int) -> None:
    """One of the machines is gone for good while its workers send; the others take over what it had."""
    from postpeer_dash.pins.models import Event

    taken_over = Event.objects.filter(kind="lease_ended")
    before = taken_over.count()
    run.instance.start_workers(4)
    run.instance.sandbox.faults(post_fault("slow", seconds=1.6, after=True))
    half = count // 2
    run.hand_in(run.people.make("before a machine was lost", half))
    run.instance.wait(30, lambda: run.count("sending") >= half // 2, "nothing is being sent")
    run.figures["workers of the machine that was lost"] = run.instance.lose_machine()
    run.hand_in(run.people.make("after a machine was lost", count - half))
    run.instance.sandbox.faults()
    run.wait_until_tried(60)
    run.figures["pins that the lost machine was sending"] = taken_over.count() - before
    if taken_over.count() == before:
        run.misses.append("the machine that was lost had nothing in hand, so nothing was taken over")
    measures.bell_to_start(run, "after a machine was lost")
    run.instance.stop_workers()
    # Somebody puts another one in its place.
    run.instance.add_machine()
