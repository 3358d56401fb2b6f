from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from postpeer_dash.teams import services
from postpeer_dash.teams.forms import GuessedTimeZoneForm, PersonForm, SetupForm, ThemeForm
from postpeer_dash.teams.member_forms import NotificationsForm
from postpeer_dash.teams.models import User
from postpeer_dash.teams.sessions import start_session
from postpeer_dash.teams.stale_forms import typed_before
from postpeer_dash.teams.undelivered import undelivered_to_me
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip


class PersonRequest(HttpRequest):
    """A request of a person who is signed in."""

    user: User


@login_not_required
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Create the owner and the first team, with the token that the console printed."""
    if not services.needs_setup():
        return redirect("root")
    if request.method == "POST" and limits.consume(limits.SETUP, address=client_ip(request)) is None:
        return render(request, "429.html", status=429)
    token = request.GET.get("token", "")
    if not services.is_setup_token(token):
        return render(request, "teams/setup_closed.html", {"has_token": bool(token)}, status=403)
    form = SetupForm(request.POST if request.method == "POST" else None, initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        fields: dict[str, Any] = form.cleaned_data
        team = services.set_up(
            token=token,
            name=fields["name"],
            email=fields["email"],
            password=fields["password"],
            team_name=fields["team"],
            time_zone=fields["time_zone"],
        )
        if team is None:
            return redirect("root")
        start_session(request, User.objects.get(memberships__team=team))
        return redirect("home:home", team=team.slug)
    return render(request, "teams/setup.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def me(request: PersonRequest) -> HttpResponse:
    """Show and save a person's own page: name, time zone, theme, and the ways to sign-in settings."""
    form = PersonForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("teams:me")
    return render(request, "teams/me.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def notifications(request: PersonRequest) -> HttpResponse:
    """Show and save which mails a person wants."""
    form = NotificationsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        request.user.save(update_fields=form.Meta.fields)
        messages.success(request, _("Saved."))
        return redirect("teams:notifications")
    context = {"form": form, "has_mail": settings.HAS_MAIL, "undelivered": undelivered_to_me(request.user)}
    return render(request, "teams/notifications.html", context, status=422 if form.is_bound else 200)


@require_POST
def set_theme(request: PersonRequest) -> HttpResponse:
    """Save light, dark, or as the system; from the switch in the menu."""
    form = ThemeForm(request.POST, instance=request.user)
    if form.is_valid():
        request.user.save(update_fields=["theme"])
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204 if form.is_valid() else 422)
    return redirect(_page_before(request))


@require_POST
def set_time_zone(request: PersonRequest) -> HttpResponse:
    """Save the browser's own zone, for a person who has never chosen one; a header tells when it was saved."""
    form, is_new = GuessedTimeZoneForm(request.POST), 0
    if form.is_valid():
        nobody_chose = User.objects.filter(pk=request.user.pk, time_zone="")
        is_new = nobody_chose.update(time_zone=form.cleaned_data["time_zone"])
    return HttpResponse(status=204, headers={"X-Dash-Zone": form.cleaned_data["time_zone"]} if is_new else {})


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_ours else "/"
