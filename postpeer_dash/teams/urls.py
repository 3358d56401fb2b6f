from django.urls import path

from postpeer_dash.teams import views

app_name = "teams"
urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("me/", views.me, name="me"),
    path("me/theme/", views.set_theme, name="theme"),
    path("me/time-zone/", views.set_time_zone, name="time_zone"),
]
