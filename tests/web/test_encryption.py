from typing import Any

import pytest

from postpeer_dash.web.encryption import DecryptionError, decrypt, encrypt, is_encrypted, reencrypt


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


@pytest.mark.parametrize("text", ["", "geheim 🗝", "x" * 10_000, "sealed1:"])
def test_any_text_survives(text: str) -> None:
    assert decrypt(encrypt(text, purpose="test"), purpose="test") == text


def test_same_text_is_never_encrypted_alike() -> None:
    assert encrypt("a secret", purpose="test") != encrypt("a secret", purpose="test")


def test_encrypted_text_says_what_it_is() -> None:
    assert is_encrypted(encrypt("a secret", purpose="test"))
    assert not is_encrypted("a secret") and not is_encrypted("")


def test_fallback_reads_and_todays_key_writes(settings: Any) -> None:
    old = encrypt("a secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the next key, of the length it takes"
    assert decrypt(old, purpose="test") == "a secret"
    new = encrypt("another", purpose="test")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(new, purpose="test") == "another"


def test_key_that_is_gone_reads_nothing(settings: Any) -> None:
    old = encrypt("a secret", purpose="test")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "quite another key, of the length it takes", []
    with pytest.raises(DecryptionError, match="SECRET_KEY_FALLBACKS"):
        reencrypt(old, purpose="test")
