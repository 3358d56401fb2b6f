import json
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.pins.access import may_send_files
from postpeer_dash.pins.models import MediaType
from postpeer_dash.pins.pages.upload import filetypes
from postpeer_dash.pins.pages.upload import transfer as uploads
from postpeer_dash.pins.pages.upload.forms import ThroughForm, UploadForm
from postpeer_dash.pins.rules import MAX_FILE_BYTES
from postpeer_dash.postpeer import PostPeerError
from postpeer_dash.teams.access import Right, TeamRequest, in_team
from postpeer_dash.web.file_requests import accepts_upload


@require_POST
@in_team(Right.COMPOSE)
def start_upload(request: TeamRequest) -> JsonResponse:
    """Return where the browser may put a file, `{upload_url, public_url, mime_type, direct}`, or why it may not.

    `direct` says whether the compose page was allowed to send there when it was shown; if not, the file goes through
    this server.
    """
    form = UploadForm(_read_fields(request))
    if not form.is_valid():
        return _error_response(_first_error(form.errors.as_data()))
    allowed = uploads.upload_origins()
    try:
        upload = uploads.begin_upload(filename=form.cleaned_data["filename"], mime_type=form.mime_type_found)
    except PostPeerError as error:
        return _error_response(str(sentence_for(error)), status=502)
    return JsonResponse(
        {
            "upload_url": upload.upload_url,
            "public_url": upload.public_url,
            "mime_type": form.mime_type_found,
            "direct": uploads.origin_of(upload.upload_url) in allowed,
        }
    )


@accepts_upload(MAX_FILE_BYTES, may_send_files, answers_json=True)
@require_POST
@in_team(Right.COMPOSE)
def upload_through(request: TeamRequest) -> JsonResponse:
    """Take a file that the browser can't send to PostPeer itself: `{public_url}`, or why it was refused."""
    form = ThroughForm(request.POST, request.FILES)
    if not form.is_valid():
        return _error_response(_first_error(form.errors.as_data()))
    try:
        public_url = _check_and_send(form.cleaned_data["media_file"], form.cleaned_data["media_type"])
    except ValidationError as error:
        return _error_response(error.messages[0])
    except PostPeerError as error:
        return _error_response(str(sentence_for(error)), status=502)
    return JsonResponse({"public_url": public_url})


def upload_posted_file(request: TeamRequest) -> tuple[QueryDict, ValidationError | None]:
    """Return the posted fields with the address of the file that came along, and what is wrong with that file.

    A browser without script sends the file with the whole form and can't send it twice by itself: so it is uploaded
    first, whatever else has to change.
    """
    typed = cast(QueryDict, request.POST)
    form = ThroughForm(request.POST, request.FILES)
    if not form.is_valid():
        return typed, None
    try:
        public_url = _check_and_send(form.cleaned_data["media_file"], form.cleaned_data["media_type"])
    except ValidationError as error:
        return typed, error
    except PostPeerError as error:
        words = _("%(problem)s What you typed is still here; the file has to be chosen again.")
        return typed, ValidationError(words % {"problem": sentence_for(error)}, code="upload")
    typed = typed.copy()
    typed["media_url"] = public_url
    return typed, None


def _check_and_send(file: "UploadedFile[Any]", media_type: str) -> str:
    stream, name, size = cast(BinaryIO, file.file), file.name or "", file.size or 0
    mime_type = filetypes.check_upload(
        name=name, size=size, head=filetypes.read_head(stream), media_type=media_type or MediaType.IMAGE
    )
    return uploads.send_file(stream=stream, filename=name, length=size, mime_type=mime_type)


def _read_fields(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        fields = json.loads(request.body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _first_error(errors: dict[str, list[ValidationError]]) -> str:
    return str(next(iter(errors.values()))[0].messages[0])


def _error_response(words: str, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
