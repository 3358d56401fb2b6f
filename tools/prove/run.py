"""One run: an instance, its people, a watch over what is stuck, and a person who decides what nobody could know."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from tools.prove.cast import Stage, set_stage
from tools.prove.databases import Database
from tools.prove.instance import Instance
from tools.prove.judge import Verdict, judge
from tools.prove.people import People, Wish

_STUCK_AFTER = 60.0
_LOOK_EVERY = 0.25
_BLOCKED_AFTER = 0.3
# A worker that has swept within this time (life's seconds, a sweep is due every 15) is there.
_SWEPT_WITHIN = 20.0


class Run:
    """What every scenario works with."""

    def __init__(self, instance: Instance, dice: random.Random, *, has_web: bool = True) -> None:
        self.instance = instance
        self.dice = dice
        self.stage: Stage = set_stage(instance)
        self.people = People(instance, self.stage, dice)
        self.stuck: set[int] = set()
        self._overdue: dict[int, float] = {}
        self.figures: dict[str, Any] = {}
        # Figures over their bound, each in a sentence.
        self.misses: list[str] = []
        self.is_watching = threading.Event()
        self._looking = threading.Lock()
        self._ends = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        if has_web:
            self._collect()
            instance.start_web()

    @staticmethod
    def _collect() -> None:
        from postpeer_dash.installation.preparing import collect_static

        collect_static()

    @property
    def scale(self) -> float:
        return self.instance.scale

    def say(self, sentence: str) -> None:
        """One line about where the run is."""
        print(f"  {sentence}", flush=True)

    def measured(self, name: str, seconds: float, *, at_most: float) -> None:
        """Take down a figure that has a bound; over it, the run has failed."""
        self.figures[f"{name} (s, at most {at_most})"] = round(seconds, 3)
        if seconds > at_most:
            self.misses.append(f"{name}: {seconds:.3f} s, and at most {at_most} s is good")

    # Handing in

    def hand_in(self, wishes: list[Wish]) -> None:
        """Through the web where it runs, else as the web does it, straight into the rows."""
        if self.instance.web is not None:
            self.people.hand_in(wishes)
            return
        for wish in wishes:
            self._write(wish)

    def _write(self, wish: Wish) -> None:
        from uuid import UUID

        from postpeer_dash.pins.services import Content, publish_pin, save_draft, schedule_pin

        board = next(one for one in self.stage.boards[wish.account_pk] if one.pk == wish.board_pk)
        pin = save_draft(
            team=self.stage.team,
            author=self.stage.owner,
            form_id=UUID(wish.form_id),
            content=Content(
                account=board.account,
                board=board,
                title=wish.title,
                description=wish.text,
                media_url=wish.media_url,
                cross_post=(self.stage.linkedin,) if wish.linkedin_pk else (),
            ),
            scheduled_for=wish.scheduled_for,
            time_zone="UTC",
        )
        (schedule_pin if wish.scheduled_for else publish_pin)(pin=pin, actor=self.stage.owner)
        wish.is_taken = True

    def change(self, wish: Wish) -> None:
        """Give a scheduled pin another title, board and time, as the edit page does; nothing where it says no."""
        from postpeer_dash.pins.content import Content, texts_of
        from postpeer_dash.pins.editing import EditError, edit_pin, version_of
        from postpeer_dash.pins.models import Pin

        pin = Pin.objects.get(form_id=wish.form_id)
        board = next(one for one in self.stage.boards[wish.account_pk] if one.pk != wish.board_pk)
        content = Content(account=board.account, board=board, **{**texts_of(pin), "title": f"{wish.title} (changed)"})
        assert pin.scheduled_for is not None, "only what has a time is changed"
        later = pin.scheduled_for + timedelta(minutes=1)
        with suppress(EditError):
            edit_pin(
                pin=pin,
                actor=self.stage.owner,
                content=content,
                scheduled_for=later,
                time_zone="UTC",
                seen=version_of(pin),
            )
            wish.changed = (board.remote_id, content.title)

    def let_out(self, wish: Wish) -> None:
        """PostPeer publishes a scheduled pin now, before its time, in whatever state it finds it."""
        from postpeer_dash.pins.models import Submission

        for post_id in Submission.objects.filter(pin__form_id=wish.form_id).values_list("remote_id", flat=True):
            self.instance.sandbox.control("due", {"postId": post_id})

    def count_changed(self, wishes: list[Wish]) -> int:
        """How many of these are shown as they were changed."""
        from postpeer_dash.pins.models import Pin

        titles = {wish.changed[1] for wish in wishes if wish.changed}
        return Pin.objects.filter(title__in=titles).count()

    # Waiting

    def wait_until_changed(self, seconds: float) -> None:
        """Until no change is under way any more, or the time is over."""
        from postpeer_dash.pins.models import Submission

        end = time.monotonic() + seconds
        while Submission.objects.filter(pending_edit__isnull=False).exists() and time.monotonic() < end:
            time.sleep(_LOOK_EVERY)

    def wait_until_tried(self, seconds: float = 60, *states: str) -> None:
        """Until every submission has left the queue and is not being sent any more, or the time is over.

        What takes longer is not lost: the counting comes at the end.
        """
        waited = states or ("queued", "sending")
        end = time.monotonic() + seconds
        while self.count(*waited):
            if time.monotonic() > end:
                self.say(f"going on with {self.counts()}")
                return
            self.decide()
            time.sleep(_LOOK_EVERY / 2)

    def count(self, *states: str) -> int:
        """How many submissions are in one of these states."""
        from postpeer_dash.pins.models import Submission

        return Submission.objects.filter(state__in=states).count()

    def counts(self) -> dict[str, int]:
        """How many submissions are in which state."""
        from django.db.models import Count

        from postpeer_dash.pins.models import Submission

        return dict(Submission.objects.order_by().values_list("state").annotate(n=Count("pk")))

    def settle(self, seconds: float, *, retries: bool) -> None:
        """Without faults, until everything has come to its end: a person decides, and sends again what failed."""
        self.instance.sandbox.faults()
        end = time.monotonic() + seconds
        open_states = ("queued", "sending", "unconfirmed", "accepted")
        while True:
            self.decide()
            self.instance.sandbox.control("due", {})
            self._ask_about_what_was_let_out()
            is_over = not self.count(*open_states)
            if is_over and not (retries and self.send_again()):
                return
            if time.monotonic() > end:
                self.say(f"not everything came to an end: {self.counts()}")
                return
            time.sleep(_LOOK_EVERY)

    def _ask_about_what_was_let_out(self) -> None:
        """Make due what its row would ask about only at its time, which PostPeer was told has come."""
        from django.utils import timezone

        from postpeer_dash.pins.models import Submission

        ahead = Submission.objects.filter(state="accepted", scheduled_for__gt=timezone.now(), lease_until=None)
        ahead.filter(due_at__gt=timezone.now()).update(due_at=timezone.now(), rung_at=None)

    # The person who decides

    def decide(self) -> None:
        """Look at Pinterest for what is unconfirmed with candidates, and say what is there."""
        from postpeer_dash.pins.models import Submission
        from postpeer_dash.pins.publishing.pause import accept_unknown_posts
        from postpeer_dash.pins.services import resolve_absent, resolve_found

        seen = accept_unknown_posts(team=self.stage.team, actor=self.stage.owner)
        self.figures["posts a person was asked to look at"] = (
            self.figures.get("posts a person was asked to look at", 0) + seen
        )
        doubtful = [
            one
            for one in Submission.objects.filter(state="unconfirmed").select_related("pin")
            if one.evidence.candidates
        ]
        if not doubtful:
            return
        there: dict[str, list[str]] = {}
        for row in self.instance.sandbox.accepted():
            there.setdefault(row["body"]["content"], []).append(row["postId"])
        for one in doubtful:
            mine = set(there.get(one.pin.description, [])) & set(one.evidence.candidates)
            if mine:
                resolve_found(submission=one, actor=self.stage.owner, post_id=sorted(mine)[0])
            elif one.pin.description not in there:
                resolve_absent(submission=one, actor=self.stage.owner)

    def send_again(self) -> bool:
        """Presses "Send again" on every pin that failed, once in a run. Whether there was one."""
        from postpeer_dash.pins.models import Event, Pin
        from postpeer_dash.pins.services import retry_pin

        pressed = Event.objects.filter(kind="retry_pressed").values("pin")
        failed = Pin.objects.filter(status__in=("failed", "partial")).exclude(pk__in=pressed)
        sent = [retry_pin(pin=pin, actor=self.stage.owner) for pin in failed]
        return any(sent)

    # What is stuck

    @contextmanager
    def nobody_watches(self) -> Iterator[None]:
        """While the scenario itself keeps every worker from working, nothing counts as stuck."""
        self.is_watching.clear()
        with self._looking:
            # The look that had begun is over, and its connection closed.
            pass
        try:
            yield
        finally:
            self.is_watching.set()

    def _watch(self) -> None:
        while not self._ends.wait(_LOOK_EVERY):
            with self._looking:
                if self.is_watching.is_set():
                    self._look()

    def _look(self) -> None:
        """Add up, for every lease that has ended unnoticed, the time in which a worker was there to notice it."""
        from django.db import Error, connections
        from django.utils import timezone

        from postpeer_dash.pins.models import Submission
        from postpeer_dash.worker.models import Worker

        try:
            if self._is_blocked():
                return
            now = timezone.now()
            swept = now - timedelta(seconds=_SWEPT_WITHIN * self.scale)
            if not Worker.objects.filter(seen_at__gt=swept).exists():
                return
            for key in Submission.objects.filter(state="sending", lease_until__lt=now).values_list("pk", flat=True):
                self._overdue[key] = self._overdue.get(key, 0.0) + _LOOK_EVERY
                if self._overdue[key] > _STUCK_AFTER * self.scale:
                    self.stuck.add(key)
        except Error:
            # The database is away, or nobody can write: nothing is said of that time.
            return
        finally:
            connections.close_all()

    @staticmethod
    def _is_blocked() -> bool:
        """Whether nobody can write: a process stopped in the middle of a transaction keeps SQLite's one lock."""
        from django.db import transaction

        begun = time.monotonic()
        with transaction.atomic():
            return time.monotonic() - begun > _BLOCKED_AFTER

    def judge(self) -> Verdict:
        """Return the counts, at the end."""
        refused = self.instance.sandbox.control("refused")["refused"]
        return judge(self.people.wishes, self.instance.sandbox.ledger(), refused, self.stuck)

    def stop(self) -> None:
        """End everything."""
        self._ends.set()
        self._watcher.join()
        self.instance.stop()


@contextmanager
def running(
    folder: Path,
    database: Database,
    *,
    seed: int,
    scale: float,
    port: int,
    has_web: bool = True,
    machines: int = 0,
) -> Iterator[Run]:
    """A run with everything started but the workers, which run on so many machines, or on this one."""
    # Dice for scenarios, not for secrets: the same seed has to give the same run.
    dice = random.Random(seed)  # noqa: S311
    instance = Instance.make(folder, database, scale=scale, port=port)
    run: Run | None = None
    try:
        run = Run(instance, dice, has_web=has_web)
        if machines and (reason := instance.take_machines(machines)):
            run.say(f"the machines differ by their folders, not by their users: {reason}")
            run.figures["machines of one user"] = reason
        run.is_watching.set()
        yield run
    finally:
        if run is None:
            instance.stop()
        else:
            run.stop()
