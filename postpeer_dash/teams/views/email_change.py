"""A person's own e-mail address: changed by a link that the new one is sent."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postpeer_dash.teams import email_change as services
from postpeer_dash.teams.forms import AddressForm
from postpeer_dash.teams.views.profile import PersonRequest
from postpeer_dash.web.sentences import explain

# 404: it never was, or is over; 403: it is somebody else's; 409: it can't be done any more.
_STATUS = {"email_link_unknown": 404, "email_link_other": 403, "email_taken": 409}


def _has_mail(_request: object) -> bool:
    # Without mail the page only says who can help.
    return bool(settings.HAS_MAIL)


@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(enabled=_has_mail)  # type: ignore[untyped-decorator]
def email(request: PersonRequest) -> HttpResponse:
    """Ask for another address. The answer is the same whether or not somebody here has it."""
    if not settings.HAS_MAIL:
        return render(request, "teams/email.html", {"form": None}, status=409 if request.method == "POST" else 200)
    form = AddressForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        try:
            services.request_address_change(user=request.user, email=address)
        except services.AddressError as error:
            form.add_error("email", str(explain(error.kind)))
        else:
            words = _("A mail to %(email)s is on its way. Open the link in it; until then your address stays.")
            messages.success(request, words % {"email": address})
            return redirect("teams:me")
    return render(request, "teams/email.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_email(request: PersonRequest, token: str) -> HttpResponse:
    """Confirm the new address: opening the mail's link asks, pressing the button changes it."""
    try:
        asked = services.read_link(token, user=request.user)
        if request.method == "POST":
            services.change_address(user=request.user, email=asked.email)
            messages.success(request, _("You sign in as %(email)s from now on.") % {"email": asked.email})
            return redirect("teams:me")
    except services.AddressError as error:
        problem = explain(error.kind, own=request.user.email)
        return render(request, "teams/email_refused.html", {"problem": problem}, status=_STATUS[error.kind])
    return render(request, "teams/email_confirm.html", {"email": asked.email})
