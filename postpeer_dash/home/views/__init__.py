"""The pages that need all the other apps."""

from postpeer_dash.home.views.deletion import delete_team
from postpeer_dash.home.views.home import home, root
from postpeer_dash.home.views.instance import bring_in, instance, new_team, stop_instance
from postpeer_dash.home.views.settings import read_usage, resume, settings, stop

__all__ = [
    "bring_in",
    "delete_team",
    "home",
    "instance",
    "new_team",
    "read_usage",
    "resume",
    "root",
    "settings",
    "stop",
    "stop_instance",
]
