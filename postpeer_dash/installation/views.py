"""The pages of the installation, for its owner: all teams, new teams, accounts that belong to none. Others get 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.accounts.profiles import ProfileBusyError
from postpeer_dash.accounts.unassigned import BringInError, list_unassigned
from postpeer_dash.accounts.unassigned import bring_in as bring_account_in
from postpeer_dash.home.accepting import read_seen, report_accepted
from postpeer_dash.home.held import explain_hold, find_held, read_instance_hold
from postpeer_dash.installation.forms import BringInForm, NewTeamForm
from postpeer_dash.installation.team_health import read_health
from postpeer_dash.pins.publishing.pause import accept_unknown_posts, is_instance_stopped, resume_sending, stop_sending
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.audit_page import build_file, build_page
from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import create_team
from postpeer_dash.teams.undelivered import list_all_undelivered
from postpeer_dash.web.sentences import Sentence, explain


class OwnerRequest(HttpRequest):
    """A request of the installation's owner."""

    user: User


def for_owner(view: Callable[[OwnerRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let only the installation's owner in; everybody else gets 404."""

    @wraps(view)
    def guarded(request: Any) -> HttpResponseBase:
        # 404 rather than 403: others aren't told that there is such a page.
        if not (request.user.is_superuser and request.user.is_active):
            raise Http404
        return view(request)

    return guarded


@require_safe
@for_owner
def instance(request: OwnerRequest) -> HttpResponse:
    """Show all teams and how they are doing."""
    held = find_held()
    hold = explain_hold(held.held_reason) if held else None
    context = {
        "rows": read_health(),
        "is_stopped": is_instance_stopped(),
        "hold": hold,
        "rules": settings.ZONE_DATA,
        "undelivered": list_all_undelivered(),
    }
    return render(request, "home/instance.html", context)


@require_http_methods(["GET", "POST"])
@for_owner
def new_team(request: OwnerRequest) -> HttpResponse:
    """Create a team, owned by the person who creates it."""
    initial = {"time_zone": request.user.time_zone or "UTC"}
    form = NewTeamForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        team = create_team(name=fields["name"], owner=request.user, time_zone=fields["time_zone"])
        messages.success(request, _("%(team)s is there. Invite its people.") % {"team": team.name})
        return redirect("teams:members", team=team.slug)
    return render(request, "home/new_team.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@for_owner
def stop_instance(request: OwnerRequest) -> HttpResponse:
    """Stop what every team sends or, while that is stopped, let it go on."""
    if is_instance_stopped():
        resume_sending(team=None, actor=request.user)
        messages.success(request, _("Sending goes on for every team."))
    else:
        stop_sending(team=None, actor=request.user)
        messages.success(request, _("Nothing more leaves, of any team."))
    return redirect("home:instance")


@require_safe
@for_owner
def instance_audit(request: OwnerRequest) -> HttpResponse:
    """Show every sign-in and what was done to the installation itself, newest first."""
    home, csv = reverse("home:instance_audit"), reverse("home:instance_audit_csv")
    return render(request, "home/instance_audit.html", build_page(None, request.GET.dict(), home=home, csv=csv))


@require_safe
@for_owner
def instance_audit_csv(request: OwnerRequest) -> StreamingHttpResponse:
    """Return the audit as it is filtered, as a CSV file."""
    return build_file(None, request.GET.dict(), name="audit-installation")


@require_safe
@for_owner
def instance_held(request: OwnerRequest) -> HttpResponse:
    """Show why nothing is sent, for the installation's owner."""
    return render(request, "home/instance_held.html", {"hold": read_instance_hold()})


@require_POST
@for_owner
def instance_go_on(request: OwnerRequest) -> HttpResponse:
    """Accept the unknown posts of all teams as made elsewhere, so that sending goes on."""
    seen = accept_unknown_posts(team=None, actor=request.user, only=read_seen(request))
    hold = read_instance_hold()
    report_accepted(request, seen, hold)
    return redirect("home:instance_held" if hold and hold.unknown else "home:instance")


@require_http_methods(["GET", "POST"])
@for_owner
def bring_in(request: OwnerRequest) -> HttpResponse:
    """List the accounts that PostPeer has in no profile, and give one to a team."""
    problem: Sentence | None = None
    try:
        with page_client() as client:
            if request.method == "POST":
                form = BringInForm(request.POST)
                if not form.is_valid():
                    raise BringInError("bring_in_taken")
                team = form.cleaned_data["team"]
                remote_id = form.cleaned_data["integration"]
                account = bring_account_in(remote_id, team=team, actor=request.user, client=client)
                words = _("%(account)s belongs to %(team)s now.")
                messages.success(request, words % {"account": account.name, "team": team.name})
                return redirect("home:bring_in")
            found = list_unassigned(client=client)
    except BringInError as error:
        problem, found = explain(error.kind), []
    except PostPeerError as error:
        problem, found = sentence_for(error), []
    except ProfileBusyError:
        problem, found = explain("connect_busy"), []
    context = {"found": found, "problem": problem, "teams": Team.objects.filter(deleting_at=None).order_by("name")}
    return render(request, "home/bring_in.html", context)
