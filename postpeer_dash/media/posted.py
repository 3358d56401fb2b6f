"""Files that come along with a whole form, from a browser without script."""

from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from postpeer_dash.media import services
from postpeer_dash.media.forms import PostedFilesForm
from postpeer_dash.media.models import MediaFile
from postpeer_dash.media.notes import read_notes
from postpeer_dash.teams.access import TeamRequest

State = MediaFile.State


def take_posted_files(request: TeamRequest) -> tuple[QueryDict, dict[str, ValidationError]]:
    """Return the posted fields with the addresses of the files that came along, and by field what is wrong with them.

    Such a browser can't send a file twice by itself: so it is taken first, whatever else has to change. What a file is
    decides whether the pin shows a picture or a film.
    """
    typed, errors = cast(QueryDict, request.POST).copy(), dict[str, ValidationError]()
    form = PostedFilesForm(request.POST, request.FILES)
    form.is_valid()
    for name, address in (("media_file", "media_url"), ("cover_file", "cover_image_url")):
        posted = form.cleaned_data.get(name)
        if posted is None:
            continue
        try:
            file = _take(request, posted, is_cover=name == "cover_file")
        except ValidationError as error:
            errors[name] = error
            continue
        typed[address] = file.url
        if name == "media_file":
            typed["media_type"] = file.media_type
            if not typed.get("dominant_color"):
                typed["dominant_color"] = file.color
    return typed, errors


def take_copy(request: TeamRequest, typed: QueryDict) -> tuple[QueryDict, list[str]]:
    """Return the typed fields with a copy of our own in place of the address, and what was done to it.

    Raises ValidationError with the reason why there is none.
    """
    url = typed.get("media_url", "").strip()
    if not url:
        raise ValidationError(_("Give the address first."), code="required")
    file = services.copy_address(team=request.team, user=request.user, url=url)
    typed = typed.copy()
    typed["media_url"], typed["media_type"] = file.url, file.media_type
    if not typed.get("dominant_color"):
        typed["dominant_color"] = file.color
    return typed, read_notes(file.notes)


def _take(request: TeamRequest, posted: "UploadedFile[Any]", *, is_cover: bool) -> MediaFile:
    file = services.take_whole(
        team=request.team,
        user=request.user,
        stream=cast(BinaryIO, posted.file),
        name=posted.name or "",
        size=posted.size or 0,
        purpose=MediaFile.Purpose.COVER if is_cover else MediaFile.Purpose.MEDIA,
    )
    if file.state == State.READY:
        return file
    if file.state == State.REFUSED:
        raise ValidationError(file.error, code="refused")
    # Nobody would find it again: without script the page can't wait for it.
    services.discard_upload(file)
    words = _("%(problem)s What you typed is still here; the file has to be chosen again.")
    raise ValidationError(words % {"problem": file.error}, code="upload")
