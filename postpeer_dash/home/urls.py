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
    path(f"{_team}held/", views.held, name="held"),
    path(f"{_team}held/go-on/", views.go_on, name="go_on"),
    path(f"{_team}held/match/", views.match, name="match"),
    path(f"{_settings}usage/", views.read_usage, name="usage"),
    path(f"{_settings}delete/", views.delete_team, name="delete_team"),
    path("instance/", views.instance, name="instance"),
    path("instance/teams/new/", views.new_team, name="new_team"),
    path("instance/stop/", views.stop_instance, name="stop_instance"),
    path("instance/held/", views.instance_held, name="instance_held"),
    path("instance/held/go-on/", views.instance_go_on, name="instance_go_on"),
    path("instance/accounts/", views.bring_in, name="bring_in"),
    path("instance/audit/", views.instance_audit, name="instance_audit"),
    path("instance/audit/csv/", views.instance_audit_csv, name="instance_audit_csv"),
]
