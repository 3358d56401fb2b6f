import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from requests.exceptions import ConnectTimeout

from postpeer_dash.teams.models import AuditEvent, Membership, User
from tests.cast import Cast
from tests.postpeer.wire import KEY, Wire

NEW = "lanterns over the canal"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = NEW, **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_owner_is_made_with_a_team(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(monkeypatch, "createowner", "o@example.com", "--team", "Nordlicht", "--password-stdin")
    owner = User.objects.get(email="o@example.com")
    assert owner.is_superuser and owner.check_password(NEW) and "/t/nordlicht/" in said
    assert Membership.objects.get(user=owner).role == "owner"


def test_person_who_is_there_becomes_an_owner_and_keeps_the_password(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cast.bob.password
    run(monkeypatch, "createowner", "BOB@example.com")
    bob = User.objects.get(pk=cast.bob.pk)
    assert bob.is_superuser and bob.password == before


def test_making_an_owner_is_written_down_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _time in range(2):
        run(monkeypatch, "createowner", "bob@example.com")
    assert AuditEvent.objects.get(action="instance.owner_made").subject == "bob@example.com"


def test_weak_password_makes_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="short"):
        run(monkeypatch, "createowner", "o@example.com", "--password-stdin", typed="short")
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


def test_new_password_ends_every_session(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(cast.bob)
    assert client.get("/t/nordlicht/").status_code == 200
    run(monkeypatch, "resetpassword", "bob@example.com", "--password-stdin")
    assert client.get("/t/nordlicht/").status_code == 302
    assert User.objects.get(pk=cast.bob.pk).check_password(NEW)
    assert AuditEvent.objects.get(action="sign_in.password_reset", team=cast.team).actor == cast.bob


@pytest.mark.parametrize("command", ["resetpassword", "resetsecondfactor"])
def test_address_nobody_has_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    options = {"password_stdin": True} if command == "resetpassword" else {}
    with pytest.raises(CommandError, match="Nobody here"):
        run(monkeypatch, command, "nobody@example.com", **options)


def test_second_factor_is_taken_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    Authenticator.objects.create(user=cast.bob, type="totp", data={"secret": "sealed"})
    Authenticator.objects.create(user=cast.cora, type="totp", data={"secret": "sealed"})
    assert "password alone" in run(monkeypatch, "resetsecondfactor", "bob@example.com")
    assert Authenticator.objects.get().user == cast.cora
    assert AuditEvent.objects.get(action="sign_in.factor_removed", team=cast.team).actor == cast.bob


def test_key_that_is_taken_is_said(db: None, monkeypatch: pytest.MonkeyPatch, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/health/auth", json={"ok": True})
    said = run(monkeypatch, "checkkey")
    assert "takes the key" in said and KEY not in said


def test_refused_key_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/health/auth", status=401, json={"ok": False}, tolerance=True)
    with pytest.raises(CommandError, match="refuses the key"):
        run(monkeypatch, "checkkey")


def test_postpeer_out_of_reach_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch, postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/health/auth", raises=ConnectTimeout(), repeat=True)
    with pytest.raises(CommandError, match="can’t be reached"):
        run(monkeypatch, "checkkey")
