"""Inviting people, and accepting an invitation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postpeer_dash.teams import invitations as services
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team
from postpeer_dash.teams.invitations import InvitationError
from postpeer_dash.teams.member_forms import InviteForm, NewPersonForm
from postpeer_dash.teams.models import Invitation, User
from postpeer_dash.teams.sessions import start_session
from postpeer_dash.teams.stale_forms import typed_before
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip
from postpeer_dash.web.sentences import explain

# 410: it was good once; 404: it never was; 403: it is somebody else's; 409: it can't be done any more.
_STATUS = {"invite_unknown": 404, "invite_other_address": 403, "invite_has_account": 409, "accept_too_many": 429}


@never_cache
@require_http_methods(["GET", "POST"])
@in_team(Right.MANAGE)
def invite(request: TeamRequest) -> HttpResponse:
    """Invite an address. Without mail the link is shown once, to be handed over by other means."""
    form = InviteForm(request.POST if request.method == "POST" else None, actor=request.membership)
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            row, link = services.invite(team=request.team, email=email, role=role, actor=request.user)
        except InvitationError as error:
            form.add_error("email", str(explain(error.kind)))
        else:
            return _invited(request, row, link)
    context = {"form": form, "has_mail": settings.HAS_MAIL}
    return render(request, "teams/invite.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@in_team(Right.MANAGE)
def resend(request: TeamRequest, invitation: int) -> HttpResponse:
    """Renew the link of a pending invitation."""
    return _renew(request, invitation, by_mail=True)


@never_cache
@require_POST
@in_team(Right.MANAGE)
def hand_over(request: TeamRequest, invitation: int) -> HttpResponse:
    """Renew the link of a pending invitation and show it once, to be handed over where mail doesn't arrive."""
    return _renew(request, invitation, by_mail=False)


def _renew(request: TeamRequest, invitation: int, *, by_mail: bool) -> HttpResponse:
    row = get_or_404(Invitation.objects.filter(team=request.team).select_related("team"), pk=invitation)
    try:
        link = services.resend(invitation=row, actor=request.user, by_mail=by_mail)
    except InvitationError as error:
        messages.warning(request, str(explain(error.kind)))
        return redirect("teams:members", request.team.slug)
    return _invited(request, row, link, by_mail=by_mail)


def _invited(request: TeamRequest, row: Invitation, link: str, *, by_mail: bool = True) -> HttpResponse:
    if not (settings.HAS_MAIL and by_mail):
        # Rendered at once and stored nowhere: the link opens a door.
        return render(request, "teams/invited.html", {"email": row.email, "link": link})
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": row.email})
    return redirect("teams:members", request.team.slug)


@require_POST
@in_team(Right.MANAGE)
def revoke(request: TeamRequest, invitation: int) -> HttpResponse:
    """Revoke an invitation."""
    row = get_or_404(Invitation.objects.filter(team=request.team).select_related("team"), pk=invitation)
    try:
        services.revoke(invitation=row, actor=request.user)
    except InvitationError as error:
        messages.warning(request, str(explain(error.kind)))
    else:
        messages.success(request, _("The invitation to %(email)s is taken back.") % {"email": row.email})
    return redirect("teams:members", request.team.slug)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open an invitation's link: a new person sets name and password, a known one joins or signs in."""
    try:
        if request.method == "POST" and limits.consume(limits.ACCEPT, address=client_ip(request)) is None:
            raise InvitationError("accept_too_many")
        row = services.find_invitation(token)
        if isinstance(request.user, User):
            return _join_as(request, row, request.user)
        if User.objects.filter(email__iexact=row.email).exists():
            query = urlencode({"next": request.path})
            context = {"invitation": row, "sign_in": f"{reverse('account_login')}?{query}"}
            return render(request, "teams/invitation_known.html", context)
        return _join_as_new(request, row)
    except InvitationError as error:
        own = request.user.email if isinstance(request.user, User) else ""
        email = row.email if error.kind == "invite_other_address" else ""
        problem = explain(error.kind, own=own, email=email)
        status = _STATUS.get(error.kind, 410)
        return render(request, "teams/invitation_refused.html", {"problem": problem}, status=status)


def _join_as(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    if request.method != "POST":
        if user.email.lower() != row.email:
            raise InvitationError("invite_other_address")
        return render(request, "teams/invitation_join.html", {"invitation": row})
    membership = services.accept(invitation=row, user=user)
    messages.success(request, _("You are in. Welcome to %(team)s.") % {"team": row.team.name})
    return redirect("home:home", team=membership.team.slug)


def _join_as_new(request: HttpRequest, row: Invitation) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewPersonForm(data, initial=typed_before(request), email=row.email)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        membership = services.accept_as_new(
            invitation=row, name=fields["name"], password=fields["password"], time_zone=fields["browser_zone"]
        )
        start_session(request, membership.user)
        return redirect("home:home", team=membership.team.slug)
    context = {"form": form, "invitation": row}
    return render(request, "teams/invitation_new.html", context, status=422 if form.is_bound else 200)
