"""What hangs on an account. Accounts don't know pins: an app that refers to them registers who counts and who tells."""

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


@dataclass(frozen=True, slots=True)
class Moving:
    """What still goes out by the account's old connection: words, and what moves it with the words of its button."""

    text: str
    url: str = ""
    action: str = ""


Mover = Callable[[Account], Moving | None]
_movers: list[Mover] = []


def register_mover(mover: Mover) -> None:
    """Register who tells what has to be moved, once; called when the app that has dependents is loaded."""
    if mover not in _movers:
        _movers.append(mover)


def find_moving(account: Account) -> Moving | None:
    """Return what has to be moved to an account's renewed connection; None where nothing has."""
    return next((found for mover in _movers if (found := mover(account)) is not None), None)
