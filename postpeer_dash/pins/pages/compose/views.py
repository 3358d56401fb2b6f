from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postpeer_dash.media.access import may_send_files
from postpeer_dash.media.posted import take_copy, take_posted_files
from postpeer_dash.media.services import look_at_address
from postpeer_dash.pins import services
from postpeer_dash.pins.access import (
    get_pin,
    may_edit,
    may_publish,
    pins_of,
    require_edit,
    require_publish,
)
from postpeer_dash.pins.models import MediaType, Pin
from postpeer_dash.pins.pages.compose import context as contexts
from postpeer_dash.pins.pages.compose.ai_label import write_label
from postpeer_dash.pins.pages.compose.fields import read_uuid
from postpeer_dash.pins.pages.compose.forms import ComposeForm, PressedForm
from postpeer_dash.pins.pages.compose.theirs import read_theirs
from postpeer_dash.pins.rules import MAX_FILE_BYTES
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.web.file_requests import accepts_upload
from postpeer_dash.web.form_recovery import discard_saved_input, load_saved_input, recoverable_form, save_input
from postpeer_dash.web.sentences import explain
from postpeer_dash.web.text import clean_text
from postpeer_dash.web.time_zones import zone_of
from postpeer_dash.web.times import clock

OWNER = "owner"
_FILES = {"media_file", "cover_file"}
_TYPED = {OWNER, *ComposeForm.base_fields} - _FILES - {"form_id", "version", "source"}
_FREE_TEXTS = ("title", "description", "link", "media_url", "alt_text")
typed_stays = recoverable_form([name for name in ComposeForm.base_fields if name not in _FILES], owner=OWNER)


@accepts_upload(MAX_FILE_BYTES, may_send_files)
@typed_stays
@require_http_methods(["GET", "POST"])
@in_team(Right.COMPOSE)
def compose(request: TeamRequest) -> HttpResponse:
    """Compose a new pin. The same form sent twice leads to the same pin."""
    if request.method == "POST":
        return _handle_form(request, _find_sent_form(request))
    accounts = contexts.read_accounts(request)
    recent = contexts.read_recent(request)
    source = _find_source(request, request.GET.get("from", ""))
    wants_other = source is not None or "empty" in request.GET
    kept = None if wants_other else load_saved_input(request, owner=OWNER, whose=str(request.user.pk))
    values = contexts.copy_values(request, source) if source else contexts.new_values(request, accounts, recent)
    form = ComposeForm(initial={**values, **contexts.typed_values(kept)} if kept else values, accounts=accounts)
    return render_compose(request, contexts.read_compose(request, form, recent=recent, is_kept=kept is not None))


@accepts_upload(MAX_FILE_BYTES, may_send_files)
@typed_stays
@require_http_methods(["GET", "POST"])
@in_team(Right.COMPOSE)
def edit(request: TeamRequest, pin: UUID) -> HttpResponse:
    """Edit a saved draft. A pin that was handed in can't be edited: its own page says what can be done."""
    try:
        draft = get_pin(request, pin)
    except Http404:
        if request.method != "POST":
            raise
        # Deleted while it was open here: nobody's words go with it.
        return render(request, "404.html", {"kept_at": _keep_for_new_pin(request)}, status=404)
    if draft.is_frozen:
        return _redirect_to_sent(request, draft)
    require_edit(request.membership, draft)
    if request.method == "POST":
        return _handle_form(request, draft)
    kept = None if "empty" in request.GET else load_saved_input(request, owner=OWNER, whose=str(request.user.pk))
    values = contexts.pin_values(request, draft)
    if kept:
        # With the version it was typed over: what was saved meanwhile isn't overwritten unseen.
        values = {**values, "version": "", **contexts.typed_values(kept), "form_id": draft.form_id}
    form = ComposeForm(initial=values, accounts=contexts.read_accounts(request))
    return render_compose(request, contexts.read_compose(request, form, pin=draft, is_kept=kept is not None))


@require_safe
@in_team(Right.COMPOSE)
def earlier(request: TeamRequest) -> HttpResponse:
    """Return the part of the page that says what went to the same board before. Reads our own rows only."""
    return render(request, "pins/_compose_earlier.html", contexts.read_earlier(request))


def _find_source(request: TeamRequest, uuid: object) -> Pin | None:
    """Return the team's pin that a new one begins as, None where none is named; raise Http404 for one that isn't here."""
    key = read_uuid(uuid)
    return get_pin(request, key) if key else None


def _find_sent_form(request: TeamRequest) -> Pin | None:
    """Return the pin that this form made when it was sent before; its id doesn't take over another person's draft."""
    form_id = PressedForm(request.POST).sent_form_id
    found = Pin.objects.filter(team=request.team, form_id=form_id).first() if form_id else None
    if found is not None and not found.is_frozen and not may_edit(request.membership, found):
        raise PermissionDenied
    return found


def _handle_form(request: TeamRequest, pin: Pin | None) -> HttpResponse:
    """Save and do what the pressed button says, or show the form again with everything in it."""
    action = PressedForm(request.POST).pressed
    if action in ("publish", "schedule"):
        require_publish(request.membership)
    if pin is not None and pin.is_frozen:
        return _redirect_to_sent(request, pin)
    accounts = contexts.read_accounts(request)
    typed, file_errors = take_posted_files(request)
    if action in MEDIA_ACTIONS:
        typed = MEDIA_ACTIONS[action](request, typed)
        form = ComposeForm(initial=contexts.typed_values(typed), accounts=accounts)
        return render_compose(request, contexts.read_compose(request, form, pin=pin))
    if action == "refresh_boards":
        form = ComposeForm(initial=contexts.typed_values(typed), accounts=accounts)
        return render_compose(request, contexts.read_compose(request, form, pin=pin, refresh=True))
    data = _with_defaults(request, typed, pin)
    form = ComposeForm(data, accounts=accounts, action=action, file_errors=file_errors)
    if not (form.is_valid() and write_label(request, form, data)):
        if "form_id" in form.errors:
            data["form_id"] = str(uuid4())
        return render_compose(request, contexts.read_compose(request, form, pin=pin), status=422)
    try:
        with transaction.atomic():
            # In one: what is handed in is what this form has saved, whoever saves at the same moment.
            answer = _do_action(request, _save(request, form, pin), action)
    except services.AlreadySent as sent:
        return _redirect_to_sent(request, sent.pin)
    except services.OvertakenError as overtaken:
        return _show_both(request, form, data, overtaken)
    discard_saved_input(request)
    return answer


def _show_both(
    request: TeamRequest, form: ComposeForm, data: QueryDict, overtaken: services.OvertakenError
) -> HttpResponse:
    """Show what was typed, and beside it what is saved. Pressed again it takes that one's place: now they were told."""
    theirs = read_theirs(overtaken.pin, form, reader=request.user.pk)
    data["version"] = str(overtaken.pin.version)
    form.add_error(None, ValidationError(str(explain(overtaken.kind)), code=overtaken.kind))
    context = contexts.read_compose(request, form, pin=overtaken.pin, theirs=theirs)
    return render_compose(request, context, status=422)


def _with_defaults(request: TeamRequest, typed: QueryDict, pin: Pin | None) -> QueryDict:
    """Return the posted data with a draft's own form id, and with the person's time zone where none was posted."""
    data = typed.copy()
    if pin is not None:
        data["form_id"] = str(pin.form_id)
    if not data.get("timezone"):
        data["timezone"] = str(zone_of(request.user))
    return data


def _save(request: TeamRequest, form: ComposeForm, pin: Pin | None) -> Pin:
    return services.save_draft(
        team=request.team,
        author=request.user,
        form_id=form.sent_form_id,
        content=form.to_content(),
        scheduled_for=form.scheduled_at,
        time_zone=str(form.cleaned_data["timezone"]),
        pin=pin,
        keeps_waiting=may_publish(request.membership),
        seen=form.seen_version,
        source=_find_posted_source(request, form) if pin is None else None,
    )


def _find_posted_source(request: TeamRequest, form: ComposeForm) -> Pin | None:
    # One that was deleted since is no reason to refuse what was typed.
    key = form.cleaned_data["source"]
    return pins_of(request.team).filter(uuid=key).first() if key else None


def _do_action(request: TeamRequest, pin: Pin, action: str) -> HttpResponse:
    if action == "draft":
        messages.success(request, _("Draft saved at %(time)s.") % {"time": clock(timezone.now())})
        return redirect("pins:edit", request.team.slug, pin.uuid)
    if action == "publish":
        services.publish_pin(pin=pin, actor=request.user)
    elif action == "schedule":
        services.schedule_pin(pin=pin, actor=request.user)
    else:
        services.submit_for_review(pin=pin, actor=request.user)
        messages.success(
            request, _("Handed in for approval. An editor publishes it; until then you can still change it.")
        )
    return redirect("pins:pin", request.team.slug, pin.uuid)


def _redirect_to_sent(request: TeamRequest, pin: Pin) -> HttpResponse:
    if request.method == "POST":
        messages.info(request, _("This pin was handed in already, once. Nothing was sent again."))
        if _says_something_else(request.POST, pin) and _keep_for_new_pin(request):
            words = _(
                "What you typed differs from what was handed in. It is kept: press New pin, and it is in the form."
            )
            messages.warning(request, words)
    return redirect("pins:pin", request.team.slug, pin.uuid)


def _says_something_else(typed: QueryDict, pin: Pin) -> bool:
    return any(name in typed and clean_text(str(typed[name])) != getattr(pin, name) for name in _FREE_TEXTS)


def _keep_for_new_pin(request: TeamRequest) -> str:
    """Save what was typed for the form of a new pin. Return that form's address; empty when nothing could be saved."""
    path = reverse("pins:compose", args=[request.team.slug])
    return path if save_input(request, _TYPED, path=path) else ""


def copy_media(request: TeamRequest, typed: QueryDict) -> QueryDict:
    """Return the typed fields with a cleaned copy in place of the address, and say what was done, or why nothing was."""
    try:
        typed, notes = take_copy(request, typed)
    except ValidationError as error:
        messages.warning(request, " ".join([*error.messages, _("Nothing was copied; the address stays as it is.")]))
    else:
        messages.success(request, " ".join([_("The pin shows a copy of your own now."), *notes]))
    return typed


def look_at_media(request: TeamRequest, typed: QueryDict) -> QueryDict:
    """Say how Pinterest will find the address; the typed fields stay as they are."""
    url = typed.get("media_url", "").strip()
    try:
        if not url:
            raise ValidationError(_("Give the address first."), code="required")
        warnings = look_at_address(url, typed.get("media_type") or MediaType.IMAGE)
    except ValidationError as error:
        warnings = error.messages
    if warnings:
        messages.warning(request, " ".join(warnings))
    else:
        messages.success(request, _("The address leads to a file that Pinterest takes."))
    return typed


# What is done about the file before the form is anything but typed.
MEDIA_ACTIONS = {"copy_media": copy_media, "look_at_media": look_at_media}


def render_compose(request: TeamRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Render the compose page."""
    return render(request, "pins/compose.html", context, status=status)
