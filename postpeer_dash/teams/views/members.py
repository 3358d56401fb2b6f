"""The members of a team and their roles."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postpeer_dash.teams import members as services
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team
from postpeer_dash.teams.member_forms import RoleForm
from postpeer_dash.teams.models import Membership
from postpeer_dash.teams.pages import read_members_page
from postpeer_dash.teams.roles import is_within
from postpeer_dash.web.sentences import Sentence, explain


@require_safe
@in_team(Right.VIEW)
def members(request: TeamRequest) -> HttpResponse:
    """List everybody in the team; for those who manage members, with addresses and pending invitations."""
    return render(request, "teams/members.html", {"page": read_members_page(request.membership)})


@require_http_methods(["GET", "POST"])
@in_team(Right.MANAGE)
def member(request: TeamRequest, member: int) -> HttpResponse:
    """Change one member's role."""
    row = _member(request, member)
    form = RoleForm(
        request.POST if request.method == "POST" else None, actor=request.membership, initial={"role": row.role}
    )
    problem: Sentence | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.change_role(membership=row, role=form.cleaned_data["role"], actor=request.membership)
        except services.LastOwnerError:
            problem = explain("last_owner")
        except services.MemberGoneError:
            return _show_who_is_left(request)
        else:
            messages.success(request, _("%(who)s’s role is saved.") % {"who": row.user})
            return redirect("teams:members", request.team.slug)
    context = {"form": form, "row": row, "problem": problem, "is_me": row.pk == request.membership.pk}
    return render(request, "teams/member.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@in_team(Right.MANAGE)
def remove(request: TeamRequest, member: int) -> HttpResponse:
    """Remove a member, after asking."""
    row = _member(request, member)
    problem: Sentence | None = None
    if request.method == "POST":
        try:
            services.remove_member(membership=row, actor=request.membership)
        except services.LastOwnerError:
            problem = explain("last_owner")
        except services.MemberGoneError:
            return _show_who_is_left(request)
        else:
            messages.success(request, _("%(who)s is no longer in the team.") % {"who": row.user})
            is_me = row.pk == request.membership.pk
            return redirect("root") if is_me else redirect("teams:members", request.team.slug)
    context = {"row": row, "problem": problem}
    return render(request, "teams/remove.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "POST"])
@in_team(Right.VIEW)
def leave(request: TeamRequest) -> HttpResponse:
    """Leave the team, after asking."""
    problem: Sentence | None = None
    if request.method == "POST":
        try:
            services.leave_team(membership=request.membership)
        except services.LastOwnerError:
            problem = explain("last_owner")
        except services.MemberGoneError:
            return redirect("root")
        else:
            messages.success(request, _("You have left %(team)s.") % {"team": request.team.name})
            return redirect("root")
    return render(request, "teams/leave.html", {"problem": problem}, status=409 if problem else 200)


def _show_who_is_left(request: TeamRequest) -> HttpResponse:
    """Redirect to the list when somebody else has removed the member meanwhile."""
    messages.info(request, str(explain("member_gone")))
    return redirect("teams:members", request.team.slug)


def _member(request: TeamRequest, member: int) -> Membership:
    """Return a member whom this person may change; 404 for another team's, 403 for somebody above them."""
    rows = Membership.objects.filter(team=request.team).select_related("user", "team")
    row = get_or_404(rows, pk=member)
    if not is_within(row.role, request.membership.role):
        raise PermissionDenied
    return row
