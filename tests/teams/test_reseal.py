"""Changing SECRET_KEY: what is stored is encrypted anew, and what can't be read is named."""

import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from postpeer_dash.teams.mfa import PURPOSE, MFAAdapter
from postpeer_dash.teams.models import Mail
from postpeer_dash.web.encryption import decrypt, encrypt
from tests.cast import Cast

NEXT = "the next key, of as many characters as it takes"


@pytest.fixture
def next_key(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEXT


def reseal() -> tuple[str, str, int]:
    """Return what the command says, what it complains of, and how it ends."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("reseal", stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(str(ended.code))
    return out.getvalue(), err.getvalue(), status


def test_mails_that_wait_are_encrypted_anew(db: None, settings: Any) -> None:
    mail = Mail.objects.create(to="ada@example.com", subject="Hello", sealed_body=encrypt("a link", purpose="mail"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEXT
    assert reseal() == ("1 secrets are encrypted anew.\n", "", 0)
    settings.SECRET_KEY_FALLBACKS = []
    mail.refresh_from_db()
    assert decrypt(mail.sealed_body, purpose="mail") == "a link"


def test_sent_mails_and_passkeys_hold_no_secret(cast: Cast, next_key: None) -> None:
    Mail.objects.create(to="ada@example.com", subject="Hello", sealed_body="")
    Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Key", "credential": {}})
    assert reseal() == ("0 secrets are encrypted anew.\n", "", 0)


def test_app_and_recovery_codes_are_encrypted_anew(cast: Cast, settings: Any) -> None:
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        Authenticator.objects.create(user=cast.bob, type=kind, data={name: MFAAdapter().encrypt(kind), "used_mask": 0})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEXT
    assert reseal()[0] == "2 secrets are encrypted anew.\n"
    settings.SECRET_KEY_FALLBACKS = []
    rows = {row.type: row.data for row in Authenticator.objects.all()}
    assert decrypt(rows["totp"]["secret"], purpose=PURPOSE) == "totp"
    assert rows["recovery_codes"]["used_mask"] == 0


def test_secret_that_cannot_be_read_is_named_and_the_others_go_on(cast: Cast, settings: Any) -> None:
    lost = Authenticator.objects.create(user=cast.bob, type="totp", data={"secret": MFAAdapter().encrypt("x")})
    mail = Mail.objects.create(to="ada@example.com", subject="Hello", sealed_body=encrypt("y", purpose="mail"))
    settings.SECRET_KEY = NEXT
    Authenticator.objects.create(user=cast.cora, type="totp", data={"secret": MFAAdapter().encrypt("z")})
    said, complained, status = reseal()
    assert (said, status) == ("1 secrets are encrypted anew.\n", 1)
    assert f"The second factor {lost.pk} can't be read" in complained
    assert f"The mail {mail.pk} can't be read" in complained


def test_secret_of_before_encryption_is_left_as_it_is(cast: Cast, next_key: None) -> None:
    row = Authenticator.objects.create(user=cast.bob, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    reseal()
    row.refresh_from_db()
    assert row.data == {"secret": "JBSWY3DPEHPK3PXP"}
