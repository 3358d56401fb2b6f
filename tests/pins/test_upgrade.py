"""A database of the version before, with something under way, goes on after the upgrade; and back again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from postpeer_dash.pins.models import PendingEdit, Reason, Submission
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.pins.search.words import find_rare_pins
from tests.cast import make_cast
from tests.pins.editing import change, make_held
from tests.pins.factories import again, make_submitted, work
from tests.postpeer.samples import a_platform_state, a_post, post_list
from tests.postpeer.wire import Wire

BEFORE = [("pins", "0009_submission_target")]
AFTER: list[tuple[str, str]] = MigrationLoader(None).graph.leaf_nodes("pins")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("same_clock")]


def migrate(to: list[tuple[str, str]]) -> Any:
    """Take the database there. Returns its models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return executor.loader.project_state(to).apps


@pytest.fixture
def upgraded() -> Iterator[None]:
    yield
    migrate(AFTER)


# What the JSON of before said of a change, and the state that it is in.
EDITS: list[tuple[dict[str, Any], str]] = [
    ({}, "wanted"),
    ({"may_be_done": True}, "leaving"),
    ({"may_be_done": True, "not_before": "2026-11-22T10:00:00+00:00", "has_said": True}, "wanted"),
    ({"may_be_done": True, "is_taken": True, "readings": 1}, "taken"),
    ({"may_be_done": True, "is_late": True}, "late"),
    ({"refusal": "No.", "request_id": "req-1"}, "refused"),
]


def test_edits_under_way_come_along(upgraded: None) -> None:
    cast = make_cast()
    held = []
    for number, _case in enumerate(EDITS):
        held.append(make_held(cast))
        assert change(held[-1], cast.bob, title=f"Night {number}")
        Submission.objects.filter(pk=held[-1].pk).update(remote_id=f"kept_{number}")
    wanted = {one.submission_id: one for one in PendingEdit.objects.all()}
    old = migrate(BEFORE).get_model("pins", "Submission").objects
    for one, (told, _state) in zip(old.order_by("pk"), EDITS, strict=True):
        assert one.edit["content"]["title"].startswith("Night") and one.edit["actor_id"] == cast.bob.pk
        old.filter(pk=one.pk).update(edit={**one.edit, **told})
    migrate(AFTER)
    kept = ("content", "body", "scheduled_for", "actor_id", "changed")
    for one, (told, state) in zip(held, EDITS, strict=True):
        edit = read_edit(again(one))
        assert edit is not None and edit.state == state
        assert [getattr(edit, name) for name in kept] == [getattr(wanted[one.pk], name) for name in kept]
        assert (edit.may_be_done, edit.has_told) == (told.get("may_be_done", False), told.get("has_said", False))
        assert (edit.refusal, edit.readings) == (told.get("refusal", ""), told.get("readings", 0))


def test_taken_edit_of_before_is_settled_by_the_record(upgraded: None, postpeer_wire: Wire) -> None:
    cast = make_cast()
    submission = make_held(cast)
    assert change(submission, cast.bob, description="A calmer kitchen, at night.")
    body = PendingEdit.objects.get().body
    old = migrate(BEFORE).get_model("pins", "Submission").objects
    old.update(edit={**old.get().edit, "may_be_done": True, "is_taken": True}, due_at=timezone.now())
    migrate(AFTER)
    shown = {"content": body["content"], "scheduledFor": body["scheduledFor"], "rawRequestBody": submission.body}
    shown["platforms"] = [a_platform_state(status="scheduled")]
    post = a_post(status="scheduled", **shown)
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post}, repeat=True)
    assert read_edit(work(submission)) is None
    assert again(submission).pin.description == "A calmer kitchen, at night."


def test_queued_rows_keep_what_they_wait_for(upgraded: None) -> None:
    cast = make_cast()
    waits = ["rate_limited", "twin_waits", "first_reading", "earlier_unread"]
    rows = [make_submitted(cast.team, cast.bob) for _word in waits]
    old = migrate(BEFORE).get_model("pins", "Submission").objects
    for one, word in zip(rows, waits, strict=True):
        told = {"read_first": True, "asked_earlier": True}
        old.filter(pk=one.pk).update(error_kind=word, evidence=told)
    migrate(AFTER)
    assert [again(one).waits_for for one in rows] == waits
    assert all(one.error_kind == "" and one.read_first and one.asked_earlier for one in map(again, rows))
    back = migrate(BEFORE).get_model("pins", "Submission").objects.order_by("pk")
    assert [(one.error_kind, one.evidence["read_first"]) for one in back] == [(word, True) for word in waits]


def test_row_that_was_refused_a_turn_is_read_before_it_is_sent(upgraded: None, postpeer_wire: Wire) -> None:
    cast = make_cast()
    submission = make_submitted(cast.team, cast.bob)
    now = timezone.now()
    old = migrate(BEFORE).get_model("pins", "Submission").objects
    known = {"read_first": True, "asked_earlier": True, "first_sent_at": (now - timedelta(minutes=1)).isoformat()}
    old.update(error_kind="rate_limited", evidence=known, attempts=1, sent_at=now - timedelta(minutes=1))
    migrate(AFTER)
    post = a_post(rawRequestBody=submission.body)
    postpeer_wire.get("/v1/posts", json=post_list(post))
    assert work(submission).remote_id == post["postId"]
    assert [call.method for call in postpeer_wire.calls] == ["GET"]


def test_late_duplicate_and_failure_keep_their_words(upgraded: None) -> None:
    cast = make_cast()
    late, failed = make_submitted(cast.team, cast.bob), make_submitted(cast.team, cast.bob)
    old = migrate(BEFORE).get_model("pins", "Submission").objects
    old.filter(pk=late.pk).update(state="absent", error_kind="late_twin", evidence={"twin": "scheduled"})
    old.filter(pk=failed.pk).update(state="refused", error_kind="out_of_credits")
    migrate(AFTER)
    assert (again(late).duplicate, again(late).error_kind) == ("scheduled", Reason.LATE_DUPLICATE)
    assert again(failed).error_kind == Reason.OUT_OF_CREDITS


def test_pins_of_before_are_found_by_the_signs_of_a_keyboard(upgraded: None) -> None:
    cast = make_cast()
    titles = ["“Winter’s” rug", "Won´t fade", "Plain words", "ʻOkina", "Ho\u00adtel"]
    pins = [make_submitted(cast.team, cast.bob, title=title).pin for title in titles]
    old = migrate([("pins", "0015_version")]).get_model("pins", "Pin").objects
    # As they were folded then.
    before = ["“winter’s” rug", "won t fade", "plain words", "ʻokina", "ho\u00adtel"]
    for pin, text in zip(pins, before, strict=True):
        old.filter(pk=pin.pk).update(search_text=text)
    migrate(AFTER)
    words = ["winter's", "won't", "plain", "'okina", "hotel"]
    for pin, word in zip(pins, words, strict=True):
        assert find_rare_pins([word]) == [pin.pk]


def test_going_back_keeps_searching_up_to_date(upgraded: None) -> None:
    cast = make_cast()
    pin = make_submitted(cast.team, cast.bob, title="Kept up to date").pin
    migrate(BEFORE).get_model("pins", "Pin").objects.filter(pk=pin.pk).update(search_text="found after going back")
    assert find_rare_pins(["going"]) == [pin.pk]
