from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.media.access import may_send_files
from postpeer_dash.media.posted import take_posted_files
from postpeer_dash.pins.access import get_pin
from postpeer_dash.pins.editing import EditError, edit_pin, version_of
from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.pages.compose.ai_label import write_label
from postpeer_dash.pins.pages.compose.context import typed_values
from postpeer_dash.pins.pages.compose.forms import PressedForm
from postpeer_dash.pins.pages.compose.theirs import read_theirs
from postpeer_dash.pins.pages.compose.views import MEDIA_ACTIONS, OWNER, render_compose, typed_stays
from postpeer_dash.pins.pages.scheduled import context as contexts
from postpeer_dash.pins.pages.scheduled.forms import EditForm
from postpeer_dash.pins.publishing.renewal import start_moving
from postpeer_dash.pins.rules import MAX_FILE_BYTES
from postpeer_dash.teams.access import Right, TeamRequest, get_or_404, in_team
from postpeer_dash.web.file_requests import accepts_upload
from postpeer_dash.web.form_recovery import discard_saved_input, load_saved_input
from postpeer_dash.web.sentences import explain


@accepts_upload(MAX_FILE_BYTES, may_send_files)
@typed_stays
@require_http_methods(["GET", "POST"])
@in_team(Right.PUBLISH)
def edit_scheduled(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Change a scheduled pin. A draft has a page of its own for that."""
    held = get_pin(request, pin)
    if not held.is_frozen:
        return redirect("pins:edit", request.team.slug, held.uuid)
    if request.method == "POST":
        return _handle_form(request, held)
    fixed = contexts.read_fixed(held)
    if kind := contexts.find_hindrance(held, fixed):
        messages.warning(request, str(explain(kind)))
        return redirect("pins:pin", request.team.slug, held.uuid)
    kept = None if "empty" in request.GET else load_saved_input(request, owner=OWNER, whose=str(request.user.pk))
    values = contexts.edit_values(request, held, fixed)
    if kept:
        # With the version it was typed over: what was changed meanwhile isn't overwritten unseen.
        values |= typed_values(contexts.fix_accounts(request, kept, held, fixed))
    form = EditForm(initial=values, accounts=fixed.accounts)
    return render_compose(request, contexts.read_edit_page(request, form, held, is_kept=kept is not None))


@require_POST
@in_team(Right.MANAGE)
def move_renewed(request: TeamRequest, account: int) -> HttpResponse:
    """Let the scheduled pins of an account move to its renewed connection."""
    row = get_or_404(accounts_of(request.team), pk=account)
    count = start_moving(row, actor=request.user)
    words = ngettext(
        "%(count)d scheduled pin moves to the renewed connection.",
        "%(count)d scheduled pins move to the renewed connection, the first one alone.",
        count,
    )
    messages.info(request, words % {"count": count} if count else _("No scheduled pin has to move any more."))
    return redirect("accounts:accounts", request.team.slug)


def _handle_form(request: TeamRequest, pin: Pin) -> HttpResponse:
    """Request the change, or show the form again with everything in it."""
    fixed = contexts.read_fixed(pin)
    typed, file_errors = take_posted_files(request)
    data = contexts.fix_accounts(request, typed, pin, fixed)
    action = PressedForm(request.POST).pressed
    if action in MEDIA_ACTIONS:
        form = EditForm(initial=typed_values(MEDIA_ACTIONS[action](request, data)), accounts=fixed.accounts)
        return render_compose(request, contexts.read_edit_page(request, form, pin))
    if action == "refresh_boards":
        form = EditForm(initial=typed_values(data), accounts=fixed.accounts)
        return render_compose(request, contexts.read_edit_page(request, form, pin, refresh=True))
    form = EditForm(data, accounts=fixed.accounts, file_errors=file_errors)
    if form.is_valid() and write_label(request, form, data) and _save(request, form, pin):
        discard_saved_input(request)
        return redirect("pins:pin", request.team.slug, pin.uuid)
    theirs = None
    if "form_id" in form.errors or form.has_error(NON_FIELD_ERRORS, "edit_changed"):
        # Pressed again, it takes the place of what was changed meanwhile: now they have been told.
        now = get_pin(request, pin.uuid)
        data["form_id"] = str(version_of(now))
        if "form_id" not in form.errors:
            theirs = read_theirs(now, form, reader=request.user.pk)
    return render_compose(request, contexts.read_edit_page(request, form, pin, theirs=theirs), status=422)


def _save(request: TeamRequest, form: EditForm, pin: Pin) -> bool:
    """Return whether the change was requested or nothing differed; otherwise the form has the error."""
    if form.scheduled_at is None:
        return False
    try:
        is_asked = edit_pin(
            pin=pin,
            actor=request.user,
            content=form.to_content(),
            scheduled_for=form.scheduled_at,
            time_zone=str(form.cleaned_data["timezone"]),
            seen=form.sent_form_id,
        )
    except EditError as error:
        form.add_error(None, ValidationError(str(explain(error.kind)), code=error.kind))
        return False
    if not is_asked:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    return True
