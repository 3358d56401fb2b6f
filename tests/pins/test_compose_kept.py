"""Signed out while typing, or a form grown too old: what was typed comes back, and nothing is done by itself."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from postpeer_dash.pins.models import Pin
from tests.cast import PASSWORD, Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_account, make_draft


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def sign_in(client: Client, name: str, url: str) -> Any:
    fields = {"login": f"{name}@example.com", "password": PASSWORD}
    return client.post(f"/auth/login/?next={url}", fields, follow=True)


def test_signed_out_person_is_sent_to_the_sign_in_and_back(desk: Desk) -> None:
    response = desk.post(Client(), action="publish")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/auth/login/?next={desk.url}"
    assert not Pin.objects.exists()


def test_signed_out_person_is_told_that_it_is_kept(desk: Desk) -> None:
    client = Client()
    page = client.post(desk.url, desk.fields(), follow=True).content.decode()
    assert "What you typed is kept, and nothing was sent." in page


def test_what_was_typed_is_there_after_the_sign_in(desk: Desk, cast: Cast) -> None:
    client = Client()
    desk.post(client, owner=str(cast.bob.pk), title="A long thought 🌿", description="One\r\nTwo", action="publish")
    page = sign_in(client, "bob", desk.url).content.decode()
    assert 'value="A long thought 🌿"' in page
    assert "One\r\nTwo</textarea>" in page.replace("One\nTwo", "One\r\nTwo")
    assert f'value="{desk.board.pk}" selected' in page
    assert not Pin.objects.exists()


def test_kept_form_has_its_old_id(desk: Desk, cast: Cast) -> None:
    client, fields = Client(), desk.fields(owner=str(cast.bob.pk))
    client.post(desk.url, fields)
    response = sign_in(client, "bob", desk.url)
    assert str(response.context["form"]["form_id"].value()) == fields["form_id"]


def test_kept_form_goes_away_once_it_is_saved(desk: Desk, cast: Cast) -> None:
    client = Client()
    desk.post(client, owner=str(cast.bob.pk), title="Only once")
    sign_in(client, "bob", desk.url)
    assert "Only once" in client.get(desk.url).content.decode()
    desk.post(client, title="Only once")
    assert "Only once" not in client.get(desk.url).content.decode()


def test_kept_form_can_be_left_aside(desk: Desk, cast: Cast) -> None:
    client = Client()
    desk.post(client, owner=str(cast.bob.pk), title="Aside")
    sign_in(client, "bob", desk.url)
    assert "Aside" not in client.get(f"{desk.url}?empty").content.decode()


def test_another_person_doesnt_get_it(desk: Desk, cast: Cast) -> None:
    client = Client()
    desk.post(client, owner=str(cast.bob.pk), title="Bob’s own thought")
    assert "Bob’s own thought" not in sign_in(client, "cora", desk.url).content.decode()


def test_draft_being_edited_is_kept_too(desk: Desk, cast: Cast) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account)
    client, url = Client(), f"/t/nordlicht/pins/{pin.uuid}/edit/"
    client.post(url, desk.fields(owner=str(cast.bob.pk), title="Changed"))
    response = sign_in(client, "bob", url)
    assert 'value="Changed"' in response.content.decode()
    assert str(response.context["form"]["form_id"].value()) == str(pin.form_id)
    assert Pin.objects.get().title == "A calm kitchen"


def test_account_unticked_while_editing_stays_unticked(desk: Desk, cast: Cast) -> None:
    linkedin = make_account(cast.team, platform="linkedin")
    pin = make_draft(cast.team, cast.bob, account=desk.account, cross_post=(linkedin,))
    client, url = Client(), f"/t/nordlicht/pins/{pin.uuid}/edit/"
    client.post(url, desk.fields(owner=str(cast.bob.pk)))
    assert f'id="cross-{linkedin.pk}" checked' not in sign_in(client, "bob", url).content.decode()


def test_too_much_is_not_kept_by_a_stranger(desk: Desk) -> None:
    client = Client()
    desk.post(client, description="x" * 40_000)
    assert "kept" not in client.session


def test_unknown_fields_are_not_kept(desk: Desk) -> None:
    client = Client()
    desk.post(client, junk="x", media_file="x")
    assert {"junk", "media_file", "action"}.isdisjoint(client.session["kept"]["fields"])


def test_looking_at_the_page_signed_out_keeps_nothing(desk: Desk) -> None:
    client = Client()
    response = client.get(f"{desk.url}?account=1")
    assert response.headers["Location"] == f"/auth/login/?next={desk.url}%3Faccount%3D1"
    assert not client.session.keys()


def too_old(client: Client, desk: Desk, **headers: str) -> Any:
    return client.post(desk.url, desk.fields(title="Typed in an old form", action="publish"), headers=headers)


def test_form_grown_too_old_is_kept(desk: Desk, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob)
    response = too_old(client, desk, origin="http://testserver")
    assert response.status_code == 403
    assert f'href="{desk.url}"' in response.content.decode()
    assert "Typed in an old form" in client.get(desk.url).content.decode()
    assert not Pin.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_form_of_another_site_leaves_nothing_behind(desk: Desk, cast: Cast, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob)
    assert too_old(client, desk, origin=origin).status_code == 403
    assert "Typed in an old form" not in client.get(desk.url).content.decode()


def ask_for_second_factor(cast: Cast) -> None:
    cast.team.requires_second_factor = True
    cast.team.save(update_fields=["requires_second_factor"])


def test_form_refused_for_want_of_a_second_factor_is_kept(desk: Desk, cast: Cast, as_: SignIn) -> None:
    client = as_("bob")
    ask_for_second_factor(cast)
    response = desk.post(client, owner=str(cast.bob.pk), title="Typed before the rule", action="publish")
    assert response.status_code == 403
    assert "What you typed is kept" in response.content.decode()
    assert client.session["after_second_factor"]["path"] == desk.url
    Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Key", "credential": {}})
    assert "Typed before the rule" in client.get(desk.url).content.decode()
    assert not Pin.objects.exists()


def test_draft_refused_for_want_of_a_second_factor_is_kept(desk: Desk, cast: Cast, as_: SignIn) -> None:
    pin = make_draft(cast.team, cast.bob, account=desk.account)
    client, url = as_("bob"), f"/t/nordlicht/pins/{pin.uuid}/edit/"
    ask_for_second_factor(cast)
    client.post(url, desk.fields(owner=str(cast.bob.pk), title="Changed"))
    Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Key", "credential": {}})
    assert 'value="Changed"' in client.get(url).content.decode()


def test_form_refused_for_a_lesser_role_is_kept(desk: Desk, cast: Cast, as_: SignIn) -> None:
    client = as_("bob")
    cast.team.memberships.filter(user=cast.bob).update(role="contributor")
    response = desk.post(client, owner=str(cast.bob.pk), title="Once an editor", action="publish")
    assert response.status_code == 403
    assert f'href="{desk.url}"' in response.content.decode()
    assert "Once an editor" in client.get(desk.url).content.decode()
    assert not Pin.objects.exists()


def test_form_of_somebody_who_only_looks_now_waits_for_the_role(desk: Desk, cast: Cast, as_: SignIn) -> None:
    client, mine = as_("bob"), cast.team.memberships.filter(user=cast.bob)
    mine.update(role="viewer")
    page = desk.post(client, owner=str(cast.bob.pk), title="Once a writer").content.decode()
    assert "should you get your role back" in page
    assert desk.url not in page
    mine.update(role="editor")
    assert "Once a writer" in client.get(desk.url).content.decode()


def test_form_of_somebody_outside_of_the_team_is_not_kept(desk: Desk, as_: SignIn) -> None:
    client = as_("charlie")
    assert desk.post(client, title="A stranger’s").status_code == 404
    assert "kept" not in client.session
