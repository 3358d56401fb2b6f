from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams.models import User
from postpeer_dash.web.model_forms import ModelForm
from postpeer_dash.web.text_fields import NameField
from postpeer_dash.web.time_zone_fields import BrowserZoneSelect, TimeZoneField


class FirstPasswordForm(forms.Form):
    """A new person: a name, and a password that is checked against it and the address."""

    name = NameField(label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=True),
        help_text=_("Ten characters or more."),
    )

    def read_email(self, cleaned: dict[str, Any]) -> str:
        """Return the person's address, empty where it isn't valid."""
        return str(cleaned.get("email", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = User(email=self.read_email(cleaned), name=cleaned.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class SetupForm(FirstPasswordForm):
    """The first person and the first team."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )
    team = NameField(label=_("Name of your team"), max_length=100)
    time_zone = TimeZoneField(
        label=_("Time zone"),
        help_text=_("All times are shown in it. Choose yours if it isn’t chosen yet."),
        widget=BrowserZoneSelect,
    )
    field_order = ("name", "email", "password", "team", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # What was chosen before is shown again, UTC too.
            self.fields["time_zone"].widget.attrs.pop("data-browser-zone")


class PersonForm(ModelForm[User]):
    """What a person may change about themselves."""

    time_zone = TimeZoneField(label=_("Time zone"), help_text=_("All times are shown in it."))

    class Meta:
        model = User
        fields = ["name", "time_zone", "theme"]
        field_classes = {"name": NameField}
        widgets = {"theme": forms.RadioSelect}


class AddressForm(forms.Form):
    """The address that a person wants to sign in with instead."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
        help_text=_("It gets a mail with a link. Your address changes when you open it, and the old one is told."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.user.email.lower():
            raise ValidationError(gettext("This is your address already."))
        return email


class ThemeForm(ModelForm[User]):
    class Meta:
        model = User
        fields = ["theme"]


class GuessedTimeZoneForm(forms.Form):
    """The zone that a browser reports."""

    time_zone = TimeZoneField()
