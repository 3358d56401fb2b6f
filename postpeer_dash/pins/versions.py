"""Whether a draft is still what a person had before them: the last save never wins unseen."""

from postpeer_dash.pins.models import Pin
from postpeer_dash.teams.models import User
from postpeer_dash.web.sentences import ExplainedError

# What a form says that was opened before there was a draft.
UNSAVED = 0


class OvertakenError(ExplainedError):
    """The draft was saved since the page was opened. `pin` is the draft as it is now."""

    def __init__(self, pin: Pin, actor: User) -> None:
        super().__init__("draft_changed_by_you" if pin.saved_by_id == actor.pk else "draft_changed")
        self.pin = pin


def require_seen(pin: Pin, seen: int | None, actor: User) -> None:
    """Raise OvertakenError unless `actor` has seen this version of a draft. In the caller's transaction, on a locked row.

    `seen` is the version on the page they acted from. A page without one (it was open during an upgrade) has seen what
    was never saved again, and what the same person saved last.
    """
    if seen is None and (pin.version == 1 or pin.saved_by_id == actor.pk):
        return
    if seen is None or (seen or 1) != pin.version:
        raise OvertakenError(pin, actor)
