from collections.abc import Callable
from importlib import import_module

import pytest
from django.urls import reverse

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.models import Pin, Review, Status, Submission
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_account, make_board, make_draft


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def edit_url(pin: Pin) -> str:
    return reverse("pins:edit", args=[pin.team.slug, pin.uuid])


def pin_url(pin: Pin) -> str:
    return reverse("pins:pin", args=[pin.team.slug, pin.uuid])


# Saving and sending


def test_draft_is_saved_and_shown_again(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    response = desk.post(bob)
    pin = Pin.objects.get()
    assert response.headers["Location"] == edit_url(pin)
    page = bob.get(edit_url(pin)).content.decode()
    assert "Draft saved at" in page
    assert 'value="A calm kitchen"' in page
    assert "Oak, linen and a little light.</textarea>" in page


def test_draft_may_be_almost_empty(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), account="", board="", title="", description="", link="", media_url="")
    assert response.status_code == 302
    assert Pin.objects.get().status == Status.DRAFT


def test_unknown_action_saves_a_draft_and_sends_nothing(desk: Desk, as_: SignIn) -> None:
    desk.post(as_("bob"), action="publish!!")
    assert Pin.objects.get().status == Status.DRAFT
    assert not Submission.objects.exists()


def test_action_of_another_page_saves_a_draft_and_asks_for_no_approval(desk: Desk, as_: SignIn) -> None:
    desk.post(as_("cora"), action="save", media_url="", board="")
    assert (Pin.objects.get().status, Pin.objects.get().review) == ("draft", "none")


def test_publishing_leads_to_the_pins_page(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), action="publish")
    pin = Pin.objects.get()
    assert response.headers["Location"] == pin_url(pin)
    assert pin.is_frozen
    assert Submission.objects.get().scheduled_for is None


def test_publishing_forgets_a_time_that_was_filled_in(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("bob"), action="publish", scheduled_for="1999-01-01T00:00")
    assert response.status_code == 302
    assert Submission.objects.get().scheduled_for is None


def test_scheduling_keeps_instant_and_zone(desk: Desk, as_: SignIn, in_november: None) -> None:
    desk.post(as_("bob"), action="schedule", scheduled_for="2026-11-26T18:15", timezone="America/New_York")
    pin = Pin.objects.get()
    assert Submission.objects.get().scheduled_for == pin.scheduled_for
    assert pin.scheduled_for is not None
    assert pin.scheduled_for.isoformat() == "2026-11-26T23:15:00+00:00"
    assert pin.time_zone == "America/New_York"


def test_same_form_twice_is_one_draft(desk: Desk, as_: SignIn) -> None:
    fields, bob = desk.fields(), as_("bob")
    first, second = bob.post(desk.url, fields), bob.post(desk.url, fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert Pin.objects.count() == 1


def test_double_click_on_publish_sends_once(desk: Desk, as_: SignIn) -> None:
    fields, bob = desk.fields(action="publish"), as_("bob")
    first, second = bob.post(desk.url, fields), bob.post(desk.url, fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert Pin.objects.count() == Submission.objects.count() == 1


def test_second_click_on_a_sent_form_says_so(desk: Desk, as_: SignIn) -> None:
    fields, bob = desk.fields(action="publish"), as_("bob")
    bob.post(desk.url, fields)
    response = bob.post(desk.url, {**fields, "title": "Changed"}, follow=True)
    assert "handed in already, once" in response.content.decode()
    assert Pin.objects.get().title == "A calm kitchen"


def test_cross_post_is_kept_with_the_pin(desk: Desk, as_: SignIn, cast: Cast) -> None:
    linkedin = make_account(cast.team, platform="linkedin", display_name="Studio")
    bob = as_("bob")
    desk.post(bob, cross_post=[linkedin.pk])
    pin = Pin.objects.get()
    assert set(pin.targets.values_list("account", flat=True)) == {desk.account.pk, linkedin.pk}
    page = bob.get(edit_url(pin)).content.decode()
    assert f'value="{linkedin.pk}" id="cross-{linkedin.pk}" checked' in page


def test_editing_changes_the_same_pin(desk: Desk, as_: SignIn, cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account)
    as_("bob").post(edit_url(pin), desk.fields(title="Another title"))
    assert Pin.objects.get().title == "Another title"


def test_sent_pin_is_not_edited(desk: Desk, as_: SignIn, cast: Cast) -> None:
    bob = as_("bob")
    desk.post(bob, action="publish")
    pin = Pin.objects.get()
    assert bob.get(edit_url(pin)).headers["Location"] == pin_url(pin)
    assert bob.post(edit_url(pin), desk.fields(title="Late")).headers["Location"] == pin_url(pin)
    assert Pin.objects.get().title == "A calm kitchen"


def test_pin_sent_between_looking_and_saving_is_not_changed(
    desk: Desk, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, bob = desk.fields(action="publish"), as_("bob")
    bob.post(desk.url, fields)
    module = import_module("postpeer_dash.pins.pages.compose.views")
    monkeypatch.setattr(module, "_find_sent_form", lambda request: None)
    response = bob.post(desk.url, {**fields, "title": "Too late"})
    assert response.headers["Location"] == pin_url(Pin.objects.get())
    assert Pin.objects.get().title == "A calm kitchen"
    assert Submission.objects.count() == 1


# Who may


@pytest.mark.parametrize("action", ["publish", "schedule"])
def test_contributor_cannot_publish(desk: Desk, as_: SignIn, action: str) -> None:
    assert desk.post(as_("cora"), action=action).status_code == 403
    assert not Pin.objects.exists()


def test_contributor_sees_no_publish_button(desk: Desk, as_: SignIn) -> None:
    page = as_("cora").get(desk.url).content.decode()
    assert 'value="submit"' in page
    assert 'value="publish"' not in page
    assert 'value="schedule"' not in page


def test_contributor_submits_for_approval(desk: Desk, as_: SignIn) -> None:
    response = desk.post(as_("cora"), action="submit")
    pin = Pin.objects.get()
    assert response.headers["Location"] == pin_url(pin)
    assert pin.review == Review.WAITING
    assert not Submission.objects.exists()


def test_viewer_cannot_compose(desk: Desk, as_: SignIn) -> None:
    assert as_("vera").get(desk.url).status_code == 403
    assert desk.post(as_("vera")).status_code == 403


def test_outsider_finds_nothing(desk: Desk, as_: SignIn) -> None:
    assert as_("charlie").get(desk.url).status_code == 404
    assert desk.post(as_("charlie")).status_code == 404


def test_contributor_cannot_edit_anothers_draft(desk: Desk, as_: SignIn, cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account)
    assert as_("cora").get(edit_url(pin)).status_code == 403


def test_contributor_cannot_take_over_a_draft_by_its_forms_id(desk: Desk, as_: SignIn, cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account, title="Bob’s")
    response = desk.post(as_("cora"), form_id=str(pin.form_id), title="Cora’s")
    assert response.status_code == 403
    assert Pin.objects.get().title == "Bob’s"


def test_another_teams_draft_is_not_found(desk: Desk, as_: SignIn, cast: Cast) -> None:
    theirs = make_draft(cast.other_team, cast.charlie)
    assert as_("alice").get(reverse("pins:edit", args=[cast.team.slug, theirs.uuid])).status_code == 404


# Rows of other teams, and accounts that can't be used


def test_another_teams_account_is_refused(desk: Desk, as_: SignIn, cast: Cast, no_wire: None) -> None:
    theirs = make_account(cast.other_team, display_name="Harbour light")
    response = desk.post(as_("bob"), account=theirs.pk, action="publish")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choose one of your accounts" in page
    assert "Harbour light" not in page
    assert not Pin.objects.exists()


def test_another_teams_board_is_refused(desk: Desk, as_: SignIn, cast: Cast) -> None:
    theirs = make_board(make_account(cast.other_team), name="Their secret board")
    response = desk.post(as_("bob"), board=theirs.pk)
    assert response.context["form"].errors["board"] == ["Choose one of the boards of Account 1."]
    assert "Their secret board" not in response.content.decode()


def test_another_teams_account_is_refused_as_cross_post(desk: Desk, as_: SignIn, cast: Cast) -> None:
    theirs = make_account(cast.other_team, platform="linkedin")
    response = desk.post(as_("bob"), cross_post=[theirs.pk])
    assert "cross_post" in response.context["form"].errors


def test_pinterest_account_is_no_cross_post(desk: Desk, as_: SignIn, cast: Cast) -> None:
    second = make_account(cast.team)
    assert "cross_post" in desk.post(as_("bob"), cross_post=[second.pk]).context["form"].errors


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "1' OR 1=1", "¹"])
def test_nonsense_for_an_id_is_refused_like_a_foreign_one(desk: Desk, as_: SignIn, nonsense: str) -> None:
    response = desk.post(as_("bob"), account=nonsense, board=nonsense, cross_post=[nonsense])
    assert response.status_code == 422
    assert {"account", "cross_post"} <= set(response.context["form"].errors)


def test_disconnected_account_is_refused(desk: Desk, as_: SignIn) -> None:
    Account.objects.filter(pk=desk.account.pk).update(health=Account.Health.DISCONNECTED)
    assert "account" in desk.post(as_("bob")).context["form"].errors


def test_account_to_be_reconnected_is_shown_but_not_choosable(desk: Desk, as_: SignIn, cast: Cast) -> None:
    broken = make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED, display_name="Kornhaus")
    page = as_("alice").get(desk.url).content.decode()
    assert f'value="{broken.pk}" disabled' in page
    assert "Kornhaus has to be connected again." in page
    assert "Reconnect" in page


def test_stale_form_with_a_broken_account_keeps_everything(desk: Desk, as_: SignIn) -> None:
    Account.objects.filter(pk=desk.account.pk).update(health=Account.Health.RECONNECT_REQUIRED)
    response = desk.post(as_("bob"), action="publish")
    assert response.status_code == 422
    assert "has to be connected again" in response.context["form"].errors["account"][0]
    page = response.content.decode()
    assert 'value="A calm kitchen"' in page
    assert f'value="{desk.account.pk}" checked' in page


def test_broken_account_doesnt_keep_a_draft_from_being_saved(desk: Desk, as_: SignIn) -> None:
    Account.objects.filter(pk=desk.account.pk).update(health=Account.Health.RECONNECT_REQUIRED)
    assert desk.post(as_("bob")).status_code == 302
    assert Pin.objects.get().account == desk.account


def test_broken_cross_post_is_said_before_sending(desk: Desk, as_: SignIn, cast: Cast) -> None:
    linkedin = make_account(cast.team, platform="linkedin", health=Account.Health.RECONNECT_REQUIRED)
    assert "cross_post" in desk.post(as_("bob"), cross_post=[linkedin.pk], action="publish").context["form"].errors


def test_board_gone_from_pinterest_is_not_sent_to(desk: Desk, as_: SignIn, in_november: None) -> None:
    Board.objects.filter(pk=desk.board.pk).update(gone_at="2026-11-20T10:00Z")
    response = desk.post(as_("bob"), action="publish")
    assert response.context["form"].errors["board"] == ["This board is gone from Pinterest. Choose another one."]


# The page


def test_page_is_read_in_twelve_queries_with_240_boards(
    desk: Desk, as_: SignIn, cast: Cast, django_assert_max_num_queries: Callable[..., object]
) -> None:
    Board.objects.bulk_create(
        Board(account=desk.account, remote_id=str(2 * 10**17 + number), name=f"Board {number}") for number in range(240)
    )
    make_account(cast.team, platform="linkedin")
    make_draft(cast.team, cast.bob, account=desk.account)
    bob = as_("bob")
    with django_assert_max_num_queries(12):
        page = bob.get(desk.url).content.decode()
    assert page.count("<option") > 240


def test_account_and_board_used_last_are_chosen(desk: Desk, as_: SignIn, cast: Cast) -> None:
    second = make_desk(cast.team)
    make_draft(cast.team, cast.bob, account=second.account, board=second.board)
    context = as_("bob").get(desk.url).context
    assert context["chosen"] == second.account
    assert context["picker"].chosen == second.board


def test_address_chooses_account_and_board(desk: Desk, as_: SignIn, cast: Cast) -> None:
    second = make_desk(cast.team)
    context = as_("bob").get(f"{desk.url}?account={second.account.pk}&board={second.board.pk}").context
    assert (context["chosen"], context["picker"].chosen) == (second.account, second.board)


def test_address_with_anothers_account_is_ignored(desk: Desk, as_: SignIn, cast: Cast) -> None:
    theirs = make_account(cast.other_team)
    assert as_("bob").get(f"{desk.url}?account={theirs.pk}&board=x").context["chosen"] == desk.account


def test_five_accounts_are_a_list(desk: Desk, as_: SignIn, cast: Cast) -> None:
    for _number in range(4):
        make_account(cast.team)
    assert '<select class="form-select" name="account"' in as_("bob").get(desk.url).content.decode()


@pytest.mark.parametrize(("who", "has_button"), [("alice", True), ("bob", False)])
def test_team_without_an_account_is_told_what_to_do(as_: SignIn, cast: Cast, who: str, has_button: bool) -> None:
    page = as_(who).get(reverse("pins:compose", args=[cast.team.slug])).content.decode()
    assert "No Pinterest account is connected yet" in page
    assert ("Connect Pinterest" in page) is has_button


def test_browser_speaks_to_nobody_but_us(desk: Desk, as_: SignIn) -> None:
    policy = as_("bob").get(desk.url).headers["Content-Security-Policy"]
    assert "connect-src 'self';" in f"{policy};"


def test_return_key_presses_save_draft(desk: Desk, as_: SignIn) -> None:
    page = as_("bob").get(desk.url).content.decode()
    form = page[page.index('<form class="compose"') :]
    first = form[form.index("<button") : form.index("</button>")]
    # Without a word of its own: what is pressed without one is saved as a draft.
    assert 'type="submit"' in first and "value=" not in first
    assert desk.post(as_("bob"), action="").status_code == 302
    assert Pin.objects.get().status == "draft"


def test_refreshing_boards_keeps_what_is_typed(desk: Desk, as_: SignIn, refreshed: list[Account]) -> None:
    response = desk.post(as_("bob"), action="refresh_boards", title="x" * 150, description="Half a thought")
    page = response.content.decode()
    assert response.status_code == 200
    assert refreshed == [desk.account]
    assert "x" * 150 in page
    assert "Half a thought</textarea>" in page
    assert response.context["picker"].chosen == desk.board
    assert not Pin.objects.exists()


def test_form_without_a_valid_id_does_nothing_and_gets_one(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    response = desk.post(bob, form_id="nonsense", action="publish")
    assert response.status_code == 422
    assert not Pin.objects.exists()
    desk.post(bob, form_id=str(response.context["form"]["form_id"].value()), action="publish")
    assert Pin.objects.count() == 1


def test_form_ids_are_new_each_time(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    ids = {str(bob.get(desk.url).context["form"]["form_id"].value()) for _time in range(2)}
    assert len(ids) == 2
