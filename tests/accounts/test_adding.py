"""Adding what a return offered."""

import pytest
import requests
from django.http import HttpResponse
from django.test import Client

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.models import Account, ConnectAttempt, Profile
from postpeer_dash.teams.models import AuditEvent
from tests.accounts.factories import list_integrations, make_account, make_profile, start_trip
from tests.cast import Cast, SignIn
from tests.postpeer.samples import an_integration
from tests.postpeer.wire import Wire


@pytest.fixture
def alice(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> Client:
    """Alice, come back from a consent that brought int_1."""
    make_profile(cast.team)
    client = as_("alice")
    list_integrations(postpeer_wire, an_integration())
    client.get(start_trip(client, postpeer_wire), follow=True)
    return client


def add(client: Client, integration: str = "int_1") -> HttpResponse:
    attempt = ConnectAttempt.objects.get()
    return client.post(f"/t/nordlicht/accounts/add/{attempt.pk}/", {"integration": integration}, follow=True)


def test_added_account_holds_the_integration(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration())
    page = add(alice).content.decode()
    account = accounts_of(cast.team).get()
    assert (account.remote_id, account.platform, account.name) == ("int_1", "pinterest", "Linden Home")
    assert (account.health, account.connected_by) == ("active", cast.alice)
    assert "Linden Home is connected." in page


def test_adding_is_written_down(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration())
    add(alice)
    line = AuditEvent.objects.get()
    assert (line.action, line.actor, line.subject) == ("account.connected", cast.alice, "Linden Home")


def test_added_account_is_no_longer_unclaimed(alice: Client, postpeer_wire: Wire) -> None:
    assert [each["id"] for each in Profile.objects.get().unclaimed] == ["int_1"]
    list_integrations(postpeer_wire, an_integration())
    add(alice)
    assert Profile.objects.get().unclaimed == []


def test_pressing_twice_adds_once(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration())
    add(alice)
    assert add(alice).status_code == 200
    assert Account.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_what_was_not_offered_is_not_added(alice: Client, postpeer_wire: Wire) -> None:
    page = add(alice, "int_evil").content.decode()
    assert "no longer there to be added" in page
    assert not Account.objects.exists()


def test_what_left_the_profile_is_not_added(alice: Client, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(profileId="prof_other"))
    assert "no longer there to be added" in add(alice).content.decode()
    assert not Account.objects.exists()


def test_what_another_team_took_meanwhile_is_not_added(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    make_account(cast.other_team)
    list_integrations(postpeer_wire, an_integration())
    assert "belongs to another team" in add(alice).content.decode()
    assert not accounts_of(cast.team).exists()


def test_postpeer_down_adds_nothing_and_can_be_repeated(alice: Client, postpeer_wire: Wire, quick: None) -> None:
    for _ in range(2):
        postpeer_wire.get("/v1/connect/integrations", raises=requests.ConnectTimeout())
    assert "PostPeer can’t be reached." in add(alice).content.decode()
    assert not Account.objects.exists()
    list_integrations(postpeer_wire, an_integration())
    add(alice)
    assert Account.objects.count() == 1


def test_disconnected_account_gets_its_row_back(alice: Client, cast: Cast, postpeer_wire: Wire) -> None:
    before = make_account(cast.team, remote_id="int_old", health="disconnected")
    list_integrations(postpeer_wire, an_integration())
    add(alice)
    before.refresh_from_db()
    assert (before.remote_id, before.health, before.disconnected_at) == ("int_1", "active", None)
    assert Account.objects.count() == 1


def test_another_session_cannot_add(alice: Client, as_: SignIn) -> None:
    assert add(as_("alice")).status_code == 403
    assert not Account.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("cora", 403), ("vera", 403), ("charlie", 404)])
def test_only_admins_add(alice: Client, as_: SignIn, name: str, status: int) -> None:
    assert add(as_(name)).status_code == status


def test_nothing_is_added_before_the_return(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    client = as_("alice")
    start_trip(client, postpeer_wire)
    ConnectAttempt.objects.update(offered=["int_1"])
    assert add(client).status_code == 404


def test_unknown_health_may_be_published_to(cast: Cast) -> None:
    make_account(cast.team, health="unknown")
    make_account(cast.team, remote_id="int_2", health="reconnect_required")
    make_account(cast.team, remote_id="int_3", health="disconnected")
    make_account(cast.other_team, remote_id="int_4")
    assert [account.remote_id for account in accounts_of(cast.team) if account.can_publish] == ["int_1"]
    assert accounts_of(cast.team).count() == 2
