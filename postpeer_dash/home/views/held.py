"""Why nothing is sent: the evidence, and what a person decides about it."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from postpeer_dash.home.forms import MatchForm, SeenForm
from postpeer_dash.home.held import Hold, read_hold, read_instance_hold
from postpeer_dash.home.views.instance import OwnerRequest, for_owner
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.pause import accept_unknown_posts
from postpeer_dash.pins.publishing.restore import match_unknown_post
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team


@require_safe
@in_team(Right.MANAGE)
def held(request: TeamRequest) -> HttpResponse:
    """Why nothing is sent, for those who manage a team."""
    return render(request, "home/held.html", {"hold": read_hold(request.team)})


@require_POST
@in_team(Right.MANAGE)
def go_on(request: TeamRequest) -> HttpResponse:
    """The team's unknown posts were made elsewhere: sending goes on."""
    seen = accept_unknown_posts(team=request.team, actor=request.user, only=_seen(request))
    hold = read_hold(request.team)
    _tell(request, seen, hold)
    return redirect("home:held" if hold and hold.unknown else "home:home", team=request.team.slug)


@require_POST
@in_team(Right.MANAGE)
def match(request: TeamRequest) -> HttpResponse:
    """One of the team's unknown posts is a pin that waits in line."""
    form = MatchForm(request.POST)
    if form.is_valid():
        waiting = Submission.objects.filter(pin__team=request.team).select_related("pin")
        one = get_or_404(waiting, uuid=form.cleaned_data["submission"])
        if match_unknown_post(team=request.team, actor=request.user, post_id=form.cleaned_data["post"], submission=one):
            messages.success(request, _("It is followed up as this pin’s. It is not sent again."))
            return redirect("pins:pin", team=request.team.slug, pin=one.pin.uuid)
    messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
    return redirect("home:held", team=request.team.slug)


@require_safe
@for_owner
def instance_held(request: OwnerRequest) -> HttpResponse:
    """Why nothing is sent, for the installation's owner."""
    return render(request, "home/instance_held.html", {"hold": read_instance_hold()})


@require_POST
@for_owner
def instance_go_on(request: OwnerRequest) -> HttpResponse:
    """The unknown posts of all teams were made elsewhere: sending goes on."""
    seen = accept_unknown_posts(team=None, actor=request.user, only=_seen(request))
    hold = read_instance_hold()
    _tell(request, seen, hold)
    return redirect("home:instance_held" if hold and hold.unknown else "home:instance")


def _seen(request: HttpRequest) -> Sequence[str]:
    """The posts that stood on the page when the button was pressed."""
    form = SeenForm(request.POST)
    form.is_valid()
    ids: Sequence[str] = form.cleaned_data.get("post") or []
    return ids


def _tell(request: HttpRequest, seen: int, hold: Hold | None) -> None:
    if not seen:
        messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
    elif hold and hold.unknown:
        messages.success(request, _("Written down. There are more posts to look at before sending goes on."))
    elif hold:
        messages.success(request, _("Written down. Sending is still held for another reason."))
    else:
        messages.success(request, _("Sending goes on. What waited leaves now."))
