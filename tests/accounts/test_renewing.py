"""Reconnecting: a new integration id without a person's id, what connecting is refused with, and when it is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.health import apply_integration, check_account
from postpeer_dash.accounts.models import Account, ConnectAttempt
from postpeer_dash.postpeer import Integration
from tests.accounts.factories import list_integrations, make_account, make_profile, start_trip
from tests.cast import Cast, SignIn
from tests.pins.factories import make_submitted
from tests.postpeer.samples import an_integration, integration_detail
from tests.postpeer.wire import Wire


def come_back(cast: Cast, as_: SignIn, wire: Wire, *integrations: dict[str, Any]) -> tuple[Any, Account, str]:
    """Return the page after a reconnect of an account that has lost its permission."""
    make_profile(cast.team)
    account = make_account(cast.team, health=Account.Health.RECONNECT_REQUIRED)
    alice = as_("alice")
    path = start_trip(alice, wire, account=account)
    list_integrations(wire, *integrations, repeat=True)
    return alice, account, alice.get(path, follow=True).content.decode()


def test_renewed_account_without_a_persons_id_is_asked_about_and_never_matched(
    cast: Cast, as_: SignIn, postpeer_wire: Wire
) -> None:
    new = an_integration(id="int_2", platformUserId=None)
    alice, account, page = come_back(cast, as_, postpeer_wire, new)
    assert "It is Linden Home, renewed" in page
    account.refresh_from_db()
    assert (account.remote_id, account.needs_reconnecting) == ("int_1", True)
    attempt = ConnectAttempt.objects.get()
    alice.post(f"/t/{cast.team.slug}/accounts/add/{attempt.pk}/", {"integration": "int_2", "renews": "on"})
    account.refresh_from_db()
    assert (account.remote_id, account.health, Account.objects.count()) == ("int_2", Account.Health.ACTIVE, 1)
    assert account.platform_user_id == "549755885175"


def test_another_person_is_never_taken_for_the_renewed_one(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    other = an_integration(id="int_2", platformUserId="999")
    alice, account, page = come_back(cast, as_, postpeer_wire, other)
    assert "renewed" not in page
    attempt = ConnectAttempt.objects.get()
    alice.post(f"/t/{cast.team.slug}/accounts/add/{attempt.pk}/", {"integration": "int_2", "renews": "on"})
    account.refresh_from_db()
    assert account.remote_id == "int_1"


def test_what_was_not_offered_renews_nothing(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    alice, account, _page = come_back(cast, as_, postpeer_wire, an_integration(id="int_2", platformUserId=None))
    attempt = ConnectAttempt.objects.get()
    alice.post(f"/t/{cast.team.slug}/accounts/add/{attempt.pk}/", {"integration": "int_3", "renews": "on"})
    account.refresh_from_db()
    assert account.remote_id == "int_1"


def test_several_accounts_of_one_consent_are_offered_each(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    several = [an_integration(id=f"int_{n}", platformUserId=str(n), displayName=f"Page {n}") for n in (5, 6, 7)]
    _alice, _account, page = come_back(cast, as_, postpeer_wire, *several)
    assert [f"Page {n}" in page for n in (5, 6, 7)] == [True] * 3
    assert page.count('name="integration"') == 3


@pytest.mark.parametrize(("status", "said"), [(403, "offer Pinterest"), (500, "set up at PostPeer")])
def test_platform_that_cannot_be_connected_is_said_as_it_is(
    cast: Cast, as_: SignIn, postpeer_wire: Wire, status: int, said: str
) -> None:
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", status=status, json={"error": "No."}, tolerance=True, repeat=True)
    page = as_("alice").post(f"/t/{cast.team.slug}/accounts/connect/pinterest/").content.decode()
    assert said in page and not ConnectAttempt.objects.exists()


def test_answer_of_a_proxy_says_nothing_of_the_platform(cast: Cast, as_: SignIn, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", status=500, raw=b"<html>", tolerance=True, repeat=True)
    page = as_("alice").post(f"/t/{cast.team.slug}/accounts/connect/pinterest/").content.decode()
    assert "set up at PostPeer" not in page


@pytest.mark.parametrize(("days", "is_said"), [(1, True), (6.9, True), (-1, True), (7.1, False), (60, False)])
def test_end_of_a_permission_is_told_a_week_ahead(
    cast: Cast, as_: SignIn, postpeer_wire: Wire, days: float, is_said: bool
) -> None:
    account = make_account(cast.team)
    make_submitted(cast.team, cast.bob, account=account)
    ends = (timezone.now() + timedelta(days=days)).isoformat()
    postpeer_wire.get(
        "/v1/connect/integrations/int_1",
        json={"success": True, "integration": integration_detail(refreshTokenExpiresAt=ends)},
    )
    with postpeer_wire.client() as client:
        check_account(account, client=client)
    for address in (f"/t/{cast.team.slug}/", f"/t/{cast.team.slug}/accounts/"):
        assert ("Its permission ends" in as_("alice").get(address).content.decode()) == is_said


def test_list_that_does_not_tell_keeps_what_is_known() -> None:
    at = timezone.now() + timedelta(days=3)
    account = Account(remote_id="int_1", health="active", due_at=at)
    apply_integration(account, Integration("int_1", "pinterest", auth_status="active"))
    assert account.due_at == at
    apply_integration(account, Integration("int_2", "pinterest", auth_status="active"))
    assert account.due_at is None


def test_token_that_is_lost_needs_reconnecting(cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    token = {"valid": False, "autoRefreshes": False, "reconnectRequired": True, "reason": "token_expired"}
    postpeer_wire.get(
        "/v1/connect/integrations/int_1", json={"success": True, "integration": integration_detail(tokenStatus=token)}
    )
    with postpeer_wire.client() as client:
        check_account(account, client=client)
    assert account.needs_reconnecting
