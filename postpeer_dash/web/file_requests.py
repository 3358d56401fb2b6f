"""Limits for requests that carry files: taken only by the views that say so, from people who may send them.

Django reads a whole form as soon as something asks for its CSRF token, which is before anybody has looked who is there:
somebody signed out could fill the disk. So this middleware stands before all of that.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

from postpeer_dash.web.thread_shares import RETRY_AFTER, SMALL_BODY, Kind, NoTurnError, thread_shares

View = Callable[..., HttpResponseBase]
MEGABYTE = 1024 * 1024
# Every form here without a file is far smaller.
_MAX_WITHOUT_FILE = 2 * MEGABYTE
# Around the file: the other fields and the boundaries.
_FORM_OVERHEAD = 2 * MEGABYTE
# Left on the disk for the database, whatever people send.
_MIN_FREE_DISK = 512 * MEGABYTE


@dataclass(frozen=True, slots=True)
class UploadPolicy:
    """What one view takes: files of at most `max_bytes`, from people whom `may_send(user, **arguments of the view)`
    allows.
    """

    max_bytes: int
    may_send: Callable[..., bool]
    answers_json: bool
    # The body is the file's own bytes, and no form.
    is_raw: bool = False


def accepts_pieces(max_bytes: int, may_send: Callable[..., bool]) -> Callable[[View], View]:
    """Let a view read a body of at most `max_bytes` that is a piece of a file, from the people whom `may_send` allows."""

    def decorate(view: View) -> View:
        view.upload_policy = UploadPolicy(  # type: ignore[attr-defined]
            max_bytes, may_send, answers_json=True, is_raw=True
        )
        return view

    return decorate


def accepts_upload(
    max_bytes: int, may_send: Callable[..., bool], *, answers_json: bool = False
) -> Callable[[View], View]:
    """Let a view receive a file of at most `max_bytes` from the people whom `may_send` allows.

    A form that somebody else sends there is read without its files, so that the text typed into it isn't lost.
    `answers_json` makes refusals JSON.
    """

    def decorate(view: View) -> View:
        view.upload_policy = UploadPolicy(max_bytes, may_send, answers_json)  # type: ignore[attr-defined]
        return view

    return decorate


class DiscardingUploadHandler(FileUploadHandler):
    """Take the fields of a form and discard its files, chunk by chunk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class LimitedUploadHandler(FileUploadHandler):
    """End a form whose files hold more bytes than allowed, whatever Content-Length claimed."""

    def __init__(self, request: HttpRequest, max_bytes: int) -> None:
        super().__init__(request)
        self._left = max_bytes

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._left -= len(raw_data)
        if self._left < 0:
            # Otherwise Django would read the rest of the body to its end before it answers.
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadLimitMiddleware:
    """Refuse a body that is too long before a byte of it is read (413), and discard files from people who may not send
    them. A long body waits for its turn, so that slow ones never hold all threads; who finds none may come again (503).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as turns:
            request.body_turns = turns  # type: ignore[attr-defined]
            return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        policy: UploadPolicy | None = getattr(view, "upload_policy", None)
        return self._refuse_body(request, policy, kwargs) or _take_turn(request, policy)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 408 where a body didn't come to its end: it stopped, it was too slow, or its sender is gone."""
        if not isinstance(error, UnreadablePostError):
            return None
        policy = getattr(request.resolver_match.func, "upload_policy", None) if request.resolver_match else None
        words = _("This didn’t arrive whole: it came too slowly, or it was cut off. Nothing was sent.")
        return _refuse(request, words, status=408, answers_json=bool(policy and policy.answers_json))

    def _refuse_body(
        self, request: HttpRequest, policy: UploadPolicy | None, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if policy is not None and policy.is_raw:
            return self._refuse_piece(request, policy, kwargs)
        if request.content_type != "multipart/form-data":
            # Django's own limit (DATA_UPLOAD_MAX_MEMORY_SIZE) holds for these.
            return None
        answers_json = bool(policy and policy.answers_json)
        max_bytes = policy.max_bytes + _FORM_OVERHEAD if policy else _MAX_WITHOUT_FILE
        if _length(request) > max_bytes:
            words = _("This is larger than what is taken here, so none of it was read. Nothing was sent.")
            return _refuse(request, words, status=413, answers_json=answers_json)
        if policy is None or not policy.may_send(request.user, **kwargs):
            request.upload_handlers = [DiscardingUploadHandler(request)]
        elif shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free < _length(request) + _MIN_FREE_DISK:
            words = _("There is no room for this file on the dashboard’s disk now. Nothing was sent.")
            return _refuse(request, words, status=507, answers_json=answers_json)
        else:
            request.upload_handlers = [LimitedUploadHandler(request, policy.max_bytes), *request.upload_handlers]
        return None

    def _refuse_piece(self, request: HttpRequest, policy: UploadPolicy, kwargs: dict[str, Any]) -> HttpResponse | None:
        if request.method != "PUT" or not policy.may_send(request.user, **kwargs):
            # The view says who may not, and reads nothing.
            return None
        if not 0 < _length(request) <= policy.max_bytes or request.content_type != "application/octet-stream":
            words = _("This isn’t a piece of a file as it is taken here, so none of it was read.")
            return _refuse(request, words, status=413, answers_json=True)
        return None


def _take_turn(request: HttpRequest, policy: UploadPolicy | None) -> HttpResponse | None:
    """Hold a turn until the request is answered when its body is long; return the refusal when there is none."""
    turns: ExitStack | None = getattr(request, "body_turns", None)
    is_form = request.content_type == "multipart/form-data" or (policy is not None and policy.is_raw)
    is_read = is_form or _length(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if turns is None or not is_read or _length(request) <= SMALL_BODY:
        return None
    kind = Kind.MEMBERS_BODY if request.user.is_authenticated else Kind.STRANGERS_BODY
    try:
        turns.enter_context(thread_shares().hold(kind))
    except NoTurnError:
        words = _("As much as can be taken at a time is arriving already. None of this was read, and nothing was sent.")
        response = _refuse(request, words, status=503, answers_json=bool(policy and policy.answers_json))
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return None


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse(request: HttpRequest, words: str, *, status: int, answers_json: bool) -> HttpResponse:
    if answers_json:
        return JsonResponse({"error": words}, status=status)
    titles = {408: _("Not all of it arrived"), 503: _("Too much at a time")}
    context = {"title": titles.get(status, _("Too large")), "words": words}
    return render(request, "413.html", context, status=status)
