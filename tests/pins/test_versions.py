"""Two people, or two tabs, with one draft open: whoever saves second is told, and both texts are kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Pin, Review, Status, Submission
from postpeer_dash.pins.services import save_draft, submit_for_review
from postpeer_dash.pins.versions import OvertakenError, require_seen
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, fields_of, make_desk
from tests.pins.factories import make_account, make_draft


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


@pytest.fixture
def draft(cast: Cast, desk: Desk) -> Pin:
    return make_draft(cast.team, cast.cora, account=desk.account, title="As it was")


def url(pin: Pin, name: str = "edit") -> str:
    return reverse(f"pins:{name}", args=[pin.team.slug, pin.uuid])


def open_page(client: Client, pin: Pin) -> dict[str, Any]:
    return fields_of(client.get(url(pin)))


def save(client: Client, pin: Pin, page: dict[str, Any], **changed: Any) -> Any:
    return client.post(url(pin), {**page, "action": "draft", **changed})


def test_page_that_was_overtaken_saves_nothing_and_shows_both_texts(cast: Cast, as_: SignIn, draft: Pin) -> None:
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), title="Corrected by Bob", description="One\nTwo")
    response = save(cora, draft, older, title="Cora’s own")
    page = response.content.decode()
    assert response.status_code == 422 and "Somebody changed this pin while you had it open." in page
    assert 'value="Cora’s own"' in page
    theirs = page[page.index('id="theirs"') : page.index("</dl>")]
    assert "Corrected by Bob" in theirs and "One<br>Two" in theirs and "<bdi>Bob</bdi>" in theirs
    assert Pin.objects.get().title == "Corrected by Bob"


def test_pressed_again_it_takes_the_place_of_theirs(as_: SignIn, draft: Pin) -> None:
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), title="Corrected by Bob")
    told = save(cora, draft, older, title="Cora’s own")
    assert save(cora, draft, fields_of(told)).status_code == 302
    assert (Pin.objects.get().title, Pin.objects.get().version) == ("Cora’s own", 3)


def test_third_who_saves_in_between_is_seen_as_well(as_: SignIn, draft: Pin) -> None:
    cora, bob, adam = as_("cora"), as_("bob"), as_("adam")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), title="Bob’s")
    told = save(cora, draft, older, title="Cora’s own")
    save(adam, draft, open_page(adam, draft), title="Adam’s")
    response = save(cora, draft, fields_of(told))
    assert response.status_code == 422 and "Adam’s" in response.content.decode()


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_pin_that_waits_for_approval_keeps_an_editors_correction(
    as_: SignIn, cast: Cast, draft: Pin, action: str
) -> None:
    submit_for_review(pin=draft, actor=cast.cora)
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), alt_text="Corrected by Bob")
    assert save(cora, draft, older, title="Cora’s own", action=action).status_code == 422
    assert (Pin.objects.get().alt_text, Pin.objects.get().review) == ("Corrected by Bob", Review.WAITING)


@pytest.mark.parametrize("action", ["publish", "schedule"])
def test_overtaken_page_sends_nothing(as_: SignIn, draft: Pin, action: str) -> None:
    bob, adam = as_("bob"), as_("adam")
    older = {**open_page(bob, draft), "scheduled_for": "2999-01-01T10:00"}
    save(adam, draft, open_page(adam, draft), title="Adam’s")
    assert save(bob, draft, older, action=action, scheduled_for="").status_code == 422
    assert Pin.objects.get().status == Status.DRAFT and not Submission.objects.exists()


def test_same_person_in_two_tabs_is_told(as_: SignIn, draft: Pin) -> None:
    bob = as_("bob")
    one, other = open_page(bob, draft), open_page(bob, draft)
    assert save(bob, draft, one, title="In the first tab").status_code == 302
    response = save(bob, draft, other, title="In the second tab")
    page = response.content.decode()
    assert response.status_code == 422 and "in another tab" in page
    assert "In the first tab" in page and "In the second tab" in page
    assert Pin.objects.get().title == "In the first tab"


def test_new_form_left_open_behind_its_own_draft_is_overtaken_too(as_: SignIn, desk: Desk) -> None:
    bob = as_("bob")
    new = {**fields_of(bob.get(desk.url)), "title": "First"}
    bob.post(desk.url, new)
    pin = Pin.objects.get()
    save(bob, pin, open_page(bob, pin), title="Second")
    assert bob.post(desk.url, {**new, "title": "First, once more"}).status_code == 422
    assert Pin.objects.get().title == "Second"


def test_same_save_twice_is_one(as_: SignIn, draft: Pin) -> None:
    bob = as_("bob")
    page = {**open_page(bob, draft), "title": "Once"}
    assert [save(bob, draft, page).status_code for _click in range(2)] == [302, 302]
    assert Pin.objects.get().version == 2


def test_saving_what_is_stored_already_overtakes_nobody(as_: SignIn, draft: Pin) -> None:
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft))
    assert save(cora, draft, older, title="Cora’s own").status_code == 302


def test_other_board_account_time_and_cross_post_are_told_too(as_: SignIn, cast: Cast, draft: Pin) -> None:
    second, linkedin = make_desk(cast.team, display_name="Atelier"), make_account(cast.team, platform="linkedin")
    Account.objects.filter(pk=linkedin.pk).update(display_name="Studio")
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    changed = {"account": second.account.pk, "board": second.board.pk, "cross_post": [linkedin.pk]}
    at = f"{timezone.now() + timedelta(days=5):%Y-%m-%dT%H:%M}"
    assert save(bob, draft, open_page(bob, draft), **changed, scheduled_for=at, timezone="UTC").status_code == 302
    rows = {row.label: row.text for row in save(cora, draft, older, title="Mine").context["theirs"].fields}
    assert rows["Account"] == "Atelier" and rows["Board"] == second.board.name and rows["Also to"] == "Studio"
    assert rows["Day and time"] and rows["Title"] == "As it was"


def test_mistake_in_an_overtaken_page_is_no_leave_to_overwrite(as_: SignIn, draft: Pin) -> None:
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), title="Bob’s")
    wrong = save(cora, draft, older, title="x" * 200)
    assert save(cora, draft, fields_of(wrong), title="Mine").status_code == 422
    assert Pin.objects.get().title == "Bob’s"


def test_signing_in_again_is_no_leave_to_overwrite(cast: Cast, as_: SignIn, draft: Pin) -> None:
    older, client = open_page(as_("cora"), draft), Client()
    client.post(url(draft), {**older, "title": "Typed signed out", "owner": cast.cora.pk})
    bob = as_("bob")
    save(bob, draft, open_page(bob, draft), title="Bob’s")
    client.force_login(cast.cora)
    page = client.get(url(draft))
    assert 'value="Typed signed out"' in page.content.decode()
    assert save(client, draft, fields_of(page)).status_code == 422
    assert Pin.objects.get().title == "Bob’s"


@pytest.mark.parametrize("version", ["x", "-1", "1", "99", ""])
def test_version_that_is_not_the_stored_one_is_none(as_: SignIn, draft: Pin, version: str) -> None:
    bob = as_("bob")
    save(bob, draft, open_page(bob, draft), title="Bob’s")
    cora = as_("cora")
    assert save(cora, draft, open_page(cora, draft), version=version, title="Mine").status_code == 422
    assert Pin.objects.get().title == "Bob’s"


def test_page_from_before_the_upgrade_saves_what_its_person_saved_last(cast: Cast, draft: Pin) -> None:
    Pin.objects.update(version=4, saved_by=cast.cora)
    again = Pin.objects.get()
    require_seen(again, None, cast.cora)
    with pytest.raises(OvertakenError):
        require_seen(again, None, cast.bob)


def test_draft_that_was_changed_is_not_deleted_unseen(as_: SignIn, draft: Pin) -> None:
    cora, bob = as_("cora"), as_("bob")
    seen = cora.get(url(draft, "delete")).context["pin"].version
    save(bob, draft, open_page(bob, draft), title="Bob’s")
    response = cora.post(url(draft, "delete"), {"seen": seen})
    assert response.status_code == 422 and "Nothing was deleted" in response.content.decode()
    now = response.context["pin"].version
    assert cora.post(url(draft, "delete"), {"seen": now}).status_code == 302 and not Pin.objects.exists()


def test_note_about_another_text_is_kept_and_not_sent(as_: SignIn, cast: Cast, draft: Pin) -> None:
    submit_for_review(pin=draft, actor=cast.cora)
    bob, adam = as_("bob"), as_("adam")
    seen = bob.get(url(draft, "send_back")).context["seen"]
    save(adam, draft, open_page(adam, draft), title="Adam’s")
    response = bob.post(url(draft, "send_back"), {"note": "The title, please", "seen": seen})
    page = response.content.decode()
    assert response.status_code == 422 and "while you looked at it" in page and "The title, please" in page
    assert Pin.objects.get().review == Review.WAITING
    bob.post(url(draft, "send_back"), {"note": "The title, please", "seen": response.context["seen"]})
    assert Pin.objects.get().review == Review.RETURNED


def test_version_is_compared_where_it_is_written(cast: Cast, draft: Pin, desk: Desk) -> None:
    from postpeer_dash.pins.services import Content

    content = Content(title="Bob’s", account=desk.account, board=desk.board)
    facts: dict[str, Any] = {"team": cast.team, "form_id": draft.form_id, "pin": draft, "seen": 1}
    save_draft(author=cast.bob, content=content, **facts)
    with pytest.raises(OvertakenError) as raised:
        # The same row object as before: what counts is the row in the database.
        save_draft(author=cast.cora, content=Content(title="Cora’s"), **facts)
    assert raised.value.pin.title == "Bob’s" and raised.value.pin.updated_at <= timezone.now()


def test_words_for_a_draft_that_was_deleted_are_kept_for_a_new_pin(as_: SignIn, draft: Pin, desk: Desk) -> None:
    cora = as_("cora")
    page = open_page(cora, draft)
    draft.delete()
    response = save(cora, draft, page, title="Not lost with it")
    assert response.status_code == 404 and "What you typed is kept" in response.content.decode()
    again = cora.get(desk.url)
    assert 'value="Not lost with it"' in again.content.decode()
    assert fields_of(again)["form_id"] != draft.form_id


def test_words_for_a_pin_that_was_published_meanwhile_are_kept(as_: SignIn, draft: Pin, desk: Desk) -> None:
    cora, bob = as_("cora"), as_("bob")
    older = open_page(cora, draft)
    save(bob, draft, open_page(bob, draft), action="publish")
    page = cora.post(url(draft), {**older, "title": "Too late, but mine"}, follow=True).content.decode()
    assert "handed in already" in page and "It is kept" in page
    assert 'value="Too late, but mine"' in cora.get(desk.url).content.decode()
    assert Pin.objects.get().title == "As it was"


def test_second_click_on_publish_keeps_nothing(as_: SignIn, draft: Pin, desk: Desk) -> None:
    bob = as_("bob")
    page = {**open_page(bob, draft), "action": "publish"}
    pages = [bob.post(url(draft), page, follow=True).content.decode() for _click in range(2)]
    assert "It is kept" not in pages[1]


def test_words_for_another_teams_draft_are_not_found_there(as_: SignIn, cast: Cast, desk: Desk) -> None:
    theirs = make_draft(cast.other_team, cast.charlie, title="Harbour’s own")
    address = reverse("pins:edit", args=["nordlicht", theirs.uuid])
    response = as_("bob").post(address, desk.fields())
    assert response.status_code == 404 and "Harbour" not in response.content.decode()
