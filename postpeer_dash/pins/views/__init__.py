"""The pages of pins, by what a person does on them."""

from postpeer_dash.pins.views.actions import (
    cancel,
    confirm_absent,
    confirm_published,
    copy,
    delete,
    dismiss,
    retry,
)
from postpeer_dash.pins.views.calendar import calendar
from postpeer_dash.pins.views.compose import compose, edit
from postpeer_dash.pins.views.edit_scheduled import edit_scheduled
from postpeer_dash.pins.views.history import choose_view, history
from postpeer_dash.pins.views.pin import live, pin
from postpeer_dash.pins.views.review import approve, send_back
from postpeer_dash.pins.views.upload import start_upload, upload_through

__all__ = [
    "approve",
    "calendar",
    "cancel",
    "choose_view",
    "compose",
    "confirm_absent",
    "confirm_published",
    "copy",
    "delete",
    "dismiss",
    "edit",
    "edit_scheduled",
    "history",
    "live",
    "pin",
    "retry",
    "send_back",
    "start_upload",
    "upload_through",
]
