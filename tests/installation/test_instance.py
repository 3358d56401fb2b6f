from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from postpeer_dash.accounts.models import Account, Connection
from postpeer_dash.pins.models import Review, Status
from postpeer_dash.teams.models import AuditEvent, Membership, Role, Team
from postpeer_dash.zone_data import ZoneData, find_package_data
from tests.accounts.factories import make_profile
from tests.cast import Cast
from tests.pins.factories import make_account
from tests.pins.listing import make_pin
from tests.postpeer.samples import an_integration, integration_detail, integration_list
from tests.postpeer.wire import Wire

URL = "/instance/"


def test_all_teams_are_listed_with_what_is_wrong(cast: Cast, owner: Client) -> None:
    account = make_account(cast.other_team, health=Account.Health.RECONNECT_REQUIRED)
    make_pin(cast.other_team, cast.charlie, account, status=Status.FAILED)
    make_pin(cast.other_team, cast.charlie, account, status=Status.UNCONFIRMED)
    make_pin(cast.other_team, cast.charlie, account, status=Status.DRAFT, review=Review.WAITING)
    rows = {row.team.slug: row for row in owner.get(URL).context["rows"]}
    harbour = rows["harbour"]
    assert (harbour.members, harbour.accounts, harbour.broken) == (1, 1, 1)
    assert (harbour.failed, harbour.unconfirmed, harbour.waiting) == (1, 1, 1)
    assert rows["nordlicht"].members == 5 and rows["nordlicht"].failed == 0


def test_list_shows_no_content_of_teams(cast: Cast, owner: Client) -> None:
    make_pin(cast.other_team, cast.charlie, make_account(cast.other_team), title="Secret harbour", status=Status.FAILED)
    assert "Secret harbour" not in owner.get(URL).content.decode()


@pytest.mark.parametrize("path", ["/instance/", "/instance/audit/", "/instance/held/"])
def test_its_pages_stand_under_installation(owner: Client, path: str) -> None:
    assert '<a href="/instance/" aria-current="page">' in owner.get(path).content.decode()


def test_number_of_queries_does_not_grow(
    cast: Cast, owner: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(30):
        Team.objects.create(name=f"Team {number}", slug=f"team-{number}")
    with django_assert_max_num_queries(12):
        owner.get(URL)


def test_new_team_is_owned_by_whoever_makes_it(cast: Cast, owner: Client) -> None:
    response = owner.post(f"{URL}teams/new/", {"name": "Südwind", "time_zone": "Europe/Berlin"})
    assert response.headers["Location"] == "/t/sudwind/members/"
    assert Membership.objects.get(team__slug="sudwind").role == Role.OWNER


def test_sending_stops_for_every_team_and_goes_on(cast: Cast, owner: Client) -> None:
    owner.post(f"{URL}stop/")
    assert Connection.objects.get().stopped_at is not None
    owner.post(f"{URL}stop/")
    assert Connection.objects.get().stopped_at is None
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"sending.stopped", "sending.resumed"}


def test_page_names_the_rules_of_time_zones(owner: Client, settings: Any, tmp_path: Path) -> None:
    for data in (find_package_data(), ZoneData("2026f", tmp_path), ZoneData("", tmp_path)):
        settings.ZONE_DATA = data
        text = owner.get(URL).content.decode()
        assert f"Rules of time zones: release {data.release or '?'}, from" in text
        assert (str(tmp_path) in text) == (data.folder is not None)


def homeless(**fields: Any) -> dict[str, Any]:
    return an_integration(**{"profileId": None, **fields})


def test_accounts_without_a_profile_are_listed(owner: Client, cast: Cast, postpeer_wire: Wire) -> None:
    found = integration_list(homeless(), an_integration(id="int_2", displayName="Has a home"))
    postpeer_wire.get("/v1/connect/integrations", json=found)
    text = owner.get(f"{URL}accounts/").content.decode()
    assert "Linden Home" in text and "Has a home" not in text


def test_account_is_moved_to_the_teams_profile(owner: Client, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.other_team)
    postpeer_wire.get(
        "/v1/connect/integrations/int_1", json={"success": True, "integration": integration_detail(profileId=None)}
    )
    postpeer_wire.patch(
        "/v1/connect/integrations/int_1",
        json_body={"profileId": "prof_1"},
        json={"success": True, "integration": an_integration()},
    )
    owner.post(f"{URL}accounts/", {"integration": "int_1", "team": cast.other_team.pk})
    account = Account.objects.get()
    assert (account.team, account.remote_id, account.health) == (cast.other_team, "int_1", Account.Health.ACTIVE)
    assert AuditEvent.objects.get(action="account.brought_in").team == cast.other_team


def test_account_in_a_profile_is_not_taken_from_it(owner: Client, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.other_team)
    postpeer_wire.get("/v1/connect/integrations/int_1", json={"success": True, "integration": integration_detail()})
    response = owner.post(f"{URL}accounts/", {"integration": "int_1", "team": cast.other_team.pk})
    assert "belongs to somebody meanwhile" in response.content.decode() and not Account.objects.exists()


def test_postpeer_down_is_said(owner: Client, cast: Cast, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/connect/integrations", status=503, raw=b"", tolerance=True, repeat=True)
    assert "PostPeer can’t be reached" in owner.get(f"{URL}accounts/").content.decode()
