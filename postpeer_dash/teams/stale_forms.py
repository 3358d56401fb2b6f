"""Forms of people who aren't signed in yet, sent from a page that had grown too old: shown again, with what was typed.

A sign-in page that stood open for long, or beside another tab in which somebody signed in, fails Django's check of
forms (CSRF). Nothing is done then; but the page itself comes back, with everything in it that isn't secret.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from postpeer_dash.web import form_recovery

# The pages that come back, and what of their forms does. A password never.
_FIELDS: dict[str, tuple[str, ...]] = {
    "account_login": ("login", "remember"),
    "account_reset_password": ("email",),
    "account_reset_password_from_key": (),
    "account_reauthenticate": (),
    "mfa_authenticate": (),
    "mfa_reauthenticate": (),
    "teams:setup": ("name", "email", "team", "time_zone"),
    "teams:invitation": ("name",),
}
_WITHOUT_SECRETS = {"account_reset_password"}
# No field of these forms takes more.
_MAX_CHARS = 320


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form that isn't of this session, and do nothing else. Django's CSRF_FAILURE_VIEW.

    422 and the page again where somebody signs in, asks for a link or accepts an invitation; else as the other forms.
    """
    match = request.resolver_match
    if match is None or match.view_name not in _FIELDS:
        return form_recovery.csrf_failure(request, reason)
    typed = _read_typed(request, _FIELDS[match.view_name])
    request.method = "GET"
    messages.warning(request, _explain(match.view_name))
    setattr(request, _TYPED, typed)
    view: Any = match.func
    if hasattr(view, "view_class"):
        view = view.view_class.as_view(**{**view.view_initkwargs, "initial": typed})
    response: HttpResponse = view(request, *match.args, **match.kwargs)
    if response.status_code == 200:
        response.status_code = 422
    return response


def _explain(view_name: str) -> str:
    if view_name in _WITHOUT_SECRETS:
        return _("This page had grown too old to be sent, so nothing was done. Here it is again: press once more.")
    return _(
        "This page had grown too old to be sent, so nothing was done. Here it is again: type the password or code "
        "once more."
    )


_TYPED = "typed_in_stale_form"


def typed_before(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into this form when it was too old to be sent; nothing otherwise. Initial values of a form."""
    typed: dict[str, str] = getattr(request, _TYPED, {})
    return typed


def _read_typed(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    # Another site could send a form, too: of that nothing is shown.
    if not form_recovery.comes_from_here(request):
        return {}
    return {name: request.POST[name][:_MAX_CHARS] for name in names if name in request.POST}
