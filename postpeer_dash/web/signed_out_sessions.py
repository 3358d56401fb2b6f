"""Sessions of visitors who aren't signed in: short, and only so many of one network, since anybody can begin them."""

from collections.abc import Callable
from functools import cache

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip

SECONDS = 60 * 60
# What allauth stores only for who has a right password, and for who has opened a link of a mail: they are nobody who
# fills the database, and others who do must not keep them from coming in.
_PROVEN = frozenset({"account_login", "_password_reset_key"})


def may_store(request: HttpRequest) -> bool:
    """Return whether something may be stored in this visitor's session; counts one that is new, once in a request."""
    ask: Callable[[], bool] | None = getattr(request, "may_begin_session", None)
    return ask is None or ask()


def limit_signed_out_sessions(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let a session of somebody signed out end within the hour, and begin none beyond the limit. Middleware."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        @cache
        def may_begin() -> bool:
            # Asking for a key loads it: a cookie with a made-up number is no session. Who has one has been counted.
            if request.session.get(SESSION_KEY) is not None or request.session.session_key is not None:
                return True
            return limits.consume(limits.SIGNED_OUT, address=client_ip(request)) is not None

        request.may_begin_session = may_begin  # type: ignore[attr-defined]
        response = get_response(request)
        session = request.session
        if session.modified and not session.is_empty() and SESSION_KEY not in session:
            if may_begin() or not _PROVEN.isdisjoint(session.keys()):
                session.set_expiry(SECONDS)
            else:
                session.clear()
        return response

    return middleware
