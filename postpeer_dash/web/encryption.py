"""Encrypt the secrets that have to be read again: second factors, and the text of mails that wait.

The keys are derived from SECRET_KEY with HKDF (RFC 5869), one for each purpose. What SECRET_KEY_FALLBACKS encrypted is
still read; `manage.py reseal` encrypts it anew. A copy of the database alone opens nothing.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

# Says what it is, to people who look at a row and to `is_encrypted`. Rows carry it, so it stays as it is.
_MARK = "sealed1:"


class DecryptionError(ValueError):
    """A text can't be decrypted: SECRET_KEY was changed without a fallback, or the text was tampered with."""


def encrypt(text: str, *, purpose: str) -> str:
    """Return the text encrypted for one purpose; only the same purpose decrypts it."""
    return _MARK + _cipher(purpose, *_secrets()).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Return the text in clear. Raises DecryptionError."""
    from cryptography.fernet import InvalidToken

    if not is_encrypted(encrypted):
        raise DecryptionError("This was never encrypted.")
    try:
        return _cipher(purpose, *_secrets()).decrypt(encrypted.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        raise DecryptionError("None of SECRET_KEY and SECRET_KEY_FALLBACKS opens this.") from None


def reencrypt(encrypted: str, *, purpose: str) -> str:
    """Return the same text encrypted under today's SECRET_KEY. Raises DecryptionError."""
    return encrypt(decrypt(encrypted, purpose=purpose), purpose=purpose)


def is_encrypted(text: str) -> bool:
    return text.startswith(_MARK)


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


# The library is loaded with the first secret: most processes never see one.
@lru_cache(maxsize=8)
def _cipher(purpose: str, *secrets: str) -> "MultiFernet":
    from base64 import urlsafe_b64encode

    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def key(secret: str) -> Fernet:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"postpeer-dash {purpose}".encode())
        return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))

    return MultiFernet([key(secret) for secret in secrets])
