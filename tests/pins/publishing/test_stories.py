"""Stories told by chance: whatever comes back, is read, is pressed or killed, nothing goes out twice and nothing is lost."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing import follow_up, late_posts, pause, post_list, retry, scheduled, send
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.pins.services import cancel_pin, resolve_absent, resolve_found, retry_pin
from tests.cast import Cast
from tests.pins.factories import make_submitted
from tests.pins.publishing.pretend import ANSWERS, MAY_REPEAT, Killed, Pretend

pytestmark = pytest.mark.long

State = Submission.State
ENDED = (State.DONE, State.REFUSED, State.ABSENT, State.CANCELLED)
BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

# A POST that goes so, a reading that goes so after a while, a while in which all goes well, a button.
posts = st.tuples(st.just("post"), st.booleans(), st.sampled_from([*ANSWERS, "receipt", "never sent"]))
minutes = st.sampled_from([0.2, 1, 3, 6, 20, 40, 300])
lists = st.tuples(st.just("list"), minutes, st.sampled_from(["ok", "part", "error", "unreadable"]))
ticks = st.tuples(st.just("tick"), minutes)
presses = st.tuples(st.sampled_from(["retry", "cancel", "absent", "found"]))
stories = st.tuples(posts, st.lists(st.one_of(posts, lists, ticks, presses), max_size=14)).map(
    lambda story: [story[0], *story[1]]
)


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Pretend:
    made = Pretend()
    for module in (follow_up, late_posts, pause, post_list, retry, scheduled, send):
        monkeypatch.setattr(module, "worker_client", lambda: made)
    return made


class Teller:
    """Plays one story and keeps the books: who was sent, what came back, and what went wrong."""

    def __init__(self, cast: Cast, pretend: Pretend, clock: Any, pins: list[Pin]) -> None:
        self.cast, self.pretend, self.clock, self.pins = cast, pretend, clock, pins
        self.answers: dict[int, list[str]] = {}
        self.wrongs: list[str] = []

    def expect(self, is_so: bool, wrong: str) -> None:
        """Note what is wrong, for the test: an error raised here could be taken for one of the worker's."""
        if not is_so:
            self.wrongs.append(wrong)

    def send(self, original: Callable[[send.Claim], None], claim: send.Claim) -> None:
        row = Submission.objects.get(pk=claim.submission_id)
        self.expect(row.state == State.SENDING, "sent without a claim")
        may_go = all(answer in MAY_REPEAT for answer in self.answers.get(row.pk, []))
        self.expect(may_go, "sent again after an outcome")
        self.answers.setdefault(row.pk, []).append(self.pretend.next_post[1])
        original(claim)

    def work(self) -> None:
        for _round in range(3):
            due = Submission.objects.filter(due_at__lte=timezone.now())
            for key in list(due.order_by("due_at").values_list("pk", flat=True)):
                try:
                    handle_submission(key)
                except Killed:
                    continue
        pause.check_held_connections()

    def step(self, name: str, *values: Any) -> None:
        if name == "post":
            self.pretend.next_post = values
            self.work()
        elif name == "list":
            self.clock.shift(timedelta(minutes=values[0]))
            self.pretend.next_list = values[1]
            self.work()
        elif name == "tick":
            self.clock.shift(timedelta(minutes=values[0]))
            self.work()
        else:
            for pin in self.pins:
                self.press(name, pin)

    def press(self, name: str, pin: Pin) -> None:
        bob, is_out = self.cast.bob, bool(self.pretend.live(pin.description))
        if name == "retry":
            retry_pin(pin=pin, actor=bob)
        elif name == "cancel":
            cancel_pin(pin=pin, actor=bob)
        for one in Submission.objects.filter(pin=pin, state=State.UNCONFIRMED):
            # People say what is so: they have looked.
            if name == "absent" and not is_out:
                resolve_absent(submission=one, actor=bob)
            elif name == "found" and is_out:
                choices = [post.post_id for post in self.pretend.live(pin.description)]
                mine = [post_id for post_id in one.evidence.candidates if post_id in choices]
                if mine:
                    resolve_found(submission=one, actor=bob, post_id=mine[0])

    def check(self, ended: set[int]) -> set[int]:
        for row in Submission.objects.filter(pk__in=ended):
            self.expect(row.state not in (State.QUEUED, State.SENDING), "what had ended was begun again")
        shown = Counter(Pin.objects.filter(status=Status.PUBLISHED).values_list("description", flat=True))
        for text, wanted in Counter(pin.description for pin in self.pins).items():
            live = self.pretend.live(text)
            self.expect(len(live) <= wanted, "out more often than wanted")
            self.expect(shown[text] <= len(live), "shown published, and isn't")
        return ended | set(Submission.objects.filter(state__in=ENDED).values_list("pk", flat=True))

    def end(self) -> None:
        """A day in which all goes well and people look."""
        for minutes in (1, 2, 20, 10, 10, 60, 360, 900):
            self.pretend.next_post, self.pretend.next_list = (True, "receipt"), "ok"
            self.clock.shift(timedelta(minutes=minutes))
            self.work()
            self.step("found")
            self.step("absent")
            self.work()
        shown = Counter(Pin.objects.filter(status=Status.PUBLISHED).values_list("description", flat=True))
        for text in {pin.description for pin in self.pins}:
            self.expect(shown[text] == len(self.pretend.live(text)), "live, and not shown so")
        left = Submission.objects.filter(state__in=(State.QUEUED, State.SENDING, State.UNCONFIRMED))
        self.expect(not left.exists(), "not ended after a day")


@pytest.fixture
def teller(cast: Cast, pretend: Pretend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Teller]:
    with time_machine.travel(BEGIN, tick=False) as clock:
        told = Teller(cast, pretend, clock, [])
        original = send.post
        monkeypatch.setattr(send, "post", lambda claim: told.send(original, claim))
        yield told


def play(teller: Teller, story: list[tuple[Any, ...]], make: Callable[[], list[Pin]]) -> list[str]:
    """Plays a story from the beginning and forgets it. Returns what was wrong after any of its steps."""
    teller.clock.move_to(BEGIN)
    teller.pretend.posts.clear()
    teller.pretend.next_post, teller.pretend.next_list = (True, "receipt"), "ok"
    teller.answers.clear()
    teller.wrongs = []
    with transaction.atomic():
        teller.pins = make()
        ended: set[int] = set()
        for step in story:
            teller.step(*step)
            ended = teller.check(ended)
        teller.end()
        teller.check(ended)
        transaction.set_rollback(True)
    return teller.wrongs


told = settings(
    max_examples=int(os.environ.get("STORIES", "25")),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@told
@given(story=stories)
def test_a_pin_and_its_twin(teller: Teller, story: list[tuple[Any, ...]]) -> None:
    def make() -> list[Pin]:
        return [make_submitted(teller.cast.team, teller.cast.bob).pin for _n in range(2)]

    assert play(teller, story, make) == []


@told
@given(story=stories, minutes=st.sampled_from([2, 25, 45, 600]))
def test_a_scheduled_pin(teller: Teller, story: list[tuple[Any, ...]], minutes: int) -> None:
    def make() -> list[Pin]:
        at = timezone.now() + timedelta(minutes=minutes)
        return [make_submitted(teller.cast.team, teller.cast.bob, scheduled_for=at).pin]

    assert play(teller, story, make) == []
