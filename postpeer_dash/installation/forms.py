"""The forms of the installation's pages."""

from django import forms
from django.utils.translation import gettext_lazy

from postpeer_dash.teams.models import Team
from postpeer_dash.web.text_fields import NameField
from postpeer_dash.web.time_zone_fields import TimeZoneField


class NewTeamForm(forms.Form):
    """The name and the time zone of a new team."""

    name = NameField(label=gettext_lazy("Name of the team"), max_length=100)
    time_zone = TimeZoneField(label=gettext_lazy("Time zone"))


class BringInForm(forms.Form):
    """An account that PostPeer has in no profile, and the team that gets it."""

    integration = forms.CharField(max_length=200)
    team = forms.ModelChoiceField(Team.objects.filter(deleting_at=None))
