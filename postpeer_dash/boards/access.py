"""The boards of an account, as other apps see them."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.web.text import fold

USED_LAST = 5


def boards_of(account: Account) -> QuerySet[Board]:
    """Return all boards the account ever had here, in PostPeer's order, those that are gone last."""
    # The two databases don't agree on where NULL stands.
    return Board.objects.filter(account=account).order_by(F("gone_at").asc(nulls_first=True), "position", "pk")


def by_name(boards: Iterable[Board]) -> list[Board]:
    """Return boards as people look for them: by name whatever its accents and case, those that are gone last."""
    return sorted(boards, key=lambda board: (board.gone_at is not None, fold(board.shown_name), board.pk))


def used_last(boards: Iterable[Board]) -> list[Board]:
    """Return the few of these boards that pins were composed for last, newest first, without those that are gone."""
    # Rows themselves can't be compared where times are equal; ids can.
    used = [(board.last_used_at, board.pk, board) for board in boards if board.last_used_at and board.gone_at is None]
    return [board for *_when, board in sorted(used, key=lambda one: one[:2], reverse=True)[:USED_LAST]]


def board_of(account: Account, pk: int | str) -> Board:
    """Return a board of this account that can be published to.

    Raises Board.DoesNotExist for another account's, for one that is gone from Pinterest, and for what is no id.
    """
    try:
        return Board.objects.get(account=account, gone_at__isnull=True, pk=pk)
    except (ValueError, TypeError, OverflowError):
        raise Board.DoesNotExist from None
