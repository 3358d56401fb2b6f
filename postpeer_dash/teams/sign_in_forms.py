"""allauth's forms in this dashboard's own words, and the password reset with its tries counted."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.core import context
from django.forms import Form
from django.utils.translation import gettext, gettext_lazy

from postpeer_dash.teams.known_browsers import consume_account_limits
from postpeer_dash.web import limits

_EMAIL = gettext_lazy("E-mail address")
_PASSWORD = gettext_lazy("Password")
_NEW = gettext_lazy("New password")
_LONG = gettext_lazy("Ten characters or more.")
_AGAIN = gettext_lazy("New password, once more")


def _set_labels(form: Form, **labels: Any) -> None:
    for name, words in labels.items():
        if name in form.fields:
            form.fields[name].label = words
            form.fields[name].widget.attrs.pop("placeholder", None)


class _MatchingPasswordsMixin:
    """Say in our words that two passwords differ."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        errors = self.errors  # type: ignore[attr-defined]
        first, second = cleaned.get("password1"), self.data.get("password2")  # type: ignore[attr-defined]
        if first and second and first != second and "password2" in errors:
            errors["password2"] = self.error_class([gettext("This isn’t the same password.")])  # type: ignore[attr-defined]
        return cleaned


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, login=_EMAIL, password=_PASSWORD, remember=gettext_lazy("Stay signed in"))


class ReauthenticationForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, password=gettext_lazy("Your password"))
        self.fields["password"].help_text = ""


class PasswordChangeForm(_MatchingPasswordsMixin, ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, oldpassword=gettext_lazy("Your password now"), password1=_NEW, password2=_AGAIN)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _LONG


class PasswordResetConfirmForm(_MatchingPasswordsMixin, ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, password1=_NEW, password2=_AGAIN)
        self.fields["password1"].help_text = _LONG


class PasswordResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Count requests for a link by address and by account as asked from this network, whether or not the account exists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, email=_EMAIL)

    def clean_email(self) -> str:
        email: Any = super().clean_email()
        taken = consume_account_limits(context.request, str(email), known=limits.RESET_KNOWN, others=limits.RESET)
        if taken is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        return str(email)
