"""What visitors who aren't signed in can store: little, not for long, and only so much of one network."""

import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postpeer_dash.teams.invitations import invite
from postpeer_dash.teams.mail import deliver_mail
from postpeer_dash.teams.models import Mail, User
from postpeer_dash.web import limits
from postpeer_dash.web.limits import Limit
from tests.cast import PASSWORD, Cast

NEW = "/t/nordlicht/pins/new/"
pytestmark = pytest.mark.django_db


def write(client: Client | None = None, *, address: str = "", path: str = NEW, **fields: str) -> Any:
    headers = {"X-Forwarded-For": address} if address else {}
    return (client or Client()).post(path, {"description": "x" * 30_000, **fields}, headers=headers)


def test_writing_from_one_address_ends_at_the_limit() -> None:
    for _try in range(40):
        write()
    assert Session.objects.count() == 30


def test_writing_from_one_network_ends_at_the_limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BEHIND_PROXY = True
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "network", 5, 3600),))
    for number in range(8):
        write(address=f"198.51.100.{number}")
    assert Session.objects.count() == 5
    write(address="203.0.113.5")
    assert Session.objects.count() == 6


def test_writing_from_everywhere_ends_at_the_limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BEHIND_PROXY = True
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "everybody", 5, 3600),))
    for number in range(8):
        write(address=f"198.{number}.100.7")
    assert Session.objects.count() == 5


@pytest.mark.parametrize("method", ["old form", "passkey"])
def test_no_other_way_in_is_without_the_limit(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "address", 3, 3600),))
    for _try in range(6):
        if method == "old form":
            client = Client(enforce_csrf_checks=True)
            client.post(NEW, {"title": "x"}, headers={"Origin": "http://testserver"})
        else:
            Client().get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert Session.objects.count() == 3


def test_beyond_the_limit_it_is_said_that_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "address", 1, 3600),))
    pages = [Client().post(NEW, {"title": "x"}, follow=True).content.decode() for _try in range(2)]
    assert "What you typed is kept" in pages[0] and "couldn’t be kept here" in pages[1]


def test_nobody_is_told_of_words_that_they_never_typed() -> None:
    assert "kept" not in Client().post(NEW, {}, follow=True).content.decode()


def test_one_session_written_again_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "address", 1, 3600),))
    client = Client()
    for number in range(3):
        write(client, title=f"No. {number}")
    assert Session.objects.get().get_decoded()["kept"]["fields"]["title"] == ["No. 2"]


def test_made_up_number_of_a_session_is_counted_as_a_new_one(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "address", 1, 3600),))
    for letter in "abc":
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = letter * 32
        write(client)
    assert Session.objects.count() == 1


def test_session_of_somebody_signed_out_ends_within_the_hour() -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        Client(enforce_csrf_checks=True).post(NEW, {"title": "x"}, headers={"Origin": "http://testserver"})
        assert (Session.objects.get().expire_date - timezone.now()).total_seconds() == 3600


def test_who_comes_by_an_invitation_after_writing_signed_out_stays_signed_in(cast: Cast) -> None:
    _row, link = invite(team=cast.team, email="nia@example.com", role="editor", actor=cast.alice)
    client = Client()
    write(client)
    client.post(link.removeprefix("http://testserver"), {"name": "Nia", "password": PASSWORD})
    days = [(row.expire_date - timezone.now()).days for row in Session.objects.all()]
    assert max(days) >= 29


def test_people_who_are_signed_in_are_not_limited(cast: Cast, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "address", 0, 3600),))
    cast.team.memberships.filter(user=cast.bob).update(role="viewer")
    client = as_("bob")
    write(client, owner=str(cast.bob.pk))
    assert "kept" in client.session


def test_who_fills_the_database_keeps_nobody_from_setting_a_new_password(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    settings.HAS_MAIL = True
    Client().post("/auth/password/reset/", {"email": "bob@example.com"})
    deliver_mail(Mail.objects.get().pk)
    found = re.search(r"/auth/password/reset/key/\S+", mailoutbox[0].body)
    monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "everybody", 1, 3600),))
    write()
    assert found
    client = Client()
    page = client.get(found[0], follow=True)
    new = "another long passphrase"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new, "password": new})
    assert User.objects.get(pk=cast.bob.pk).check_password(new)
