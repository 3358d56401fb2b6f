from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postpeer_dash.teams import second_factor
from postpeer_dash.teams.access import Right, TeamRequest, in_team


class RequirementForm(forms.Form):
    is_required = forms.BooleanField(required=False)


@require_POST
@in_team(Right.MANAGE)
def set_requirement(request: TeamRequest) -> HttpResponseBase:
    """Set whether this team's members need a second factor."""
    form = RequirementForm(request.POST)
    is_required = form.is_valid() and form.cleaned_data["is_required"]
    settings = reverse("home:settings", args=[request.team.slug]) + "#second_factor"
    try:
        second_factor.set_requirement(team=request.team, actor=request.user, is_required=is_required)
    except second_factor.ActorLacksSecondFactor:
        messages.warning(request, _("Set up a second factor of your own first. Nothing was changed."))
        return second_factor.redirect_actor_to_setup(request, request.team, settings)
    messages.success(
        request,
        _("Everybody in this team needs a second factor now.")
        if is_required
        else _("A second factor is up to each person now."),
    )
    return redirect(settings)
