"""The pages that need all the other apps."""

from postpeer_dash.home.views.deletion import delete_team
from postpeer_dash.home.views.held import go_on, held, instance_go_on, instance_held, match
from postpeer_dash.home.views.home import home, root
from postpeer_dash.home.views.instance import (
    bring_in,
    instance,
    instance_audit,
    instance_audit_csv,
    new_team,
    stop_instance,
)
from postpeer_dash.home.views.settings import read_usage, resume, settings, stop

__all__ = [
    "bring_in",
    "delete_team",
    "go_on",
    "held",
    "home",
    "instance",
    "instance_audit",
    "instance_audit_csv",
    "instance_go_on",
    "instance_held",
    "match",
    "new_team",
    "read_usage",
    "resume",
    "root",
    "settings",
    "stop",
    "stop_instance",
]
