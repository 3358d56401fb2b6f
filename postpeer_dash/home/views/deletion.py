"""Deleting a team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.home.deletion import start_deletion
from postpeer_dash.home.forms import DeleteForm
from postpeer_dash.pins.publishing.pause import scheduled_at_postpeer
from postpeer_dash.teams.access import Right, TeamRequest, in_team


@require_http_methods(["GET", "POST"])
@in_team(Right.OWN)
def delete_team(request: TeamRequest) -> HttpResponse:
    """Explain what deleting does, ask for the team's name, then hand the deletion to a worker."""
    form = DeleteForm(request.POST if request.method == "POST" else None, team=request.team)
    if request.method == "POST" and form.is_valid():
        deletes_accounts = form.cleaned_data["accounts"] == "disconnect"
        start_deletion(team=request.team, actor=request.user, deletes_accounts=deletes_accounts)
        messages.success(request, _("%(team)s is being deleted.") % {"team": request.team.name})
        return redirect("root")
    context = {
        "form": form,
        "scheduled": scheduled_at_postpeer(request.team).count(),
        "accounts": accounts_of(request.team),
    }
    return render(request, "home/delete_team.html", context, status=422 if form.is_bound else 200)
