import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast
from tests.squeezing import squeeze

pytestmark = pytest.mark.django_db


def test_the_sign_in_keeps_where_one_was_going(client: Client) -> None:
    html = client.get("/auth/login/?next=/t/nordlicht/pins/").content.decode()
    assert '<input type="hidden" name="next" value="/t/nordlicht/pins/"' in html


def test_a_wrong_password_is_said_above_the_form_and_in_the_title(client: Client, cast: Cast) -> None:
    html = client.post("/auth/login/", {"login": cast.bob.email, "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in" in squeeze(html)
    assert 'class="trouble" role="alert"' in html


def test_the_right_password_signs_in(client: Client, cast: Cast) -> None:
    client.post("/auth/login/", {"login": cast.bob.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.bob.pk)


@pytest.mark.parametrize(
    "path", ["/auth/login/", "/auth/password/reset/", "/auth/password/reset/done/", "/auth/inactive/"]
)
def test_an_entrance_page_wears_the_look(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert 'class="entrance-card"' in html
    assert html.count("<h1>") == 1


@pytest.mark.parametrize("path", ["/auth/password/change/"])
def test_a_page_of_one_s_own_has_the_shell_around_it(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.bob)
    html = client.get(path).content.decode()
    assert 'class="side"' in html
    assert 'class="form-control"' in html


def test_signing_out_is_a_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    html = client.get("/auth/logout/").content.decode()
    assert '<form method="post" action="/auth/logout/">' in html


@pytest.mark.parametrize(("path", "back"), [("/auth/logout/", "/"), ("/auth/reauthenticate/", "/me/")])
def test_a_question_at_the_door_has_a_way_out(client: Client, cast: Cast, path: str, back: str) -> None:
    client.force_login(cast.bob)
    main = client.get(path).content.decode().partition("<main")[2]
    assert f'href="{back}"' in main


def test_the_parts_of_the_second_factor_stand_under_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    html = client.get("/auth/second-factor/totp/activate/").content.decode()
    assert '<a href="/auth/second-factor/" aria-current="page">' in html
