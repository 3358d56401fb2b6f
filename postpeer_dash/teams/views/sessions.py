from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postpeer_dash.teams import sessions as services
from postpeer_dash.teams.audit_log import ACTION_LABELS
from postpeer_dash.teams.sign_in_audit import recent_events
from postpeer_dash.teams.views.profile import PersonRequest


@require_http_methods(["GET", "POST"])
def sessions(request: PersonRequest) -> HttpResponse:
    """Show where a person is signed in and their latest sign-in events; end all sessions but this one."""
    if request.method == "POST":
        if services.end_other_sessions(user=request.user, current=request.session.session_key):
            messages.success(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    rows = services.list_sessions(request.user)
    context = {
        "sessions": rows,
        "session_count": len(rows),
        "recent": [(event, ACTION_LABELS.get(event.action, event.action)) for event in recent_events(request.user)],
    }
    return render(request, "usersessions/usersession_list.html", context)
