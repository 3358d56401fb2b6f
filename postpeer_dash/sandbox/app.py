"""The state that every part of the sandbox works with."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from postpeer_dash.sandbox.clock import to_text, utc_now
from postpeer_dash.sandbox.faults import Faults
from postpeer_dash.sandbox.settings import Settings
from postpeer_dash.sandbox.store import Store
from postpeer_dash.sandbox.validation import Structure

PUBLISH_SECONDS = 1.2


@dataclass(slots=True)
class App:
    """A running sandbox."""

    settings: Settings
    store: Store
    faults: Faults = field(default_factory=Faults)
    structure: Structure = field(default_factory=Structure)
    # Rings when the publisher has something new to look at.
    bell: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """Return the present instant by this PostPeer's clock, which a fault can set wrong."""
        return utc_now(self.faults.skew())

    def now_text(self) -> str:
        """Return `now` in the API's spelling."""
        return to_text(self.now())

    def publish_seconds(self) -> float:
        """Return how long a platform takes to publish."""
        return float(self.store.setting("publish_seconds", PUBLISH_SECONDS)) * self.settings.delay_scale

    def address(self, path: str) -> str:
        """Return the public address of one of the sandbox's own pages."""
        return f"{self.settings.public_url}{path}"
