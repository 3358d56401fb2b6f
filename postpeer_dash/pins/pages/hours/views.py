from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from postpeer_dash.pins.access import get_pin, require_edit, require_publish
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.moved_hours import (
    Outcome,
    keep_hours,
    moved_pins,
    restore_hours,
)
from postpeer_dash.pins.pages.hours.context import read_hours_page
from postpeer_dash.pins.pages.hours.forms import WhichForm
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.web.numbers import count_things
from postpeer_dash.web.sentences import explain


@require_safe
@in_team(Right.VIEW)
def hours(request: TeamRequest) -> HttpResponse:
    """List the pins whose hour moved."""
    return render(request, "pins/hours.html", read_hours_page(request.membership))


@require_POST
@in_team(Right.PUBLISH)
def restore_all(request: TeamRequest) -> HttpResponse:
    """Put the team's pins back to the hours that were chosen."""
    pins = moved_pins(request.team).exclude(wall_clock="").only("pk")
    _report_restored(request, restore_hours(pins=pins, actor=request.user))
    return _back(request)


@require_POST
@in_team(Right.PUBLISH)
def keep_all(request: TeamRequest) -> HttpResponse:
    """Let the team's pins go out when they do."""
    is_known = WhichForm(request.GET).wall_clock_is_known
    pins = moved_pins(request.team).only("pk")
    if is_known is not None:
        pins = pins.exclude(wall_clock="") if is_known else pins.filter(wall_clock="")
    _report_kept(request, keep_hours(pins=pins, actor=request.user))
    return _back(request)


@require_POST
@in_team(Right.COMPOSE)
def restore(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Put a pin back to the hour that was chosen."""
    moved = _get_changeable(request, pin)
    _report_restored(request, restore_hours(pins=[moved], actor=request.user))
    return _back(request)


@require_POST
@in_team(Right.COMPOSE)
def keep(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Let a pin go out when it does."""
    moved = _get_changeable(request, pin)
    _report_kept(request, keep_hours(pins=[moved], actor=request.user))
    return _back(request)


def _get_changeable(request: TeamRequest, uuid: UUID) -> Pin:
    """Return the pin; 403 for whoever may not give it another time."""
    moved = get_pin(request, uuid)
    require_publish(request.membership) if moved.is_frozen else require_edit(request.membership, moved)
    return moved


def _report_restored(request: TeamRequest, outcome: Outcome) -> None:
    if outcome.done:
        words = ngettext(
            "%(count)s pin goes back to the hour that was chosen.",
            "%(count)s pins go back to the hours that were chosen.",
            outcome.done,
        )
        messages.success(request, words % {"count": count_things(outcome.done)})
    for kind, count in outcome.failed.items():
        words = ngettext("%(count)s pin stayed as it is:", "%(count)s pins stayed as they are:", count)
        messages.warning(request, f"{words % {'count': count_things(count)}} {explain(kind)}")
    if not outcome.done and not outcome.failed:
        messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))


def _report_kept(request: TeamRequest, outcome: Outcome) -> None:
    if not outcome.done:
        messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
        return
    words = ngettext("%(count)s pin keeps its new hour.", "%(count)s pins keep their new hours.", outcome.done)
    messages.success(request, words % {"count": count_things(outcome.done)})


def _back(request: TeamRequest) -> HttpResponse:
    """Redirect to the list while there is more, else to home."""
    is_more = moved_pins(request.team).exists()
    return redirect("pins:hours" if is_more else "home:home", team=request.team.slug)
