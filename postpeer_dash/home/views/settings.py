"""The views of a team's settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from postpeer_dash.accounts import usage
from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.home import team_settings
from postpeer_dash.home.forms import StopForm, TeamForm
from postpeer_dash.pins.publishing.pause import resume_sending
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.access import Right, TeamRequest, in_team


@require_http_methods(["GET", "POST"])
@in_team(Right.MANAGE)
def settings(request: TeamRequest) -> HttpResponse:
    """Show and save the team's name, zone and defaults."""
    form = TeamForm(request.POST if request.method == "POST" else None, team=request.team)
    if request.method == "POST" and form.is_valid():
        team_settings.save_settings(
            team=request.team,
            name=form.cleaned_data["name"],
            time_zone=form.cleaned_data["time_zone"],
            account=form.chosen_account,
            board=form.chosen_board,
            keeps_place=form.cleaned_data["keeps_place"],
            labels_ai=form.cleaned_data["labels_ai"],
            actor=request.user,
        )
        messages.success(request, _("Saved."))
        return redirect("home:settings", team=request.team.slug)
    context = {"form": form, "usage": usage.find_usage()}
    return render(request, "home/settings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@in_team(Right.MANAGE)
def stop(request: TeamRequest) -> HttpResponse:
    """Stop what the team sends, after saying what PostPeer has already and asking which of it to cancel."""
    scheduled = team_settings.list_scheduled(request.team)
    if request.method == "POST":
        form = StopForm(request.POST, uuids=[str(pin.uuid) for pin in scheduled])
        chosen = set(form.cleaned_data["pins"]) if form.is_valid() else set()
        has_every = form.cleaned_data.get("every")
        cancelled = [pin for pin in scheduled if has_every or str(pin.uuid) in chosen]
        team_settings.stop_team(team=request.team, actor=request.user, cancelled=cancelled)
        words = ngettext("%(n)d pin is being cancelled.", "%(n)d pins are being cancelled.", len(cancelled))
        more = f" {words % {'n': len(cancelled)}}" if cancelled else ""
        messages.success(request, _("Nothing more leaves.") + more)
        return redirect("home:settings", team=request.team.slug)
    pins = [(pin, find_title(pin.title, pin.description)) for pin in scheduled]
    return render(request, "home/stop.html", {"pins": pins, "most": team_settings.MAX_SCHEDULED})


@require_POST
@in_team(Right.MANAGE)
def resume(request: TeamRequest) -> HttpResponse:
    """Let the team's sending go on."""
    resume_sending(team=request.team, actor=request.user)
    messages.success(request, _("Sending goes on. What waited leaves now."))
    return redirect("home:settings", team=request.team.slug)


@require_POST
@in_team(Right.MANAGE)
def read_usage(request: TeamRequest) -> HttpResponse:
    """Ask PostPeer how many credits are left. Asking costs none."""
    try:
        with page_client() as client:
            usage.read_usage(client=client)
    except PostPeerError as error:
        messages.warning(request, str(sentence_for(error)))
    return redirect("home:settings", team=request.team.slug)
