from collections.abc import Iterator

import pytest
import requests

from postpeer_dash.accounts import dependents
from postpeer_dash.accounts.dependents import Dependents, count_dependents, register_counter
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.services import unclaimed_of
from postpeer_dash.teams.models import AuditEvent
from tests.accounts.factories import list_integrations, make_account, make_profile
from tests.cast import Cast, SignIn
from tests.postpeer.samples import an_integration
from tests.postpeer.wire import Wire

DETAIL = "/v1/connect/integrations/int_1"
DONE = {"success": True, "message": "Disconnected"}


@pytest.fixture
def account(cast: Cast) -> Account:
    make_profile(cast.team)
    return make_account(cast.team)


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has registered a counter yet."""
    monkeypatch.setattr(dependents, "_counters", [])
    yield


def path(account: Account) -> str:
    return f"/t/nordlicht/accounts/{account.pk}/disconnect/"


def test_disconnecting_is_asked_first(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    page = as_("alice").get(path(account)).content.decode()
    assert "Disconnect <bdi>Linden Home</bdi>?" in page
    assert "What is published stays on Pinterest." in page
    assert postpeer_wire.calls == []


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "One scheduled pin will"), (3, "Three scheduled pins will"), (12, "12 scheduled pins will")],
)
def test_what_it_affects_is_said(as_: SignIn, account: Account, counters: None, count: int, words: str) -> None:
    register_counter(lambda each: Dependents(scheduled=count, drafts=2))
    page = as_("alice").get(path(account)).content.decode()
    assert f"{words} not go out." in page
    assert "Two drafts for it need another account." in page


def test_nothing_registered_counts_as_nothing(account: Account, counters: None) -> None:
    assert count_dependents(account) == Dependents(0, 0)


def test_registered_twice_counts_once(account: Account, counters: None) -> None:
    def counter(each: Account) -> Dependents:
        return Dependents(scheduled=1)

    register_counter(counter)
    register_counter(counter)
    assert count_dependents(account).scheduled == 1


def test_disconnected_account_keeps_its_row(as_: SignIn, account: Account, cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.delete(DETAIL, json=DONE)
    page = as_("alice").post(path(account), follow=True).content.decode()
    account.refresh_from_db()
    assert account.health == "disconnected"
    assert account.disconnected_at is not None
    assert "Linden Home is disconnected." in page
    line = AuditEvent.objects.get()
    assert (line.action, line.actor, line.subject) == ("account.disconnected", cast.alice, "Linden Home")


def test_account_gone_at_postpeer_is_disconnected_here(as_: SignIn, account: Account, postpeer_wire: Wire) -> None:
    postpeer_wire.delete(DETAIL, status=404, json={"error": "Integration not found"})
    as_("alice").post(path(account))
    account.refresh_from_db()
    assert account.health == "disconnected"


@pytest.mark.parametrize("error", [requests.ReadTimeout(), requests.ConnectTimeout()])
def test_failure_changes_nothing_and_says_so(
    as_: SignIn, account: Account, postpeer_wire: Wire, error: requests.RequestException
) -> None:
    postpeer_wire.delete(DETAIL, raises=error)
    page = as_("alice").post(path(account)).content.decode()
    account.refresh_from_db()
    assert account.health == "active"
    assert "nothing was changed" in page.lower()
    assert not AuditEvent.objects.exists()


def test_disconnecting_twice_is_not_found(as_: SignIn, account: Account) -> None:
    Account.objects.update(health="disconnected")
    assert as_("alice").post(path(account)).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("cora", 403), ("vera", 403), ("charlie", 404)])
def test_only_admins_disconnect(as_: SignIn, account: Account, name: str, status: int) -> None:
    assert as_(name).post(path(account)).status_code == status


def test_another_teams_account_is_not_found(as_: SignIn, cast: Cast) -> None:
    assert as_("alice").post(path(make_account(cast.other_team))).status_code == 404


@pytest.fixture
def stray(cast: Cast) -> str:
    """Return the page that disconnects an unclaimed integration."""
    profile = make_profile(cast.team, unclaimed=[{"id": "int_9", "platform": "pinterest", "name": "Stray"}])
    return f"/t/nordlicht/accounts/unclaimed/{unclaimed_of(profile)[0].key}/disconnect/"


def test_unclaimed_is_listed_for_admins(as_: SignIn, stray: str) -> None:
    page = as_("alice").get("/t/nordlicht/accounts/").content.decode()
    assert "Stray" in page
    assert "nobody added them here" in page
    assert stray in page


def test_unclaimed_on_a_platform_unknown_here_is_offered_no_way_in(as_: SignIn, cast: Cast) -> None:
    make_profile(cast.team, unclaimed=[{"id": "int_9", "platform": "bluesky", "name": "Stray"}])
    page = as_("alice").get("/t/nordlicht/accounts/").content.decode()
    assert "Pins can’t go to Bluesky from here." in page
    assert "To use it" not in page


def test_unclaimed_can_be_disconnected(as_: SignIn, stray: str, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(id="int_9"))
    postpeer_wire.delete("/v1/connect/integrations/int_9", json=DONE)
    as_("alice").post(stray)
    assert Profile.objects.get().unclaimed == []
    assert AuditEvent.objects.get().action == "account.unclaimed_disconnected"


def test_unclaimed_that_was_added_meanwhile_is_left_alone(
    as_: SignIn, stray: str, cast: Cast, postpeer_wire: Wire
) -> None:
    make_account(cast.team, remote_id="int_9")
    list_integrations(postpeer_wire, an_integration(id="int_9"))
    page = as_("alice").post(stray, follow=True).content.decode()
    assert "no longer unclaimed" in page
    assert [call.method for call in postpeer_wire.calls] == ["GET"]


def test_unclaimed_that_left_the_profile_is_left_alone(as_: SignIn, stray: str, postpeer_wire: Wire) -> None:
    list_integrations(postpeer_wire, an_integration(id="int_9", profileId="prof_other"))
    as_("alice").post(stray)
    assert [call.method for call in postpeer_wire.calls] == ["GET"]


def test_unknown_unclaimed_is_not_found(as_: SignIn, stray: str) -> None:
    assert as_("alice").post("/t/nordlicht/accounts/unclaimed/abc/disconnect/").status_code == 404


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("vera", 403), ("charlie", 404)])
def test_only_admins_disconnect_unclaimed(as_: SignIn, stray: str, name: str, status: int) -> None:
    assert as_(name).post(stray).status_code == status
