"""What the accounts' pages show, read in one place for the page and its fragment."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.dependents import Moving, find_moving
from postpeer_dash.accounts.health import reconnect_due, reconnect_reason
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.naming import disambiguate
from postpeer_dash.accounts.platforms import PLATFORMS, Platform
from postpeer_dash.accounts.profiles import find_profile
from postpeer_dash.accounts.services import Unclaimed, unclaimed_of
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership
from postpeer_dash.web.sentences import Sentence


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list, and why it needs somebody, if it does."""

    account: Account
    why: Sentence | None
    is_due: bool = False  # it works still
    moving: Moving | None = None  # pins that go out by its old connection


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """The list of accounts, and what may be done with it."""

    rows: list[AccountRow]
    platforms: list[Platform]
    unclaimed: list[Unclaimed]
    may_manage: bool
    wants_refresh: bool
    problem: Sentence | None


def read_accounts_page(
    membership: Membership, *, problem: Sentence | None = None, is_fresh: bool = False
) -> AccountsPage:
    """Return the page for one member. `is_fresh`: PostPeer was asked just now, so the page must not ask again by
    itself.
    """
    team = membership.team
    may_manage = can(membership, Right.MANAGE)
    profile = find_profile(team) if may_manage else None
    return AccountsPage(
        rows=[_row(account) for account in disambiguate(accounts_of(team))],
        platforms=list(PLATFORMS.values()),
        unclaimed=unclaimed_of(profile),
        may_manage=may_manage,
        wants_refresh=may_manage and not is_fresh and problem is None and _is_old(profile),
        problem=problem,
    )


def _row(account: Account) -> AccountRow:
    due = reconnect_due(account)
    return AccountRow(account, due or reconnect_reason(account), due is not None, find_moving(account))


def _is_old(profile: Profile | None) -> bool:
    if profile is None:
        return False
    oldest = timezone.now() - timedelta(seconds=settings.BOARDS_FRESH)
    return profile.checked_at is None or profile.checked_at < oldest
