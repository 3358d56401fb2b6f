"""The list of accounts, its refresh, and disconnecting."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postpeer_dash.accounts import services
from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.dependents import count_dependents
from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.pages import read_accounts_page
from postpeer_dash.accounts.postpeer import page_client
from postpeer_dash.accounts.profiles import find_profile
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team
from postpeer_dash.web.sentences import Sentence, explain


@require_safe
@in_team(Right.VIEW)
def accounts(request: TeamRequest) -> HttpResponse:
    """Show the team's accounts and their health, as last read."""
    return render(request, "accounts/accounts.html", {"page": read_accounts_page(request.membership)})


@require_POST
@in_team(Right.MANAGE)
def refresh(request: TeamRequest) -> HttpResponse:
    """Ask PostPeer for the health of all of them; old rows stay when it can't be reached."""
    problem: Sentence | None = None
    try:
        with page_client() as client:
            services.refresh_accounts(request.team, client=client)
    except PostPeerError as error:
        problem = sentence_for(error)
    if problem is None and not is_htmx(request):
        return redirect("accounts:accounts", request.team.slug)
    page = read_accounts_page(request.membership, problem=problem, is_fresh=True)
    template = "accounts/_list.html" if is_htmx(request) else "accounts/accounts.html"
    return render(request, template, {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@in_team(Right.MANAGE)
def disconnect(request: TeamRequest, account: int) -> HttpResponse:
    """Say what disconnecting affects, then do it."""
    row = get_or_404(accounts_of(request.team).select_related("team"), pk=account)
    problem: Sentence | None = None
    if request.method == "POST":
        try:
            with page_client() as client:
                services.disconnect_account(row, actor=request.user, client=client)
        except PostPeerError as error:
            problem = _still_connected(error, row.name)
        else:
            messages.success(request, _("%(account)s is disconnected.") % {"account": row.name})
            return redirect("accounts:accounts", request.team.slug)
    context = {"account": row, "dependents": count_dependents(row), "problem": problem}
    return render(request, "accounts/disconnect.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team(Right.MANAGE)
def disconnect_unclaimed(request: TeamRequest, key: str) -> HttpResponse:
    """Disconnect at PostPeer what appeared in the team's profile and nobody added."""
    profile = find_profile(request.team)
    unclaimed = services.find_unclaimed(profile, key)
    if profile is None or unclaimed is None:
        raise Http404
    problem: Sentence | None = None
    if request.method == "POST":
        try:
            with page_client() as client:
                done = services.disconnect_unclaimed(profile, unclaimed, actor=request.user, client=client)
        except PostPeerError as error:
            problem = _still_connected(error, unclaimed.name)
        else:
            if done:
                messages.success(request, _("%(account)s is disconnected.") % {"account": unclaimed.name})
            else:
                messages.info(request, str(explain("unclaimed_gone")))
            return redirect("accounts:accounts", request.team.slug)
    return render(request, "accounts/disconnect.html", {"unclaimed": unclaimed, "problem": problem})


def _still_connected(error: PostPeerError, name: str) -> Sentence:
    return explain("disconnect_failed", account=name) if error.may_have_happened else sentence_for(error)


def is_htmx(request: HttpRequest) -> bool:
    """Return whether htmx asks for the fragment."""
    return request.headers.get("HX-Request") == "true"
