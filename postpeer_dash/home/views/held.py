"""Show why sending is held, and take what a person decides about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from postpeer_dash.home.accepting import read_seen, report_accepted
from postpeer_dash.home.forms import MatchForm
from postpeer_dash.home.held import read_hold
from postpeer_dash.pins.models import Submission
from postpeer_dash.pins.publishing.pause import accept_unknown_posts
from postpeer_dash.pins.publishing.restore import match_unknown_post
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team


@require_safe
@in_team(Right.MANAGE)
def held(request: TeamRequest) -> HttpResponse:
    """Show why nothing is sent, for those who manage a team."""
    return render(request, "home/held.html", {"hold": read_hold(request.team)})


@require_POST
@in_team(Right.MANAGE)
def go_on(request: TeamRequest) -> HttpResponse:
    """Accept the team's unknown posts as made elsewhere, so that sending goes on."""
    seen = accept_unknown_posts(team=request.team, actor=request.user, only=read_seen(request))
    hold = read_hold(request.team)
    report_accepted(request, seen, hold)
    return redirect("home:held" if hold and hold.unknown else "home:home", team=request.team.slug)


@require_POST
@in_team(Right.MANAGE)
def match(request: TeamRequest) -> HttpResponse:
    """Take an unknown post of the team as the answer to one of its queued submissions."""
    form = MatchForm(request.POST)
    if form.is_valid():
        waiting = Submission.objects.filter(pin__team=request.team).select_related("pin")
        one = get_or_404(waiting, uuid=form.cleaned_data["submission"])
        if match_unknown_post(team=request.team, actor=request.user, post_id=form.cleaned_data["post"], submission=one):
            messages.success(request, _("It is followed up as this pin’s. It is not sent again."))
            return redirect("pins:pin", team=request.team.slug, pin=one.pin.uuid)
    messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
    return redirect("home:held", team=request.team.slug)
