from django.urls import path

from postpeer_dash.home import views

app_name = "home"
_team = "t/<slug:team>/"
_settings = f"{_team}settings/"
urlpatterns = [
    path(_team, views.home, name="home"),
    path(_settings, views.settings, name="settings"),
    path(f"{_settings}stop/", views.stop, name="stop"),
    path(f"{_settings}resume/", views.resume, name="resume"),
    path(f"{_settings}usage/", views.read_usage, name="usage"),
    path(f"{_settings}delete/", views.delete_team, name="delete_team"),
    path("instance/", views.instance, name="instance"),
    path("instance/teams/new/", views.new_team, name="new_team"),
    path("instance/stop/", views.stop_instance, name="stop_instance"),
    path("instance/accounts/", views.bring_in, name="bring_in"),
]
