"""The form that changes a scheduled pin: compose's, with the accounts it was handed in for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from postpeer_dash.pins import rules
from postpeer_dash.pins.editing import min_ahead
from postpeer_dash.pins.pages.compose.forms import ComposeForm


class EditForm(ComposeForm):
    """The compose form with fixed accounts; it has to be complete, and its time has to be a while ahead."""

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, action="save", **kwargs)

    @property
    def is_sending(self) -> bool:
        return True

    @property
    def needs_connection(self) -> bool:
        # PostPeer has it already; giving it a later time can be the very thing that helps.
        return False

    @property
    def needs_cover(self) -> bool:
        # It went to PostPeer without one, and a change of its time needs none.
        return False

    def check_time(self, at: datetime) -> datetime:
        return rules.check_new_time(at, min_seconds=min_ahead())
