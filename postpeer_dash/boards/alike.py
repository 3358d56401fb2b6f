"""Tell boards of the same name apart, wherever one of them is named.

PostPeer gives a board a name, a description and who sees it; sections, counts and dates aren't among it. Where none of
these differs, the end of its id does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower, Trim
from django.utils.text import Truncator

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.models import Board
from postpeer_dash.web.text import clean_text, outline

_ID_SUFFIX_LENGTH = 4  # characters at least
_DESCRIPTION_LENGTH = 40


def distinguish(boards: Iterable[Board]) -> list[Board]:
    """Return the same boards in the same order; those of an account that look alike get what tells them apart.

    `boards` are all of each account that is among them, those that are gone included.
    """
    found = list(boards)
    groups: dict[tuple[int, str], list[Board]] = {}
    for board in found:
        groups.setdefault((board.account_id, outline(board.shown_name)), []).append(board)
    for alike in groups.values():
        if len(alike) > 1:
            for board, words in zip(alike, _tell_apart(alike), strict=True):
                board.distinction = words
    return found


def with_doubles(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Return the accounts, each with how many of its boards have another's name, as `doubled_boards`.

    So that a page that reads accounts asks about the boards of those alone that have any.
    """
    own = Board.objects.filter(account=OuterRef("pk")).order_by().values("account")
    doubled = own.annotate(doubled=Count("pk") - Count(Lower(Trim("name")), distinct=True)).values("doubled")
    return accounts.annotate(doubled_boards=Coalesce(Subquery(doubled), 0))


def read_doubles(accounts: Iterable[Account]) -> dict[int, str]:
    """Return what `read_distinctions` does, for accounts that come from `with_doubles`; no query where none has any."""
    concerned = [account.pk for account in accounts if getattr(account, "doubled_boards", 1)]
    return read_distinctions(concerned) if concerned else {}


def has_namesake(board: str) -> Exists:
    """Return the condition that the account of a board has another one of its name; `board` is the path to it."""
    plain = Board.objects.annotate(plain=Lower(Trim("name")))
    alike = plain.filter(account=OuterRef(f"{board}__account"), plain=Lower(Trim(OuterRef(f"{board}__name"))))
    return Exists(alike.exclude(pk=OuterRef(board)))


def read_distinctions(accounts: Collection[int]) -> dict[int, str]:
    """Return what tells boards of these accounts apart, by their ids, for those alone that need it.

    One query, and a second one where there are boards of equal names.
    """
    names = Board.objects.filter(account__in=accounts).values("account", plain=Lower(Trim("name"))).order_by()
    doubled = names.annotate(count=Count("pk")).filter(count__gt=1).values_list("account", flat=True)
    concerned = set(doubled)
    if not concerned:
        return {}
    boards = distinguish(Board.objects.filter(account__in=concerned).order_by("pk"))
    return {board.pk: board.distinction for board in boards if board.distinction}


def distinguish_within(boards: Iterable[Board | None]) -> None:
    """Give these boards the names that lists of all boards of their accounts give them."""
    named = [board for board in boards if board is not None]
    if not named:
        return
    known = read_distinctions({board.account_id for board in named})
    for board in named:
        board.distinction = known.get(board.pk, "")


def label_across_accounts(boards: Sequence[Board], accounts: Mapping[int, str]) -> dict[int, str]:
    """Return the labels of boards of several accounts in one list, by id; `accounts` are these accounts' names."""
    owners: dict[str, set[int]] = {}
    for board in boards:
        owners.setdefault(outline(board.shown_name), set()).add(board.account_id)
    return {
        board.pk: f"{board.label}, {accounts.get(board.account_id, '')}".removesuffix(", ")
        if len(owners[outline(board.shown_name)]) > 1
        else board.label
        for board in boards
    }


def _tell_apart(alike: Sequence[Board]) -> list[str]:
    for say in _DISTINCTIONS:
        words = [say(board) for board in alike]
        if all(words) and len({outline(word) for word in words}) == len(words):
            return words
    return _id_suffixes([board.remote_id for board in alike])


def _describe(board: Board) -> str:
    return Truncator(" ".join(clean_text(board.description).split())).chars(_DESCRIPTION_LENGTH)


def _id_suffixes(ids: Sequence[str]) -> list[str]:
    """Return the ends of these ids, as short as they still differ."""
    longest = max(len(one) for one in ids)
    for length in range(_ID_SUFFIX_LENGTH, longest):
        ends = [one[-length:] for one in ids]
        if len(set(ends)) == len(ends):
            return [f"…{end}" if len(end) < len(one) else end for end, one in zip(ends, ids, strict=True)]
    return list(ids)


_DISTINCTIONS: tuple[Callable[[Board], str], ...] = (lambda board: board.privacy_word, _describe)
