from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from postpeer_dash.pins.pages.history.context import read_history_context
from postpeer_dash.pins.search.filters import ViewForm, read_filters
from postpeer_dash.teams.access import Right, TeamRequest, in_team


@require_safe
@in_team(Right.VIEW)
def history(request: TeamRequest) -> HttpResponse:
    """Show the team's pins, newest first, filtered by the address.

    A page that looks again by itself sends the `state` it shows, and gets nothing (204) while that still holds.
    """
    is_fragment = request.headers.get("HX-Request") == "true" and not request.headers.get("HX-History-Restore-Request")
    try:
        context = read_history_context(request.team, request.user, request.GET.dict())
    except DatabaseError:
        # Too busy, or gone for a moment: the page stands and says so; the error itself is in the log of the database.
        return render(request, "pins/history_failing.html", {"here": request.get_full_path()}, status=503)
    state = request.GET.get("state") if is_fragment else None
    if state and state == context["state"]:
        return HttpResponse(status=204)
    context["is_fragment"] = is_fragment
    response = render(request, "pins/_history.html" if is_fragment else "pins/history.html", context)
    # Looking again by itself is no step of the person's.
    if is_fragment and state is None:
        response["HX-Push-Url"] = context["here"]
    # Both have one address: a cache must not answer the page with its fragment.
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@in_team(Right.VIEW)
def choose_view(request: TeamRequest) -> HttpResponse:
    """Remember wall or table for the person, and return to the list with its filters."""
    form = ViewForm(request.POST, instance=request.user)
    if form.is_valid():
        request.user.save(update_fields=["pins_view"])
    home = reverse("pins:history", args=[request.team.slug])
    filters, _is_odd = read_filters(_query_before(request, home))
    return redirect(home + filters.query())


def _query_before(request: HttpRequest, path: str) -> dict[str, str]:
    parts = urlsplit(request.headers.get("Referer", ""))
    return QueryDict(parts.query).dict() if parts.path == path else {}
