"""Each of our middlewares by itself, around a view that says what it saw."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from postpeer_dash.web import client_ip, middleware, times
from postpeer_dash.web.lazy import lazy_view

Next = Callable[[HttpRequest], HttpResponse]


def answer(**headers: str) -> Next:
    return lambda request: HttpResponse("the page", headers=headers)


def test_process_that_serves_is_healthy_without_asking_anything() -> None:
    response = middleware.health(answer())(RequestFactory().get("/healthz"))
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_database_that_is_away_is_said_to_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(middleware, "connection", SimpleNamespace(cursor=refuse))
    response = middleware.health(answer())(RequestFactory().get("/readyz"))
    assert (response.status_code, response.content) == (503, b'{"ok": false, "why": "database"}')


@pytest.mark.parametrize("path", ["/", "/healthz/", "/t/healthz", "/readyz/x"])
def test_every_other_address_is_no_probe(path: str) -> None:
    assert middleware.health(answer())(RequestFactory().get(path)).content == b"the page"


class TestCanonicalHost:
    @pytest.fixture(autouse=True)
    def local(self, settings: Any) -> None:
        settings.SITE_URL, settings.SITE_IS_LOCAL, settings.ALLOWED_HOSTS = "http://localhost:8000", True, ["*"]

    @pytest.mark.parametrize(
        ("host", "is_sent_on"),
        [
            ("127.0.0.1:8000", True),
            ("[::1]:8000", True),
            ("LOCALHOST:8000", False),
            ("localhost:9000", False),
            ("127.0.0.1", False),
            ("192.168.1.5:8000", False),
            ("pins.example.com:8000", False),
        ],
    )
    def test_other_name_of_this_machine_is_sent_on(self, host: str, is_sent_on: bool) -> None:
        response = middleware.canonical_host(answer())(RequestFactory().get("/me/?x=1", headers={"Host": host}))
        assert response.status_code == (302 if is_sent_on else 200)
        assert response.headers.get("Location") == ("http://localhost:8000/me/?x=1" if is_sent_on else None)

    @pytest.mark.parametrize(("method", "status"), [("get", 302), ("head", 302), ("post", 200), ("put", 200)])
    def test_only_what_changes_nothing_is_sent_on(self, method: str, status: int) -> None:
        request = getattr(RequestFactory(), method)("/", headers={"Host": "127.0.0.1:8000"})
        assert middleware.canonical_host(answer())(request).status_code == status

    def test_public_site_sends_nobody_on(self, settings: Any) -> None:
        settings.SITE_URL, settings.SITE_IS_LOCAL = "https://pins.example.com", False
        request = RequestFactory().get("/", headers={"Host": "127.0.0.1:8000"})
        assert middleware.canonical_host(answer())(request).status_code == 200


def test_page_is_in_the_persons_zone_and_the_next_one_is_not() -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((times.current_city(), times.has_wide_clock()))
        return HttpResponse()

    request = RequestFactory().get("/", headers={"Accept-Language": "en-US"})
    request.user = SimpleNamespace(time_zone="Asia/Tokyo")  # type: ignore[assignment]
    middleware.user_locale(view)(request)
    other = RequestFactory().get("/")
    other.user = AnonymousUser()
    middleware.user_locale(view)(other)
    assert seen == [("Tokyo", True), ("UTC", False)]


def test_zone_is_put_back_after_a_failure() -> None:
    def fail(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("the view broke")

    before = timezone.get_current_timezone_name()
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(time_zone="Asia/Tokyo")  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        middleware.user_locale(fail)(request)
    assert timezone.get_current_timezone_name() == before


@pytest.mark.parametrize(
    ("location", "headers", "status"),
    [
        ("/auth/login/?next=/t/nordlicht/", {"HX-Request": "true"}, 401),
        ("http://testserver/auth/login/", {"HX-Request": "true"}, 401),
        ("/auth/login/?next=/t/nordlicht/", {}, 302),
        ("/t/nordlicht/", {"HX-Request": "true"}, 302),
        ("/auth/login/reauthenticate/", {"HX-Request": "true"}, 302),
    ],
)
def test_fragment_is_never_the_sign_in_page(location: str, headers: dict[str, str], status: int) -> None:
    away: Next = lambda request: HttpResponse(status=302, headers={"Location": location})  # noqa: E731
    request = RequestFactory().get("/t/nordlicht/pins/", headers=headers)
    assert middleware.signed_out_fragments(away)(request).status_code == status


def test_header_that_a_view_has_set_stays() -> None:
    response = middleware.response_headers(answer(**{"Cache-Control": "no-store"}))(RequestFactory().get("/"))
    assert response.headers["Cache-Control"] == "no-store"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_address_is_known_during_the_request_alone() -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(client_ip.current_ip())
        return HttpResponse()

    client_ip.remember_client_ip(view)(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))
    assert seen == ["203.0.113.9"]
    assert client_ip.current_ip() is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (None, "unknown"),
        ("", "unknown"),
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "::"),
    ],
)
def test_ipv6_address_counts_by_its_line(address: str | None, network: str) -> None:
    assert client_ip.network_of(address) == network


@pytest.mark.parametrize(("remote", "address"), [("fe80::1%eth0", "fe80::1"), ("", None), ("unix:", None)])
def test_scope_of_an_address_is_left_out(remote: str, address: str | None) -> None:
    assert client_ip.client_ip(RequestFactory().get("/", REMOTE_ADDR=remote)) == address


def test_lazy_view_is_named_for_what_it_loads_and_passes_everything_on() -> None:
    view = lazy_view("django.views.defaults.bad_request")
    assert view.__name__ == "bad_request"
    assert view(RequestFactory().get("/"), exception=ValueError("x")).status_code == 400


def test_lazy_view_is_closed_unless_it_says_otherwise() -> None:
    closed, opened = (lazy_view("django.views.defaults.bad_request", is_open=is_open) for is_open in (False, True))
    assert getattr(closed, "login_required", True)
    assert not getattr(opened, "login_required", True)


def test_lazy_view_that_is_not_there_fails_when_it_is_asked_for() -> None:
    view = lazy_view("postpeer_dash.nowhere.view")
    with pytest.raises(ImportError):
        view(RequestFactory().get("/"))
