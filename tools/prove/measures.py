"""What is measured under the settings of production: how soon a POST leaves, and whether one slow call holds others up."""

import statistics
import time
from datetime import datetime

from tools.prove.people import Wish
from tools.prove.run import Run

# What is good (seconds, the median).
CLICK_TO_POST = 0.15
BELL_TO_START = 0.15
# How long (seconds) a worker that heard nothing any more has to be another one.
_QUICK_AGAIN_WITHIN = 60.0
_FEW, _MANY = 5, 15
_CLICKS = 21
_DUE_AT_ONCE = 50


def leaving(run: Run) -> None:
    """From the publish click to "the POST is there", with an idle worker."""
    run.instance.start_workers(1, TIME_SCALE="1")
    wishes = run.people.make("click", _CLICKS + 1)
    times = []
    for wish in wishes:
        run.people.insist(wish)
        pressed = wish.pressed_at
        row = _wait_for(run, wish.text)
        times.append(datetime.fromisoformat(row).timestamp() - pressed)
        time.sleep(0.1)
    # The first one waits for the worker to start and to look around.
    median = statistics.median(times[1:])
    run.figures[f"click to POST, median (s, aim {CLICK_TO_POST})"] = round(median, 3)
    run.figures["click to POST, slowest (s)"] = round(max(times[1:]), 3)
    run.figures["bell to start, median (s)"] = round(statistics.median(_bell_to_start(wishes[1:])), 3)
    run.say(f"click to POST: {median:.3f} s at the median, and {CLICK_TO_POST} is what is aimed at")


def _bell_to_start(wishes: list[Wish]) -> list[float]:
    """Return for each pin the seconds from the moment it was asked for (shortly before the commit) to a worker's claim."""
    from postpeer_dash.pins.models import Submission

    mine = Submission.objects.filter(pin__form_id__in=[wish.form_id for wish in wishes])
    times = mine.values_list("requested_at", "sent_at")
    return [(sent_at - requested_at).total_seconds() for requested_at, sent_at in times if sent_at]


def bell_to_start(run: Run, when: str) -> None:
    """Measure how soon a worker begins with what was just handed in, once that is as quick as it was.

    Takes down how long it took until then as well; the figure is that of other pins than those that showed it.
    """
    begun = time.monotonic()
    while _one_by_one(run, when, _FEW) > BELL_TO_START and time.monotonic() < begun + _QUICK_AGAIN_WITHIN:
        continue
    run.figures[f"bell to start: as quick again, {when}, after (s)"] = round(time.monotonic() - begun, 1)
    run.measured(f"bell to start, median, {when}", _one_by_one(run, when, _MANY), at_most=BELL_TO_START)


def _one_by_one(run: Run, when: str, count: int) -> float:
    wishes = run.people.make(f"bell {when}", count)
    for wish in wishes:
        run.people.insist(wish)
        _wait_for(run, wish.text)
    return statistics.median(_bell_to_start(wishes))


def _wait_for(run: Run, text: str) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for row in reversed(run.instance.sandbox.accepted()):
            if row["body"]["content"] == text:
                return str(row["at"])
        time.sleep(0.05)
    raise RuntimeError("it never left")


def fifty_at_once(run: Run) -> None:
    """Fifty due at once, while one of them hangs for thirty seconds; half of the time all of one account."""
    from postpeer_dash.pins.publishing.pause import resume_sending, stop_sending

    for name in ("of several accounts", "of one account"):
        stop_sending(team=None, actor=run.stage.owner)
        wishes = run.people.make(f"fifty {name}", _DUE_AT_ONCE)
        if name == "of one account":
            for wish in wishes:
                _to_one_account(run, wish)
        run.hand_in(wishes)
        run.instance.sandbox.faults(
            {"name": "slow", "method": "POST", "path": "/v1/posts", "seconds": 30.0, "times": 1}
        )
        started = time.time()
        resume_sending(team=None, actor=run.stage.owner)
        rows = _wait_for_most(run, {wish.text for wish in wishes}, _DUE_AT_ONCE - 1)
        run.figures[f"fifty due at once {name}: 49 there after (s)"] = round(max(rows) - started, 2)
        run.instance.sandbox.faults()
    # The one that hangs is finished: what a killed worker leaves would be waited for by production's long lease.
    run.instance.stop_workers()


def _to_one_account(run: Run, wish: object) -> None:
    account = run.stage.accounts[0]
    board = run.stage.boards[account.pk][0]
    for field, value in (
        ("account", account.remote_id),
        ("account_pk", account.pk),
        ("board", board.remote_id),
        ("board_pk", board.pk),
    ):
        setattr(wish, field, value)


def _wait_for_most(run: Run, texts: set[str], count: int) -> list[float]:
    end = time.monotonic() + 60
    rows: list[float] = []
    while time.monotonic() < end:
        found = [row["at"] for row in run.instance.sandbox.accepted() if row["body"]["content"] in texts]
        rows = [datetime.fromisoformat(at).timestamp() for at in found]
        if len(rows) >= count:
            return sorted(rows)[:count]
        time.sleep(0.1)
    raise RuntimeError(f"only {len(rows)} of {count} have left within a minute")
