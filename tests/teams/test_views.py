import pytest
from django.test import Client

from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import renew_setup_token
from tests.cast import Cast, SignIn

FORM = {
    "name": "Mira",
    "email": "mira@example.com",
    "password": "a long enough password",
    "team": "Nordlicht",
    "time_zone": "Europe/Berlin",
}


def test_setup_leads_to_the_new_teams_home(db: None) -> None:
    response = Client().post(f"/setup/?token={renew_setup_token()}", FORM)
    assert response.headers["Location"] == "/t/nordlicht/"


@pytest.mark.parametrize("address", ["/setup/", "/setup/?token=wrong"])
def test_setup_without_its_token_is_closed(db: None, address: str) -> None:
    renew_setup_token()
    assert Client().post(address, FORM).status_code == 403
    assert not User.objects.exists()


def test_setup_is_over_once_somebody_is_in(cast: Cast) -> None:
    token = renew_setup_token()
    assert Client().get(f"/setup/?token={token}").status_code == 302


def test_short_password_is_said_and_nothing_is_lost(db: None) -> None:
    response = Client().post(f"/setup/?token={renew_setup_token()}", {**FORM, "password": "short"})
    assert response.status_code == 422
    assert b"mira@example.com" in response.content


def test_way_in_leads_to_setup_while_nobody_is_in(db: None) -> None:
    assert Client().get("/").headers["Location"] == "/setup/"


def test_way_in_leads_to_the_sign_in(cast: Cast) -> None:
    assert Client().get("/").headers["Location"].startswith("/auth/login/")


def test_way_in_leads_to_the_team(as_: SignIn) -> None:
    assert as_("bob").get("/").headers["Location"] == "/t/nordlicht/"


def test_theme_is_kept(as_: SignIn, cast: Cast) -> None:
    as_("bob").post("/me/theme/", {"theme": "dark"})
    cast.bob.refresh_from_db()
    assert cast.bob.theme == "dark"


def test_theme_leads_back_to_our_own_pages_alone(as_: SignIn) -> None:
    response = as_("bob").post("/me/theme/", {"theme": "dark"}, headers={"Referer": "https://evil.example/"})
    assert response.headers["Location"] == "/"


def test_browsers_zone_fills_a_gap_alone(as_: SignIn, cast: Cast) -> None:
    as_("bob").post("/me/time-zone/", {"time_zone": "Asia/Tokyo"})
    cast.bob.refresh_from_db()
    assert cast.bob.time_zone == "Europe/Berlin"
    User.objects.filter(pk=cast.bob.pk).update(time_zone="")
    as_("bob").post("/me/time-zone/", {"time_zone": "Asia/Tokyo"})
    cast.bob.refresh_from_db()
    assert cast.bob.time_zone == "Asia/Tokyo"
