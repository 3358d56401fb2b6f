"""The demo's past could have happened: everything in its order, nothing ahead of now, and by people who were there."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postpeer_dash.demo import services
from postpeer_dash.pins.models import Event, Pin, Review, Status, Submission, Target
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.teams.models import AuditEvent, Membership

# What comes after what, on one pin's timeline.
ORDER = [
    Kind.DRAFTED,
    Kind.REVIEW_ASKED,
    Kind.APPROVED,
    Kind.SCHEDULE_PRESSED,
    Kind.PUBLISH_PRESSED,
    Kind.SENT,
    Kind.UNCLEAR,
    Kind.ACCEPTED,
    Kind.SCHEDULED,
    Kind.CANCEL_PRESSED,
    Kind.CANCELLED,
    Kind.PUBLISHED,
    Kind.FAILED,
]


def timelines() -> Iterator[tuple[Pin, list[Event]]]:
    for pin in Pin.objects.order_by("pk"):
        yield pin, list(pin.events.select_related("actor").order_by("at", "pk"))


def check_every_timeline_is_in_the_order_of_things() -> None:
    for pin, events in timelines():
        kinds = [ORDER.index(Kind(event.kind)) for event in events]
        assert kinds == sorted(kinds), (pin.title, [event.kind for event in events])
        # People take their time between two presses; an approval publishes by the same one.
        asked = [event.at for event in events if event.actor and event.kind != Kind.APPROVED]
        assert all(after - before >= timedelta(seconds=20) for before, after in pairwise(asked)), pin.title


def check_nothing_has_happened_ahead_of_now() -> None:
    now = timezone.now()
    for model, names in (
        (Event, ("at",)),
        (Pin, ("created_at", "updated_at", "frozen_at", "sort_at")),
        (Target, ("published_at", "updated_at")),
        (Submission, ("requested_at", "sent_at", "answered_at", "ended_at")),
        (AuditEvent, ("at",)),
        (Membership, ("created_at", "seen_at")),
    ):
        for name in names:
            assert not model.objects.filter(**{f"{name}__gt": now}).exists(), (model.__name__, name)


def check_what_is_scheduled_is_ahead_and_what_went_out_is_not() -> None:
    now = timezone.now()
    for target in Target.objects.select_related("pin"):
        at = target.pin.scheduled_for
        if target.status == Status.SCHEDULED:
            assert at and at > now + timedelta(minutes=2), target.pin.title
        if target.status == Status.PUBLISHED:
            assert target.published_at
            assert at is None or timedelta() <= target.published_at - at < timedelta(minutes=5), target.pin.title
        if target.status == Status.FAILED and at:
            assert target.updated_at >= at, target.pin.title
    assert not Pin.objects.filter(status=Status.DRAFT, review=Review.WAITING, scheduled_for__lt=now).exists()


def check_submissions_end_when_the_last_of_it_did() -> None:
    for one in Submission.objects.exclude(ended_at=None):
        ends = [event.at for event in one.events.all() if event.kind in ("published", "failed", "cancelled")]
        assert one.ended_at and ends and one.ended_at >= max(ends), one.pin.title
        assert one.sent_at and one.answered_at and one.requested_at <= one.sent_at <= one.answered_at <= one.ended_at


def check_status_says_what_the_timeline_says() -> None:
    last = {"published": Kind.PUBLISHED, "scheduled": Kind.SCHEDULED, "cancelled": Kind.CANCELLED}
    for pin, events in timelines():
        kinds = [event.kind for event in events]
        assert pin.status not in last or kinds[-1] == last[pin.status], pin.title
        assert ("cancelled" in kinds) is ("cancel_pressed" in kinds), pin.title
        assert pin.updated_at >= max(event.at for event in events if event.actor), pin.title


def check_who_may_not_publish_had_somebody_approve() -> None:
    rights = {(row.team_id, row.user_id): row.role for row in Membership.objects.all()}
    for pin, events in timelines():
        by = {Kind(event.kind): event.actor for event in events if event.actor}
        presser = by.get(Kind.PUBLISH_PRESSED) or by.get(Kind.SCHEDULE_PRESSED)
        if presser is None:
            continue
        assert rights[pin.team_id, presser.pk] in ("editor", "admin", "owner")
        was_asked = Kind.REVIEW_ASKED in by
        assert was_asked is (presser.pk != pin.author_id) is (Kind.APPROVED in by), pin.title
        assert (pin.review == Review.APPROVED) is was_asked and bool(pin.approved_hash) is was_asked, pin.title
        if was_asked:
            approved = next(event.at for event in events if event.kind == Kind.APPROVED)
            assert (pin.reviewed_by, pin.reviewed_at) == (presser, approved)


def check_everybody_was_there_when_they_did_it() -> None:
    rows = {(row.team_id, row.user_id): row for row in Membership.objects.all()}
    connected = {pin.pk: pin.account.connected_at for pin in Pin.objects.select_related("account") if pin.account}
    for pin, events in timelines():
        assert pin.created_at > connected[pin.pk], pin.title
        for event in events:
            if event.actor_id:
                row = rows[pin.team_id, event.actor_id]
                assert row.created_at < event.at, (pin.title, event.kind)
                assert row.seen_at and row.seen_at + timedelta(minutes=1) > event.at, (
                    pin.title,
                    event.kind,
                    event.actor,
                )


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]


# At the change of the clock, early and late on a day: what is told relative to now must not run ahead of it.
@pytest.mark.parametrize("moment", ["2026-03-29T00:10:00Z", "2026-11-27T05:20:00Z", "2026-12-31T23:40:00Z"])
def test_past_of_the_demo_could_have_happened(
    moment: str, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SANDBOX = True
    monkeypatch.setattr(services, "send_seed", lambda seed: None)
    with time_machine.travel(moment, tick=False):
        assert services.fill_demo()
        assert len(CHECKS) == 7
        for check in CHECKS:
            check()
