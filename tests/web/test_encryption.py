from typing import Any

import pytest

from postpeer_dash.web.encryption import DecryptionError, decrypt, encrypt, reencrypt


def test_what_is_encrypted_is_read_again() -> None:
    assert decrypt(encrypt("a secret", purpose="test"), purpose="test") == "a secret"


def test_clear_text_is_not_in_it() -> None:
    assert "a secret" not in encrypt("a secret", purpose="test")


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(DecryptionError):
        decrypt(encrypt("a secret", purpose="test"), purpose="other")


def test_what_was_tampered_with_is_refused() -> None:
    encrypted = encrypt("a secret", purpose="test")
    with pytest.raises(DecryptionError):
        decrypt(f"{encrypted[:-4]}AAAA", purpose="test")


def test_what_was_never_encrypted_is_refused() -> None:
    with pytest.raises(DecryptionError):
        decrypt("a secret", purpose="test")


def test_encrypted_anew_it_outlives_the_old_key(settings: Any) -> None:
    encrypted = encrypt("a secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "the next key, of as many characters as it takes",
    )
    anew = reencrypt(encrypted, purpose="test")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(anew, purpose="test") == "a secret"
    with pytest.raises(DecryptionError):
        decrypt(encrypted, purpose="test")
