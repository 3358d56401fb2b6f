"""What is measured under the settings of production: how soon a POST leaves, and whether one slow call holds others up."""

import statistics
import time
from datetime import datetime

from tools.prove.run import Run

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
    run.figures["click to POST, median (s)"] = round(statistics.median(times[1:]), 3)
    run.figures["click to POST, slowest (s)"] = round(max(times[1:]), 3)


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
    run.instance.stop_workers(kill=True)


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
