"""The scenarios of the proof. Each hands pins in while something goes wrong; what becomes of them is counted at the end."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.prove.run import Run
from tools.prove.worker import POINTS

Fault = dict[str, Any]
_POSTS = {"method": "POST", "path": "/v1/posts"}
_LIST = {"method": "GET", "path": "/v1/posts"}
_RECORD = {"method": "GET", "path": "/v1/posts/*"}


def post_fault(name: str, **values: Any) -> Fault:
    return {"name": name, **_POSTS, **values}


def lost_answer(probability: float = 0.7) -> Fault:
    """Lose the answer after the deed, so that the list has to be read."""
    return post_fault("cut_after", probability=probability)


# Each alone: what goes wrong, by the name it has in the document.
ALONE: dict[str, list[Fault]] = {
    "cut before it was carried out": [post_fault("cut_before", probability=0.5)],
    "reset before it was carried out": [post_fault("cut_before", reset=True, probability=0.5)],
    "cut after it was carried out": [lost_answer()],
    "cut in the middle of the answer": [post_fault("cut_after", after_bytes=180, probability=0.7)],
    "reset after it was carried out": [post_fault("cut_after", reset=True, probability=0.7)],
    "TLS breaks after the request was read": [{"name": "tls_after", "probability": 0.7}],
    "500 before": [post_fault("error_before", probability=0.5)],
    "503 after": [post_fault("error_after", status=503, probability=0.7)],
    "a clean 400 after": [{"name": "refuse_after", "probability": 0.7}],
    "a clean 401 after": [{"name": "refuse_after", "status": 401, "times": 3}],
    "a clean 403 after": [{"name": "refuse_after", "status": 403, "probability": 0.7}],
    "a clean 422 before": [post_fault("error_before", status=422, probability=0.5)],
    "carried out after the deadline": [post_fault("slow", seconds=3.0, probability=0.4)],
    "answered after the deadline": [post_fault("slow", seconds=3.0, after=True, probability=0.4)],
    "dripping": [post_fault("drip", seconds_per_byte=0.03, probability=0.4)],
    "429": [post_fault("rate_limit", retry_after=1, probability=0.6)],
    "429 with a date": [post_fault("rate_limit", retry_after=1, as_date=True, probability=0.6)],
    "HTML after": [post_fault("html", probability=0.7)],
    "HTML before": [post_fault("html", carried_out=False, status=403, probability=0.5)],
    "half a JSON": [post_fault("half_json", probability=0.7)],
    "2xx without postId": [{"name": "no_post_id", "probability": 0.7}],
    "hidden from the list for a while": [{"name": "hide_post", "seconds": 8.0, "probability": 0.7}, lost_answer()],
    "a page of the list fails": [{"name": "list_page_fails", "probability": 0.6}, lost_answer()],
    "the list shifts while it is read": [{"name": "list_total_shifts", "probability": 0.6}, lost_answer()],
    "a page of the list is empty": [{"name": "list_page_empty", "probability": 0.6}, lost_answer()],
    "the list repeats one and leaves one out": [{"name": "list_duplicates", "probability": 0.6}, lost_answer()],
    "the list can't be had": [{"name": "error_before", **_LIST, "probability": 0.7}, lost_answer()],
    "bodies come back normalised": [{"name": "body_normalised"}, lost_answer()],
    "bodies come back with defaults": [{"name": "body_with_defaults"}, lost_answer()],
    "bodies come back unreadable": [{"name": "body_unreadable", "probability": 0.7}, lost_answer()],
    "records can't be had": [{"name": "cut_before", **_RECORD, "probability": 0.5}],
    "an unknown status": [{"name": "unknown_status", **_RECORD, "probability": 0.5}],
    "the platform rejects": [{"name": "platform_rejects", "probability": 0.5}],
}


def faults_alone(run: Run, count: int) -> None:
    """Every fault on its own."""
    each = max(3, count // len(ALONE))
    run.instance.start_workers(2)
    for name, faults in ALONE.items():
        run.instance.sandbox.faults(*(seeded(run, fault) for fault in faults))
        run.hand_in(run.people.make(name, each))
        run.wait_until_tried(90)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def seeded(run: Run, fault: Fault) -> Fault:
    return {**fault, "seed": run.dice.randrange(10**6)}


def mixed(run: Run, count: int) -> None:
    """All faults at random, while workers are killed and stopped, and the web is killed."""
    run.instance.sandbox.faults(*(seeded(run, fault) for fault in _thin(0.05)))
    run.instance.start_workers(3)
    with _chaos(run):
        for _part in range(4):
            run.hand_in(run.people.make("mixed", count // 4))
            time.sleep(1)
        run.wait_until_tried(60)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def _thin(probability: float) -> Iterator[Fault]:
    """All faults, each with this little probability; held up where each would hold up everybody."""
    for faults in ALONE.values():
        for fault in faults:
            if "times" not in fault:
                yield {**fault, "probability": probability}


@contextmanager
def _chaos(run: Run) -> Iterator[None]:
    """Every second or so a worker is killed, or stopped for longer than its lease; now and then the web is killed."""
    ends = threading.Event()
    dice = random.Random(run.dice.randrange(10**6))  # noqa: S311

    def play() -> None:
        while not ends.wait(0.5 + dice.random()):
            what = dice.random()
            if what < 0.5:
                run.instance.signal_worker(dice.randrange(8), signal.SIGKILL)
            elif what < 0.8:
                process = run.instance.signal_worker(dice.randrange(8), signal.SIGSTOP)
                ends.wait(125 * run.scale)
                if process is not None and process.poll() is None:
                    process.send_signal(signal.SIGCONT)
            elif run.instance.web is not None:
                run.instance.kill_web()
                run.instance.start_web()

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


# What leads to each point of the protocol: the rest is passed by every pin.
_LEADING: dict[str, list[Fault]] = {
    "failed": [lost_answer(1.0)],
    "given_back": [post_fault("rate_limit", retry_after=1, times=1)],
    "unconfirmed": [lost_answer(1.0)],
    "reading": [lost_answer(1.0)],
    "adopting": [lost_answer(1.0)],
    "adopted": [lost_answer(1.0)],
    "giving_up": [post_fault("cut_before")],
}


def killed_everywhere(run: Run, count: int) -> None:
    """A worker is killed at every point of the protocol, with faults that lead there."""
    each = max(2, count // len(POINTS))
    for point in POINTS:
        run.instance.sandbox.faults(*_LEADING.get(point, []))
        before = _deaths(run)
        if point == "lease_ended":
            run.instance.start_workers(1, PROVE_KILL="claimed")
        elif point != "sweeping":
            run.instance.start_workers(1, PROVE_KILL=point)
        run.hand_in(run.people.make(f"killed at {point}", each))
        if point == "lease_ended":
            run.instance.wait(20, lambda before=before: _deaths(run) > before, "no claim was made")  # type: ignore[misc]
            run.instance.stop_workers(kill=True)
            before = _deaths(run)
            run.instance.start_workers(1, PROVE_KILL=point)
        if point == "sweeping":
            empty_queue()
            run.instance.start_workers(1, PROVE_KILL=point)
        if not _wait_for_death(run, before, 60 + (1500 * run.scale if point == "giving_up" else 0)):
            run.misses.append(f"no worker came to the point {point!r}, so none was killed there")
            run.say(run.misses[-1])
        run.instance.sandbox.faults()
        run.wait_until_tried(60)
        run.instance.stop_workers()


def _deaths(run: Run) -> int:
    return sum(run.instance.deaths.values())


def empty_queue() -> None:
    """Throws all bells away, where there are any: the rows have to say what there is to do."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")


def _wait_for_death(run: Run, before: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if _deaths(run) > before:
            return True
        time.sleep(0.1)
    return False


def double_clicks(run: Run, count: int) -> None:
    """Fifty presses of the same button at once."""
    run.instance.start_workers(2)
    wishes = run.people.make("double click", count)
    run.people.press_many(wishes, times=50)
    run.wait_until_tried(60)
    run.instance.stop_workers()


def twins(run: Run, count: int) -> None:
    """The very same pin twice on purpose, with answers that are lost."""
    run.instance.sandbox.faults(seeded(run, lost_answer(0.4)), seeded(run, post_fault("cut_before", probability=0.2)))
    run.instance.start_workers(3)
    first = run.people.make("twin", count // 2)
    run.hand_in([one for wish in first for one in (wish, run.people.twin(wish))])
    run.instance.sandbox.faults()
    run.wait_until_tried(120 + 1500 * run.scale)
    run.instance.stop_workers()


def eight_workers(run: Run, count: int) -> None:
    """Eight worker processes, and everything due at the same moment."""
    wishes = run.people.make("eight workers", count)
    with run.nobody_watches():
        run.hand_in(wishes)
        run.instance.sandbox.faults(seeded(run, lost_answer(0.1)))
        run.instance.start_workers(8)
    run.wait_until_tried(120)
    run.instance.sandbox.faults()
    run.instance.stop_workers()


def changed(run: Run, count: int) -> None:
    """Scheduled pins get another title, board and time while PUTs fail and workers are killed; the rest as they go out."""
    run.instance.start_workers(2)
    wishes = [run.people.wish("changed", seconds_ahead=90 + number) for number in range(count)]
    run.hand_in(wishes)
    run.wait_until_tried(60)
    put = {"method": "PUT", "path": "/v1/posts/scheduled/*"}
    run.instance.sandbox.faults(
        seeded(run, {"name": "cut_before", **put, "probability": 0.3}),
        seeded(run, {"name": "cut_after", **put, "probability": 0.4}),
        seeded(run, {"name": "error_before", **put, "probability": 0.2}),
    )
    half = count // 2
    for number, wish in enumerate(wishes[:half]):
        run.change(wish)
        if number % 4 == 3:
            time.sleep(0.5)
            run.instance.signal_worker(number, signal.SIGKILL)
    run.wait_until_changed(60)
    run.instance.sandbox.faults()
    run.wait_until_changed(60)
    for wish in wishes[half:]:
        run.change(wish)
        time.sleep(run.dice.random() / 2)
        run.let_out(wish)
    run.wait_until_changed(60)
    run.figures["pins changed after they were scheduled"] = run.count_changed(wishes)
    run.instance.stop_workers()


def scheduled(run: Run, count: int) -> None:
    """Pins for later, some of which are called back, with answers that are lost."""
    from postpeer_dash.pins.models import Pin
    from postpeer_dash.pins.services import cancel_pin

    faults = [
        lost_answer(0.3),
        {"name": "cut_before", "method": "DELETE", "path": "/v1/posts/scheduled/*", "probability": 0.5},
    ]
    run.instance.sandbox.faults(*(seeded(run, fault) for fault in faults))
    run.instance.start_workers(2)
    wishes = [run.people.wish("scheduled", seconds_ahead=90 + number) for number in range(count)]
    run.hand_in(wishes)
    for wish in wishes[::3]:
        cancel_pin(pin=Pin.objects.get(form_id=wish.form_id), actor=run.stage.owner)
    run.wait_until_tried(60)
    time.sleep(2)
    run.instance.sandbox.faults()
    run.instance.stop_workers()
