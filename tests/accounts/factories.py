"""Rows of accounts for tests, with sensible values that a test can change."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.teams.models import Team
from tests.postpeer.samples import integration_list
from tests.postpeer.wire import Wire

LISTING = {"profileId": "prof_1", "sort": "asc", "limit": "100", "offset": "0"}


def make_profile(team: Team, **fields: Any) -> Profile:
    """Return the team's profile, known to PostPeer as prof_1."""
    values = {"name": f"{team.name} (0a1b2c3d)", "remote_id": "prof_1"} | fields
    return Profile.objects.create(team=team, connection=current_connection(), **values)


def make_account(team: Team, **fields: Any) -> Account:
    """Return a healthy Pinterest account of the team; the same one that `an_integration` is at PostPeer."""
    values = {
        "remote_id": "int_1",
        "platform": "pinterest",
        "platform_user_id": "549755885175",
        "username": "linden.home",
        "display_name": "Linden Home",
        "health": Account.Health.ACTIVE,
    } | fields
    return Account.objects.create(team=team, connection=current_connection(), **values)


def start_trip(client: Client, wire: Wire, *, account: Account | None = None, platform: str = "pinterest") -> str:
    """Begins a round trip as the signed-in person; returns the path of its return."""
    wire.get(f"/v1/connect/{platform}", json={"url": "https://consent.example/"})
    if account is None:
        client.post(reverse("accounts:connect", args=["nordlicht", platform]))
    else:
        client.post(reverse("accounts:reconnect", args=["nordlicht", account.pk]))
    return urlsplit(wire.calls[-1].query["redirectUri"]).path


def list_integrations(wire: Wire, *integrations: dict[str, Any], repeat: bool = False) -> None:
    """Prepare what PostPeer lists in the team's profile."""
    answer = integration_list(*integrations)
    wire.get("/v1/connect/integrations", query=LISTING, json=answer, repeat=repeat)
