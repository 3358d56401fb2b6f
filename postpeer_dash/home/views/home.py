from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from postpeer_dash.home.overview import read_overview
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.teams.members import last_membership
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import needs_setup


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Redirect to the last team's home, to /setup/ while no user exists, or to the sign-in."""
    if not isinstance(request.user, User):
        return redirect("teams:setup" if needs_setup() else "account_login")
    last = last_membership(request.user)
    if last is None:
        return render(request, "home/no_team.html")
    return redirect("home:home", team=last.team.slug)


@require_safe
@in_team(Right.VIEW)
def home(request: TeamRequest) -> HttpResponse:
    """Show what needs a person, what goes out next, and what went out last."""
    return render(request, "home/home.html", {"overview": read_overview(request.membership)})
