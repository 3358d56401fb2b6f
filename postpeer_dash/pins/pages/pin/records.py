"""Read everything that is stored about one pin, at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from postpeer_dash.accounts.naming import disambiguate_within
from postpeer_dash.boards.alike import distinguish_within, has_namesake
from postpeer_dash.pins.models import Event, Pin, Submission, SubmissionTarget, Target
from postpeer_dash.pins.publishing.state import FINAL_STATUSES, OPEN_STATES, sum_statuses


@dataclass(frozen=True, slots=True)
class PinRows:
    """Everything that is stored about one pin."""

    pin: Pin
    targets: Sequence[Target]
    submissions: Sequence[Submission]  # oldest first
    carried: dict[int, list[Target]]  # by submission
    events: Sequence[Event]  # oldest first

    @property
    def is_torn(self) -> bool:
        """Return whether something changed while this was read: the pin first, then its targets, then its submissions."""
        # The submissions' query reads the pin's row once more.
        if any(one.pin.updated_at != self.pin.updated_at for one in self.submissions):
            return True
        ended = [target for target in self.targets if (one := self.holder(target)) and one.state not in OPEN_STATES]
        is_behind = any(target.status not in FINAL_STATUSES for target in ended)
        return is_behind or (bool(ended) and sum_statuses(one.status for one in self.targets) != self.pin.status)

    def holder(self, target: Target) -> Submission | None:
        """Return the last submission that carried a target."""
        held = [one for one in self.submissions if any(t.pk == target.pk for t in self.carried.get(one.pk, ()))]
        return held[-1] if held else None


def read_pin(pin: Pin) -> PinRows:
    """Read everything that belongs to a pin, in five queries, or seven where boards have equal names."""
    rows = Target.objects.filter(pin=pin).select_related("account", "board").order_by("pk")
    targets = list(rows.annotate(has_namesake=has_namesake("board")))
    disambiguate_within(pin.team_id, [*(target.account for target in targets), *([pin.account] if pin.account else ())])
    if any(target.has_namesake for target in targets):
        distinguish_within([*(target.board for target in targets), pin.board])
    by_id = {target.pk: target for target in targets}
    submissions = list(
        Submission.objects.filter(pin=pin)
        .select_related("requested_by", "connection", "pin__team", "pending_edit")
        .order_by("requested_at", "pk")
    )
    carried: dict[int, list[Target]] = {}
    pairs = (
        SubmissionTarget.objects.filter(submission__pin=pin).order_by("pk").values_list("submission_id", "target_id")
    )
    for submission_id, target_id in pairs:
        if target_id in by_id:
            carried.setdefault(submission_id, []).append(by_id[target_id])
    events = list(Event.objects.filter(pin=pin).select_related("actor").order_by("at", "pk"))
    return PinRows(pin, targets, submissions, carried, events)
