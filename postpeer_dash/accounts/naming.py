"""Distinguish accounts of the same name, or of none, where they stand side by side."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account

A = TypeVar("A", bound=Account)
_ID_SUFFIX_LENGTH = 4  # characters of a platform's own id


def disambiguate(accounts: Iterable[A]) -> list[A]:
    """Return the same accounts in the same order, those of equal names with what distinguishes them in their name.

    That is the platform, the platform's user name or the end of its id, else a number in the order in which they came.
    """
    found = list(accounts)
    groups: dict[str, list[A]] = {}
    for account in found:
        groups.setdefault(account.bare_name.casefold(), []).append(account)
    for group in groups.values():
        if len(group) > 1:
            _set_distinctions(sorted(group, key=lambda account: account.pk))
    return found


def disambiguate_within(team_id: int, accounts: Iterable[Account]) -> None:
    """Give these accounts of a team the names that lists of all its accounts give them. One query."""
    known = {account.pk: account.distinction for account in disambiguate(Account.objects.filter(team_id=team_id))}
    for account in accounts:
        account.distinction = known.get(account.pk, "")


def _set_distinctions(alike: Sequence[Account]) -> None:
    words = next(filter(_differ, ([say(account) for account in alike] for say in _DISTINCTIONS)), None)
    for number, account in enumerate(alike, start=1):
        account.distinction = words[number - 1] if words else _("account %(number)s") % {"number": number}


def _differ(words: list[str]) -> bool:
    return all(words) and len({word.casefold() for word in words}) == len(words)


def _user_name(account: Account) -> str:
    return f"@{account.username}" if account.username else ""


def _id_suffix(account: Account) -> str:
    return f"…{account.platform_user_id[-_ID_SUFFIX_LENGTH:]}" if account.platform_user_id else ""


_DISTINCTIONS: tuple[Callable[[Account], str], ...] = (lambda account: account.platform_name, _user_name, _id_suffix)
