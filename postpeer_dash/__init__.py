"""A dashboard that composes, schedules and publishes pins through PostPeer.

Whatever is imported from here, in any process, the rules of time zones are chosen first: a zone that exists keeps the
rules that it was built with.
"""

import zoneinfo

from postpeer_dash.zone_data import choose_newest

__version__ = "0.1.0"

# Where zoneinfo would look: times that were chosen before releases were recorded were resolved by these files.
SYSTEM_ZONE_PATH = zoneinfo.TZPATH
ZONE_DATA = choose_newest()
