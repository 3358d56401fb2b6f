from django.urls import path

from postpeer_dash.pins import views

app_name = "pins"
_team = "t/<slug:team>/pins/"
_pin = f"{_team}<uuid:pin>/"
urlpatterns = [
    path(_team, views.history, name="history"),
    path("t/<slug:team>/calendar/", views.calendar, name="calendar"),
    path(f"{_team}view/", views.choose_view, name="view"),
    path(f"{_team}new/", views.compose, name="compose"),
    path(f"{_team}new/upload/", views.start_upload, name="start_upload"),
    path(f"{_team}new/upload/through/", views.upload_through, name="upload_through"),
    path(_pin, views.pin, name="pin"),
    path(f"{_pin}live/", views.live, name="live"),
    path(f"{_pin}edit/", views.edit, name="edit"),
    path(f"{_pin}edit/scheduled/", views.edit_scheduled, name="edit_scheduled"),
    path(f"{_pin}delete/", views.delete, name="delete"),
    path(f"{_pin}cancel/", views.cancel, name="cancel"),
    path(f"{_pin}copy/", views.copy, name="copy"),
    path(f"{_pin}approve/", views.approve, name="approve"),
    path(f"{_pin}send-back/", views.send_back, name="send_back"),
    path(f"{_pin}retry/", views.retry, name="retry"),
    path(f"{_pin}dismiss/", views.dismiss, name="dismiss"),
    path(f"{_pin}submissions/<uuid:submission>/found/", views.confirm_published, name="confirm_published"),
    path(f"{_pin}submissions/<uuid:submission>/absent/", views.confirm_absent, name="confirm_absent"),
]
