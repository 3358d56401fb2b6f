"""The audit of a team, as a page and as a file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from postpeer_dash.teams import audit as reading
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.teams.models import User

_MOST_PEOPLE = 200


@require_safe
@in_team(Right.MANAGE)
def audit(request: TeamRequest) -> HttpResponse:
    """Who did what, when and from where, newest first."""
    filters = reading.read_filters(request.GET.dict())
    page = reading.read_events(request.team, filters, at=request.GET.get("at", ""))
    home = reverse("teams:audit", args=[request.team.slug])
    people = User.objects.filter(memberships__team=request.team).order_by("name", "email")[:_MOST_PEOPLE]
    context = {
        "filters": filters,
        "events": [(event, reading.WORDS.get(event.action, event.action)) for event in page.rows],
        "areas": [(area, list(actions.items())) for area, actions in reading.AREAS],
        "people": people,
        "home": home,
        "older": home + filters.query(at=page.older) if page.older else "",
        "newer": home + filters.query(at=page.newer) if page.newer else "",
        "csv_url": reverse("teams:audit_csv", args=[request.team.slug]) + filters.query(),
    }
    return render(request, "teams/audit.html", context)


@require_safe
@in_team(Right.MANAGE)
def audit_csv(request: TeamRequest) -> StreamingHttpResponse:
    """The audit as it is narrowed down, as a CSV file, streamed."""
    filters = reading.read_filters(request.GET.dict())
    response = StreamingHttpResponse(reading.write_csv(request.team, filters), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{request.team.slug}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
