"""A form of somebody who isn't signed in yet, sent from a page grown too old: it comes back with what was typed."""

from typing import Any

import pytest
from django.test import Client

from postpeer_dash.teams.invitations import invite
from postpeer_dash.teams.models import Mail, Role
from tests.cast import PASSWORD, Cast


def send(url: str, fields: dict[str, Any], origin: str = "http://testserver", client: Client | None = None) -> Any:
    return (client or Client(enforce_csrf_checks=True)).post(url, fields, headers={"origin": origin})


def test_stale_sign_in_page_comes_back_with_the_address_and_without_the_password(cast: Cast) -> None:
    response = send("/auth/login/", {"login": "bob@example.com", "password": PASSWORD, "next": "/t/nordlicht/pins/"})
    page = response.content.decode()
    assert response.status_code == 422 and "type the password or code once more" in page
    assert 'value="bob@example.com"' in page and PASSWORD not in page
    assert 'name="next" value="/t/nordlicht/pins/"' in page


def test_page_that_came_back_signs_in(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = send("/auth/login/", {"login": "bob@example.com", "password": PASSWORD}, client=client)
    fields = {"login": "bob@example.com", "password": PASSWORD, "csrfmiddlewaretoken": response.context["csrf_token"]}
    assert client.post("/auth/login/", fields).status_code == 302


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com"])
def test_stale_request_for_a_link_comes_back_and_sends_nothing(cast: Cast, email: str) -> None:
    response = send("/auth/password/reset/", {"email": email})
    page = response.content.decode()
    assert response.status_code == 422 and f'value="{email}"' in page and "press once more" in page
    assert not Mail.objects.exists()


def test_stale_invitation_comes_back_with_the_name(cast: Cast) -> None:
    _row, link = invite(team=cast.team, email="new@example.com", role=Role.EDITOR, actor=cast.alice)
    path = link.removeprefix("http://testserver")
    response = send(path, {"name": "Nele Neu", "password": "a secret of theirs"})
    page = response.content.decode()
    assert response.status_code == 422 and 'value="Nele Neu"' in page and "a secret of theirs" not in page


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_form_of_another_site_fills_in_nothing(cast: Cast, origin: str) -> None:
    page = send("/auth/login/", {"login": "evil@example.com", "password": "x"}, origin).content.decode()
    assert "evil@example.com" not in page and "had grown too old" in page


def test_who_has_signed_in_meanwhile_goes_on_from_there(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob)
    assert send("/auth/login/", {"login": "bob@example.com", "password": "x"}, client=client).status_code == 302


def test_other_stale_forms_are_refused_as_before(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob)
    response = send("/me/", {"name": "Rob"}, client=client)
    assert response.status_code == 403 and "Nothing was changed" in response.content.decode()
