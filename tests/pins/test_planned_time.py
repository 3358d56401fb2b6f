"""Each way to give a pin a time keeps the clock that was meant and the release that resolved it; a person is asked when
the two come apart.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.approval import approve_pin
from postpeer_dash.pins.content import Content, texts_of
from postpeer_dash.pins.models import PendingEdit, Pin, Review, Status, Submission
from postpeer_dash.pins.moved_hours import moved_pins
from postpeer_dash.pins.planned_time import check_hours, read_wall_clock
from postpeer_dash.pins.services import (
    copy_pin,
    hash_of,
    publish_pin,
    retry_pin,
    save_draft,
    schedule_pin,
    submit_for_review,
)
from postpeer_dash.zone_data import ZoneData
from tests.cast import Cast, SignIn
from tests.pins.composing import fields_of, make_desk
from tests.pins.editing import BERLIN, NEW, a_record, change, change_fields, make_held, wanted
from tests.pins.factories import again, make_draft, make_submitted, work
from tests.postpeer.wire import Wire
from tests.zone_files import LAW_2025B, LAW_2026F, going_by, make_rules, next_winter

PACKAGE = Path(__file__).resolve().parents[2] / "postpeer_dash"
AT = next_winter()  # 9:00 in Vancouver by the rules of 2025b, 10:00 by those of 2026f
DAY = AT.date().isoformat()
MOVED = {"success": True, "message": "Post rescheduled", "scheduledFor": f"{DAY}T16:00:00.000Z"}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> ZoneData:
    return make_rules(tmp_path_factory.mktemp("2025b"), "2025b", LAW_2025B)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> ZoneData:
    return make_rules(tmp_path_factory.mktemp("2026f"), "2026f", LAW_2026F)


def clock_of(pin: Pin) -> tuple[str, str, str]:
    row = Pin.objects.get(pk=pin.pk)
    assert row.scheduled_for is None or row.wall_clock == read_wall_clock(row.scheduled_for, row.time_zone)
    return row.wall_clock, row.time_zone, row.zone_release


def plan(cast: Cast, *, zone: str = "America/Vancouver", at: datetime = AT, **fields: Any) -> Pin:
    """Return a draft for a time, by the rules that this process goes by."""
    pin = make_draft(cast.team, fields.pop("author", cast.bob), **fields)
    time = {"scheduled_for": at, "time_zone": zone, "form_id": pin.form_id, "pin": pin}
    return save_draft(team=cast.team, author=cast.bob, content=make_content(pin), **time)  # type: ignore[arg-type]


def make_content(pin: Pin) -> Content:
    return Content(account=pin.account, board=pin.board, **texts_of(pin))


# Each way in


@pytest.mark.parametrize("action", ["draft", "schedule", "submit"])
def test_compose_page_keeps_the_clock(cast: Cast, as_: SignIn, before: ZoneData, action: str) -> None:
    desk = make_desk(cast.team)
    with going_by(before):
        desk.post(as_("bob"), action=action, scheduled_for=f"{DAY}T09:00", timezone="America/Vancouver")
        assert clock_of(Pin.objects.get()) == (f"{DAY}T09:00", "America/Vancouver", "2025b")
        assert Pin.objects.get().scheduled_for == AT


def test_draft_that_is_changed_gets_the_new_clock_and_release(cast: Cast, before: ZoneData, after: ZoneData) -> None:
    with going_by(before):
        pin = plan(cast)
    with going_by(after):
        save_draft(
            team=cast.team,
            author=cast.bob,
            form_id=pin.form_id,
            content=make_content(pin),
            scheduled_for=AT,
            time_zone="America/Edmonton",
            pin=pin,
        )
        assert clock_of(pin) == (f"{DAY}T11:00", "America/Edmonton", "2026f")


def test_scheduling_approving_and_sending_again_keep_the_clock_of_the_draft(cast: Cast, account: Account) -> None:
    scheduled, approved = plan(cast), plan(cast, author=cast.cora)
    schedule_pin(pin=scheduled, actor=cast.bob)
    submit_for_review(pin=approved, actor=cast.cora)
    approve_pin(pin=approved, actor=cast.bob, seen_hash=hash_of(Pin.objects.get(pk=approved.pk)))
    meant = (f"{DAY}T10:00", "America/Vancouver", settings.ZONE_DATA.release)
    assert clock_of(scheduled) == clock_of(approved) == meant
    Pin.objects.filter(pk=scheduled.pk).update(status=Status.FAILED)
    scheduled.targets.update(status=Status.FAILED)
    Submission.objects.filter(pin=scheduled).update(state="refused")
    scheduled.targets.get().carried.update(is_open=False)
    assert retry_pin(pin=scheduled, actor=cast.bob)[0].scheduled_for == AT
    assert clock_of(scheduled) == meant


@pytest.mark.parametrize("how", ["publish", "approve"])
def test_pin_that_goes_out_at_once_has_no_clock(cast: Cast, how: str) -> None:
    pin = plan(cast, author=cast.cora)
    if how == "publish":
        publish_pin(pin=pin, actor=cast.bob)
    else:
        Pin.objects.filter(pk=pin.pk).update(scheduled_for=datetime(2026, 1, 1, tzinfo=UTC))
        submit_for_review(pin=pin, actor=cast.cora)
        seen = hash_of(Pin.objects.get(pk=pin.pk))
        approve_pin(pin=pin, actor=cast.bob, seen_hash=seen, at_once=True)
    row = Pin.objects.get(pk=pin.pk)
    assert (row.scheduled_for, row.wall_clock, row.zone_release) == (None, "", "")


def test_copy_has_no_time_and_no_clock(cast: Cast) -> None:
    copy = copy_pin(pin=plan(cast), actor=cast.bob)
    assert clock_of(copy) == ("", "America/Vancouver", "")


def test_change_of_what_has_not_left_keeps_the_new_clock(cast: Cast, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob, scheduled_for=AT)
    url = reverse("pins:edit_scheduled", args=["nordlicht", submission.pin.uuid])
    fields = change_fields(submission, scheduled_for=f"{DAY}T20:30", timezone=BERLIN.key)
    assert as_("bob").post(url, fields).status_code == 302
    assert clock_of(submission.pin) == (f"{DAY}T20:30", BERLIN.key, settings.ZONE_DATA.release)


def test_change_at_postpeer_brings_its_clock_when_it_is_confirmed(
    cast: Cast, postpeer_wire: Wire, before: ZoneData
) -> None:
    submission = make_held(cast)
    with going_by(before):
        assert change(submission, cast.bob, at=AT)
        edit = PendingEdit.objects.get()
        assert (edit.content["wall_clock"], edit.content["zone_release"]) == (f"{DAY}T18:00", "2025b")
        postpeer_wire.get("/v1/posts/post_1", json=a_record(submission, edit.body))
        work(submission)
        assert clock_of(submission.pin) == (f"{DAY}T18:00", BERLIN.key, "2025b")


def test_change_confirmed_after_the_rules_changed_is_asked_about(
    cast: Cast, postpeer_wire: Wire, before: ZoneData, after: ZoneData
) -> None:
    submission = make_held(cast)
    with going_by(before):
        Pin.objects.update(time_zone="America/Vancouver")
        assert change(submission, cast.bob, at=AT)
        edit = PendingEdit.objects.get()
    with going_by(after):
        postpeer_wire.get("/v1/posts/post_1", json=a_record(submission, edit.body))
        work(submission)
        row = Pin.objects.get()
        assert (row.wall_clock, row.zone_release) == (f"{DAY}T09:00", "2025b")
        assert list(moved_pins(cast.team)) == [row]


def test_nobody_else_writes_a_pins_time() -> None:
    """Found by reading: assignments of the column, and the queries and rows of pins that name it."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts or path.name == "planned_time.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [part for one in targets for part in ast.walk(one) if isinstance(part, ast.Attribute)]
            is_set = any(name.attr in ("scheduled_for", "wall_clock", "zone_release") for name in names)
            is_row = isinstance(node, ast.Call) and ast.unparse(node.func) in ("Pin", "Pin.objects.create")
            named = {word.arg for word in node.keywords} if isinstance(node, ast.Call) else set()
            if is_set or (is_row and named & {"scheduled_for", "wall_clock"}):
                wrong.append(f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}")
    assert wrong == []


# When the rules change


@pytest.mark.parametrize("zone", [name for name, tail in LAW_2026F.items() if tail != LAW_2025B[name]])
def test_moved_hour_is_asked_about(cast: Cast, before: ZoneData, after: ZoneData, zone: str) -> None:
    with going_by(before):
        pin, other = plan(cast, zone=zone), plan(cast, zone="Europe/Berlin")
        check_hours()
        assert not moved_pins(cast.team)
    with going_by(after):
        check_hours()
        assert list(moved_pins(cast.team)) == [pin]
    assert Pin.objects.get(pk=other.pk).zone_release == "2025b"


def test_hour_that_moved_back_is_asked_about_no_longer(cast: Cast, before: ZoneData, after: ZoneData) -> None:
    with going_by(before):
        plan(cast)
    with going_by(after):
        check_hours()
    with going_by(ZoneData("2027a", before.folder)):
        check_hours()
        assert not moved_pins(cast.team)


def test_what_was_or_is_out_is_not_asked_about(cast: Cast, before: ZoneData, after: ZoneData) -> None:
    with going_by(before):
        out, past = plan(cast), plan(cast, at=datetime(2026, 1, 15, 17, tzinfo=UTC))
        Pin.objects.filter(pk=out.pk).update(status=Status.PUBLISHED)
    with going_by(after):
        check_hours()
        assert not moved_pins(cast.team)
    assert Pin.objects.get(pk=past.pk).hour_asked_at is None


def test_pin_whose_change_is_under_way_is_asked_about_afterwards(cast: Cast, before: ZoneData, after: ZoneData) -> None:
    with going_by(before):
        submission = make_held(cast)
        Pin.objects.update(time_zone="America/Vancouver", wall_clock=f"{DAY}T09:00", scheduled_for=AT)
        assert change(submission, cast.bob, at=AT, title="Another")
    with going_by(after):
        check_hours()
        assert not moved_pins(cast.team)


def test_same_rules_cost_one_query_however_many_pins_there_are(cast: Cast) -> None:
    for _number in range(3):
        plan(cast)
    with CaptureQueriesContext(connection) as queries:
        check_hours()
    assert len(queries) == 1


def test_home_takes_as_many_queries_for_many_moved_pins_as_for_one(
    cast: Cast, as_: SignIn, before: ZoneData, after: ZoneData
) -> None:
    with going_by(before):
        plan(cast)
    bob, counts = as_("bob"), []
    with going_by(after):
        for more in (0, 30):
            pin = Pin.objects.earliest("pk")
            for _number in range(more):
                pin.pk, pin.uuid, pin.form_id = None, uuid4(), uuid4()  # type: ignore[assignment]
                pin.save(force_insert=True)
            check_hours()
            with CaptureQueriesContext(connection) as queries:
                text = bob.get("/t/nordlicht/").content.decode()
            counts.append(len(queries))
    assert counts[0] == counts[1] and "31 scheduled pins would go out at another hour" in text


# What a person says


@pytest.fixture
def moved(cast: Cast, before: ZoneData, after: ZoneData) -> Iterator[Callable[..., Pin]]:
    """Plans a pin by the rules of before; the test goes by those of after."""

    def make(**fields: Any) -> Pin:
        with going_by(before):
            pin = plan(cast, **fields)
        check_hours()
        return pin

    with going_by(after):
        yield make


def hold_at_postpeer(pin: Pin, cast: Cast) -> Pin:
    """Schedule a pin; PostPeer has taken it as post_1."""
    schedule_pin(pin=pin, actor=cast.bob)
    Submission.objects.update(state="accepted", remote_id="post_1", remote_status="scheduled", due_at=None)
    pin.targets.update(status=Status.SCHEDULED)
    Pin.objects.update(status=Status.SCHEDULED)
    return pin


def url(name: str, pin: Pin | None = None) -> str:
    return reverse(f"pins:{name}", args=["nordlicht", *([pin.uuid] if pin else [])])


def test_home_says_what_became_of_the_hour(as_: SignIn, moved: Callable[..., Pin]) -> None:
    moved()
    text = as_("bob").get("/t/nordlicht/").content.decode()
    assert "One scheduled pin would go out at another hour" in text
    assert "09:00 became 10:00, because the rules for Vancouver changed." in text
    assert "Back to 09:00" in text and "Keep 10:00" in text and "Another hour" in text


def test_pins_own_page_says_so_too(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    draft, sent = moved(), moved()
    schedule_pin(pin=sent, actor=cast.bob)
    sent.targets.update(status=Status.SCHEDULED)
    Submission.objects.update(state="accepted", remote_id="post_1", remote_status="scheduled")
    Pin.objects.filter(pk=sent.pk).update(status=Status.SCHEDULED)
    for pin in (draft, sent):
        assert (
            "09:00 became 10:00, because the rules for Vancouver" in as_("vera").get(url("pin", pin)).content.decode()
        )
    as_("bob").post(url("keep_hours"))
    assert "became" not in as_("vera").get(url("pin", draft)).content.decode()


def test_draft_goes_back_to_its_hour(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin = moved(author=cast.cora)
    submit_for_review(pin=pin, actor=cast.cora)
    assert as_("cora").post(url("restore_hour", pin)).status_code == 302
    row = Pin.objects.get(pk=pin.pk)
    assert row.scheduled_for == AT.replace(hour=16) and row.review == Review.WAITING
    assert clock_of(pin) == (f"{DAY}T09:00", "America/Vancouver", "2026f") and row.hour_asked_at is None


def test_pin_that_has_not_left_goes_back_with_its_body(
    cast: Cast, as_: SignIn, before: ZoneData, moved: Callable[..., Pin]
) -> None:
    pin = moved()
    with going_by(before):
        schedule_pin(pin=pin, actor=cast.bob)
    check_hours()
    as_("bob").post(url("restore_hours"))
    submission = Submission.objects.get()
    assert submission.body["scheduledFor"] == f"{DAY}T16:00:00.000Z"
    assert submission.scheduled_for == AT.replace(hour=16) and not moved_pins(cast.team)


def test_pin_at_postpeer_is_moved_by_patch_and_believed_when_the_record_shows_it(
    cast: Cast, as_: SignIn, moved: Callable[..., Pin], postpeer_wire: Wire
) -> None:
    pin = hold_at_postpeer(moved(), cast)
    assert as_("bob").post(url("restore_hour", pin)).status_code == 302
    submission = again(Submission.objects.get())
    assert not moved_pins(cast.team) and Pin.objects.get().scheduled_for == AT
    asked = {"scheduledFor": f"{DAY}T16:00:00.000Z", "timezone": "UTC"}
    postpeer_wire.get("/v1/posts/post_1", json=a_record(submission))
    postpeer_wire.patch("/v1/posts/scheduled/post_1", json_body=asked, json=MOVED)
    postpeer_wire.get("/v1/posts/post_1", json=a_record(submission, wanted(submission)))
    work(submission)
    assert [call.method for call in postpeer_wire.calls] == ["GET", "PATCH", "GET"]
    assert Pin.objects.get().scheduled_for == AT.replace(hour=16)
    assert clock_of(pin) == (f"{DAY}T09:00", "America/Vancouver", "2026f")


def test_refused_move_is_asked_about_again(
    cast: Cast, as_: SignIn, moved: Callable[..., Pin], postpeer_wire: Wire
) -> None:
    pin = hold_at_postpeer(moved(), cast)
    as_("bob").post(url("restore_hour", pin))
    submission = again(Submission.objects.get())
    postpeer_wire.get("/v1/posts/post_1", json=a_record(submission), repeat=True)
    no = {"success": False, "message": "No."}
    postpeer_wire.patch("/v1/posts/scheduled/post_1", status=400, json=no, tolerance=True)
    work(submission)
    check_hours()
    assert list(moved_pins(cast.team)) == [pin] and not PendingEdit.objects.exists()


def test_keeping_makes_the_new_hour_the_one_that_is_meant(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin, other = moved(), moved()
    bob = as_("bob")
    bob.post(url("keep_hour", pin))
    assert clock_of(pin) == (f"{DAY}T10:00", "America/Vancouver", "2026f")
    assert list(moved_pins(cast.team)) == [other]
    bob.post(url("keep_hours"))
    assert not moved_pins(cast.team)
    assert Pin.objects.get(pk=pin.pk).scheduled_for == AT


def test_nobody_knows_the_hour(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin = moved()
    Pin.objects.update(wall_clock="", zone_release="?")
    bob = as_("bob")
    text = bob.get("/t/nordlicht/").content.decode() + bob.get(url("hours")).content.decode()
    assert text.count("We can’t tell which hour was meant: it goes out at 10:00, Vancouver (UTC−7).") == 2
    assert "Back to" not in text and "Keep 10:00" in text
    bob.post(url("restore_hours"))
    assert list(moved_pins(cast.team)) == [pin]
    bob.post(url("keep_hours") + "?known=no")
    assert clock_of(pin)[0] == f"{DAY}T10:00"


def test_keeping_the_known_ones_leaves_the_others(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    moved()
    unknown = moved()
    Pin.objects.filter(pk=unknown.pk).update(wall_clock="", zone_release="?")
    as_("bob").post(url("keep_hours") + "?known=yes")
    assert list(moved_pins(cast.team)) == [unknown]


def test_hour_that_does_not_exist_stays_and_says_so(cast: Cast, as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin = moved(zone="Europe/Berlin")
    gap = f"{AT.year}-03-{last_sunday(AT.year)}T02:30"
    Pin.objects.update(wall_clock=gap, zone_release="2025b", hour_asked_at=AT)
    text = as_("bob").post(url("restore_hours"), follow=True).content.decode()
    assert "doesn’t exist" in text and list(moved_pins(cast.team)) == [pin]


def last_sunday(year: int) -> int:
    return max(day for day in range(25, 32) if datetime(year, 3, day, tzinfo=UTC).weekday() == 6)


def test_pin_that_cannot_be_changed_keeps_none_of_the_others(
    cast: Cast, as_: SignIn, moved: Callable[..., Pin]
) -> None:
    stuck, other = moved(at=AT - timedelta(hours=1)), moved()
    schedule_pin(pin=stuck, actor=cast.bob)
    Submission.objects.update(wants_cancel=True)
    text = as_("bob").post(url("restore_hours"), follow=True).content.decode()
    assert "One pin goes back" in text and "One pin stayed as it is: It is being cancelled." in text
    assert list(moved_pins(cast.team)) == [stuck] and clock_of(other)[0] == f"{DAY}T09:00"


@pytest.mark.parametrize("name", ["restore_hour", "keep_hour"])
def test_contributor_speaks_for_their_own_drafts_alone(
    cast: Cast, as_: SignIn, moved: Callable[..., Pin], name: str
) -> None:
    pin, own = moved(), moved(author=cast.cora)
    assert as_("cora").post(url(name, pin)).status_code == 403
    assert as_("cora").post(url(name, own)).status_code == 302
    schedule_pin(pin=pin, actor=cast.bob)
    assert as_("cora").post(url(name, pin)).status_code == 403
    text = as_("cora").get(url("hours")).content.decode()
    assert "A calm kitchen" in text and 'action="' + url(name, pin) not in text


def test_pressed_twice_nothing_is_done_and_said(as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin, bob = moved(), as_("bob")
    bob.post(url("restore_hour", pin))
    text = bob.post(url("restore_hour", pin), follow=True).content.decode()
    assert "It was cleared up meanwhile" in text


def test_text_changed_in_a_draft_leaves_the_question(cast: Cast, moved: Callable[..., Pin]) -> None:
    pin = moved()
    content = replace(make_content(pin), title="Another title")
    save_draft(
        team=cast.team,
        author=cast.bob,
        form_id=pin.form_id,
        content=content,
        pin=pin,
        seen=pin.version,
        scheduled_for=AT,
        time_zone="America/Vancouver",
    )
    row = Pin.objects.get(pk=pin.pk)
    assert (row.title, row.wall_clock, row.zone_release) == ("Another title", f"{DAY}T09:00", "2025b")
    assert list(moved_pins(cast.team)) == [row]


@pytest.mark.parametrize("is_unsent", [True, False])
def test_text_changed_in_a_scheduled_pin_leaves_the_question(
    cast: Cast, postpeer_wire: Wire, before: ZoneData, after: ZoneData, is_unsent: bool
) -> None:
    submission = make_held(cast)
    if is_unsent:
        Submission.objects.update(state="queued", remote_id="", remote_status="", sent_at=None, answered_at=None)
        submission.pin.targets.update(status=Status.QUEUED)
    time = {"wall_clock": f"{DAY}T09:00", "zone_release": "2025b", "time_zone": "America/Vancouver"}
    Pin.objects.update(scheduled_for=AT, **time)
    Submission.objects.update(scheduled_for=AT)
    with going_by(after):
        check_hours()
        assert change(again(submission), cast.bob, description=NEW)
        if not is_unsent:
            postpeer_wire.get("/v1/posts/post_1", json=a_record(submission, PendingEdit.objects.get().body))
            work(submission)
        row = Pin.objects.get()
        assert (row.description, row.wall_clock, row.zone_release) == (NEW, f"{DAY}T09:00", "2025b")
        assert list(moved_pins(cast.team)) == [row]


def test_draft_put_back_is_told_to_who_has_it_open(as_: SignIn, moved: Callable[..., Pin]) -> None:
    pin = moved()
    bob, alice = as_("bob"), as_("alice")
    page = fields_of(bob.get(url("edit", pin)))
    alice.post(url("restore_hour", pin))
    response = bob.post(url("edit", pin), {**page, "action": "draft", "title": "Typed meanwhile"})
    assert response.status_code == 422 and "Somebody changed this pin" in response.content.decode()
    assert Pin.objects.get(pk=pin.pk).scheduled_for == AT.replace(hour=16)


def test_group_whose_pins_come_after_those_that_are_shown_has_no_empty_list(
    as_: SignIn, moved: Callable[..., Pin], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postpeer_dash.pins.pages.hours.context._SHOWN", 1)
    moved()
    Pin.objects.filter(pk=moved(at=AT + timedelta(days=1)).pk).update(wall_clock="")
    text = as_("bob").get(url("hours")).content.decode()
    assert text.count('<ul class="needs sheet">') == 1 and text.count('<section class="block">') == 2
