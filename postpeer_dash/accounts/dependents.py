"""Count what would be lost with an account. Accounts don't know pins: an app that refers to them registers a counter."""

from collections.abc import Callable
from dataclasses import dataclass

from postpeer_dash.accounts.models import Account


@dataclass(frozen=True, slots=True)
class Dependents:
    """How many pins wait for an account."""

    scheduled: int = 0
    drafts: int = 0


Counter = Callable[[Account], Dependents]
_counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """Register a counter, once; called when the app that has dependents is loaded."""
    if counter not in _counters:
        _counters.append(counter)


def count_dependents(account: Account) -> Dependents:
    """Return the sum over the registered counters; zeros while there is none."""
    found = [counter(account) for counter in _counters]
    return Dependents(scheduled=sum(each.scheduled for each in found), drafts=sum(each.drafts for each in found))
