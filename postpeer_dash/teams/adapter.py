"""allauth's account adapter: signing in as this dashboard wants it."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.teams.known_browsers import consume_account_limits
from postpeer_dash.teams.mail import queue_mail
from postpeer_dash.teams.models import Mail
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip

_KINDS = {
    "account/email/password_reset_key": Mail.Kind.RESET,
    "account/email/unknown_account": Mail.Kind.STRANGER,
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Close sign-up, count guesses, and send mail through the worker."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
        "email_password_mismatch": gettext_lazy("This address and this password don’t belong together."),
        "incorrect_password": gettext_lazy("This isn’t your password."),
        "enter_current_password": gettext_lazy("This isn’t your password now."),
        "account_inactive": gettext_lazy("This account is closed. Ask whoever runs this dashboard."),
        "invalid_login": gettext_lazy("This address and this password don’t belong together."),
        "invalid_password_reset": gettext_lazy("This link leads nowhere any more. Ask for a new one."),
        "rate_limited": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave user names out: the e-mail address is the name."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "0.0.0.0"  # noqa: S104 - "unknown" for a column that takes addresses alone  # nosec B104

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to prove once more who one is, in our words."""
        words = {
            "reauthenticate": _("Type your password"),
            "mfa_reauthenticate": _("Type a code of your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": words.get(method["id"], method["description"])} for method in methods]

    def get_login_stages(self) -> list[str]:
        """Return allauth's stages with our own in the place of the second factor's."""
        theirs = "allauth.mfa.stages.AuthenticateStage"
        return [
            "postpeer_dash.teams.mfa.SecondFactorStage" if stage == theirs else stage
            for stage in super().get_login_stages()
        ]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link on SITE_URL: the Host of a request is whatever its sender wrote there."""
        made: str = super().get_reset_password_from_key_url(key)
        return f"{settings.SITE_URL}{urlsplit(made).path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail for the worker, so that an address without an account is answered as fast as any other."""
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        kind = _KINDS.get(template_prefix, Mail.Kind.ACCOUNT)
        queue_mail(to=email, subject=str(message.subject), body=str(message.body), kind=kind)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the person whom these credentials are right for, or None.

        Counts every try with a password, by address and by account as tried from this network, before the password is
        looked at; a right one is given back. Raises ValidationError (too_many_login_attempts).
        """
        account = str(credentials.get("email") or "")
        taken = consume_account_limits(request, account, known=limits.SIGN_IN_KNOWN, others=limits.SIGN_IN)
        if taken is None:
            raise self.validation_error("too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user:
            taken.rollback()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave allauth's own count out: it stands in the cache, from which a crowd of entries pushes it."""
