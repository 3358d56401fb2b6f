from typing import Any

import pytest
from django.core.management import CommandError, call_command

from postpeer_dash.web.models import SecretKeyFingerprint
from postpeer_dash.web.secret_key import OtherSecretKeyError, require_same_secret_key

pytestmark = pytest.mark.django_db
FIRST, SECOND = (
    "the first of two keys, fifty signs of it or more, yes",
    "the second of two keys, fifty signs or more too",
)


def start(settings: Any, key: str, *fallbacks: str) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(fallbacks)
    require_same_secret_key()


def test_first_one_to_start_decides(settings: Any) -> None:
    start(settings, FIRST)
    start(settings, FIRST)
    assert FIRST not in SecretKeyFingerprint.objects.get().fingerprint


def test_machine_with_another_key_is_refused(settings: Any) -> None:
    start(settings, FIRST)
    with pytest.raises(OtherSecretKeyError, match="belongs to another SECRET_KEY"):
        start(settings, SECOND)
    start(settings, FIRST)


def test_key_is_changed_with_the_old_one_as_a_fallback(settings: Any) -> None:
    start(settings, FIRST)
    start(settings, SECOND, FIRST)
    start(settings, SECOND)
    with pytest.raises(OtherSecretKeyError):
        start(settings, FIRST)


def test_worker_does_not_start_under_another_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # The signals of this process are the suite's.
    monkeypatch.setattr("postpeer_dash.worker.management.commands.worker.listen_to_signals", lambda _end: None)
    start(settings, FIRST)
    settings.SECRET_KEY = SECOND
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("worker")


def test_preparing_refuses_another_key_unless_the_old_one_is_lost(settings: Any) -> None:
    start(settings, FIRST)
    settings.SECRET_KEY = SECOND
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("prepare")
    call_command("prepare", "--take-secret-key")
    start(settings, SECOND)
