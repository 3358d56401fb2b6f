"""The views of a pin's page. Each action is one service call; what can't be undone is confirmed on its own page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postpeer_dash.pins import services
from postpeer_dash.pins.access import get_pin, require_edit
from postpeer_dash.pins.approval import ApprovalError, approve_pin, return_pin
from postpeer_dash.pins.models import Pin, Submission
from postpeer_dash.pins.pages.pin.context import read_pin_context
from postpeer_dash.pins.pages.pin.forms import ApproveForm, FoundForm, ReturnForm, SeenForm
from postpeer_dash.pins.text.candidates import read_candidates
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team
from postpeer_dash.web.sentences import explain


@require_safe
@in_team(Right.VIEW)
def pin(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Show a pin: everything sent, what became of it on each platform, and its timeline."""
    return render(request, "pins/pin.html", read_pin_context(get_pin(request, pin), request.membership))


@require_safe
@in_team(Right.VIEW)
def live(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Return the live part of a pin's page; nothing (204) while the page shows it already. Reads our own rows only."""
    context = read_pin_context(get_pin(request, pin), request.membership)
    if request.GET.get("state") == context["state"]:
        return HttpResponse(status=204)
    return render(request, "pins/_pin_live.html", context)


@require_http_methods(["GET", "POST"])
@in_team(Right.COMPOSE)
def delete(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Delete a draft, after asking."""
    draft = get_pin(request, pin)
    if draft.is_frozen:
        messages.warning(request, _("This pin was handed in meanwhile, so it stays in the history."))
        return _back(request, draft)
    require_edit(request.membership, draft)
    if request.method != "POST":
        return render(request, "pins/delete.html", _named(draft))
    try:
        services.delete_pin(pin=draft, actor=request.user, seen=SeenForm(request.POST).version)
    except services.OvertakenError as overtaken:
        messages.warning(request, str(explain("delete_changed")))
        return render(request, "pins/delete.html", _named(overtaken.pin), status=422)
    except services.AlreadySent:
        messages.warning(request, _("This pin was handed in meanwhile, so it stays in the history."))
        return _back(request, draft)
    messages.success(request, _("The draft “%(title)s” is deleted.") % {"title": _named(draft)["title"]})
    return redirect("pins:history", team=request.team.slug)


@require_http_methods(["GET", "POST"])
@in_team(Right.PUBLISH)
def cancel(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Cancel what has not gone out, after asking."""
    held = get_pin(request, pin)
    if request.method != "POST":
        return render(request, "pins/cancel.html", _named(held))
    services.cancel_pin(pin=held, actor=request.user)
    return _back(request, held)


@require_POST
@in_team(Right.COMPOSE)
def copy(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Open the form of a new pin with the content of this one. Nothing is stored until it is saved there."""
    source = get_pin(request, pin)
    return redirect(f"{reverse('pins:compose', args=[request.team.slug])}?from={source.uuid}")


@require_POST
@in_team(Right.PUBLISH)
def retry(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Send again what failed."""
    failed = get_pin(request, pin)
    try:
        if not services.retry_pin(pin=failed, actor=request.user):
            messages.info(request, _("Nothing of this pin has failed by now, so nothing was sent again."))
    except services.ChangeUnderWay:
        messages.warning(request, str(explain("retry_under_change")))
    return _back(request, failed)


@require_POST
@in_team(Right.PUBLISH)
def dismiss(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Remove a failure from home; the pin keeps it."""
    failed = get_pin(request, pin)
    if services.dismiss_pin(pin=failed, actor=request.user):
        words = _("“%(title)s” stands on home no more. Its page keeps what happened.")
        messages.success(request, words % {"title": _named(failed)["title"]})
    else:
        messages.info(request, _("Nothing of this pin has failed by now."))
    return redirect("home:home", team=request.team.slug)


@require_http_methods(["GET", "POST"])
@in_team(Right.PUBLISH)
def confirm_published(request: TeamRequest, pin: UUID, submission: UUID) -> HttpResponse:
    """Record that a person has found an unconfirmed pin published."""
    held = get_pin(request, pin)
    one = get_or_404(Submission.objects.filter(pin=held), uuid=submission)
    form = FoundForm(request.POST if request.method == "POST" else None, candidates=read_candidates(one, request.team))
    if request.method == "POST" and form.is_valid():
        url, post_id = form.cleaned_data["url"], form.post_id
        if not services.resolve_found(submission=one, actor=request.user, url=url, post_id=post_id):
            messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
        return _back(request, held)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pins/confirm_published.html", {**_named(held), "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@in_team(Right.PUBLISH)
def confirm_absent(request: TeamRequest, pin: UUID, submission: UUID) -> HttpResponse:
    """Record that a person has not found an unconfirmed pin, and send it again."""
    held = get_pin(request, pin)
    one = get_or_404(Submission.objects.filter(pin=held), uuid=submission)
    if request.method != "POST":
        return render(request, "pins/confirm_absent.html", _named(held))
    if not services.resolve_absent(submission=one, actor=request.user):
        messages.info(request, _("It was cleared up meanwhile. Nothing was changed."))
    return _back(request, held)


def _named(pin: Pin) -> dict[str, object]:
    return {"pin": pin, "title": find_title(pin.title, pin.description)}


def _back(request: TeamRequest, pin: Pin) -> HttpResponse:
    return redirect("pins:pin", team=request.team.slug, pin=pin.uuid)


@require_POST
@in_team(Right.PUBLISH)
def approve(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Publish or schedule a pin as its author asked, if it is still what the approver has seen."""
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
    """Return a pin to its author, with a note."""
    waiting = get_pin(request, pin)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    seen = SeenForm(request.POST).version if form.is_bound else waiting.version
    if request.method == "POST" and form.is_valid():
        try:
            return_pin(pin=waiting, actor=request.user, note=form.cleaned_data["note"], seen=seen)
        except ApprovalError as error:
            messages.info(request, str(explain(error.kind)))
            return _back(request, waiting)
        except services.OvertakenError as overtaken:
            form.add_error(None, str(explain("return_changed")))
            waiting, seen = overtaken.pin, overtaken.pin.version
        else:
            messages.success(request, _("Sent back, with your note."))
            return _back(request, waiting)
    context = {**_named(waiting), "form": form, "seen": seen}
    return render(request, "pins/send_back.html", context, status=422 if form.is_bound else 200)
