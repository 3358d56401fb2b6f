"""Another e-mail address: taken when the new one has proven itself, and telling nobody whether somebody has it."""

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from postpeer_dash.teams.email_change import change_address
from postpeer_dash.teams.models import AuditEvent, Mail
from postpeer_dash.web.encryption import decrypt
from tests.cast import PASSWORD, Cast, SignIn
from tests.teams.test_second_factor import sign_in

URL = "/me/email/"
NEW = "bob@workshop.example"


@pytest.fixture(autouse=True)
def has_mail(settings: Any) -> None:
    settings.HAS_MAIL = True


@pytest.fixture
def bob(cast: Cast) -> Client:
    client = sign_in("bob@example.com")
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    return client


def ask(client: Client, email: str = NEW) -> Any:
    return client.post(URL, {"email": email})


def body_to(email: str) -> str:
    return decrypt(Mail.objects.filter(to=email).latest("pk").sealed_body, purpose="mail")


def link_to(email: str = NEW) -> str:
    found = re.search(r"http://testserver(/me/email/\S+)", body_to(email))
    assert found, body_to(email)
    return found[1]


def test_password_is_asked_for_first(cast: Cast, as_: SignIn) -> None:
    for answer in (as_("bob").get(URL), as_("bob").post(URL, {"email": NEW})):
        assert answer.headers["Location"].startswith("/auth/reauthenticate/")
    assert not Mail.objects.exists()


def test_asking_changes_nothing_yet(cast: Cast, bob: Client) -> None:
    assert ask(bob).headers["Location"] == "/me/"
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"


def test_opening_the_link_asks_and_the_button_changes(cast: Cast, bob: Client) -> None:
    ask(bob)
    assert NEW in bob.get(link_to()).content.decode()
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"
    bob.post(link_to())
    cast.bob.refresh_from_db()
    assert cast.bob.email == NEW


def test_old_address_is_told_and_lets_nobody_in_any_more(cast: Cast, bob: Client) -> None:
    EmailAddress.objects.create(user=cast.bob, email="bob@example.com", verified=True, primary=True)
    ask(bob)
    bob.post(link_to())
    assert NEW in body_to("bob@example.com")
    assert sign_in("bob@example.com").get("/me/").status_code == 302
    assert sign_in(NEW).get("/me/").status_code == 200


def test_change_is_written_down(cast: Cast, bob: Client) -> None:
    ask(bob)
    bob.post(link_to())
    line = AuditEvent.objects.get(team=cast.team, action="sign_in.email_changed")
    assert line.detail == {"from": "bob@example.com", "to": NEW}
    assert AuditEvent.objects.filter(team=cast.team, action="sign_in.email_asked").exists()


def test_answer_does_not_tell_whether_somebody_has_it(cast: Cast, bob: Client) -> None:
    free, taken = ask(bob), ask(bob, "charlie@example.com")
    assert (free.status_code, free.headers["Location"], free.content) == (
        taken.status_code,
        taken.headers["Location"],
        taken.content,
    )
    pages = [bob.get("/me/").content.decode() for _look in range(2)]
    assert "is on its way" in pages[0]
    assert "/me/email/" not in body_to("charlie@example.com")


def test_link_works_once(cast: Cast, bob: Client) -> None:
    ask(bob)
    link = link_to()
    assert bob.post(link).status_code == 302
    assert bob.post(link).status_code == 404


def test_link_is_over_after_a_day(cast: Cast) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        client = sign_in("bob@example.com")
        client.post("/auth/reauthenticate/", {"password": PASSWORD})
        ask(client)
        clock.shift(24 * 3600 + 1)
        assert client.post(link_to()).status_code == 404
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"


def test_link_is_over_when_the_password_was_changed(cast: Cast, bob: Client) -> None:
    ask(bob)
    new = "quite another long password"
    bob.post("/auth/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert bob.post(link_to()).status_code == 404


def test_link_is_nobody_elses(cast: Cast, bob: Client, as_: SignIn) -> None:
    ask(bob)
    assert as_("cora").post(link_to()).status_code == 403
    assert Client().post(link_to()).headers["Location"].startswith("/auth/login/")
    cast.cora.refresh_from_db()
    assert cast.cora.email == "cora@example.com"


def test_made_up_link_leads_nowhere(bob: Client) -> None:
    assert bob.get(f"{URL}nonsense/").status_code == 404


def test_address_taken_meanwhile_is_refused(cast: Cast, bob: Client) -> None:
    ask(bob)
    change_address(user=cast.cora, email=NEW)
    assert bob.post(link_to()).status_code == 409
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"


def test_own_address_is_no_new_one(bob: Client) -> None:
    answer = ask(bob, "BOB@example.com")
    assert answer.status_code == 422
    assert not Mail.objects.exists()


def test_asking_is_counted(cast: Cast, bob: Client) -> None:
    answers = [ask(bob, f"bob{number}@workshop.example").status_code for number in range(6)]
    assert answers == [302] * 5 + [422]


def test_without_mail_nobody_can_prove_one(cast: Cast, bob: Client, settings: Any) -> None:
    settings.HAS_MAIL = False
    assert "changeemail" in bob.get(URL).content.decode()
    assert ask(bob).status_code == 409
    assert not Mail.objects.exists()


def test_operator_changes_it(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("changeemail", "Bob@example.com", NEW)
    cast.bob.refresh_from_db()
    assert cast.bob.email == NEW
    assert NEW in body_to("bob@example.com")
    assert AuditEvent.objects.filter(action="sign_in.email_changed", actor=cast.bob).count() == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("nobody@example.com", NEW), ("bob@example.com", "no address"), ("bob@example.com", "Cora@example.com")],
)
def test_operator_is_refused_in_words(cast: Cast, old: str, new: str) -> None:
    with pytest.raises(CommandError, match=r"\."):
        call_command("changeemail", old, new)
    cast.bob.refresh_from_db()
    assert cast.bob.email == "bob@example.com"
