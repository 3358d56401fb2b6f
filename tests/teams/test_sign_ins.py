"""What happens at the door is written down: for the installation, for the person, and for each of their teams."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from postpeer_dash.teams.models import AuditEvent, Mail, Membership
from postpeer_dash.teams.services import record_audit
from postpeer_dash.teams.sign_in_audit import note_sign_in
from postpeer_dash.web.encryption import decrypt
from tests.cast import PASSWORD, Cast, SignIn
from tests.teams.test_second_factor import set_up, sign_in

Commits = Callable[..., AbstractContextManager[Any]]
SESSIONS = "/auth/sessions/"


def lines(cast: Cast, prefix: str = "sign_in.") -> list[tuple[str, str]]:
    """Return the team's lines, the earliest first: what, and about what."""
    rows = AuditEvent.objects.filter(team=cast.team, action__startswith=prefix).order_by("pk")
    return list(rows.values_list("action", "subject"))


@pytest.fixture
def bob(cast: Cast, django_capture_on_commit_callbacks: Commits) -> Client:
    """Bob, signed in, with an authenticator app."""
    client = sign_in("bob@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        set_up(client)
    return client


def test_app_and_its_recovery_codes_are_written_down(cast: Cast, bob: Client) -> None:
    found = lines(cast)
    assert ("sign_in.factor_added", "Authenticator app") in found
    assert ("sign_in.codes_made", "") in found
    assert AuditEvent.objects.filter(team=None, actor=cast.bob, action="sign_in.factor_added").count() == 1


def test_app_that_is_turned_off_is_written_down_once(
    cast: Cast, bob: Client, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bob.post("/auth/second-factor/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.bob).exists()
    assert lines(cast, "sign_in.factor_removed") == [("sign_in.factor_removed", "Authenticator app")]


def test_new_recovery_codes_are_written_down(
    cast: Cast, bob: Client, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bob.post("/auth/second-factor/recovery-codes/generate/")
    assert len(lines(cast, "sign_in.codes_made")) == 2


def test_removed_passkey_is_written_down_by_its_name(cast: Cast, django_capture_on_commit_callbacks: Commits) -> None:
    client = sign_in("bob@example.com")
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    key = Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Laptop", "credential": {}})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/auth/second-factor/webauthn/keys/{key.pk}/remove/")
    assert lines(cast, "sign_in.factor_removed") == [("sign_in.factor_removed", "Laptop")]


def test_wrong_code_is_written_down(cast: Cast, bob: Client) -> None:
    sign_in("bob@example.com").post("/auth/second-factor/authenticate/", {"code": "000000"})
    assert lines(cast, "sign_in.code_failed") == [("sign_in.code_failed", "")]


def test_sessions_ended_elsewhere_are_written_down(cast: Cast) -> None:
    here, _there = sign_in("bob@example.com"), sign_in("bob@example.com")
    here.post(SESSIONS)
    here.post(SESSIONS)
    assert lines(cast, "sign_in.sessions_ended") == [("sign_in.sessions_ended", "")]


def test_password_set_by_mail_is_written_down(cast: Cast) -> None:
    client = Client()
    client.post("/auth/password/reset/", {"email": "bob@example.com"})
    link = re.search(r"http://testserver(/\S+)", decrypt(Mail.objects.get().sealed_body, purpose="mail"))
    assert link
    page = client.get(link[1], follow=True)
    new = "quite another long password"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert [action for action, _subject in lines(cast)] == ["sign_in.password_reset"]


def test_everybody_sees_their_own_sign_ins(cast: Cast) -> None:
    client = Client(REMOTE_ADDR="198.51.100.4")
    client.post("/auth/login/", {"login": "bob@example.com", "password": "not the password"})
    client.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    page = client.get(SESSIONS).content.decode()
    assert "Tried to sign in with a wrong password" in page
    assert "198.51.100.4" in page


def test_person_in_two_teams_sees_each_sign_in_once(cast: Cast) -> None:
    Membership.objects.create(team=cast.other_team, user=cast.bob, role="viewer")
    client = sign_in("bob@example.com")
    recent = client.get(SESSIONS).context["recent"]
    assert [event.action for event, _words in recent] == ["sign_in.done"]


def test_nobody_sees_somebody_elses(cast: Cast, as_: SignIn) -> None:
    note_sign_in(cast.alice, "sign_in.done", "203.0.113.77")
    assert "203.0.113.77" not in as_("bob").get(SESSIONS).content.decode()


def test_own_list_holds_nothing_but_the_door(cast: Cast, as_: SignIn) -> None:
    record_audit(action="sending.stopped", actor=cast.bob)
    assert as_("bob").get(SESSIONS).context["recent"] == []


def test_list_is_read_by_its_index(cast: Cast) -> None:
    rows = AuditEvent.objects.filter(actor=cast.bob, team=None, team_name="").order_by("-at", "-pk")
    plan = rows.explain()
    assert "audit_by_" in plan, plan


def test_team_sees_the_sign_ins_of_its_members_alone(cast: Cast, as_: SignIn) -> None:
    sign_in("bob@example.com")
    sign_in("charlie@example.com")
    page = as_("alice").get("/t/nordlicht/audit/?action=sign_in.done").content.decode()
    assert "<bdi>Bob</bdi>" in page
    assert "<bdi>Charlie</bdi>" not in page
