"""The picker's content, and what using a board changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.access import board_of, boards_of, by_name, used_last
from postpeer_dash.boards.alike import distinguish
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.boards.reading import doubt_boards, is_stale, is_worth_asking, list_of, refresh_boards
from postpeer_dash.teams.models import User
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web import times
from postpeer_dash.web.sentences import Sentence, explain

__all__ = [
    "Group",
    "Picker",
    "board_of",
    "boards_of",
    "doubt_boards",
    "explain_part",
    "mark_used",
    "paste_board",
    "problem_with",
    "read_picker",
    "refresh_boards",
]


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the boards under a heading: "used" or "all"."""

    name: str
    boards: list[Board]


@dataclass(frozen=True, slots=True)
class Picker:
    """Everything the picker shows for one account."""

    account: Account
    used_last: list[Board]
    all: list[Board]  # the gone ones last; they can't be chosen
    chosen: Board | None
    read_at: datetime | None  # the last good reading
    is_stale: bool
    is_being_read: bool  # somebody asks PostPeer at this moment
    wants_refresh: bool  # the page should ask for a fresh list by itself
    problem: Sentence | None
    count: int  # without the gone ones
    may_be_part: Sentence | None = None  # said where PostPeer may have left boards out

    @property
    def groups(self) -> Iterator[Group]:
        """Yield the groups that have boards in them."""
        if self.used_last:
            yield Group("used", self.used_last)
        if self.all:
            yield Group("all", self.all)


def read_picker(
    account: Account, *, chosen: object = None, refresh: bool = False, is_background: bool = False
) -> Picker:
    """Return the picker for an account; `chosen` is the id of a board of this account, and any other is ignored.

    Boards that were never read are read at once. Old ones are served as they are, with `wants_refresh` set. `refresh`
    asks PostPeer in any case; `is_background` only if the list is still old.
    """
    board_list = list_of(account)
    never_read = board_list.read_at is None and is_worth_asking(board_list)
    asks = refresh or never_read or (is_background and is_worth_asking(board_list))
    if asks:
        board_list = refresh_boards(account)
        account.refresh_from_db(fields=["health", "failure_reason"])
    boards = by_name(distinguish(boards_of(account)))
    present = [board for board in boards if board.gone_at is None]
    is_being_read = board_list.asking_until is not None and board_list.asking_until > timezone.now()
    return Picker(
        account=account,
        used_last=used_last(boards),
        all=boards,
        chosen=next((board for board in boards if str(board.pk) == str(chosen)), None),
        read_at=board_list.read_at,
        is_stale=is_stale(board_list),
        is_being_read=is_being_read,
        wants_refresh=is_being_read or (not asks and is_worth_asking(board_list)),
        problem=problem_with(account, board_list, count=len(present)),
        may_be_part=explain_part(account, board_list),
        count=len(present),
    )


def problem_with(account: Account, board_list: BoardList, *, count: int) -> Sentence | None:
    """Return what stands between a person and the boards, in words; None when nothing does."""
    facts = {"account": account.name, "time": times.short(board_list.read_at) if board_list.read_at else ""}
    suffix = "_old" if count else ""
    if account.needs_reconnecting:
        return explain(f"boards_reconnect{suffix}", **facts)
    if board_list.error_kind == "key_rejected":
        return explain(f"boards_key_rejected{suffix}", **facts)
    if board_list.error_kind:
        return explain(f"boards_unreachable{suffix}", **facts)
    if board_list.read_at is None:
        return explain("boards_busy", **facts)
    return None if count else explain("boards_none", **facts)


def explain_part(account: Account, board_list: BoardList) -> Sentence | None:
    """Return that there may be more boards than PostPeer listed; None where that isn't so."""
    if not board_list.may_be_part:
        return None
    return explain("boards_part", account=account.name, count=board_list.listed)


def paste_board(*, account: Account, remote_id: str, name: str, actor: User) -> Board:
    """Take a board whose number a person has given; nobody has checked it before PostPeer lists it.

    One that counted as gone is there again. The number has been checked by `BoardNumberForm`.
    """
    with transaction.atomic():
        last = Board.objects.filter(account=account).aggregate(last=Max("position"))["last"] or 0
        board, is_new = Board.objects.get_or_create(
            account=account,
            remote_id=remote_id,
            defaults={"name": name or remote_id, "position": last + 1, "pasted_at": timezone.now()},
        )
        if not is_new and board.gone_at is not None:
            board.gone_at, board.pasted_at = None, timezone.now()
            board.save(update_fields=["gone_at", "pasted_at"])
        detail = {"account": account.name, "board": remote_id}
        record_audit(action="board.pasted", team=account.team, actor=actor, subject=board.shown_name, detail=detail)
    return board


def mark_used(board: Board) -> None:
    """Store that a pin was composed for this board, so that the picker offers it first."""
    board.last_used_at = timezone.now()
    board.save(update_fields=["last_used_at"])
