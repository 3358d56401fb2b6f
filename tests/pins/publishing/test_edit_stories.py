"""Stories of changes told by chance: whatever comes back, is read, is pressed or killed, the pin shows what is out."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpeer_dash.pins.editing import EditError
from postpeer_dash.pins.models import Pin, Status, Submission
from postpeer_dash.pins.publishing import follow_up, late_posts, pause, post_list, retry, scheduled, send
from postpeer_dash.pins.publishing.jobs import handle_submission
from postpeer_dash.pins.publishing.pause import resume_sending, stop_sending
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.services import cancel_pin
from postpeer_dash.postpeer import Conflict, Invalid, NeverSent, Post, RateLimited, Unclear
from postpeer_dash.postpeer import Status as Remote
from tests.cast import Cast
from tests.pins.editing import change
from tests.pins.factories import make_submitted
from tests.pins.publishing.pretend import Killed, Pretend

BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ANSWERS: dict[str, Any] = {
    "timeout": lambda: Unclear("timeout"),
    "500": lambda: Unclear("500", status=500),
    "409": lambda: Conflict("no longer", status=409),
    "400": lambda: Invalid("no", status=400),
    "429": lambda: RateLimited("later", status=429),
    "never sent": lambda: NeverSent("no route"),
    "killed": Killed,
}
# These say that nothing was done, so nothing was.
UNDONE = ("400", "429", "409", "never sent")

minutes = st.sampled_from([0.05, 0.3, 1, 2, 5, 20, 61])
puts = st.tuples(st.just("put"), st.booleans(), st.sampled_from(list(ANSWERS)))
downs = st.tuples(st.just("down"), minutes)
ticks = st.tuples(st.just("tick"), minutes)
edits = st.tuples(st.just("edit"), st.sampled_from([0, 3, 30, 120]), st.sampled_from(["description", "title"]))
presses = st.tuples(st.sampled_from(["cancel", "stop", "resume"]))
stories = st.lists(st.one_of(edits, edits, puts, downs, ticks, ticks, presses), max_size=14)


@dataclass(slots=True)
class Editable(Pretend):
    """A PostPeer whose scheduled posts can be changed. `puts` is how the next PUTs go, `late` what was put too late."""

    puts: list[tuple[bool, str]] = field(default_factory=list)
    is_down: bool = False
    titles: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)

    def get_post(self, post_id: str) -> Post:
        if self.is_down:
            raise Unclear("down", status=500, is_write=False)
        return Pretend.get_post(self, post_id)

    def edit_scheduled(self, post_id: str, body: dict[str, Any]) -> str:
        post = Pretend.get_post(self, post_id)
        is_done, answer = self.puts.pop(0) if self.puts else (True, "ok")
        if post.status != Remote.SCHEDULED:
            raise Conflict("no longer", status=409)
        at = datetime.fromisoformat(body["scheduledFor"])
        times = [each for each in (post.scheduled_for, at) if each]
        if min(times) - timezone.now() < timedelta(seconds=120):
            self.late.append(post_id)
        if answer == "ok" or (is_done and answer not in UNDONE):
            self.posts[post_id] = replace(post, content=body["content"], scheduled_for=at)
            self.titles[post_id] = body["platforms"][0]["platformSpecificData"]["title"]
        if answer != "ok":
            raise ANSWERS[answer]()
        return "req"


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Editable:
    made = Editable()
    for module in (follow_up, late_posts, pause, post_list, retry, scheduled, send):
        monkeypatch.setattr(module, "worker_client", lambda: made)
    return made


@dataclass
class Teller:
    cast: Cast
    pretend: Editable
    clock: Any
    number: int = 0

    def work(self) -> None:
        for _round in range(3):
            due = Submission.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
            for key in list(due.values_list("pk", flat=True)):
                with suppress(Killed):
                    handle_submission(key)

    def pass_time(self, minutes: float) -> None:
        """In steps, so that what is due is done in its time."""
        end = timezone.now() + timedelta(minutes=minutes)
        while timezone.now() < end:
            self.clock.shift(min(end - timezone.now(), timedelta(seconds=20 if minutes < 10 else 120)))
            self.work()

    def step(self, name: str, *values: Any) -> None:
        submission = Submission.objects.select_related("pin").get()
        if name == "edit":
            self.number += 1
            at = submission.pin.scheduled_for
            assert at
            with suppress(EditError):
                new = {values[1]: f"words {self.number}"}
                change(submission, self.cast.bob, at=at + timedelta(minutes=values[0]), **new)
            self.work()
        elif name == "put":
            self.pretend.puts.append(values)  # type: ignore[arg-type]
        elif name in ("down", "tick"):
            self.pretend.is_down = name == "down"
            self.pass_time(values[0])
            self.pretend.is_down = False
        elif name == "cancel":
            cancel_pin(pin=submission.pin, actor=self.cast.bob)
            self.work()
        else:
            act = stop_sending if name == "stop" else resume_sending
            act(team=self.cast.team, actor=self.cast.alice)
            self.work()

    def end(self) -> None:
        """All goes well from here on, for a day."""
        self.pretend.puts.clear()
        self.step("resume")
        for minutes in (1, 5, 60, 300, 600, 600):
            self.clock.shift(timedelta(minutes=minutes))
            self.work()


@pytest.fixture
def teller(cast: Cast, pretend: Editable) -> Iterator[Teller]:
    with time_machine.travel(BEGIN, tick=False) as clock:
        yield Teller(cast, pretend, clock)


def begin(teller: Teller, minutes: int) -> None:
    teller.clock.move_to(BEGIN)
    for kept in (teller.pretend.posts, teller.pretend.puts, teller.pretend.titles, teller.pretend.late):
        kept.clear()
    make_submitted(teller.cast.team, teller.cast.bob, scheduled_for=timezone.now() + timedelta(minutes=minutes))
    teller.work()


@settings(
    max_examples=int(os.environ.get("STORIES", "25")),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories, minutes=st.sampled_from([3, 10, 90]))
def test_pin_shows_what_is_out(teller: Teller, story: list[tuple[Any, ...]], minutes: int) -> None:
    with transaction.atomic():
        begin(teller, minutes)
        for step in story:
            teller.step(*step)
        teller.end()
        pin, (post,) = Pin.objects.get(), teller.pretend.posts.values()
        submission = Submission.objects.get()
        assert teller.pretend.late == [], "put within two minutes of its time"
        assert read_edit(submission) is None, "a wish without an end"
        assert pin.status == (Status.CANCELLED if post.status == Remote.DRAFT else Status.PUBLISHED)
        if not pin.events.filter(kind__in=("edit_unseen", "edit_dropped")).exists():
            title = teller.pretend.titles.get(post.post_id, "A calm kitchen")
            assert (pin.description, pin.title, pin.scheduled_for) == (post.content, title, post.scheduled_for)
        transaction.set_rollback(True)
