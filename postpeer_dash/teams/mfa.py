"""allauth's second factor as this dashboard wants it: encrypted at rest, named for the dashboard, light to load."""

import base64
import logging
import secrets
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.stages import LoginStage
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.teams.models import User
from postpeer_dash.teams.second_factor import has_second_factor
from postpeer_dash.web.encryption import DecryptionError, decrypt, encrypt, is_encrypted

logger = logging.getLogger(__name__)
PURPOSE = "second factor"
# Where allauth keeps the secret that is being set up. The name has no public place; a test fails if it changes.
_SECRET_SESSION_KEY = "mfa.totp.secret"  # noqa: S105  # nosec B105


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypt TOTP secrets and the seeds of recovery codes."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy("This can’t be turned off now. Nothing was changed."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes stand in for an app or a passkey. Set one up first."
        ),
        "incorrect_code": gettext_lazy("This isn’t the code that fits now. Wait for the next one and type that."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return decrypt(encrypted_text, purpose=PURPOSE)
        except DecryptionError as broken:
            logger.error("A second factor can't be read: %s", broken)
            # No code fits a secret that nobody has: the person is refused as with a wrong code, and let in by nobody.
            return _make_totp_secret()

    def get_totp_issuer(self) -> str:
        # Several dashboards stand side by side in one app.
        return f"PostPeer Dash ({urlsplit(settings.SITE_URL).hostname})"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the host of SITE_URL as the passkeys' relying party (WebAuthn), whatever a request claims."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": "PostPeer Dash"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = user.authenticator_set.filter(type=type).count()
        return _("Passkey") if not count else _("Passkey %(number)d") % {"number": count + 1}


def _make_totp_secret() -> str:
    """Return 160 random bits in base 32, the length that RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


class EncryptedActivateTOTPForm(ActivateTOTPForm):  # type: ignore[misc]
    """Keep the secret that is being set up encrypted in the session, which is a row of the database, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.secret: str
        super().__init__(*args, **kwargs)
        # allauth has read the session's text, or put a new secret there in clear. The session is saved only after the
        # view, so the clear text never reaches the database.
        if is_encrypted(self.secret):
            try:
                self.secret = decrypt(self.secret, purpose=PURPOSE)
                return
            except DecryptionError:
                self.secret = _make_totp_secret()
        context.request.session[_SECRET_SESSION_KEY] = encrypt(self.secret, purpose=PURPOSE)


class SecondFactorStage(LoginStage):  # type: ignore[misc]
    """Asks for the second factor after the password.

    allauth's own stage loads the library for passkeys with everybody's first sign-in; this one, of the same key, hands
    over to it only for those who have a second factor.
    """

    key = "mfa_authenticate"
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if not isinstance(user, User) or not has_second_factor([user.pk]):
            return None, True
        from allauth.mfa.stages import AuthenticateStage

        found: tuple[Any, bool] = AuthenticateStage(self.controller, self.request, self.login).handle()
        return found
