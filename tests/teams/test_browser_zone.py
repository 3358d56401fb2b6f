"""A person begins with the zone of their browser, by its current name."""

import pytest
from django.test import Client

from postpeer_dash.teams.invitations import invite
from postpeer_dash.teams.models import Role, Team, User
from postpeer_dash.teams.services import renew_setup_token
from tests.cast import PASSWORD, Cast, SignIn

SETUP = {"name": "Mira", "email": "mira@example.com", "password": "lanterns over it", "team": "Nord"}


def join(cast: Cast, **fields: str) -> User:
    _row, link = invite(team=cast.team, email="nia@example.com", role=Role.EDITOR, actor=cast.alice)
    path = link[link.index("/", len("https://")) :]
    assert "data-browser-zone" in Client().get(path).content.decode()
    response = Client().post(path, {"name": "Nia", "password": PASSWORD, **fields})
    assert response.status_code == 302
    return User.objects.get(email="nia@example.com")


@pytest.mark.parametrize(
    ("reported", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("America/Godthab", "America/Nuuk"), ("UTC", "UTC")]
)
def test_invited_person_begins_with_the_browsers_zone(cast: Cast, reported: str, kept: str) -> None:
    assert join(cast, browser_zone=reported).time_zone == kept


@pytest.mark.parametrize("reported", ["", "Mars/Olympus", "x" * 500])
def test_invited_person_begins_with_the_teams_zone_otherwise(cast: Cast, reported: str) -> None:
    assert join(cast, browser_zone=reported).time_zone == "Europe/Berlin"


def test_setup_knows_the_former_names_and_keeps_the_current_one(db: None) -> None:
    address = f"/setup/?token={renew_setup_token()}"
    page = Client().get(address).content.decode()
    assert "data-browser-zone" in page and "Asia/Calcutta=Asia/Kolkata" in page
    assert Client().post(address, {**SETUP, "time_zone": "Asia/Calcutta"}).status_code == 302
    assert User.objects.get().time_zone == Team.objects.get().time_zone == "Asia/Kolkata"


def test_setup_that_is_shown_again_keeps_what_was_chosen(db: None) -> None:
    address = f"/setup/?token={renew_setup_token()}"
    page = Client().post(address, {**SETUP, "password": "x", "time_zone": "UTC"}).content.decode()
    assert "data-browser-zone" not in page and '<option value="UTC" selected>' in page


def test_first_page_after_signing_in_asks_the_browser(cast: Cast, as_: SignIn) -> None:
    bob = as_("bob")
    assert 'name="zone-url"' not in bob.get("/t/nordlicht/").content.decode()
    User.objects.filter(pk=cast.bob.pk).update(time_zone="")
    page = bob.get("/t/nordlicht/").content.decode()
    assert 'name="zone-url" content="/me/time-zone/"' in page and "You have no time zone of your own yet" in page
    assert bob.post("/me/time-zone/", {"time_zone": "Asia/Saigon"}).headers["X-Dash-Zone"] == "Asia/Ho_Chi_Minh"
    assert "X-Dash-Zone" not in bob.post("/me/time-zone/", {"time_zone": "Asia/Tokyo"}).headers
    assert 'name="zone-url"' not in bob.get("/t/nordlicht/").content.decode()
