"""The rows that home is built from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postpeer_dash.accounts.models import Account, Usage
from postpeer_dash.pins.models import Submission, Target
from postpeer_dash.pins.moved_hours import MovedHours
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.teams.models import Membership
from postpeer_dash.teams.undelivered import Undelivered


@dataclass(frozen=True, slots=True)
class TeamRows:
    """The rows of a team that its home is built from."""

    membership: Membership
    lists: Mapping[str, list[Row]]
    accounts: Mapping[int, Account]
    targets: Mapping[int, list[Target]]  # by pin
    unconfirmed: Mapping[int, Submission]  # what is unconfirmed, by pin
    held_up: Mapping[int, list[datetime]]  # times of scheduled pins by the account they wait for
    boards_gone: Mapping[
        tuple[int, str], list[datetime]
    ]  # times of scheduled pins by the board (id, name) that is gone
    usage: Usage | None  # PostPeer's credits as they were read last
    beyond_credits: Sequence[datetime]  # times of scheduled pins for which there is no credit left
    moved_hours: Sequence[MovedHours]  # hours that moved with the rules of their zones
    alike: Mapping[int, str]  # what tells boards of equal names apart, by their ids
    undelivered: Sequence[Undelivered]  # mail that didn't arrive, which this member can see to
    notes: Mapping[int, tuple[str, str]]  # what was sent back, by pin: the note and who wrote it
