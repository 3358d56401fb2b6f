"""The page and the file of an audit: a team's, or with None the installation's."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams import audit_log
from postpeer_dash.teams.models import Team, User
from postpeer_dash.web.left_out import list_left_out

# An installation can have more people than a select can show.
_MAX_PEOPLE = 200
_LABELS = {"who": _("Person"), "action": _("Action"), "since": _("From"), "until": _("Until")}


def build_page(team: Team | None, params: Mapping[str, str], *, home: str, csv: str) -> dict[str, Any]:
    """Return the context of one page, as its address asks for it. `home` is the page's address, `csv` the file's, both
    without a query.
    """
    filters = audit_log.read_filters(params)
    page = audit_log.read_events(team, filters, at=params.get("at", ""))
    return {
        "filters": filters,
        "left_out": list_left_out(params, filters, _LABELS),
        "events": [(event, audit_log.ACTION_LABELS.get(event.action, event.action)) for event in page.rows],
        "areas": [(area, list(actions.items())) for area, actions in audit_log.ACTION_GROUPS],
        "people": _people(team).order_by("name", "email")[:_MAX_PEOPLE],
        "home": home,
        "older": home + filters.query(at=page.older) if page.older else "",
        "newer": home + filters.query(at=page.newer) if page.newer else "",
        "csv_url": csv + filters.query(),
    }


def build_file(team: Team | None, params: Mapping[str, str], *, name: str) -> StreamingHttpResponse:
    """Return the filtered audit as a CSV file of this name, streamed."""
    lines = audit_log.write_csv(team, audit_log.read_filters(params))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _people(team: Team | None) -> QuerySet[User]:
    return User.objects.all() if team is None else User.objects.filter(memberships__team=team)
