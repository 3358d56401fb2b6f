from allauth.usersessions.models import UserSession
from django.test import Client

from postpeer_dash.teams.services import renew_setup_token
from tests.cast import PASSWORD, Cast


def sign_in(browser: str = "") -> Client:
    client = Client(headers={"User-Agent": browser})
    client.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_list_names_the_browser(cast: Cast) -> None:
    page = sign_in("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0").get("/auth/sessions/")
    assert "Firefox on Linux" in page.content.decode()


def test_browser_that_says_something_strange_is_not_quoted(cast: Cast) -> None:
    page = sign_in("<script>alert(1)</script>").get("/auth/sessions/")
    assert "alert(1)" not in page.content.decode()


def test_signing_out_elsewhere_ends_the_others_alone(cast: Cast) -> None:
    here, there = sign_in(), sign_in()
    here.post("/auth/sessions/")
    assert (is_in(here), is_in(there)) == (True, False)


def test_changing_the_password_ends_the_others_alone(cast: Cast) -> None:
    here, there = sign_in(), sign_in()
    new = "quite another long password"
    here.post("/auth/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.purge_and_list(cast.bob)[0].session_key == here.session.session_key


def test_somebody_elses_sessions_are_left_alone(cast: Cast) -> None:
    other = Client()
    other.post("/auth/login/", {"login": "cora@example.com", "password": PASSWORD})
    sign_in().post("/auth/sessions/")
    assert is_in(other)


def test_first_person_finds_their_session_in_the_list(db: None) -> None:
    client = Client()
    fields = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "team": "Ada", "time_zone": "UTC"}
    client.post(f"/setup/?token={renew_setup_token()}", fields)
    assert UserSession.objects.filter(user__email="ada@example.com").count() == 1
