"""What an editor does with a pin that waits for approval."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from postpeer_dash.pins.access import get_pin
from postpeer_dash.pins.approval import ApprovalError, approve_pin, return_pin
from postpeer_dash.pins.contexts.cards import find_title
from postpeer_dash.pins.page_forms import ApproveForm, ReturnForm
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.web.sentences import explain


@require_POST
@in_team(Right.PUBLISH)
def approve(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Lets a pin go out as its author asked, if it is still what this person has seen."""
    waiting = get_pin(request, pin)
    form = ApproveForm(request.POST)
    try:
        if not form.is_valid():
            raise ApprovalError("review_changed")
        fields = form.cleaned_data
        approve_pin(pin=waiting, actor=request.user, seen_hash=fields["seen"], at_once=fields["at_once"])
    except ApprovalError as error:
        account = error.account or _("Its account")
        messages.warning(request, str(explain(error.kind, account=account)))
    return redirect("pins:pin", team=request.team.slug, pin=waiting.uuid)


@require_http_methods(["GET", "POST"])
@in_team(Right.PUBLISH)
def send_back(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Sends a pin back to its author, with a note."""
    waiting = get_pin(request, pin)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return_pin(pin=waiting, actor=request.user, note=form.cleaned_data["note"])
        except ApprovalError as error:
            messages.info(request, str(explain(error.kind)))
        else:
            messages.success(request, _("Sent back, with your note."))
        return redirect("pins:pin", team=request.team.slug, pin=waiting.uuid)
    context = {"form": form, "pin": waiting, "title": find_title(waiting.title, waiting.description)}
    return render(request, "pins/send_back.html", context, status=422 if form.is_bound else 200)
