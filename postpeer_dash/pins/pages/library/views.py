from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from postpeer_dash.pins.pages.library.context import read_library
from postpeer_dash.teams.access import Right, TeamRequest, in_team


@require_safe
@in_team(Right.VIEW)
def library(request: TeamRequest) -> HttpResponse:
    """Show the files that the team has used, newest first."""
    return render(request, "pins/library.html", read_library(request.membership, request.GET.dict()))
