"""The boards of an account, as other apps see them."""

from django.db.models import F, QuerySet

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board


def boards_of(account: Account) -> QuerySet[Board]:
    """All boards the account ever had here, in PostPeer's order, those that are gone last."""
    return in_order(Board.objects.filter(account=account))


def in_order(boards: QuerySet[Board]) -> QuerySet[Board]:
    """Boards as PostPeer lists them, those that are gone last."""
    # The two databases don't agree on where NULL stands.
    return boards.order_by(F("gone_at").asc(nulls_first=True), "position", "pk")


def board_of(account: Account, pk: int | str) -> Board:
    """A board of this account that can be published to.

    Raises Board.DoesNotExist for another account's, for one that is gone from Pinterest, and for what is no id.
    """
    try:
        return Board.objects.get(account=account, gone_at__isnull=True, pk=pk)
    except (ValueError, TypeError, OverflowError):
        raise Board.DoesNotExist from None
