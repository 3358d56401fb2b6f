"""allauth's addresses for the second factor, under its own names.

Its own list imports the library for passkeys into every process at the start; here a page that needs it does.
"""

from allauth.mfa.recovery_codes import urls as recovery_codes
from allauth.mfa.totp import urls as totp
from django.urls import include, path

from postpeer_dash.web.lazy import lazy_view

_base = "allauth.mfa.base.views"
_passkeys = "allauth.mfa.webauthn.views"
urlpatterns = [
    path("", lazy_view(f"{_base}.index"), name="mfa_index"),
    path("authenticate/", lazy_view(f"{_base}.authenticate", is_open=True), name="mfa_authenticate"),
    path("reauthenticate/", lazy_view(f"{_base}.reauthenticate"), name="mfa_reauthenticate"),
    path("totp/", include(totp)),
    path("recovery-codes/", include(recovery_codes)),
    path("webauthn/", lazy_view(f"{_passkeys}.list_webauthn"), name="mfa_list_webauthn"),
    path("webauthn/add/", lazy_view(f"{_passkeys}.add_webauthn"), name="mfa_add_webauthn"),
    path("webauthn/login/", lazy_view(f"{_passkeys}.login_webauthn", is_open=True), name="mfa_login_webauthn"),
    path(
        "webauthn/reauthenticate/",
        lazy_view(f"{_passkeys}.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("webauthn/keys/<int:pk>/remove/", lazy_view(f"{_passkeys}.remove_webauthn"), name="mfa_remove_webauthn"),
    path("webauthn/keys/<int:pk>/edit/", lazy_view(f"{_passkeys}.edit_webauthn"), name="mfa_edit_webauthn"),
]
