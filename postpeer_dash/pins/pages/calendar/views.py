from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from postpeer_dash.pins.pages.calendar.context import read_calendar
from postpeer_dash.teams.access import Right, TeamRequest, can, in_team


@require_safe
@in_team(Right.VIEW)
def calendar(request: TeamRequest) -> HttpResponse:
    """Show a month of the team's pins: what went out, what goes out, and what is planned."""
    may_compose = can(request.membership, Right.COMPOSE)
    context = read_calendar(request.team, request.GET.get("month", ""), may_compose=may_compose)
    return render(request, "pins/calendar.html", context)
