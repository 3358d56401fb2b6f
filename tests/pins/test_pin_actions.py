from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.pins.models import Pin, Status, Submission
from tests.cast import Cast, SignIn
from tests.pins.composing import fields_of, make_desk
from tests.pins.factories import make_draft, make_submitted
from tests.pins.listing import make_pin

State = Submission.State


def url(pin: Pin, name: str = "pin", *more: Any) -> str:
    return reverse(f"pins:{name}", args=["nordlicht", pin.uuid, *more])


def make_unconfirmed(cast: Cast) -> Submission:
    one = make_submitted(cast.team, cast.bob)
    Submission.objects.update(state=State.UNCONFIRMED, due_at=timezone.now())
    one.pin.targets.update(status=Status.UNCONFIRMED)
    Pin.objects.update(status=Status.UNCONFIRMED)
    return one


def test_deleting_asks_first(cast: Cast, as_: SignIn) -> None:
    draft = make_draft(cast.team, cast.cora)
    assert "Delete this draft?" in as_("cora").get(url(draft, "delete")).content.decode()
    assert Pin.objects.filter(pk=draft.pk).exists()


def test_contributor_deletes_an_own_draft(cast: Cast, as_: SignIn) -> None:
    draft = make_draft(cast.team, cast.cora)
    response = as_("cora").post(url(draft, "delete"))
    assert response.headers["Location"] == "/t/nordlicht/pins/"
    assert not Pin.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_contributor_cannot_delete_anothers_draft(cast: Cast, as_: SignIn, method: str) -> None:
    draft = make_draft(cast.team, cast.bob)
    assert getattr(as_("cora"), method)(url(draft, "delete")).status_code == 403
    assert Pin.objects.filter(pk=draft.pk).exists()


def test_what_was_handed_in_is_not_deleted(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    response = as_("bob").post(url(pin, "delete"), follow=True)
    assert "stays in the history" in response.content.decode()
    assert Pin.objects.filter(pk=pin.pk).exists()


def test_calling_back_asks_first(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    assert "Cancel this pin?" in as_("bob").get(url(pin, "cancel")).content.decode()
    assert Submission.objects.get().state == State.QUEUED


def test_waiting_pin_is_called_back_at_once(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob, scheduled_for=timezone.now() + timedelta(days=1)).pin
    response = as_("bob").post(url(pin, "cancel"), follow=True)
    assert "was cancelled today at" in response.content.decode()
    assert Submission.objects.get().state == State.CANCELLED


def test_copy_opens_the_form_of_a_new_pin_and_stores_nothing(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob, title="Once more").pin
    response = as_("cora").post(url(pin, "copy"), follow=True)
    assert response.redirect_chain[-1][0] == f"/t/nordlicht/pins/new/?from={pin.uuid}"
    assert 'value="Once more"' in response.content.decode()
    assert Pin.objects.get() == pin


def test_saved_copy_is_linked_to_the_pin_it_was_made_from(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob, title="Once more").pin
    cora = as_("cora")
    page = cora.post(url(pin, "copy"), follow=True)
    cora.post("/t/nordlicht/pins/new/", {**fields_of(page), "action": "draft"})
    draft = Pin.objects.get(parent=pin)
    assert (draft.author, draft.status, draft.title) == (cast.cora, Status.DRAFT, "Once more")
    assert [event.kind for event in draft.events.all()] == ["copied"]


def test_copy_that_was_only_looked_at_leaves_the_next_new_pin_as_it_was(cast: Cast, as_: SignIn) -> None:
    usual, other = make_desk(cast.team), make_desk(cast.team)
    pin = make_submitted(cast.team, cast.adam, account=other.account, board=other.board).pin
    make_draft(cast.team, cast.bob, account=usual.account, board=usual.board)
    bob = as_("bob")
    bob.post(url(pin, "copy"), follow=True)
    context = bob.get(usual.url).context
    assert (context["chosen"], context["picker"].chosen) == (usual.account, usual.board)


def test_copy_of_another_teams_pin_is_not_found(cast: Cast, as_: SignIn) -> None:
    theirs = make_draft(cast.other_team, cast.charlie)
    assert as_("bob").get(f"/t/nordlicht/pins/new/?from={theirs.uuid}").status_code == 404


def test_another_teams_pin_is_no_source_of_a_draft(cast: Cast, as_: SignIn) -> None:
    theirs = make_draft(cast.other_team, cast.charlie)
    make_desk(cast.team).post(as_("bob"), source=str(theirs.uuid))
    assert Pin.objects.get(team=cast.team).parent is None


def test_retry_sends_what_failed(cast: Cast, as_: SignIn) -> None:
    pin = make_submitted(cast.team, cast.bob).pin
    Submission.objects.update(state=State.REFUSED)
    pin.targets.get().carried.update(is_open=False)
    pin.targets.update(status=Status.FAILED)
    as_("bob").post(url(pin, "retry"))
    assert pin.targets.get().status == Status.QUEUED
    assert Submission.objects.filter(pin=pin).count() == 2


def test_retry_of_what_is_out_sends_nothing(cast: Cast, as_: SignIn) -> None:
    pin = make_pin(cast.team, cast.bob)
    response = as_("bob").post(url(pin, "retry"), follow=True)
    assert "nothing was sent again" in response.content.decode()


def test_person_who_saw_it_settles_it_with_its_link(cast: Cast, as_: SignIn) -> None:
    one = make_unconfirmed(cast)
    where = "https://www.pinterest.com/pin/7/"
    response = as_("bob").post(url(one.pin, "confirm_published", one.uuid), {"url": where}, follow=True)
    assert one.pin.targets.get().status == Status.PUBLISHED
    text = response.content.decode()
    assert "Bob says that it is out" in text and f'href="{where}"' in text


def test_link_may_be_left_out(cast: Cast, as_: SignIn) -> None:
    one = make_unconfirmed(cast)
    as_("bob").post(url(one.pin, "confirm_published", one.uuid), {"url": ""})
    assert one.pin.targets.get().status == Status.PUBLISHED


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "ftp://example.com/x",
        "not an address",
        "http://www.pinterest.com/pin/7/",
        "https://localhost/pin/7/",
        "https://192.168.0.10/pin/7/",
    ],
)
def test_odd_link_is_refused_beside_its_field(cast: Cast, as_: SignIn, typed: str) -> None:
    one = make_unconfirmed(cast)
    response = as_("bob").post(url(one.pin, "confirm_published", one.uuid), {"url": typed})
    assert response.status_code == 422 and response.context["form"].errors["url"]
    assert one.pin.targets.get().status == Status.UNCONFIRMED


def test_sandbox_has_addresses_of_its_own(cast: Cast, as_: SignIn, settings: Any) -> None:
    settings.POSTPEER_BASE_URL = "http://localhost:8001"
    one = make_unconfirmed(cast)
    as_("bob").post(url(one.pin, "confirm_published", one.uuid), {"url": "http://localhost:8001/pin/7"})
    assert one.pin.targets.get().status == Status.PUBLISHED


def test_person_who_missed_it_has_it_looked_for_once_more(cast: Cast, as_: SignIn) -> None:
    one = make_unconfirmed(cast)
    response = as_("bob").post(url(one.pin, "confirm_absent", one.uuid), follow=True)
    assert "You say that it isn’t there." in response.content.decode()
    assert Submission.objects.get().state == State.UNCONFIRMED  # nothing is sent yet


@pytest.mark.parametrize("name", ["confirm_published", "confirm_absent"])
def test_what_was_cleared_up_meanwhile_stays_so(cast: Cast, as_: SignIn, name: str) -> None:
    one = make_unconfirmed(cast)
    Submission.objects.update(state=State.DONE)
    response = as_("bob").post(url(one.pin, name, one.uuid), follow=True)
    assert "cleared up meanwhile" in response.content.decode()


@pytest.mark.parametrize("name", ["confirm_published", "confirm_absent"])
def test_submission_of_another_pin_is_not_found(cast: Cast, as_: SignIn, name: str) -> None:
    one = make_unconfirmed(cast)
    other = make_pin(cast.team, cast.bob)
    assert as_("bob").post(url(other, name, one.uuid)).status_code == 404
