"""A reconnect brings a new integration id, and what is scheduled at PostPeer keeps the old one until it is moved."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Event, PendingEdit, Pin, Renewal, Status, Submission
from postpeer_dash.pins.planned_time import current_release, read_wall_clock
from postpeer_dash.pins.publishing.renewal import find_outdated, move_renewed, start_moving
from tests.cast import Cast, SignIn
from tests.pins.factories import again, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_platform_state, a_post, a_usage
from tests.postpeer.wire import Wire

State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


def schedule(cast: Cast, number: int, hours: float = 24) -> Submission:
    """Return a pin that PostPeer holds until its time."""
    at = timezone.now() + timedelta(hours=hours, minutes=number)
    one = make_submitted(cast.team, cast.bob, title=f"Later {number}", scheduled_for=at)
    target = target_of(one)
    target.status = Status.SCHEDULED
    target.save()
    values = {"state": State.ACCEPTED, "remote_id": f"post_{number}", "remote_status": "scheduled"}
    Submission.objects.filter(pk=one.pk).update(**values, sent_at=timezone.now(), due_at=at, answered_at=timezone.now())
    return again(one)


def renew(_cast: Cast) -> Account:
    account = Account.objects.get()
    account.remote_id = "int_renewed"
    account.save()
    return account


def usage(wire: Wire, total: int) -> None:
    wire.get("/v1/usage", json=a_usage(totalUsage=total))


def carry_out(wire: Wire, one: Submission, **put: Any) -> None:
    """A worker carries the change out that was asked for."""
    body = PendingEdit.objects.get(submission=one).body
    scheduled = [a_platform_state(status="scheduled", platformPostUrl=None)]
    for shown in (one.body, body if not put else one.body):
        record = a_post(postId=one.remote_id, rawRequestBody=shown, status="scheduled", platforms=scheduled)
        record |= {"scheduledFor": one.body["scheduledFor"], "content": one.body["content"]}
        wire.get(f"/v1/posts/{one.remote_id}", json={"success": True, "post": record})
    answer = put or {"json": {"success": True, "message": "ok", "post": {}}, "tolerance": True}
    wire.put(f"/v1/posts/scheduled/{one.remote_id}", **answer)
    work(make_due(one))


def ids_of(one: Submission) -> list[str]:
    return [entry["accountId"] for entry in again(one).body["platforms"]]


def test_only_what_names_the_old_connection_is_outdated(cast: Cast) -> None:
    one = schedule(cast, 1)
    assert find_outdated(Account.objects.get()) == []
    assert find_outdated(renew(cast)) == [one]


def test_first_one_moves_alone_and_the_rest_follows(cast: Cast, postpeer_wire: Wire) -> None:
    first, *rest = [schedule(cast, number) for number in range(3)]
    assert start_moving(renew(cast), actor=cast.alice) == 3
    usage(postpeer_wire, 7)
    move_renewed()
    assert PendingEdit.objects.get().submission == first
    move_renewed()
    assert PendingEdit.objects.count() == 1
    carry_out(postpeer_wire, first)
    assert ids_of(first) == ["int_renewed"]
    usage(postpeer_wire, 7)
    move_renewed()
    move_renewed()
    assert PendingEdit.objects.count() == 2
    for one in rest:
        carry_out(postpeer_wire, one)
    move_renewed()
    assert not Renewal.objects.exists() and find_outdated(Account.objects.get()) == []


def test_move_that_costs_is_asked_about(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    first, second = schedule(cast, 1), schedule(cast, 2)
    account = renew(cast)
    start_moving(account, actor=cast.alice)
    usage(postpeer_wire, 7)
    move_renewed()
    carry_out(postpeer_wire, first)
    usage(postpeer_wire, 9)
    move_renewed()
    move_renewed()
    assert Renewal.objects.get().state == "asking" and not PendingEdit.objects.exists()
    page = as_("alice").get(f"/t/{cast.team.slug}/accounts/").content.decode()
    assert "PostPeer counted 2 more" in page
    as_("alice").post(f"/t/{cast.team.slug}/pins/renewed/{account.pk}/move/")
    move_renewed()
    assert PendingEdit.objects.get().submission == second


@pytest.mark.parametrize(("status", "words"), [(402, "Out of credits"), (404, "Account not found")])
def test_refusal_stops_it_and_is_said(cast: Cast, postpeer_wire: Wire, as_: SignIn, status: int, words: str) -> None:
    first, second = schedule(cast, 1), schedule(cast, 2)
    start_moving(renew(cast), actor=cast.alice)
    usage(postpeer_wire, 7)
    move_renewed()
    if status == 404:
        Event.objects.create(pin=first.pin, submission=first, kind="edit_refused", data={"text": words})
        PendingEdit.objects.all().delete()
    else:
        refused = {"success": False, "message": words}
        carry_out(postpeer_wire, first, status=status, json=refused, tolerance=True)
    move_renewed()
    move_renewed()
    assert (Renewal.objects.get().state, PendingEdit.objects.count()) == ("stopped", 0)
    assert ids_of(second) != ["int_renewed"]
    assert words in as_("alice").get(f"/t/{cast.team.slug}/accounts/").content.decode()


def test_nothing_moves_while_usage_cannot_be_read(cast: Cast, postpeer_wire: Wire) -> None:
    schedule(cast, 1)
    start_moving(renew(cast), actor=cast.alice)
    postpeer_wire.get("/v1/usage", status=502, raw=b"", tolerance=True, repeat=True)
    move_renewed()
    assert not PendingEdit.objects.exists() and Renewal.objects.get().state == "wanted"


def test_what_never_left_is_changed_here(cast: Cast, postpeer_wire: Wire) -> None:
    one = make_submitted(cast.team, cast.bob)
    account = renew(cast)
    assert start_moving(account, actor=cast.alice) == 1
    assert ids_of(one) == ["int_renewed"]
    assert again(one).body["publishNow"] and not Renewal.objects.exists() and postpeer_wire.calls == []


def test_near_ones_are_left_alone(cast: Cast, postpeer_wire: Wire) -> None:
    schedule(cast, 0, hours=0.02)
    start_moving(renew(cast), actor=cast.alice)
    move_renewed()
    assert not PendingEdit.objects.exists() and postpeer_wire.calls == []


def test_page_offers_to_move_them(cast: Cast, as_: SignIn) -> None:
    for number in range(12):
        schedule(cast, number)
    account = renew(cast)
    page = as_("alice").get(f"/t/{cast.team.slug}/accounts/").content.decode()
    assert "Move 12 scheduled pins to the renewed connection" in page
    as_("alice").post(f"/t/{cast.team.slug}/pins/renewed/{account.pk}/move/")
    page = as_("alice").get(f"/t/{cast.team.slug}/accounts/").content.decode()
    assert "the first one alone" in page and "/move/" not in page


def test_account_of_another_team_is_not_there(cast: Cast, as_: SignIn) -> None:
    schedule(cast, 1)
    account = renew(cast)
    assert as_("charlie").post(f"/t/{cast.other_team.slug}/pins/renewed/{account.pk}/move/").status_code in (403, 404)
    assert not Renewal.objects.exists()


def test_move_leaves_the_hour_with_all_that_is_known_of_it(cast: Cast, postpeer_wire: Wire) -> None:
    known, asked = schedule(cast, 1), schedule(cast, 2)
    meant = {"wall_clock": "2026-12-01T09:00", "zone_release": "2025b", "hour_asked_at": timezone.now()}
    Pin.objects.filter(pk=asked.pin.pk).update(**meant)
    at = known.pin.scheduled_for
    assert at
    Pin.objects.filter(pk=known.pin.pk).update(wall_clock=read_wall_clock(at, ""), zone_release=current_release())
    names = ("scheduled_for", "time_zone", "wall_clock", "zone_release", "hour_asked_at")
    before = list(Pin.objects.order_by("pk").values(*names))
    start_moving(renew(cast), actor=cast.alice)
    for one in (known, asked):
        usage(postpeer_wire, 7)
        move_renewed()
        if one is asked:
            move_renewed()
        carry_out(postpeer_wire, one)
    assert ids_of(known) == ids_of(asked) == ["int_renewed"]
    assert list(Pin.objects.order_by("pk").values(*names)) == before


def test_first_one_that_has_not_moved_proves_nothing_for_the_rest(cast: Cast, postpeer_wire: Wire) -> None:
    first, second, third = (schedule(cast, number) for number in range(3))
    start_moving(renew(cast), actor=cast.alice)
    usage(postpeer_wire, 7)
    move_renewed()
    assert PendingEdit.objects.get().submission == first
    # Called back, or it went out meanwhile: the change came to nothing, and nobody refused it.
    PendingEdit.objects.all().delete()
    usage(postpeer_wire, 7)
    for _step in range(3):
        move_renewed()
    assert PendingEdit.objects.get().submission == second
    carry_out(postpeer_wire, second)
    usage(postpeer_wire, 7)
    move_renewed()
    move_renewed()
    assert PendingEdit.objects.get().submission == third


def test_what_has_not_moved_in_the_end_is_offered_once_more(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    schedule(cast, 1)
    start_moving(renew(cast), actor=cast.alice)
    usage(postpeer_wire, 7)
    move_renewed()
    PendingEdit.objects.all().delete()
    move_renewed()
    move_renewed()
    assert not Renewal.objects.exists()
    page = as_("alice").get(f"/t/{cast.team.slug}/accounts/").content.decode()
    assert "Move it to the renewed connection" in page
