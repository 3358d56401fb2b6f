from typing import Any

import pytest

from postpeer_dash.web.encryption import BrokenSeal, reseal, seal, unseal


def test_what_is_sealed_is_read_again() -> None:
    assert unseal(seal("a secret", purpose="test"), purpose="test") == "a secret"


def test_clear_text_is_not_in_it() -> None:
    assert "a secret" not in seal("a secret", purpose="test")


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(BrokenSeal):
        unseal(seal("a secret", purpose="test"), purpose="other")


def test_what_was_tampered_with_is_refused() -> None:
    sealed = seal("a secret", purpose="test")
    with pytest.raises(BrokenSeal):
        unseal(f"{sealed[:-4]}AAAA", purpose="test")


def test_what_was_never_sealed_is_refused() -> None:
    with pytest.raises(BrokenSeal):
        unseal("a secret", purpose="test")


def test_sealed_anew_it_outlives_the_old_key(settings: Any) -> None:
    sealed = seal("a secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "the next key, of as many signs as it takes",
    )
    anew = reseal(sealed, purpose="test")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(anew, purpose="test") == "a secret"
    with pytest.raises(BrokenSeal):
        unseal(sealed, purpose="test")
