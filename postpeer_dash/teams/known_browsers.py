"""Browsers in which somebody has signed in before: guesses made elsewhere don't lock the owner out of these.

A signed cookie says whose account was open here. It opens nothing, since the password is still asked for; and it counts
for one account, until that one's password changes.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from postpeer_dash.teams.models import User
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import client_ip
from postpeer_dash.web.limits import Limit, LimitUsage

_SALT = "postpeer_dash.known_browsers"
# So many people share one browser; who signed in longest ago is forgotten first.
_MAX_PEOPLE = 5
_LIFETIME = 60 * 60 * 24 * 365

Entry = tuple[int, str]


def consume_account_limits(
    request: HttpRequest, account: str, *, known: tuple[Limit, ...], others: tuple[Limit, ...]
) -> LimitUsage | None:
    """Count one try at an account (an e-mail address, with a person behind it or not). None when the limit is used up.

    A browser that this account was open in before has `known` to itself; everybody else shares `others`.
    """
    browser = find_known_browser(request, account)
    if browser:
        return limits.consume(known, account=account, browser=browser)
    return limits.consume(others, address=client_ip(request), account=account)


def find_known_browser(request: HttpRequest, account: str) -> str:
    """Return the id of this browser when the account was signed in here since its password was set; else nothing.

    What is looked up are the people of the cookie, never the address that was typed: the time it takes tells nothing
    about that one.
    """
    browser, entries = _read(request)
    if not entries:
        return ""
    people = User.objects.in_bulk([pk for pk, _mark in entries])
    wanted = account.strip().lower()
    for pk, mark in entries:
        user = people.get(pk)
        if user is not None and user.email.lower() == wanted and constant_time_compare(mark, _mark_of(user)):
            return browser
    return ""


def remember_browser(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Write into a cookie whose account is open in this browser. Middleware, inside of the authentication's."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # Who hasn't asked for the session doesn't have it read for this.
        if request.session.accessed and isinstance(request.user, User):
            _remember(request, response, request.user)
        return response

    return middleware


def _remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    browser, entries = _read(request)
    mine = (user.pk, _mark_of(user))
    if mine in entries:
        return
    others = [entry for entry in entries if entry[0] != user.pk]
    value = [browser or secrets.token_urlsafe(12), [mine, *others][:_MAX_PEOPLE]]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(value, salt=_SALT),
        max_age=_LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[Entry]]:
    """Return the browser's id, and whose accounts were open in it, the newest first."""
    try:
        browser, entries = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), salt=_SALT, max_age=_LIFETIME
        )
        return str(browser), [_entry(each) for each in entries]
    except (signing.BadSignature, TypeError, ValueError):
        return "", []


def _entry(raw: Any) -> Entry:
    pk, mark = raw
    return int(pk), str(mark)


def _mark_of(user: User) -> str:
    # Ends with the password, as Django's sessions do. The hash itself leaves the server in no form.
    return salted_hmac(_SALT, user.password).hexdigest()[:24]
