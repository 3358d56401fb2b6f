"""Back from the consent page: who may come back, when, how often, and what is found."""

from datetime import timedelta

import pytest
import requests
from django.contrib.sessions.models import Session
from django.test import Client

from postpeer_dash.accounts.models import Account, ConnectAttempt
from postpeer_dash.teams.models import AuditEvent, Membership
from tests.accounts.factories import list_integrations, make_account, make_profile, start_trip
from tests.cast import Cast, SignIn
from tests.postpeer.samples import an_integration
from tests.postpeer.wire import Wire


@pytest.fixture
def alice(as_: SignIn, cast: Cast) -> Client:
    make_profile(cast.team)
    return as_("alice")


def test_return_offers_what_is_new_and_adds_nothing(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    list_integrations(postpeer_wire, an_integration(displayName="Neues Konto"))
    page = alice.get(way_back, follow=True).content.decode()
    assert "Neues Konto" in page
    assert "Add this account" in page
    assert not Account.objects.exists()


def test_parameters_of_the_return_are_ignored(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    list_integrations(postpeer_wire)
    page = alice.get(f"{way_back}?success=true&accountId=int_evil&integrationId=int_evil", follow=True)
    assert ConnectAttempt.objects.get().offered == []
    assert "int_evil" not in page.content.decode()


def test_return_works_once(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    assert alice.get(way_back).status_code == 302
    again = alice.get(way_back)
    assert again.status_code == 410
    assert "used already" in again.content.decode()


def test_cancelled_consent_is_said(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    page = alice.get(f"{way_back}cancelled/?error=access_denied", follow=True).content.decode()
    assert "Nothing was connected." in page
    assert "The consent at Pinterest was cancelled." in page
    assert "Connect Pinterest" in page
    assert ConnectAttempt.objects.get().was_cancelled


def test_cancelled_trip_offers_nothing_afterwards(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    alice.get(f"{way_back}cancelled/")
    alice.get(f"/t/nordlicht/accounts/connected/{ConnectAttempt.objects.get().pk}/")
    assert len(postpeer_wire.calls) == 1


def test_word_cancelled_in_the_query_means_nothing(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    alice.get(f"{way_back}?cancelled=1")
    assert not ConnectAttempt.objects.get().was_cancelled


def test_return_after_half_an_hour_is_too_late(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    attempt = ConnectAttempt.objects.get()
    ConnectAttempt.objects.update(created_at=attempt.created_at - timedelta(minutes=30))
    response = alice.get(way_back)
    assert response.status_code == 410
    assert "took longer than half an hour" in response.content.decode()
    assert ConnectAttempt.objects.get().returned_at is None


def test_looking_again_after_half_an_hour_is_too_late(alice: Client, postpeer_wire: Wire) -> None:
    alice.get(start_trip(alice, postpeer_wire))
    attempt = ConnectAttempt.objects.get()
    ConnectAttempt.objects.update(created_at=attempt.created_at - timedelta(minutes=30))
    assert alice.get(f"/t/nordlicht/accounts/connected/{attempt.pk}/").status_code == 410


def test_another_person_cannot_finish_it(alice: Client, as_: SignIn, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    response = as_("adam").get(way_back)
    assert response.status_code == 403
    assert "begun by somebody else" in response.content.decode()
    assert ConnectAttempt.objects.get().returned_at is None


def test_another_session_of_the_same_person_cannot_finish_it(alice: Client, as_: SignIn, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    assert as_("alice").get(way_back).status_code == 403
    assert ConnectAttempt.objects.get().returned_at is None


def test_another_person_in_the_same_session_cannot_finish_it(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    ConnectAttempt.objects.update(user=cast.adam)
    assert alice.get(way_back).status_code == 403


def test_foreign_return_tells_no_team(alice: Client, as_: SignIn, postpeer_wire: Wire) -> None:
    assert "Nordlicht" not in as_("charlie").get(start_trip(alice, postpeer_wire)).content.decode()


def test_another_session_cannot_see_what_came_back(alice: Client, as_: SignIn, postpeer_wire: Wire) -> None:
    alice.get(start_trip(alice, postpeer_wire))
    attempt = ConnectAttempt.objects.get()
    assert as_("alice").get(f"/t/nordlicht/accounts/connected/{attempt.pk}/").status_code == 403


def test_attempt_of_another_team_is_unknown(alice: Client, as_: SignIn, postpeer_wire: Wire) -> None:
    alice.get(start_trip(alice, postpeer_wire))
    attempt = ConnectAttempt.objects.get()
    assert as_("charlie").get(f"/t/harbour/accounts/connected/{attempt.pk}/").status_code == 404


def test_made_up_nonce_is_unknown(alice: Client) -> None:
    response = alice.get("/connect/return/made-up/")
    assert response.status_code == 404
    assert "leads nowhere" in response.content.decode()


def test_signed_out_return_asks_to_sign_in(alice: Client, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    Session.objects.all().delete()
    assert alice.get(way_back)["Location"].startswith("/auth/login/?next=/connect/return/")


def test_admin_who_became_editor_meanwhile_is_refused(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    Membership.objects.filter(user=cast.alice).update(role="editor")
    assert alice.get(way_back).status_code == 403
    assert ConnectAttempt.objects.get().returned_at is None


def test_removed_member_finds_nothing(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    way_back = start_trip(alice, postpeer_wire)
    Membership.objects.filter(user=cast.alice).delete()
    assert alice.get(way_back).status_code == 404


def test_post_is_no_return(alice: Client) -> None:
    assert alice.post("/connect/return/anything/").status_code == 405


def test_postpeer_down_can_be_looked_at_again(alice: Client, postpeer_wire: Wire, quick: None) -> None:
    postpeer_wire.get("/v1/connect/integrations", raises=requests.ConnectTimeout())
    postpeer_wire.get("/v1/connect/integrations", raises=requests.ConnectTimeout())
    response = alice.get(start_trip(alice, postpeer_wire), follow=True)
    page = response.content.decode()
    assert "we can’t see yet what was connected" in page
    assert "Look again" in page
    list_integrations(postpeer_wire, an_integration())
    assert "Add this account" in alice.get(response.request["PATH_INFO"]).content.decode()


def test_nothing_new_is_said(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire)
    page = alice.get(start_trip(alice, postpeer_wire), follow=True).content.decode()
    assert "PostPeer has nothing new for this team." in page
    assert "Look again" in page


def test_account_already_here_is_said_and_brought_up_to_date(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team, health="unknown")
    list_integrations(postpeer_wire, an_integration(displayName="Linden Haus"))
    page = alice.get(start_trip(alice, postpeer_wire), follow=True).content.decode()
    account.refresh_from_db()
    assert "Linden Haus is already connected here." in page
    assert (account.health, account.display_name) == ("active", "Linden Haus")


def test_several_accounts_already_here_are_named(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    make_account(cast.team)
    make_account(cast.team, remote_id="int_2", platform_user_id="2")
    other = an_integration(id="int_2", platformUserId="2", displayName="Kornhaus")
    list_integrations(postpeer_wire, an_integration(), other)
    assert "Linden Home, Kornhaus" in alice.get(start_trip(alice, postpeer_wire), follow=True).content.decode()


def test_reconnected_account_keeps_its_row(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team, health="reconnect_required", failure_reason="token_expired")
    list_integrations(postpeer_wire, an_integration())
    page = alice.get(start_trip(alice, postpeer_wire, account=account), follow=True).content.decode()
    account.refresh_from_db()
    assert "Linden Home is connected again." in page
    assert (account.health, account.failure_reason) == ("active", "")
    assert AuditEvent.objects.get().action == "account.reconnected"


def test_account_that_came_back_under_a_new_id_keeps_its_row(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team, health="reconnect_required", failure_reason="gone")
    list_integrations(postpeer_wire, an_integration(id="int_new"))
    alice.get(start_trip(alice, postpeer_wire, account=account), follow=True)
    account.refresh_from_db()
    assert (account.remote_id, account.health) == ("int_new", "active")
    assert Account.objects.count() == 1


def test_second_integration_does_not_replace_a_healthy_one(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    list_integrations(postpeer_wire, an_integration(), an_integration(id="int_twin"))
    alice.get(start_trip(alice, postpeer_wire), follow=True)
    account.refresh_from_db()
    assert account.remote_id == "int_1"


def test_healthy_integration_replaces_a_broken_one(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team, health="reconnect_required")
    broken = an_integration(authStatus="reconnect_required", authFailureReason="access_revoked")
    list_integrations(postpeer_wire, broken, an_integration(id="int_twin"))
    alice.get(start_trip(alice, postpeer_wire), follow=True)
    account.refresh_from_db()
    assert (account.remote_id, account.health) == ("int_twin", "active")


def test_consent_of_another_account_is_told_apart(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team, health="reconnect_required", display_name="Kornhaus")
    broken = an_integration(displayName="Kornhaus", authStatus="reconnect_required", authFailureReason="token_expired")
    list_integrations(postpeer_wire, broken, an_integration(id="int_2", platformUserId="2", displayName="Other"))
    page = alice.get(start_trip(alice, postpeer_wire, account=account), follow=True).content.decode()
    assert "Kornhaus still needs reconnecting." in page
    assert ConnectAttempt.objects.get().offered == ["int_2"]


@pytest.mark.parametrize("remote_id", ["int_1", "int_another"])
def test_account_of_another_team_is_never_offered(
    alice: Client, cast: Cast, postpeer_wire: Wire, remote_id: str
) -> None:
    theirs = make_account(cast.other_team, remote_id=remote_id)
    list_integrations(postpeer_wire, an_integration())
    page = alice.get(start_trip(alice, postpeer_wire), follow=True).content.decode()
    assert "Linden Home belongs to another team on this dashboard." in page
    assert "Harbour" not in page
    assert ConnectAttempt.objects.get().offered == []
    theirs.refresh_from_db()
    assert (theirs.team, theirs.remote_id) == (cast.other_team, remote_id)


def test_account_another_team_gave_up_can_be_offered(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    make_account(cast.other_team, health="disconnected")
    list_integrations(postpeer_wire, an_integration())
    alice.get(start_trip(alice, postpeer_wire), follow=True)
    assert ConnectAttempt.objects.get().offered == ["int_1"]


def test_other_platforms_are_not_offered(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(platform="linkedin"))
    alice.get(start_trip(alice, postpeer_wire), follow=True)
    assert ConnectAttempt.objects.get().offered == []


def test_other_profiles_are_not_offered(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(profileId="prof_other"))
    alice.get(start_trip(alice, postpeer_wire), follow=True)
    assert ConnectAttempt.objects.get().offered == []


def test_hostile_name_is_shown_as_text(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(displayName="<script>alert(1)</script>\u202e"))
    page = alice.get(start_trip(alice, postpeer_wire), follow=True).content.decode()
    assert "<script>alert(1)" not in page
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u202e</bdi>" in page
