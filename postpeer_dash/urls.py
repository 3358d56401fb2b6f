"""Every address of the dashboard. What belongs to a team stands under its slug."""

from django.urls import include, path

from postpeer_dash.home.views import root

urlpatterns = [
    path("", root, name="root"),
    path("", include("postpeer_dash.home.urls")),
    path("", include("postpeer_dash.teams.urls")),
    path("auth/", include("allauth.account.urls")),
    path("", include("postpeer_dash.accounts.urls")),
    path("", include("postpeer_dash.boards.urls")),
    path("", include("postpeer_dash.pins.urls")),
]
