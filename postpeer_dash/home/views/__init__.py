"""The views of home, of a team's settings, of its deletion, and of held sending."""

from postpeer_dash.home.views.deletion import delete_team
from postpeer_dash.home.views.held import go_on, held, match
from postpeer_dash.home.views.home import home, root
from postpeer_dash.home.views.settings import read_usage, resume, settings, stop

__all__ = [
    "delete_team",
    "go_on",
    "held",
    "home",
    "match",
    "read_usage",
    "resume",
    "root",
    "settings",
    "stop",
]
