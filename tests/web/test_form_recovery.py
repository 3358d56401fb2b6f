"""A long form that is refused is saved under its own address, for the person who typed it."""

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from postpeer_dash.web.form_recovery import (
    csrf_failure,
    discard_saved_input,
    load_saved_input,
    recoverable_form,
    save_input,
)


class Session(dict[str, Any]):
    expires_in: int | None = None

    def set_expiry(self, seconds: int) -> None:
        self.expires_in = seconds


BOB = SimpleNamespace(pk=7, is_authenticated=True)


def post(data: dict[str, Any] | None = None, *, path: str = "/pins/new/", user: Any = BOB, **extra: Any) -> HttpRequest:
    request = RequestFactory().post(path, data or {}, **extra)
    request.user, request.session = user, Session()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def again(saved: HttpRequest, path: str = "/pins/new/") -> HttpRequest:
    """Return the next look at a page, in the same session."""
    request = RequestFactory().get(path)
    request.session = saved.session
    return request


def test_named_fields_are_saved_with_all_their_values() -> None:
    request = post({"title": "Oak", "cross_post": ["1", "2"], "password": "secret"})
    assert save_input(request, {"title", "cross_post", "link"})
    saved = load_saved_input(again(request), owner="owner", whose="7")
    assert saved is not None
    assert dict(saved.lists()) == {"title": ["Oak"], "cross_post": ["1", "2"]}


def test_saved_input_is_gone_after_seven_days() -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        request = post({"title": "Oak"})
        save_input(request, {"title"})
        clock.shift(7 * 24 * 3600)
        assert load_saved_input(again(request), owner="owner", whose="7") is not None
        clock.shift(1)
        assert load_saved_input(again(request), owner="owner", whose="7") is None
        assert "kept" not in request.session


def test_saved_input_is_only_for_its_own_address() -> None:
    request = post({"title": "Oak"})
    save_input(request, {"title"})
    assert load_saved_input(again(request, "/pins/9/edit/"), owner="owner", whose="7") is None
    assert load_saved_input(again(request), owner="owner", whose="7") is not None


def test_input_of_somebody_else_is_discarded() -> None:
    request = post({"title": "Oak", "owner": "7"})
    save_input(request, {"title", "owner"})
    assert load_saved_input(again(request), owner="owner", whose="8") is None
    assert load_saved_input(again(request), owner="owner", whose="7") is None


def test_discarded_input_is_gone_and_discarding_nothing_does_no_harm() -> None:
    request = post({"title": "Oak"})
    save_input(request, {"title"})
    for _time in range(2):
        discard_saved_input(request)
    assert load_saved_input(again(request), owner="owner", whose="7") is None


@pytest.mark.parametrize(("length", "is_saved"), [(32_000, True), (32_001, False)])
def test_too_much_is_not_saved(length: int, is_saved: bool) -> None:
    assert save_input(post({"title": "x" * length}), {"title"}) is is_saved


def test_form_without_one_of_the_fields_is_not_saved() -> None:
    request = post({"other": "x"})
    assert not save_input(request, {"title"})
    assert request.session == {}


def refuse(request: HttpRequest, **arguments: Any) -> HttpResponse:
    raise PermissionDenied("second factor")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any], int]]:
    """Return the pages that were rendered."""
    pages: list[tuple[str, dict[str, Any], int]] = []

    def note(request: HttpRequest, name: str, context: dict[str, Any], status: int) -> HttpResponse:
        pages.append((name, context, status))
        return HttpResponse(status=status)

    monkeypatch.setattr("postpeer_dash.web.form_recovery.render", note)
    return pages


def test_refused_post_is_saved_and_the_page_says_where(shown: list[Any]) -> None:
    request = post({"title": "Oak"})
    assert recoverable_form({"title"}, owner="owner")(refuse)(request).status_code == 403
    assert shown == [("403.html", {"exception": "second factor", "kept_at": "/pins/new/"}, 403)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_refusal_with_nothing_typed_is_an_ordinary_one(method: str) -> None:
    request = getattr(RequestFactory(), method)("/pins/new/")
    request.user, request.session = BOB, Session()
    with pytest.raises(PermissionDenied):
        recoverable_form({"title"}, owner="owner")(refuse)(request)


def test_signed_out_post_waits_for_an_hour_and_leads_to_the_sign_in() -> None:
    request = post({"title": "Oak", "owner": "7"}, user=AnonymousUser())
    answer = recoverable_form({"title"}, owner="owner")(refuse)(request)
    assert answer.headers["Location"] == "/auth/login/?next=/pins/new/"
    assert request.session.expires_in == 60 * 60
    assert request.session["kept"]["fields"] == {"title": ["Oak"], "owner": ["7"]}


def test_signed_out_look_keeps_its_query_and_saves_nothing() -> None:
    request = RequestFactory().get("/pins/new/?board=3")
    request.user, request.session = AnonymousUser(), Session()
    answer = recoverable_form({"title"}, owner="owner")(refuse)(request)
    assert answer.headers["Location"] == "/auth/login/?next=/pins/new/%3Fboard%3D3"
    assert request.session == {}


def test_view_that_takes_the_form_answers_itself() -> None:
    done = recoverable_form({"title"}, owner="owner")(lambda request: HttpResponse("done"))
    assert done(post({"title": "Oak"})).content == b"done"


def of_our_page(**headers: str) -> HttpRequest:
    """Return a post whose CSRF token has grown old, to a view whose form can be recovered."""
    view = recoverable_form({"title"}, owner="owner")(refuse)
    request = post({"title": "Oak"}, headers=headers)
    request.resolver_match = SimpleNamespace(func=view)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_old_form_of_our_own_page_is_saved(shown: list[Any], headers: dict[str, str]) -> None:
    assert csrf_failure(of_our_page(**headers)).status_code == 403
    assert shown == [("403_csrf.html", {"kept_at": "/pins/new/"}, 403)]


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_form_of_another_site_is_not_saved(shown: list[Any], headers: dict[str, str]) -> None:
    request = of_our_page(**headers)
    csrf_failure(request)
    assert shown == [("403_csrf.html", {"kept_at": ""}, 403)]
    assert request.session == {}


def test_address_that_leads_nowhere_is_answered_too(shown: list[Any]) -> None:
    request = of_our_page(Origin="http://testserver")
    request.resolver_match = None
    assert csrf_failure(request).status_code == 403
    assert shown[0][1] == {"kept_at": ""}
