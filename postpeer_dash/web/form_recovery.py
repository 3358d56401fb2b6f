"""Save what was typed into a long form when it can't be accepted: the person is signed out by now, not allowed any more
(the team asks for a second factor now, the role has changed), or the form has grown too old.

The text waits in the session, under the form's own address, until the form is shown again. Nothing is ever carried out
of it.
"""

import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from postpeer_dash.web.signed_out_sessions import SECONDS, may_store

# Sessions of before an upgrade hold their entry under this name.
_SESSION_KEY = "kept"
# The longest form here is far below; the session of somebody signed out must not fill the database.
_MAX_CHARS = 32_000
_MAX_AGE_SECONDS = 7 * 24 * 60 * 60

View = Callable[..., HttpResponseBase]


def recoverable_form(names: Collection[str], *, owner: str) -> Callable[[View], View]:
    """Save the input of a view's form when its POST is refused; stands outside of everything that asks who is there.

    A POST by somebody signed out is saved (the fields in `names`) and shown after the sign-in. `owner` names the field
    that says who the form was made for; another person who signs in doesn't get it.
    """

    def decorate(view: View) -> View:
        @login_not_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated:
                return _save_if_refused(request, lambda: view(request, *args, **kwargs), {*names, owner})
            if request.method == "POST":
                is_kept = save_input(request, {*names, owner})
                if is_kept:
                    # Others may sit down at this machine: it waits for an hour, not for as long as a session lives.
                    request.session.set_expiry(SECONDS)
                if is_kept or any(request.POST.get(name) for name in names):
                    _tell_signed_out(request, is_kept=is_kept)
            return redirect_to_login(request.path if request.method == "POST" else request.get_full_path())

        guarded.recoverable_fields = (*names, owner)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _save_if_refused(
    request: HttpRequest, answer: Callable[[], HttpResponseBase], names: Collection[str]
) -> HttpResponseBase:
    try:
        return answer()
    except PermissionDenied as refused:
        if request.method != "POST" or not save_input(request, names):
            raise
        context = {"exception": str(refused), "kept_at": request.path}
        return render(request, "403.html", context, status=403)


def _tell_signed_out(request: HttpRequest, *, is_kept: bool) -> None:
    if is_kept:
        words = _("You were signed out. What you typed is kept, and nothing was sent. Sign in to go on.")
        messages.info(request, words)
    else:
        words = _(
            "You were signed out, and what you typed couldn’t be kept here. Nothing was sent. Go back in your browser, "
            "copy it, then sign in."
        )
        messages.warning(request, words)


def save_input(request: HttpRequest, names: Collection[str], *, path: str = "") -> bool:
    """Save the named fields of a POST in the session. Returns False when there is nothing to save, or too much.

    They are shown in the form at the request's own address, or at `path`.
    """
    fields = {name: request.POST.getlist(name) for name in names if name in request.POST}
    if not fields or sum(len(value) for values in fields.values() for value in values) > _MAX_CHARS:
        return False
    if not may_store(request):
        return False
    request.session[_SESSION_KEY] = {"path": path or request.path, "fields": fields, "at": int(time.time())}
    return True


def load_saved_input(request: HttpRequest, *, owner: str, whose: str) -> QueryDict | None:
    """Return the input saved for the form at this address, or None.

    Input of somebody other than `whose` is discarded, and what was saved more than seven days ago.
    """
    entry = request.session.get(_SESSION_KEY)
    if not entry or entry["path"] != request.path:
        return None
    is_old = time.time() - entry.get("at", time.time()) > _MAX_AGE_SECONDS
    if is_old or entry["fields"].get(owner, [whose]) != [whose]:
        discard_saved_input(request)
        return None
    typed = QueryDict(mutable=True)
    for name, values in entry["fields"].items():
        typed.setlist(name, values)
    return typed


def discard_saved_input(request: HttpRequest) -> None:
    """Discard the saved input: it is stored by now, or nobody wants it."""
    request.session.pop(_SESSION_KEY, None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer a form that isn't of this session: 403, and nothing is done.

    Input typed into a page of ours (the browser says where a POST comes from) is saved for the next time the form is
    shown.
    """
    view = request.resolver_match.func if request.resolver_match else None
    names = getattr(view, "recoverable_fields", ())
    has_saved = bool(names) and comes_from_here(request) and save_input(request, names)
    return render(request, "403_csrf.html", {"kept_at": request.path if has_saved else ""}, status=403)


def comes_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that a form was sent from a page of ours."""
    return (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
        or request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    )
