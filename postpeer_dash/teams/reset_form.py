from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context

from postpeer_dash.web import limits
from postpeer_dash.web.clients import client_ip


class CountedResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asking for a link is counted by address and by account, whether or not the account exists."""

    def clean_email(self) -> str:
        email: Any = super().clean_email()
        if limits.take_all(limits.RESET, address=client_ip(context.request), account=email.lower()) is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        return str(email)
