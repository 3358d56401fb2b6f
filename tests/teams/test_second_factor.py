import json
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from postpeer_dash.teams.mfa import MFAAdapter
from postpeer_dash.teams.models import Membership
from postpeer_dash.teams.second_factor import has_second_factor
from postpeer_dash.web import limits
from postpeer_dash.web.limits import Limit
from tests.cast import PASSWORD, Cast, SignIn
from tests.totp import totp_code


def sign_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/auth/login/", {"login": email, "password": password})
    return client


def set_up(client: Client) -> str:
    """Set an app up as a person does, and return its secret."""
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    page = client.get("/auth/second-factor/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    assert found, page
    answer = client.post("/auth/second-factor/totp/activate/", {"code": totp_code(found[1])})
    assert answer.status_code == 302, answer.content.decode()
    return found[1]


def test_app_is_set_up_and_asked_for_at_the_next_sign_in(cast: Cast) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        secret = set_up(sign_in("bob@example.com"))
        client = Client()
        answer = client.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
        assert answer.headers["Location"] == "/auth/second-factor/authenticate/"
        assert client.get("/t/nordlicht/").status_code == 302
        clock.shift(60)
        client.post("/auth/second-factor/authenticate/", {"code": totp_code(secret)})
        assert client.get("/t/nordlicht/").status_code == 200


def test_who_fills_the_database_keeps_nobody_from_their_second_factor(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        secret = set_up(sign_in("bob@example.com"))
        monkeypatch.setattr(limits, "SIGNED_OUT", (Limit("signed-out", "everybody", 1, 3600),))
        Client().post("/t/nordlicht/pins/new/", {"title": "x"})
        client = sign_in("bob@example.com")
        clock.shift(60)
        client.post("/auth/second-factor/authenticate/", {"code": totp_code(secret)})
        assert client.get("/t/nordlicht/").status_code == 200


def test_code_works_once(cast: Cast) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        secret = set_up(sign_in("bob@example.com"))
        clock.shift(60)
        for expected in (200, 302):
            client = sign_in("bob@example.com")
            client.post("/auth/second-factor/authenticate/", {"code": totp_code(secret)})
            assert client.get("/t/nordlicht/").status_code == expected


def test_recovery_code_stands_in_once(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    set_up(client)
    page = client.get("/auth/second-factor/recovery-codes/").content.decode()
    code = re.findall(r"<li>(\d{8})</li>", page)[0]
    for expected in (200, 302):
        again = sign_in("bob@example.com")
        again.post("/auth/second-factor/authenticate/", {"code": code})
        assert again.get("/t/nordlicht/").status_code == expected


def test_guessing_codes_ends_after_five(cast: Cast) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        secret = set_up(sign_in("bob@example.com"))
        clock.shift(90)
        client = sign_in("bob@example.com")
        for _guess in range(5):
            client.post("/auth/second-factor/authenticate/", {"code": "000000"})
        client.post("/auth/second-factor/authenticate/", {"code": totp_code(secret)})
        assert client.get("/t/nordlicht/").status_code == 302


def test_turning_it_off_takes_the_recovery_codes_along(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    set_up(client)
    client.post("/auth/second-factor/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.bob).exists()
    assert sign_in("bob@example.com").get("/t/nordlicht/").status_code == 200


def test_setting_up_asks_for_the_password_first(cast: Cast, as_: SignIn) -> None:
    answer = as_("bob").get("/auth/second-factor/totp/activate/")
    assert answer.headers["Location"].startswith("/auth/reauthenticate/")


def test_row_holds_no_secret_in_clear(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    secret = set_up(client)
    codes = re.findall(r"<li>(\d{8})</li>", client.get("/auth/second-factor/recovery-codes/").content.decode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator ORDER BY id")
        rows = " ".join(str(row[0]) for row in cursor.fetchall())
    assert len(codes) == 10
    assert secret not in rows
    assert not [code for code in codes if code in rows]
    seed = MFAAdapter().decrypt(Authenticator.objects.get(type="recovery_codes").data["seed"])
    assert len(seed) == 80
    assert seed not in rows


def test_session_holds_no_secret_in_clear_while_it_is_set_up(cast: Cast) -> None:
    client = sign_in("bob@example.com")
    client.post("/auth/reauthenticate/", {"password": PASSWORD})
    page = client.get("/auth/second-factor/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret" value="([A-Z2-7]+)"', page)
    sessions = json.dumps([session.get_decoded() for session in Session.objects.all()])
    assert secret
    assert secret[1] not in sessions


def test_secret_is_read_after_the_key_was_changed(cast: Cast, settings: Any) -> None:
    sealed = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of fifty signs or more, made for this test alone"
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"


def test_lost_key_lets_nobody_in(cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    secret = set_up(sign_in("bob@example.com"))
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "another key of fifty signs or more, made for this test alone"
    client = sign_in("bob@example.com")
    client.post("/auth/second-factor/authenticate/", {"code": totp_code(secret)})
    assert client.get("/t/nordlicht/").status_code == 302
    assert "SECRET_KEY" in caplog.text


def require_it(cast: Cast) -> None:
    cast.team.requires_second_factor = True
    cast.team.save(update_fields=["requires_second_factor"])


def test_member_without_one_is_sent_to_set_it_up_and_comes_back(cast: Cast) -> None:
    require_it(cast)
    client = sign_in("bob@example.com")
    answer = client.get("/t/nordlicht/pins/?q=sea", follow=True)
    assert answer.redirect_chain == [("/auth/second-factor/", 302)]
    assert "Nordlicht asks for a second factor" in answer.content.decode()
    set_up(client)
    assert 'href="/t/nordlicht/pins/?q=sea"' in client.get("/auth/second-factor/recovery-codes/").content.decode()
    assert client.get("/t/nordlicht/pins/?q=sea").status_code == 200


def test_member_without_one_changes_nothing(cast: Cast, as_: SignIn) -> None:
    require_it(cast)
    answer = as_("alice").post("/t/nordlicht/pins/new/", {"action": "draft"})
    assert answer.status_code == 403
    assert "asks for a second factor" in answer.content.decode()


def test_open_page_of_a_member_without_one_is_sent_there_whole(cast: Cast, as_: SignIn) -> None:
    require_it(cast)
    answer = as_("bob").get("/t/nordlicht/pins/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/t/nordlicht/"
    assert not answer.content


def test_who_lacks_one_comes_back_to_the_settings(cast: Cast) -> None:
    client = sign_in("alice@example.com")
    url = "/t/nordlicht/settings/second-factor/"
    assert client.post(url, {"is_required": "on"}).headers["Location"] == "/auth/second-factor/"
    set_up(client)
    back = 'href="/t/nordlicht/settings/#second_factor"'
    assert back in client.get("/auth/second-factor/recovery-codes/").content.decode()
    answer = client.post(url, {"is_required": "on"})
    assert answer.headers["Location"] == "/t/nordlicht/settings/#second_factor"
    assert "Everybody in this team needs a second factor now." in client.get("/t/nordlicht/settings/").content.decode()


def test_visit_to_another_team_keeps_the_way_back(cast: Cast) -> None:
    require_it(cast)
    Membership.objects.create(team=cast.other_team, user=cast.bob, role="viewer")
    client = sign_in("bob@example.com")
    client.get("/t/nordlicht/boards/")
    client.get("/t/harbour/")
    assert client.session["after_second_factor"]["path"] == "/t/nordlicht/boards/"


def test_outsider_of_a_team_that_asks_for_it_still_finds_nothing(cast: Cast, as_: SignIn) -> None:
    require_it(cast)
    assert as_("charlie").get("/t/nordlicht/").status_code == 404


def test_who_asks_it_of_others_has_one(cast: Cast) -> None:
    client = sign_in("alice@example.com")
    client.post("/t/nordlicht/settings/second-factor/", {"is_required": "on"})
    cast.team.refresh_from_db()
    assert not cast.team.requires_second_factor
    set_up(client)
    client.post("/t/nordlicht/settings/second-factor/", {"is_required": "on"})
    cast.team.refresh_from_db()
    assert cast.team.requires_second_factor
    assert cast.team.audit_events.filter(action="team.second_factor_required").exists()


def test_recovery_codes_alone_are_no_second_factor(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.bob, type="recovery_codes", data={"seed": "", "used_mask": 0})
    assert has_second_factor([cast.bob.pk]) == set()


def test_passkey_counts_as_one(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Key", "credential": {}})
    assert has_second_factor([cast.bob.pk, cast.cora.pk]) == {cast.bob.pk}
