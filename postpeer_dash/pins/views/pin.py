from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from postpeer_dash.pins.access import get_pin
from postpeer_dash.pins.contexts.pin import read_pin_context
from postpeer_dash.teams.access import Right, TeamRequest, in_team


@require_safe
@in_team(Right.VIEW)
def pin(request: TeamRequest, pin: UUID) -> HttpResponse:
    """One pin: everything sent, what became of it on each platform, and how it went."""
    return render(request, "pins/pin.html", read_pin_context(get_pin(request, pin), request.membership))


@require_safe
@in_team(Right.VIEW)
def live(request: TeamRequest, pin: UUID) -> HttpResponse:
    """The part of a pin's page that moves; nothing (204) while the page shows it already. Asks our own rows alone."""
    context = read_pin_context(get_pin(request, pin), request.membership)
    if request.GET.get("state") == context["state"]:
        return HttpResponse(status=204)
    return render(request, "pins/_pin_live.html", context)
