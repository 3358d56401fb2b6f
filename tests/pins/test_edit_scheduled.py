"""The page on which a pin that waits for its time is changed, and what the pin's own page says of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import BoardList
from postpeer_dash.pins.models import PendingEdit, Pin, Submission
from postpeer_dash.pins.pages.pin.context import read_pin_context
from postpeer_dash.pins.publishing.pause import stop_sending
from postpeer_dash.pins.publishing.pending_edit import read_edit
from postpeer_dash.postpeer import to_wire
from postpeer_dash.teams.models import Membership
from tests.cast import Cast, SignIn
from tests.pins.editing import BERLIN, NEW, carry_out, change, change_fields, in_minutes, make_held
from tests.pins.factories import again, make_account, make_board, make_draft, make_submitted
from tests.postpeer.wire import Wire


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Return a scheduled pin whose account's boards were read just now."""
    submission = make_held(cast, minutes=60 * 24)
    BoardList.objects.create(account=Account.objects.get(), read_at=timezone.now(), tried_at=timezone.now())
    return submission


def url(submission: Submission, name: str = "edit_scheduled") -> str:
    return reverse(f"pins:{name}", args=["nordlicht", submission.pin.uuid])


def edit_of(submission: Submission) -> PendingEdit:
    edit = read_edit(again(submission))
    assert edit
    return edit


def test_form_shows_the_pin_as_it_is(held: Submission, as_: SignIn) -> None:
    page = as_("bob").get(url(held)).content.decode()
    assert "A calm kitchen" in page and "Save changes" in page and "Leave it as it is" in page
    for missing in ('name="account"', 'name="cross_post"', ">Publish now<", ">Save draft<"):
        assert missing not in page


def test_account_is_told_from_another_of_its_name(cast: Cast, held: Submission, as_: SignIn) -> None:
    own = Account.objects.get()
    make_account(cast.team, display_name=own.display_name, username="studio")
    Account.objects.filter(pk=own.pk).update(username="shop")
    assert f"{own.display_name} (@shop)" in as_("bob").get(url(held)).content.decode()


@pytest.mark.parametrize("name", ["bob", "adam", "alice"])
def test_editor_and_above_ask_for_a_change(held: Submission, as_: SignIn, name: str) -> None:
    response = as_(name).post(url(held), change_fields(held, title="Night", description=NEW))
    assert response.headers["Location"] == url(held, "pin")
    assert edit_of(held).content["title"] == "Night"


@pytest.mark.parametrize("name", ["cora", "vera"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_below_changes_what_was_handed_in(held: Submission, as_: SignIn, name: str, method: str) -> None:
    assert getattr(as_(name), method)(url(held), change_fields(held, title="Night")).status_code == 403
    assert read_edit(again(held)) is None


def test_author_who_contributes_cannot_change_it_after_approval(cast: Cast, held: Submission, as_: SignIn) -> None:
    Pin.objects.update(author=cast.cora, review="approved")
    assert as_("cora").post(url(held), change_fields(held, title="Night")).status_code == 403
    assert "edit/scheduled" not in as_("cora").get(url(held, "pin")).content.decode()


def test_draft_has_a_page_of_its_own(cast: Cast, as_: SignIn) -> None:
    draft = make_draft(cast.team, cast.bob)
    response = as_("bob").post(reverse("pins:edit_scheduled", args=["nordlicht", draft.uuid]), {"title": "Night"})
    assert response.headers["Location"] == reverse("pins:edit", args=["nordlicht", draft.uuid])


def test_new_time_is_meant_in_the_zone_that_was_chosen(held: Submission, as_: SignIn) -> None:
    at = timezone.localtime(in_minutes(300), BERLIN).replace(second=0)
    as_("bob").post(url(held), change_fields(held, scheduled_for=at.strftime("%Y-%m-%dT%H:%M")))
    assert edit_of(held).changed == ["time"]
    assert edit_of(held).body["scheduledFor"] == to_wire(at)


MISTAKES = {
    "title": ({"title": "x" * 112}, "12 characters too long"),
    "link": ({"link": "http://plain.example/"}, "has to start with https://"),
    "time": ({"scheduled_for": ""}, "Choose the day and time"),
    "past": ({"scheduled_for": "2020-01-01T10:00"}, "less than two minutes away"),
    "color": ({"dominant_color": "plum"}, "Write the colour"),
    "board": ({"board": ""}, "Choose a board"),
    "media": ({"media_url": ""}, "needs one picture or video"),
    "words": ({"title": "", "description": ""}, "Write a title or a description"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_said_and_nothing_typed_is_lost(held: Submission, as_: SignIn, name: str) -> None:
    wrong, words = MISTAKES[name]
    response = as_("bob").post(url(held), change_fields(held, alt_text="What I typed", **wrong))
    page = response.content.decode()
    assert response.status_code == 422 and words in page
    assert "What I typed" in page and "Save changes" in page
    assert read_edit(again(held)) is None


def test_time_that_comes_twice_is_asked_about(held: Submission, as_: SignIn, in_2027: None) -> None:
    response = as_("bob").post(url(held), change_fields(held, scheduled_for="2027-10-31T02:30"))
    assert response.status_code == 422 and "comes twice" in response.content.decode()
    as_("bob").post(url(held), change_fields(held, scheduled_for="2027-10-31T02:30", fold="1"))
    assert edit_of(held).body["scheduledFor"] == "2027-10-31T01:30:00.000Z"


@pytest.fixture
def in_2027(held: Submission) -> Any:
    Submission.objects.update(scheduled_for="2027-10-30T10:00:00Z")
    Pin.objects.update(scheduled_for="2027-10-30T10:00:00Z")
    with time_machine.travel("2027-10-29T10:00:00Z"):
        yield


def test_refused_on_the_server_the_form_stays_as_typed(held: Submission, as_: SignIn) -> None:
    Submission.objects.update(scheduled_for=in_minutes(1))
    response = as_("bob").post(url(held), change_fields(held, title="What I typed"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "less than two minutes" in page and "What I typed" in page


def test_opened_too_late_leads_back_and_says_why(held: Submission, as_: SignIn) -> None:
    Submission.objects.update(scheduled_for=in_minutes(1))
    response = as_("bob").get(url(held), follow=True)
    assert response.redirect_chain[-1][0] == url(held, "pin")
    assert "less than two minutes" in response.content.decode()


def test_what_another_changed_meanwhile_is_not_overwritten_unseen(
    cast: Cast, held: Submission, as_: SignIn, postpeer_wire: Wire
) -> None:
    mine = change_fields(held, title="Mine")
    change(held, cast.alice, description=NEW)
    carry_out(postpeer_wire, held)
    response = as_("bob").post(url(held), mine)
    page = response.content.decode()
    assert response.status_code == 422 and "Somebody changed this pin" in page and "Mine" in page
    assert as_("bob").post(url(held), {**mine, "form_id": response.context["form"].data["form_id"]}).status_code == 302
    assert edit_of(held).content["title"] == "Mine"


def test_mistake_in_the_form_is_no_leave_to_overwrite_anothers_change(
    cast: Cast, held: Submission, as_: SignIn, postpeer_wire: Wire
) -> None:
    mine = change_fields(held, title="x" * 112)
    change(held, cast.alice, description=NEW)
    carry_out(postpeer_wire, held)
    form = as_("bob").post(url(held), mine).context["form"]
    response = as_("bob").post(url(held), {**mine, "title": "Mine", "form_id": form.data["form_id"]})
    assert response.status_code == 422 and "Somebody changed this pin" in response.content.decode()
    assert read_edit(again(held)) is None


def test_signing_in_again_is_no_leave_to_overwrite_anothers_change(
    cast: Cast, held: Submission, postpeer_wire: Wire
) -> None:
    client, mine = Client(), change_fields(held, title="Mine", owner=cast.bob.pk)
    client.post(url(held), mine)
    change(held, cast.alice, description=NEW)
    carry_out(postpeer_wire, held)
    client.force_login(cast.bob)
    form = client.get(url(held)).context["form"]
    response = client.post(url(held), {**mine, "form_id": form["form_id"].value()})
    assert response.status_code == 422 and "Somebody changed this pin" in response.content.decode()


def test_failed_platform_is_not_sent_again_in_the_old_words_during_a_change(
    cast: Cast, held: Submission, as_: SignIn
) -> None:
    linkedin = make_account(cast.team, platform="linkedin")
    target = held.pin.targets.create(account=linkedin, platform="linkedin", status="failed")
    change(held, cast.bob, description=NEW)
    page = as_("bob").post(url(held, "retry"), follow=True).content.decode()
    assert "A change of this pin is under way" in page
    target.refresh_from_db()
    assert target.status == "failed" and Submission.objects.count() == 1


def test_other_accounts_in_the_form_change_nothing(cast: Cast, held: Submission, as_: SignIn) -> None:
    mine, foreign = make_account(cast.team), make_account(cast.other_team, remote_id="int_foreign")
    linkedin = make_account(cast.team, platform="linkedin")
    for account in (mine, foreign):
        PendingEdit.objects.all().delete()
        as_("bob").post(
            url(held), change_fields(held, title="Night", account=account.pk, cross_post=[linkedin.pk, foreign.pk])
        )
        (entry,) = edit_of(held).body["platforms"]
        assert entry["accountId"] == "int_1"


def test_other_boards_than_the_accounts_own_are_refused(cast: Cast, held: Submission, as_: SignIn) -> None:
    for account in (make_account(cast.team), make_account(cast.other_team)):
        response = as_("bob").post(url(held), change_fields(held, board=make_board(account).pk))
        assert response.status_code == 422 and "Choose one of the boards" in response.content.decode()
    assert read_edit(again(held)) is None


def test_time_can_be_changed_while_the_account_needs_reconnecting(held: Submission, as_: SignIn) -> None:
    Account.objects.update(health=Account.Health.RECONNECT_REQUIRED)
    at = timezone.localtime(in_minutes(300), BERLIN).strftime("%Y-%m-%dT%H:%M")
    assert as_("bob").post(url(held), change_fields(held, scheduled_for=at)).status_code == 302
    assert edit_of(held).changed == ["time"]


def test_board_that_is_gone_has_to_be_replaced(held: Submission, as_: SignIn) -> None:
    Account.objects.get().boards.update(gone_at=timezone.now())
    response = as_("bob").post(url(held), change_fields(held, title="Night"))
    assert response.status_code == 422 and "gone from Pinterest" in response.content.decode()


def test_nothing_different_is_said(held: Submission, as_: SignIn) -> None:
    response = as_("bob").post(url(held), change_fields(held), follow=True)
    assert "nothing was changed" in response.content.decode()
    assert read_edit(again(held)) is None


def test_double_click_asks_once(held: Submission, as_: SignIn) -> None:
    both = [as_("bob").post(url(held), change_fields(held, title="Night")) for _n in range(2)]
    assert [answer.status_code for answer in both] == [302, 302]
    assert held.pin.events.filter(kind="edit_pressed").count() == 1


def test_signed_out_what_was_typed_is_kept(cast: Cast, held: Submission) -> None:
    client = Client()
    client.post(url(held), change_fields(held, title="What I typed", owner=cast.bob.pk))
    client.force_login(cast.bob)
    page = client.get(url(held)).content.decode()
    assert "What I typed" in page and "Here is what you typed before" in page
    assert read_edit(again(held)) is None


def test_boards_are_refreshed_without_losing_what_was_typed(
    held: Submission, as_: SignIn, refreshed: list[Account]
) -> None:
    page = (
        as_("bob").post(url(held), change_fields(held, title="What I typed", action="refresh_boards")).content.decode()
    )
    assert refreshed == [Account.objects.get()]
    assert "What I typed" in page and "Save changes" in page


def test_page_is_read_in_fifteen_queries(held: Submission, as_: SignIn, django_assert_max_num_queries: Any) -> None:
    client = as_("bob")
    client.get(url(held))
    with django_assert_max_num_queries(15):
        client.get(url(held))


def test_pin_offers_it_to_those_who_may(held: Submission, as_: SignIn) -> None:
    link = f'href="{url(held)}"'
    assert link in as_("bob").get(url(held, "pin")).content.decode()
    assert link not in as_("cora").get(url(held, "pin")).content.decode()


@pytest.mark.parametrize("minutes", [1, -5])
def test_pin_does_not_offer_it_when_its_time_is_near(held: Submission, as_: SignIn, minutes: int) -> None:
    Submission.objects.update(scheduled_for=in_minutes(minutes))
    Pin.objects.update(scheduled_for=in_minutes(minutes))
    assert url(held) not in as_("bob").get(url(held, "pin")).content.decode()


def test_pin_that_waits_here_for_its_time_offers_it(cast: Cast, as_: SignIn) -> None:
    waiting = make_submitted(cast.team, cast.bob, scheduled_for=in_minutes(60))
    assert url(waiting) in as_("bob").get(url(waiting, "pin")).content.decode()


def test_pin_that_goes_out_at_once_does_not(cast: Cast, as_: SignIn) -> None:
    waiting = make_submitted(cast.team, cast.bob)
    assert url(waiting) not in as_("bob").get(url(waiting, "pin")).content.decode()


def test_pin_says_changing_until_it_is_settled(cast: Cast, held: Submission, as_: SignIn, postpeer_wire: Wire) -> None:
    change(held, cast.bob, title="Night", description=NEW)
    before = as_("vera").get(url(held, "pin"))
    page = before.content.decode()
    assert "Changing …" in page and "Bob asked to change the title and the description" in page
    assert before.context["every"] == 1
    assert url(held) not in as_("bob").get(url(held, "pin")).content.decode()
    carry_out(postpeer_wire, held)
    after = as_("vera").get(f"{url(held, 'live')}?state={before.context['state']}").content.decode()
    assert "Changing …" not in after and "PostPeer’s record shows the change" in after


def test_pin_that_was_read_before_its_change_and_the_rest_after_it_looks_again(
    cast: Cast, held: Submission, postpeer_wire: Wire
) -> None:
    change(held, cast.bob, title="Night")
    read_early = Pin.objects.select_related("account", "board").get(pk=held.pin_id)
    carry_out(postpeer_wire, held)
    viewer = Membership.objects.get(team=cast.team, user=cast.vera)
    assert read_pin_context(read_early, viewer)["every"] == 1
    assert read_pin_context(Pin.objects.get(pk=held.pin_id), viewer)["every"] == 0


def test_pin_whose_account_was_connected_anew_says_what_is_changed(cast: Cast, held: Submission, as_: SignIn) -> None:
    Account.objects.update(remote_id="int_anew")
    change(held, cast.bob)
    page = as_("bob").get(url(held, "pin")).content.decode()
    assert "Bob asked to change it. It should go out" in page


def test_pin_says_that_a_stopped_team_makes_the_change_wait(cast: Cast, held: Submission, as_: SignIn) -> None:
    change(held, cast.bob, title="Night")
    stop_sending(team=cast.team, actor=cast.adam)
    assert "Sending is stopped, so the change waits" in as_("bob").get(url(held, "pin")).content.decode()


ENDS = {
    "edit_too_late": "The last change came too late",
    "edit_refused": "saying “No such board”",
    "edit_unseen": "tell whether the last change was done",
}


@pytest.mark.parametrize("kind", ENDS)
def test_pin_says_how_the_last_change_ended(cast: Cast, held: Submission, as_: SignIn, kind: str) -> None:
    change(held, cast.bob, title="Night")
    PendingEdit.objects.all().delete()
    held.pin.events.create(kind=kind, data={"text": "No such board"}, at=timezone.now() + timedelta(seconds=1))
    assert ENDS[kind] in as_("bob").get(url(held, "pin")).content.decode()


def test_browser_with_other_rules_is_asked_about_once(held: Submission, as_: SignIn) -> None:
    at = (timezone.now() + timedelta(days=3)).astimezone(BERLIN)
    typed = {"scheduled_for": at.strftime("%Y-%m-%dT%H:%M"), "alt_text": "What I typed"}
    shown = (at + timedelta(hours=1)).isoformat()
    response = as_("bob").post(url(held), change_fields(held, **typed, shown_at=shown))
    page = response.content.decode()
    assert response.status_code == 422 and "Your browser takes" in page and "What I typed" in page
    confirmed = page.split('name="confirmed_at" value="')[1].split('"')[0]
    answer = as_("bob").post(url(held), change_fields(held, **typed, shown_at=shown, confirmed_at=confirmed))
    assert answer.status_code == 302 and edit_of(held).scheduled_for == at.replace(second=0, microsecond=0)
