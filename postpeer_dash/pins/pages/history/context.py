"""The context of history's page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, F, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate
from postpeer_dash.boards.alike import label_across_accounts, read_doubles, with_doubles
from postpeer_dash.boards.models import Board
from postpeer_dash.pins.pages.cards import make_cards
from postpeer_dash.pins.pages.history.live import describe_changes, encode_statuses, seconds_to_next_look
from postpeer_dash.pins.search.filters import WAITING, Filters, read_filters
from postpeer_dash.pins.search.pin_lists import HistoryPage, read_history
from postpeer_dash.pins.search.words import NEWEST
from postpeer_dash.teams.models import Team, User
from postpeer_dash.web.left_out import list_left_out
from postpeer_dash.web.status_badges import REVIEW_BADGES, STATUS_BADGES
from postpeer_dash.web.times import day_inside, day_name, number

# The filters' lists hold what is used; a longer list comes when it is asked for.
FEW_BOARDS, MAX_BOARDS = 24, 1000
MAX_AUTHORS = 200
ALL_BOARDS = "boards"
_LABELS = {
    "q": gettext_lazy("Search"),
    "status": gettext_lazy("Status"),
    "account": gettext_lazy("Account"),
    "board": gettext_lazy("Board"),
    "author": gettext_lazy("Author"),
    "since": gettext_lazy("From"),
    "until": gettext_lazy("Until"),
    "day": gettext_lazy("Day"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a filter's list."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, and the address without it."""

    label: str
    url: str


def read_history_context(team: Team, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page and of its fragment for one address."""
    known = disambiguate(with_doubles(Account.objects.filter(team=team)).order_by("platform", "pk"))
    accounts = {account.pk: account for account in known}
    filters, _is_odd = read_filters(params)
    if filters.account and filters.account not in accounts:
        filters = filters.without("account")
    distinctions = read_doubles(known)
    shown_boards, has_more_boards = _read_boards(accounts, filters.board, has_all=bool(params.get(ALL_BOARDS)))
    boards = _label_boards(shown_boards, accounts, distinctions)
    if filters.board and filters.board not in boards:
        filters = filters.without("board")
    authors = _read_authors(team)
    page = read_history(team, filters, at=params.get("at", ""))
    home = reverse("pins:history", args=[team.slug])
    view = params.get("view", "")
    shown = view if view in User.PinsView.values else user.pins_view
    kept = {"view": view} if view in User.PinsView.values else {}
    state = encode_statuses(page.rows)
    return {
        "filters": filters,
        "searched": number(NEWEST) if page.is_cut else "",
        "state": state,
        "every": seconds_to_next_look(page.rows),
        "look_again": home + filters.query(**kept, at=params.get("at", ""), state=state),
        "said": describe_changes(params.get("state", ""), page.rows),
        "left_out": list_left_out(params, filters, _LABELS),
        "is_table": shown == User.PinsView.TABLE,
        "cards": make_cards(
            page,
            home,
            slug=team.slug,
            accounts=accounts,
            shows_author=len(authors) > 1,
            distinctions=distinctions,
        ),
        "statuses": _list_status_options(filters),
        "accounts": [Option(str(pk), account.name, pk == filters.account) for pk, account in accounts.items()],
        "boards": [Option(str(pk), name, pk == filters.board) for pk, name in boards.items()],
        "more_boards": home + filters.query(**kept, **{ALL_BOARDS: "all"}) if has_more_boards else "",
        "authors": [Option(str(pk), name, pk == filters.author) for pk, name in authors.items()],
        "chips": _list_chips(home, filters, kept, accounts, boards, _find_author_name(filters, authors, page)),
        "home": home,
        "here": home + filters.query(**kept),
        "clear": home + Filters().query(**kept),
        "older": home + filters.query(**kept, at=page.older) if page.older else "",
        "newer": home + filters.query(**kept, at=page.newer) if page.newer else "",
        "is_first": not params.get("at"),
    }


def _read_boards(accounts: Iterable[int], chosen: int | None, *, has_all: bool) -> tuple[list[Board], bool]:
    """Return the boards used last, with the chosen board among them, and whether there are more."""
    order: list[Any] = [F("last_used_at").desc(nulls_last=True), "position", "pk"]
    first = [Case(When(pk=chosen, then=0), default=1)] if chosen else []
    boards = Board.objects.filter(account__in=list(accounts)).order_by(*first, *order)
    limit = MAX_BOARDS if has_all else FEW_BOARDS
    found = list(boards[: limit + 1])
    return found[:limit], len(found) > limit and not has_all


def _label_boards(
    boards: Sequence[Board], accounts: Mapping[int, Account], distinctions: Mapping[int, str]
) -> dict[int, str]:
    for board in boards:
        board.distinction = distinctions.get(board.pk, "")
    return label_across_accounts(boards, {pk: account.name for pk, account in accounts.items()})


def _read_authors(team: Team) -> dict[int, str]:
    members = User.objects.filter(memberships__team=team).order_by("name", "email")[:MAX_AUTHORS]
    return {pk: name or email for pk, name, email in members.values_list("pk", "name", "email")}


def _find_author_name(filters: Filters, authors: Mapping[int, str], page: HistoryPage) -> str:
    """Return the chosen author's name: a member's, or one from this page's pins. Nobody else's name is disclosed."""
    if name := authors.get(filters.author or 0):
        return name
    names = [row.author_name or row.author_email or "" for row in page.rows]
    return names[0] if names else _("Somebody who isn’t here")


def _list_status_options(filters: Filters) -> list[Option]:
    signs = [*STATUS_BADGES.values(), REVIEW_BADGES[WAITING]]
    return [Option(sign.name, str(sign.word), sign.name == filters.status) for sign in signs]


def _list_chips(
    home: str,
    filters: Filters,
    kept: dict[str, str],
    accounts: Mapping[int, Account],
    boards: Mapping[int, str],
    author: str,
) -> list[Chip]:
    begins_at, ends_at = filters.begins_at, filters.ends_at
    words = {
        "q": _("“%(text)s”") % {"text": filters.q},
        "status": str((STATUS_BADGES.get(filters.status) or REVIEW_BADGES[WAITING]).word),
        "account": accounts[filters.account].name if filters.account else "",
        "board": boards[filters.board] if filters.board else "",
        "author": author,
        "since": _("From %(day)s") % {"day": day_inside(begins_at)} if begins_at else "",
        "day": day_name(filters.day_bounds[0]) if filters.day_bounds else "",
        "until": _("Until %(day)s") % {"day": day_inside(ends_at - timedelta(seconds=1))} if ends_at else "",
    }
    return [
        Chip(word, home + filters.without(name).query(**kept)) for name, word in words.items() if getattr(filters, name)
    ]
