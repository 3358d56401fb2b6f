"""The audit of a team, as a page and as a file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.teams.audit_page import build_file, build_page


@require_safe
@in_team(Right.MANAGE)
def audit(request: TeamRequest) -> HttpResponse:
    """Show who did what, when and from where, newest first."""
    home, csv = (reverse(name, args=[request.team.slug]) for name in ("teams:audit", "teams:audit_csv"))
    context = build_page(request.team, request.GET.dict(), home=home, csv=csv)
    return render(request, "teams/audit.html", context)


@require_safe
@in_team(Right.MANAGE)
def audit_csv(request: TeamRequest) -> StreamingHttpResponse:
    """Stream the filtered audit as a CSV file."""
    return build_file(request.team, request.GET.dict(), name=f"audit-{request.team.slug}")
