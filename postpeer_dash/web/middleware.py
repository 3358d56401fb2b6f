"""Middleware of our own: health checks, the canonical host, the person's locale, and headers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse_lazy
from django.utils import timezone

from postpeer_dash.env import is_loopback
from postpeer_dash.web.time_zones import zone_of
from postpeer_dash.web.times import negotiate_locale, negotiate_territory, set_locale

Next = Callable[[HttpRequest], HttpResponseBase]


def health(get_response: Next) -> Next:
    """Answer /healthz (the process serves) and /readyz (the database answers, too).

    First of all, so that a probe needs no host name, no session and no https.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return _probe({"ok": True}, 200)
        if request.path_info == "/readyz":
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
            except DatabaseError:
                return _probe({"ok": False, "why": "database"}, 503)
            return _probe({"ok": True}, 200)
        return get_response(request)

    return middleware


def _probe(body: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


def canonical_host(get_response: Next) -> Next:
    """Redirect another name of this same machine (127.0.0.1 for localhost) to SITE_URL.

    The round trip of connecting an account comes back to SITE_URL; a session begun under another name would not be
    there. A form that was posted under the other name can't be replayed elsewhere, so only GET and HEAD are redirected.
    """
    site = urlsplit(settings.SITE_URL)
    home = site.netloc

    def middleware(request: HttpRequest) -> HttpResponseBase:
        host = request.get_host().lower()
        if host != home and settings.SITE_IS_LOCAL and request.method in ("GET", "HEAD"):
            parts = urlsplit(f"//{host}")
            if is_loopback(parts.hostname or "") and parts.port == site.port:
                return _redirect(f"{settings.SITE_URL}{request.get_full_path()}")
        return get_response(request)

    return middleware


def _redirect(url: str) -> HttpResponse:
    response = HttpResponse(status=302)
    response["Location"] = url
    return response


def user_locale(get_response: Next) -> Next:
    """Activate the person's time zone and number format for the length of the request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        timezone.activate(zone_of(request.user))
        languages = request.headers.get("Accept-Language", "")
        set_locale(negotiate_locale(languages), negotiate_territory(languages))
        try:
            return get_response(request)
        finally:
            # The next request on this thread may be somebody else's.
            timezone.deactivate()

    return middleware


def signed_out_fragments(get_response: Next) -> Next:
    """Answer 401 to an htmx request of somebody who is signed out by now.

    A redirect would be followed, and the sign-in page would be put in the fragment's place.
    """
    sign_in = reverse_lazy(settings.LOGIN_URL)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_sent_away = "HX-Request" in request.headers and response.status_code == 302
        if is_sent_away and urlsplit(response.headers["Location"]).path == str(sign_in):
            return HttpResponse(status=401)
        return response

    return middleware


def method_not_allowed(get_response: Next) -> Next:
    """Give a person who comes to an address that only takes a button's press (405) a page, and a way back."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_page = response.status_code == 405 and not getattr(response, "content", b"-")
        if not is_page or "HX-Request" in request.headers:
            return response
        is_looking = request.method in ("GET", "HEAD")
        context = {
            "is_looking": is_looking,
            "above": request.path if not is_looking else _find_page_above(request.path),
        }
        page = render(request, "405.html", context, status=405)
        page["Allow"] = response.headers.get("Allow", "")
        return page

    return middleware


def _find_page_above(path: str) -> str:
    """Return the nearest address above that leads anywhere here, whoever may see it; nothing where there is none."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return ""


def response_headers(get_response: Next) -> Next:
    """Set Permissions-Policy (no page needs a sensor) and keep a team's pages out of shared caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        )
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
