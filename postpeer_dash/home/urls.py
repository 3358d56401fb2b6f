from django.urls import path

from postpeer_dash.home import views

_team = "t/<slug:team>/"
_settings = f"{_team}settings/"
urlpatterns = [
    path(_team, views.home, name="home"),
    path(_settings, views.settings, name="settings"),
    path(f"{_settings}stop/", views.stop, name="stop"),
    path(f"{_settings}resume/", views.resume, name="resume"),
    path(f"{_team}held/", views.held, name="held"),
    path(f"{_team}held/go-on/", views.go_on, name="go_on"),
    path(f"{_team}held/match/", views.match, name="match"),
    path(f"{_settings}usage/", views.read_usage, name="usage"),
    path(f"{_settings}delete/", views.delete_team, name="delete_team"),
]
