"""The accounts that a pin can be composed for, and those it can be sent to as well."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.platforms import PLATFORMS


@dataclass(frozen=True)
class Accounts:
    """A team's connected accounts by their ids: those a pin is composed for, and those it can be sent to as well."""

    primary: dict[int, Account] = field(default_factory=dict)
    others: dict[int, Account] = field(default_factory=dict)
    # Where the team's new pins go unless somebody chooses otherwise.
    usual_account: int | None = None
    usual_board: int | None = None

    @classmethod
    def sorted_from(
        cls, accounts: Sequence[Account], *, usual: tuple[int | None, int | None] = (None, None)
    ) -> "Accounts":
        """Sort accounts by their platform; an account on an unknown platform is left out.

        `usual` are the ids of the team's default account and board.
        """
        primary: dict[int, Account] = {}
        others: dict[int, Account] = {}
        for account in accounts:
            platform = PLATFORMS.get(account.platform)
            if platform is not None:
                (primary if platform.is_primary else others)[account.pk] = account
        return cls(primary, others, *usual)
