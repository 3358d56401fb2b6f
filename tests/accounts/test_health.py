"""Refreshing, and what the page says of each account."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from postpeer_dash.accounts.health import reconnect_reason
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.services import refresh_accounts
from tests.accounts.factories import list_integrations, make_account, make_profile
from tests.cast import Cast, SignIn
from tests.postpeer.samples import an_integration, integration_detail
from tests.postpeer.wire import Wire

REFRESH = "/t/nordlicht/accounts/refresh/"
PAGE = "/t/nordlicht/accounts/"
DETAIL = "/v1/connect/integrations/int_1"


@pytest.fixture
def account(cast: Cast) -> Account:
    make_profile(cast.team)
    return make_account(cast.team)


def refreshed(account: Account, wire: Wire) -> Account:
    refresh_accounts(account.team, client=wire.client())
    account.refresh_from_db()
    return account


def test_refresh_reads_health_and_names(account: Account, postpeer_wire: Wire) -> None:
    broken = an_integration(displayName="New name", authStatus="reconnect_required", authFailureReason="access_revoked")
    list_integrations(postpeer_wire, broken)
    refreshed(account, postpeer_wire)
    assert (account.health, account.failure_reason) == ("reconnect_required", "access_revoked")
    assert account.name == "New name"
    assert timezone.now() - (account.checked_at or account.connected_at) < timedelta(minutes=1)


def test_missing_name_keeps_the_old_one(account: Account, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(displayName=None, username=None))
    assert refreshed(account, postpeer_wire).name == "Linden Home"


@pytest.mark.parametrize("word", ["missing", "paused"])
def test_health_that_is_not_told_is_unknown_not_broken(account: Account, postpeer_wire: Wire, word: str) -> None:
    odd = an_integration(authStatus=word)
    if word == "missing":
        del odd["authStatus"]
    answer = {"success": True, "total": 1, "integrations": [odd]}
    postpeer_wire.get("/v1/connect/integrations", json=answer, tolerance=True)
    assert refreshed(account, postpeer_wire).health == "unknown"
    assert account.can_publish


def test_account_gone_at_postpeer_needs_reconnecting(account: Account, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire)
    postpeer_wire.get(DETAIL, status=404, json={"error": "Integration not found"})
    assert refreshed(account, postpeer_wire).health == "reconnect_required"
    assert "gone at PostPeer" in str(reconnect_reason(account))


def test_account_missing_in_the_list_alone_is_not_gone(account: Account, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire)
    detail = {"success": True, "integration": integration_detail()}
    postpeer_wire.get(DETAIL, json=detail)
    assert refreshed(account, postpeer_wire).health == "active"


def test_refresh_never_takes_what_is_new(account: Account, cast: Cast, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(), an_integration(id="int_2", platformUserId="2"))
    refreshed(account, postpeer_wire)
    assert Account.objects.count() == 1
    assert [each["id"] for each in Profile.objects.get().unclaimed] == ["int_2"]


def test_another_teams_account_is_not_called_unclaimed(account: Account, cast: Cast, postpeer_wire: Wire) -> None:
    make_account(cast.other_team, remote_id="int_theirs")
    list_integrations(postpeer_wire, an_integration(), an_integration(id="int_theirs"))
    refreshed(account, postpeer_wire)
    assert Profile.objects.get().unclaimed == []


def test_answer_on_its_way_does_not_bring_a_disconnected_account_back(account: Account, postpeer_wire: Wire) -> None:
    def disconnect(sent: object) -> None:
        Account.objects.update(health="disconnected")

    list_integrations(postpeer_wire)
    postpeer_wire.get(DETAIL, does=disconnect, json={"success": True, "integration": integration_detail()})
    assert refreshed(account, postpeer_wire).health == "disconnected"


def test_team_without_profile_asks_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    refresh_accounts(cast.team, client=postpeer_wire.client())
    assert postpeer_wire.calls == []


def test_refresh_button_goes_back_to_the_page(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration())
    assert as_("alice").post(REFRESH)["Location"] == PAGE


def test_refresh_in_place_answers_the_list_alone(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration())
    page = as_("alice").post(REFRESH, headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<div id="list"')
    assert "checked now" in page
    assert 'hx-trigger="load"' not in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_failing_refresh_keeps_what_was_known(
    as_: SignIn, account: Account, postpeer_wire: Wire, quick: None, headers: dict[str, str]
) -> None:
    postpeer_wire.get("/v1/connect/integrations", raises=requests.ConnectTimeout(), repeat=True)
    page = as_("alice").post(REFRESH, headers=headers).content.decode()
    assert "PostPeer can’t be reached." in page
    assert "Linden Home" in page
    assert 'hx-trigger="load"' not in page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("token_expired", "permission has run out"),
        ("access_revoked", "taken back at Pinterest"),
        ("security_invalidation", "for safety"),
        ("refresh_rejected", "no longer renews"),
        ("gone", "gone at PostPeer"),
        ("", "doesn’t let PostPeer in"),
        ("a_reason_of_tomorrow", "doesn’t let PostPeer in"),
    ],
)
def test_page_says_why_and_has_the_button(as_: SignIn, account: Account, reason: str, words: str) -> None:
    Account.objects.update(health="reconnect_required", failure_reason=reason)
    page = as_("alice").get(PAGE).content.decode()
    assert "Needs reconnecting" in page
    assert words in page
    assert f"{PAGE}{account.pk}/reconnect/" in page


def test_old_health_is_read_again_by_itself(as_: SignIn, account: Account) -> None:
    assert 'hx-trigger="load"' in as_("alice").get(PAGE).content.decode()
    Profile.objects.update(checked_at=timezone.now())
    assert 'hx-trigger="load"' not in as_("alice").get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["bob", "cora", "vera"])
def test_member_sees_accounts_without_buttons(as_: SignIn, account: Account, name: str) -> None:
    Profile.objects.update(unclaimed=[{"id": "int_2", "platform": "pinterest", "name": "Stray"}])
    page = as_(name).get(PAGE).content.decode()
    assert "Linden Home" in page
    assert "Stray" not in page
    for word in ("/connect/", "/refresh/", "/disconnect/", "/reconnect/", "hx-post"):
        assert word not in page


def test_empty_page_says_what_to_do(as_: SignIn) -> None:
    page = as_("alice").get(PAGE).content.decode()
    assert "No account is connected yet" in page
    assert "Connect Pinterest" in page
    assert "Connect LinkedIn" in page


def test_empty_page_of_a_viewer_has_no_button(as_: SignIn) -> None:
    page = as_("vera").get(PAGE).content.decode()
    assert "An admin of this team can connect one." in page
    assert "Connect Pinterest" not in page


def test_other_teams_accounts_are_not_listed(as_: SignIn, cast: Cast) -> None:
    make_account(cast.other_team, display_name="Harbour shop")
    assert "Harbour shop" not in as_("alice").get(PAGE).content.decode()


def test_accounts_of_another_postpeer_are_not_listed(as_: SignIn, account: Account, settings: Any) -> None:
    settings.POSTPEER_BASE_URL = "https://elsewhere.test"
    assert "Linden Home" not in as_("alice").get(PAGE).content.decode()


def test_name_is_shown_as_text(as_: SignIn, account: Account) -> None:
    Account.objects.update(
        display_name="<script>alert(1)</script>", username='"><img src=x>', health="reconnect_required"
    )
    page = as_("alice").get(PAGE).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page


def test_picture_does_not_tell_where_it_is_shown(as_: SignIn, account: Account) -> None:
    Account.objects.update(image_url="https://images.example/a.jpg")
    page = as_("alice").get(PAGE).content.decode()
    start = page.index('<img src="https://images.example/a.jpg"')
    assert 'loading="lazy" referrerpolicy="no-referrer"' in page[start : page.index(">", start)]


def test_account_without_any_name_is_called_by_its_platform(cast: Cast) -> None:
    assert make_account(cast.team, display_name="", username="").name == "Pinterest"
