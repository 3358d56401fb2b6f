from django.urls import path

from postpeer_dash.installation import views

urlpatterns = [
    path("instance/", views.instance, name="instance"),
    path("instance/teams/new/", views.new_team, name="new_team"),
    path("instance/stop/", views.stop_instance, name="stop_instance"),
    path("instance/held/", views.instance_held, name="instance_held"),
    path("instance/held/go-on/", views.instance_go_on, name="instance_go_on"),
    path("instance/accounts/", views.bring_in, name="bring_in"),
    path("instance/audit/", views.instance_audit, name="instance_audit"),
    path("instance/audit/csv/", views.instance_audit_csv, name="instance_audit_csv"),
]
