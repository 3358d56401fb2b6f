"""What a body may carry is decided before it is read: by its length, by its address, and by who sends it."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import get_resolver, reverse

from postpeer_dash.media.services import PIECE_BYTES
from postpeer_dash.web import file_requests
from postpeer_dash.web.file_requests import MEGABYTE, UploadLimitMiddleware, accepts_upload

Handlers = list[str]


def anybody(user: Any, **arguments: Any) -> bool:
    return True


def nobody(user: Any, **arguments: Any) -> bool:
    return False


def view(request: HttpRequest, **arguments: Any) -> HttpResponse:
    return HttpResponse()


taking = accepts_upload(10, anybody)(lambda request, **arguments: HttpResponse())
taking_json = accepts_upload(10, anybody, answers_json=True)(lambda request, **arguments: HttpResponse())
refusing = accepts_upload(10, nobody)(lambda request, **arguments: HttpResponse())


def form(content: bytes = b"oak", **headers: Any) -> HttpRequest:
    """Return a posted form with a title and a file of this content."""
    file = SimpleUploadedFile("oak.jpg", content, "image/jpeg")
    body = encode_multipart(BOUNDARY, {"title": "A calm kitchen", "file": file})
    request = RequestFactory().generic("POST", "/", body, MULTIPART_CONTENT, **headers)
    request.user = AnonymousUser()
    return request


def judge(request: HttpRequest, of: Any, **arguments: Any) -> HttpResponse | None:
    return UploadLimitMiddleware(view).process_view(request, of, (), arguments)


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """How much is free on the disk."""
    disk = SimpleNamespace(free=100_000 * MEGABYTE)
    monkeypatch.setattr(file_requests.shutil, "disk_usage", lambda path: disk)
    yield disk


def test_file_of_whoever_may_send_it_is_taken() -> None:
    request = form()
    assert judge(request, taking) is None
    assert request.FILES["file"].read() == b"oak"
    assert request.POST["title"] == "A calm kitchen"


@pytest.mark.parametrize("of", [view, refusing])
def test_file_of_anybody_else_is_dropped_and_the_text_is_not(of: Any) -> None:
    request = form()
    assert judge(request, of) is None
    assert dict(request.FILES) == {}
    assert request.POST["title"] == "A calm kitchen"


def test_who_may_send_is_asked_with_the_views_arguments() -> None:
    asked: list[Any] = []
    guarded = accepts_upload(10, lambda user, team: asked.append((user, team)) or True)(lambda request: HttpResponse())
    request = form()
    judge(request, guarded, team="nordlicht")
    assert asked == [(request.user, "nordlicht")]


def test_more_bytes_than_allowed_end_the_form_whatever_its_length_claims() -> None:
    request = form(b"x" * 11)
    assert judge(request, taking) is None
    assert dict(request.FILES) == {}


def test_file_of_just_as_many_bytes_is_taken() -> None:
    request = form(b"x" * 10)
    judge(request, taking)
    assert request.FILES["file"].size == 10


@pytest.mark.parametrize(
    ("of", "length", "is_refused"),
    [
        (view, 2 * MEGABYTE, False),
        (view, 2 * MEGABYTE + 1, True),
        (taking, 2 * MEGABYTE + 10, False),
        (taking, 2 * MEGABYTE + 11, True),
        (refusing, 2 * MEGABYTE + 11, True),
    ],
)
def test_claimed_length_is_held_against_the_address(of: Any, length: int, is_refused: bool) -> None:
    answer = judge(form(CONTENT_LENGTH=str(length)), of)
    assert (answer is not None and answer.status_code == 413) is is_refused


@pytest.mark.parametrize("length", ["", "nonsense"])
def test_length_that_is_no_number_counts_as_none(length: str) -> None:
    assert judge(form(CONTENT_LENGTH=length), view) is None


def test_refusal_is_json_where_the_view_answers_so() -> None:
    answer = judge(form(CONTENT_LENGTH=str(3 * MEGABYTE)), taking_json)
    assert answer is not None
    assert answer.headers["Content-Type"] == "application/json"
    assert b"none of it was read" in answer.content


@pytest.mark.parametrize(("of", "kind"), [(taking, "text/html; charset=utf-8"), (taking_json, "application/json")])
def test_full_disk_takes_no_file(room: SimpleNamespace, of: Any, kind: str) -> None:
    room.free = 512 * MEGABYTE
    answer = judge(form(), of)
    assert answer is not None
    assert (answer.status_code, answer.headers["Content-Type"]) == (507, kind)


def test_full_disk_keeps_no_form_without_files_away(room: SimpleNamespace) -> None:
    room.free = 0
    assert judge(form(), view) is None


def test_body_of_another_kind_is_djangos_to_limit() -> None:
    request = RequestFactory().post("/", b"x" * 100, "application/json", CONTENT_LENGTH=str(90 * MEGABYTE))
    assert judge(request, view) is None
    assert not hasattr(request, "user")


def test_everything_goes_on_to_the_view() -> None:
    assert UploadLimitMiddleware(view)(form()).status_code == 200


OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
PIN = "0b9c3f52-6f0e-4a52-9d63-0f7f5b1f3c11"


def names_of(namespace: str) -> dict[str, Any]:
    """Return the addresses of a namespace by their names, with the views behind them."""
    _prefix, resolver = get_resolver().namespace_dict[namespace]
    return {pattern.name: pattern.callback for pattern in resolver.url_patterns}


def address_of(name: str) -> str:
    more = {"pin": PIN} if name in ("edit", "edit_scheduled", "pin", "retry") else {}
    return reverse(f"pins:{name}", kwargs={"team": "nordlicht", **more})


def test_documented_proxy_lets_files_through_where_a_view_takes_them_and_nowhere_else() -> None:
    [regex] = re.findall(r"location ~ (\S+) {", OPERATIONS)
    views = names_of("pins")
    takes = {name for name, callback in views.items() if hasattr(callback, "upload_policy")}
    assert takes == {"compose", "edit", "edit_scheduled"}
    assert all(re.search(regex, address_of(name)) for name in takes)
    others = ("history", "earlier", "pin", "retry", "calendar")
    assert not any(re.search(regex, address_of(name)) for name in others)


def test_documented_proxy_lets_every_piece_through() -> None:
    [most] = re.findall(r"client_max_body_size (\d+)m; # files come in pieces of 8 MB", OPERATIONS)
    assert int(most) * MEGABYTE > PIECE_BYTES


def test_documented_proxy_takes_every_body_whole_before_it_passes_it_on() -> None:
    assert "proxy_request_buffering off" not in OPERATIONS
    for setting in ("client_header_timeout", "client_body_timeout", "client_max_body_size", "send_timeout"):
        assert setting in OPERATIONS
