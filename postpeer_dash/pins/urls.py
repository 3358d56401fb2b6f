from django.urls import path

from postpeer_dash.pins.pages.calendar import views as calendar
from postpeer_dash.pins.pages.compose import views as compose
from postpeer_dash.pins.pages.history import views as history
from postpeer_dash.pins.pages.hours import views as hours
from postpeer_dash.pins.pages.library import views as library
from postpeer_dash.pins.pages.pin import views as pin
from postpeer_dash.pins.pages.scheduled import views as scheduled

app_name = "pins"
_team = "t/<slug:team>/pins/"
_pin = f"{_team}<uuid:pin>/"
urlpatterns = [
    path(_team, history.history, name="history"),
    path(f"{_team}view/", history.choose_view, name="view"),
    path("t/<slug:team>/calendar/", calendar.calendar, name="calendar"),
    path("t/<slug:team>/library/", library.library, name="library"),
    path("t/<slug:team>/hours/", hours.hours, name="hours"),
    path("t/<slug:team>/hours/back/", hours.restore_all, name="restore_hours"),
    path("t/<slug:team>/hours/keep/", hours.keep_all, name="keep_hours"),
    path(f"{_pin}hour/back/", hours.restore, name="restore_hour"),
    path(f"{_pin}hour/keep/", hours.keep, name="keep_hour"),
    path(f"{_team}new/", compose.compose, name="compose"),
    path(f"{_team}new/earlier/", compose.earlier, name="earlier"),
    path(f"{_pin}edit/", compose.edit, name="edit"),
    path(f"{_pin}edit/scheduled/", scheduled.edit_scheduled, name="edit_scheduled"),
    path(f"{_team}renewed/<int:account>/move/", scheduled.move_renewed, name="move_renewed"),
    path(_pin, pin.pin, name="pin"),
    path(f"{_pin}live/", pin.live, name="live"),
    path(f"{_pin}delete/", pin.delete, name="delete"),
    path(f"{_pin}cancel/", pin.cancel, name="cancel"),
    path(f"{_pin}copy/", pin.copy, name="copy"),
    path(f"{_pin}approve/", pin.approve, name="approve"),
    path(f"{_pin}send-back/", pin.send_back, name="send_back"),
    path(f"{_pin}retry/", pin.retry, name="retry"),
    path(f"{_pin}dismiss/", pin.dismiss, name="dismiss"),
    path(f"{_pin}submissions/<uuid:submission>/found/", pin.confirm_published, name="confirm_published"),
    path(f"{_pin}submissions/<uuid:submission>/absent/", pin.confirm_absent, name="confirm_absent"),
]
