"""Secrets of ours that have to be read again, encrypted at rest.

The key is derived from SECRET_KEY. What was sealed under one of SECRET_KEY_FALLBACKS is still read, and sealed anew by
`manage.py reseal`. A copy of the database alone opens nothing.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

# Says by itself what it is, to people who look at a row and to `is_sealed`.
_MARK = "sealed1:"


class BrokenSeal(ValueError):
    """What was sealed can't be read: SECRET_KEY was changed without a fallback, or the text was tampered with."""


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted for one purpose; what was sealed for another purpose doesn't open it."""
    return _MARK + _box(purpose, *_secrets()).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text in clear. Raises BrokenSeal."""
    from cryptography.fernet import InvalidToken

    if not is_sealed(sealed):
        raise BrokenSeal("This was never sealed.")
    try:
        return _box(purpose, *_secrets()).decrypt(sealed.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        raise BrokenSeal("None of SECRET_KEY and SECRET_KEY_FALLBACKS opens this.") from None


def reseal(sealed: str, *, purpose: str) -> str:
    """The same text sealed under today's SECRET_KEY. Raises BrokenSeal."""
    return seal(unseal(sealed, purpose=purpose), purpose=purpose)


def is_sealed(text: str) -> bool:
    return text.startswith(_MARK)


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


# The library is loaded with the first secret: most processes never see one.
@lru_cache(maxsize=8)
def _box(purpose: str, *secrets: str) -> "MultiFernet":
    from base64 import urlsafe_b64encode

    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def key(secret: str) -> Fernet:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"postpeer-dash {purpose}".encode())
        return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))

    return MultiFernet([key(secret) for secret in secrets])
