"""One SECRET_KEY for one database, on however many machines: what is stored encrypted is read by all of them or by none.

The database keeps a fingerprint. Whoever starts under another key is refused, unless the known one is among its
SECRET_KEY_FALLBACKS: then the key is being changed, and the new one becomes the known one.
"""

import hashlib

from django.conf import settings
from django.db import transaction

from postpeer_dash.web.models import SecretKeyFingerprint

_ONLY = 1


class OtherSecretKeyError(Exception):
    """The database belongs to another SECRET_KEY; the text is a sentence for the console."""

    def __init__(self) -> None:
        super().__init__(
            "This database belongs to another SECRET_KEY. Use the same one on every machine; to change it, put the old "
            "one into SECRET_KEY_FALLBACKS. If that one is lost for good: manage.py prepare --take-secret-key."
        )


def fingerprint_of(secret: str) -> str:
    """Return what tells two secrets apart without giving either away: they are random, so a hash can't be guessed back."""
    return hashlib.sha256(f"postpeer-dash:secret-key:{secret}".encode()).hexdigest()


def require_same_secret_key() -> None:
    """Raise OtherSecretKeyError when the database belongs to another key; the first one to start decides on it."""
    current = fingerprint_of(settings.SECRET_KEY)
    row, _made = SecretKeyFingerprint.objects.get_or_create(pk=_ONLY, defaults={"fingerprint": current})
    if row.fingerprint == current:
        return
    if row.fingerprint not in map(fingerprint_of, settings.SECRET_KEY_FALLBACKS):
        raise OtherSecretKeyError
    SecretKeyFingerprint.objects.filter(pk=_ONLY, fingerprint=row.fingerprint).update(fingerprint=current)


def take_secret_key() -> None:
    """Let the database belong to today's key, whatever it belonged to."""
    with transaction.atomic():
        current = fingerprint_of(settings.SECRET_KEY)
        SecretKeyFingerprint.objects.update_or_create(pk=_ONLY, defaults={"fingerprint": current})
