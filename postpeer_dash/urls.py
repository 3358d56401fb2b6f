"""Every address of the dashboard. What belongs to a team stands under its slug."""

from django.urls import include, path
from django.views.generic import RedirectView

from postpeer_dash.home import urls as home
from postpeer_dash.home.views import root
from postpeer_dash.installation import urls as installation
from postpeer_dash.teams.views import sessions

urlpatterns = [
    path("", root, name="root"),
    # One namespace for both: the pages of the installation are named `home:…`, too.
    path("", include(([*home.urlpatterns, *installation.urlpatterns], "home"))),
    path("", include("postpeer_dash.teams.urls")),
    # allauth's own page lets a person take any address without proving that it is theirs.
    path("auth/email/", RedirectView.as_view(pattern_name="teams:email"), name="account_email"),
    path("auth/", include("allauth.account.urls")),
    path("auth/second-factor/", include("postpeer_dash.teams.mfa_urls")),
    path("auth/sessions/", sessions, name="usersessions_list"),
    path("", include("postpeer_dash.accounts.urls")),
    path("", include("postpeer_dash.boards.urls")),
    path("", include("postpeer_dash.media.urls")),
    path("", include("postpeer_dash.pins.urls")),
]

handler400 = "postpeer_dash.web.error_pages.bad_request"
handler403 = "postpeer_dash.web.error_pages.permission_denied"
handler404 = "postpeer_dash.web.error_pages.page_not_found"
handler500 = "postpeer_dash.web.error_pages.server_error"
