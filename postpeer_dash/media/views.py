"""Uploads in pieces, as the composer's script sends them, and the small pictures of ours."""

import json
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postpeer_dash.media import services, store
from postpeer_dash.media.access import get_file, get_own_file, may_send_files
from postpeer_dash.media.answers import describe
from postpeer_dash.media.forms import AnnounceForm, CropForm
from postpeer_dash.media.models import MediaFile
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.web.file_requests import accepts_pieces

_DIGITS = 64  # of a SHA-256 in hexadecimal
_YEAR = 365 * 24 * 60 * 60


@require_POST
@in_team(Right.COMPOSE)
def begin(request: TeamRequest) -> JsonResponse:
    """Announce a file: where its pieces go, or why it isn't taken."""
    form = AnnounceForm(_read_fields(request))
    if not form.is_valid():
        return _refuse(next(iter(form.errors.as_data().values()))[0])
    try:
        file = services.begin_upload(
            team=request.team,
            user=request.user,
            name=form.cleaned_data["filename"],
            size=form.cleaned_data["size"],
            purpose=form.cleaned_data["purpose"],
            ai_label=form.cleaned_data["ai_label"],
        )
    except ValidationError as error:
        return _refuse(error)
    return JsonResponse(describe(file, slug=request.team.slug), status=201)


@accepts_pieces(services.PIECE_BYTES, may_send_files)
@require_http_methods(["PUT"])
@in_team(Right.COMPOSE)
def piece(request: TeamRequest, file: UUID, number: int) -> JsonResponse:
    """Take the bytes of one piece; 409 says how many are here when it isn't the next one."""
    upload = get_own_file(request, file)
    try:
        received = services.add_piece(
            upload,
            cast(BinaryIO, request),
            number=number,
            length=_read_length(request),
            sha256=request.headers.get("X-Piece-SHA256", "")[:_DIGITS],
        )
    except services.OutOfOrderError as error:
        return JsonResponse({"received": error.received}, status=409)
    except ValidationError as error:
        return _refuse(error)
    return JsonResponse({"received": received})


@require_safe
@in_team(Right.COMPOSE)
def status(request: TeamRequest, file: UUID) -> JsonResponse:
    """Tell how far a file is."""
    return JsonResponse(describe(get_file(request, file), slug=request.team.slug))


@require_POST
@in_team(Right.COMPOSE)
def finish(request: TeamRequest, file: UUID) -> JsonResponse:
    """End an upload: what arrived is looked at, cleaned and sent on."""
    try:
        ended = services.end_upload(get_own_file(request, file))
    except services.OutOfOrderError as error:
        return JsonResponse({"received": error.received}, status=409)
    return _tell(request, ended)


@require_POST
@in_team(Right.COMPOSE)
def discard(request: TeamRequest, file: UUID) -> HttpResponse:
    """Take an upload back. One that PostPeer has already stays: a pin may show it."""
    upload = get_own_file(request, file)
    if upload.state != MediaFile.State.READY:
        services.discard_upload(upload)
    return HttpResponse(status=204)


@require_POST
@in_team(Right.COMPOSE)
def crop(request: TeamRequest, file: UUID) -> JsonResponse:
    """Cut a piece out of a picture, which makes a new file."""
    picture = get_file(request, file)
    form = CropForm(_read_fields(request), file=picture)
    if not form.is_valid():
        return _refuse(next(iter(form.errors.as_data().values()))[0])
    try:
        cut = services.crop_file(picture, user=request.user, box=form.box)
    except ValidationError as error:
        return _refuse(error)
    return _tell(request, cut, made=201)


@require_safe
@in_team(Right.VIEW)
def thumbnail(request: TeamRequest, file: UUID) -> HttpResponseBase:
    """Show the small picture of ours. It never changes, so a browser may keep it; a shared cache may not."""
    picture = get_file(request, file)
    try:
        stream = store.path_of(picture, store.THUMBNAIL).open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(stream, content_type="image/webp")
    response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return response


def _tell(request: TeamRequest, file: MediaFile, *, made: int = 200) -> JsonResponse:
    is_refused = file.state == MediaFile.State.REFUSED
    return JsonResponse(describe(file, slug=request.team.slug), status=422 if is_refused else made)


def _read_fields(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _read_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse(error: ValidationError) -> JsonResponse:
    return JsonResponse({"error": error.messages[0]}, status=422)
