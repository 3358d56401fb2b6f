"""The boards page: each account's boards, searched in what is stored here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate
from postpeer_dash.boards.access import boards_of, by_name, used_last
from postpeer_dash.boards.alike import distinguish
from postpeer_dash.boards.models import Board, BoardList
from postpeer_dash.boards.reading import is_worth_asking
from postpeer_dash.boards.services import explain_part, problem_with
from postpeer_dash.teams.models import Team
from postpeer_dash.web.left_out import LeftOut, list_left_out
from postpeer_dash.web.sentences import Sentence
from postpeer_dash.web.text import fold

# Up to so many boards are seen at a glance.
FEW = 12
_LABELS = {"q": _("Search"), "account": _("Account")}


@dataclass(frozen=True, slots=True)
class _Used:
    q: str
    account: int | None


@dataclass(frozen=True, slots=True)
class AccountBoards:
    """An account and those of its boards that were searched for."""

    account: Account
    board_list: BoardList
    boards: list[Board]
    used_last: list[Board]  # of a longer list that isn't searched, those used last, which stand above all
    total: int  # without the gone ones
    problem: Sentence | None
    may_be_part: Sentence | None  # said where PostPeer may have left boards out
    query: str

    @property
    def wants_refresh(self) -> bool:
        return is_worth_asking(self.board_list)


@dataclass(frozen=True, slots=True)
class BoardsPage:
    """All accounts that have boards, and the boards of those the page is filtered to."""

    accounts: list[Account]
    sections: list[AccountBoards]
    query: str
    chosen: int | None
    left_out: list[LeftOut]

    @property
    def found(self) -> int:
        return sum(len(section.boards) for section in self.sections)


def read_boards_page(
    team: Team, *, query: str = "", account: int | None = None, asked: Mapping[str, str] | None = None
) -> BoardsPage:
    """Return the page, filtered by a text (accents and case ignored) and an account of the team. Makes no request to
    PostPeer.

    `asked` is the address as it came: what of it is not used is named.
    """
    accounts = [each for each in disambiguate(accounts_of(team)) if each.has_boards]
    shown = [each for each in accounts if each.pk == account] or accounts
    lists = {row.account_id: row for row in BoardList.objects.filter(account__in=shown)}
    boards: dict[int, list[Board]] = {}
    for board in distinguish(Board.objects.filter(account__in=shown)):
        boards.setdefault(board.account_id, []).append(board)
    sections = [
        _section(each, lists.get(each.pk) or BoardList(account=each), boards.get(each.pk, []), query) for each in shown
    ]
    used = _Used(query, account if any(each.pk == account for each in accounts) else None)
    left_out = list_left_out(asked or {}, used, _LABELS)
    return BoardsPage(accounts, sections, query, account if len(shown) == 1 < len(accounts) else None, left_out)


def read_section(account: Account, *, query: str = "") -> AccountBoards:
    """Return one account's part of the page."""
    board_list = BoardList.objects.filter(account=account).first() or BoardList(account=account)
    boards = distinguish(boards_of(account))
    return _section(account, board_list, boards, query)


def _section(account: Account, board_list: BoardList, boards: list[Board], query: str) -> AccountBoards:
    folded = fold(query)
    total = sum(1 for board in boards if board.gone_at is None)
    found = by_name(board for board in boards if folded in fold(board.name))
    used = used_last(boards) if not folded and total > FEW else []
    never_asked = board_list.read_at is None and not board_list.error_kind
    problem = None if never_asked and not account.needs_reconnecting else problem_with(account, board_list, count=total)
    part = explain_part(account, board_list)
    return AccountBoards(account, board_list, found, used, total, problem, part, query)
