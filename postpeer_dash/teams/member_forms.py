"""Forms for inviting people, giving them a role, and accepting an invitation."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams.forms import FirstPasswordForm
from postpeer_dash.teams.models import Membership, Role, User
from postpeer_dash.teams.pages import ROLE_WORDS
from postpeer_dash.teams.roles import roles_up_to
from postpeer_dash.web.model_forms import ModelForm
from postpeer_dash.web.time_zone_fields import BrowserZoneField


def _role_choices(actor: Membership) -> list[tuple[str, Any]]:
    return [
        (role.value, format_html("<b>{}</b><small>{}</small>", role.label, ROLE_WORDS[role]))
        for role in roles_up_to(actor.role)
    ]


class RoleForm(forms.Form):
    """A role, never above the actor's own."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _role_choices(actor)  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """An address and the role it is invited as."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"})
    )
    field_order = ("email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.CONTRIBUTOR

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewPersonForm(FirstPasswordForm):
    """A person who comes by an invitation; the address is the invitation's."""

    browser_zone = BrowserZoneField()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def read_email(self, cleaned: dict[str, Any]) -> str:
        return self.email


class NotificationsForm(ModelForm[User]):
    """The mails that a person wants."""

    class Meta:
        model = User
        fields = ["mails_failures", "mails_reconnects", "mails_reviews"]
        labels = {
            "mails_failures": _("A pin of mine failed, or nobody can know whether it is out"),
            "mails_reconnects": _("An account has to be connected again"),
            "mails_reviews": _("A pin waits for my approval"),
        }
        help_texts = {
            "mails_reconnects": _("In teams where you manage the accounts."),
            "mails_reviews": _("In teams where you may publish."),
        }
