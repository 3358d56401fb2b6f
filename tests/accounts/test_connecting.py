"""Out to the consent page."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.accounts.models import Account, ConnectAttempt, Profile
from tests.accounts.factories import make_account, make_profile
from tests.cast import Cast, SignIn
from tests.postpeer.samples import a_profile
from tests.postpeer.wire import Wire

CONSENT = "https://www.pinterest.com/oauth/?client_id=1&state=abc%20d"
CONNECT = "/t/nordlicht/accounts/connect/pinterest/"


def test_person_is_taken_to_the_consent_page(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", json={"url": CONSENT})
    response = as_("alice").post(CONNECT)
    assert response.status_code == 200
    assert response["Refresh"] == f"0; url={CONSENT}"
    assert f'href="{CONSENT.replace("&", "&amp;")}"' in response.content.decode()


def test_first_connection_makes_the_profile(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", json={"success": True, "profile": a_profile(id="prof_7")})
    postpeer_wire.get("/v1/connect/pinterest", json={"url": CONSENT})
    as_("alice").post(CONNECT)
    assert postpeer_wire.calls[1].query["profileId"] == "prof_7"


def test_return_addresses_are_fixed_on_the_site(as_: SignIn, cast: Cast, postpeer_wire: Wire, settings: Any) -> None:
    settings.SITE_URL = "https://pins.example"
    settings.ALLOWED_HOSTS = ["evil.example"]
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", json={"url": CONSENT})
    as_("alice").post(CONNECT, headers={"host": "evil.example"})
    query = postpeer_wire.calls[0].query
    assert query["redirectUri"].startswith("https://pins.example/connect/return/")
    assert query["cancelRedirectUri"] == f"{query['redirectUri']}cancelled/"


def test_only_the_hash_of_the_nonce_is_stored(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", json={"url": CONSENT})
    as_("alice").post(CONNECT)
    nonce = postpeer_wire.calls[0].query["redirectUri"].rstrip("/").rsplit("/", 1)[1]
    attempt = ConnectAttempt.objects.get()
    assert len(nonce) >= 40
    assert nonce not in str(ConnectAttempt.objects.values().get())
    assert (attempt.team, attempt.user, attempt.platform) == (cast.team, cast.alice, "pinterest")


@pytest.mark.parametrize("name", ["bob", "cora", "vera"])
def test_only_admins_connect(as_: SignIn, name: str) -> None:
    assert as_(name).post(CONNECT).status_code == 403
    assert not ConnectAttempt.objects.exists()


def test_outsider_finds_nothing_to_connect(as_: SignIn) -> None:
    assert as_("charlie").post(CONNECT).status_code == 404


def test_unknown_platform_is_not_found(as_: SignIn) -> None:
    assert as_("alice").post("/t/nordlicht/accounts/connect/friendster/").status_code == 404


def test_get_starts_nothing(as_: SignIn) -> None:
    assert as_("alice").get(CONNECT).status_code == 405


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"raises": requests.ConnectTimeout()}, "PostPeer can’t be reached."),
        (
            {"status": 503, "raw": b"<html>", "content_type": "text/html", "tolerance": True},
            "PostPeer can’t be reached.",
        ),
        ({"status": 401, "json": {"error": "no"}, "tolerance": True}, "PostPeer refuses this dashboard’s key."),
        ({"status": 429, "json": {"error": "slow"}, "tolerance": True}, "PostPeer asks us to come back later."),
        ({"json": {"url": "javascript:alert(1)"}, "tolerance": True}, "an answer that can’t be used"),
    ],
)
def test_failure_is_said_and_nothing_is_half_made(
    as_: SignIn, cast: Cast, postpeer_wire: Wire, quick: None, answer: dict[str, Any], sentence: str
) -> None:
    make_profile(cast.team)
    postpeer_wire.get("/v1/connect/pinterest", repeat=True, **answer)
    response = as_("alice").post(CONNECT)
    assert sentence in response.content.decode()
    assert not ConnectAttempt.objects.exists()
    assert not Account.objects.exists()


def test_unclear_profile_is_said_and_can_be_tried_again(as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.post("/v1/profiles", raises=requests.ReadTimeout())
    assert "PostPeer can’t be reached." in as_("alice").post(CONNECT).content.decode()
    assert Profile.objects.get().remote_id == ""


def test_reconnecting_remembers_the_account(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    account = make_account(cast.team, health="reconnect_required", platform="linkedin")
    postpeer_wire.get("/v1/connect/linkedin", json={"url": CONSENT})
    as_("alice").post(reverse("accounts:reconnect", args=["nordlicht", account.pk]))
    assert ConnectAttempt.objects.get().account == account


def test_another_teams_account_cannot_be_reconnected(as_: SignIn, cast: Cast) -> None:
    account = make_account(cast.other_team)
    assert as_("alice").post(reverse("accounts:reconnect", args=["nordlicht", account.pk])).status_code == 404


def test_attempts_of_yesterday_are_cleared_away(as_: SignIn, cast: Cast, postpeer_wire: Wire) -> None:
    make_profile(cast.team)
    old = timezone.now() - timedelta(days=2)
    ConnectAttempt.objects.create(
        nonce_hash="x", session_hash="y", team=cast.team, user=cast.alice, platform="pinterest", created_at=old
    )
    postpeer_wire.get("/v1/connect/pinterest", json={"url": CONSENT})
    as_("alice").post(CONNECT)
    assert ConnectAttempt.objects.get().nonce_hash != "x"
