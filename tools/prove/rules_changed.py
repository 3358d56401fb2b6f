"""The rules of a time zone change under pins that PostPeer holds: they go back to their hour, or keep the new one."""

import signal
import time
from datetime import datetime, timedelta

from tools.prove.run import Run
from tools.prove.scenarios import seeded

# By the rules of before its clock was an hour ahead of UTC's; by those since 2026b it shows UTC's.
_ZONE = "Africa/Casablanca"
_BEFORE = timedelta(hours=1)
_PATCH = {"method": "PATCH", "path": "/v1/posts/scheduled/*"}
_AT_ONCE = 4


def rules_changed(run: Run, count: int) -> None:
    """Half of the pins go back to their hour while PATCHes fail and workers are killed; the others keep the new one."""
    from django.utils import timezone

    from postpeer_dash.pins.models import Pin, Submission
    from postpeer_dash.pins.moved_hours import keep_hours, moved_pins, restore_hours
    from postpeer_dash.pins.planned_time import check_hours

    run.instance.start_workers(2)
    wishes = [run.people.wish("rules changed", seconds_ahead=600 + number) for number in range(count)]
    run.hand_in(wishes)
    run.wait_until_tried(60)
    _resolve_as_before([wish.form_id for wish in wishes])
    check_hours()
    moved = list(moved_pins(run.stage.team))
    _expect(run, len(moved) == count, f"{len(moved)} of {count} pins whose hour moved are asked about")
    run.instance.sandbox.faults(
        seeded(run, {"name": "cut_before", **_PATCH, "probability": 0.3}),
        seeded(run, {"name": "cut_after", **_PATCH, "probability": 0.4}),
        seeded(run, {"name": "error_before", **_PATCH, "probability": 0.2}),
    )
    back, kept = moved[: count // 2], moved[count // 2 :]
    for start in range(0, len(back), _AT_ONCE):
        restore_hours(pins=back[start : start + _AT_ONCE], actor=run.stage.owner)
        time.sleep(0.5)
        run.instance.signal_worker(start // _AT_ONCE, signal.SIGKILL)
    keep_hours(pins=kept, actor=run.stage.owner)
    run.wait_until_changed(60)
    run.instance.sandbox.faults()
    run.wait_until_changed(60)
    check_hours()
    _expect(run, not moved_pins(run.stage.team).exists(), "a pin is asked about after everything was answered")
    right = 0
    for pins, by in ((back, _BEFORE), (kept, timedelta())):
        for pin in pins:
            assert pin.scheduled_for is not None, "only what has a time can move"
            now = Pin.objects.get(pk=pin.pk)
            wanted = pin.scheduled_for + by
            right += now.scheduled_for == wanted and _time_at_postpeer(run, now.pk) == wanted
    _expect(run, right == len(moved), f"{right} of {len(moved)} pins have the hour that was asked for, here and there")
    for wish in wishes:
        run.let_out(wish)
    # Nobody waits an hour for it: from now on it is asked about, as it is once its time has come.
    Submission.objects.filter(pin__in=moved, state="accepted").update(due_at=timezone.now(), rung_at=None)
    run.figures["pins back at their hour after the rules changed"] = len(back)
    run.instance.stop_workers()


def _resolve_as_before(form_ids: list[str]) -> None:
    """Leave the rows as a process with the rules of before would have written them."""
    from postpeer_dash.pins.models import Pin

    for pin in Pin.objects.filter(form_id__in=form_ids):
        assert pin.scheduled_for is not None, "only what has a time can move"
        clock = (pin.scheduled_for + _BEFORE).replace(tzinfo=None).isoformat(timespec="seconds")
        meant = {"time_zone": _ZONE, "wall_clock": clock, "zone_release": "2025b"}
        Pin.objects.filter(pk=pin.pk).update(**meant)


def _time_at_postpeer(run: Run, pin: int) -> datetime | None:
    from postpeer_dash.pins.models import Submission
    from postpeer_dash.postpeer import parse_instant

    remote_id = Submission.objects.get(pin_id=pin, state="accepted").remote_id
    answer = run.instance.sandbox.call("GET", f"/v1/posts/{remote_id}")
    return parse_instant(answer.json()["post"]["scheduledFor"])


def _expect(run: Run, is_so: bool, sentence: str) -> None:
    if not is_so:
        run.misses.append(f"rules changed: {sentence}")
        run.say(run.misses[-1])
