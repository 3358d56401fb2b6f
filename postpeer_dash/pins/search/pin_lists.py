"""Read lists of pins: history's pages, newest first, and home's short lists.

Each filter is led by the index that is made for it; nothing here counts or skips rows, so a team may have any number.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact

from postpeer_dash.pins.models import Pin, Review, Status, Target
from postpeer_dash.pins.search.days import GOES_AT, pins_between
from postpeer_dash.pins.search.filters import WAITING, Filters
from postpeer_dash.pins.search.words import PlainColumn, contains_all, narrow_by_words, split_words
from postpeer_dash.teams.models import Team
from postpeer_dash.web.keyset import Page, Position, read_page

# Up to this many pins an account is read on its own, whatever else is asked for; beyond it, pins are read in order
# and the account is looked up for each, since a match comes soon.
RARE = 2000


class Row(NamedTuple):
    """What a list shows of a pin: the columns of `_COLUMNS`, in their order."""

    pk: int
    uuid: UUID
    sort_at: datetime
    status: str
    review: str
    title: str
    beginning: str
    media_type: str
    media_url: str
    cover_image_url: str
    picture: UUID | None
    dominant_color: str
    scheduled_for: datetime | None
    updated_at: datetime
    account_id: int | None
    board_name: str | None
    author_id: int | None
    author_name: str | None
    author_email: str | None
    board_id: int | None = None


_COLUMNS = (
    "uuid",
    "sort_at",
    "status",
    "review",
    "title",
    "beginning",
    "media_type",
    "media_url",
    "cover_image_url",
    "picture",
    "dominant_color",
    "scheduled_for",
    "updated_at",
    "account_id",
    "board__name",
    "author_id",
    "author__name",
    "author__email",
    "board_id",
)
# A description stands in for a missing title; its beginning is enough.
_BEGINNING = 160


class TargetStatus(NamedTuple):
    """A platform of a pin and the status there."""

    platform: str
    status: str
    account_id: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of history: the pins, the statuses of each by its id, and the positions of the neighbours.

    `is_cut` says that only the newest pins were searched (`words.NEWEST`).
    """

    rows: Sequence[Row]
    target_statuses: dict[int, list[TargetStatus]]
    older: str
    newer: str
    is_cut: bool = False


def read_history(team: Team, filters: Filters, *, at: str = "") -> HistoryPage:
    """Return a page of a team's pins at a position from the address, in two queries, or three for an account and more.

    The account and the board of `filters` have to be the team's.
    """
    at = at if _is_within(filters, at) else ""
    is_cut = False
    if filters.day_bounds:
        page = _read_by_day(team, filters, at)
    elif filters.account and _is_account_rare(filters):
        page = _read_by_account(filters, at)
    else:
        page, is_cut = _read_by_pins(team, filters, at)
    rows = [Row(*row[: len(Row._fields)]) for row in page.rows]
    return HistoryPage(rows, read_target_statuses([row.pk for row in rows]), page.older, page.newer, is_cut)


def read_lists(lists: Mapping[str, QuerySet[Pin]]) -> dict[str, list[Row]]:
    """Return several short lists of pins (sliced querysets) by name, each in no order, in two queries."""
    parts = [
        Pin.objects.filter(pk__in=pins.values("pk")).annotate(part=Value(name)).values_list("part", "pk")
        for name, pins in lists.items()
    ]
    placed = list(parts[0].union(*parts[1:], all=True))
    # The columns once for all lists: written out for each, the question alone would take longer than its answer.
    by_id = read_rows({pk for _name, pk in placed})
    found: dict[str, list[Row]] = {name: [] for name in lists}
    for name, pk in placed:
        # Gone in between, it stands nowhere.
        found[name] += [by_id[pk]] if pk in by_id else []
    return found


def read_rows(pins: Collection[int]) -> dict[int, Row]:
    """Return pins as lists show them, by their ids; a deleted pin is missing. One query, or none without ids."""
    if not pins:
        return {}
    rows = Pin.objects.filter(pk__in=pins).annotate(beginning=Left("description", _BEGINNING))
    return {row[0]: Row(*row) for row in rows.values_list("pk", *_COLUMNS)}


def read_target_statuses(pins: Sequence[int]) -> dict[int, list[TargetStatus]]:
    """Return platforms and statuses of each pin, in the order in which the accounts were chosen."""
    target_statuses: dict[int, list[TargetStatus]] = {pk: [] for pk in pins}
    if target_statuses:
        targets = Target.objects.filter(pin__in=target_statuses).order_by("pin", "pk")
        for pin_id, platform, status, account_id in targets.values_list("pin_id", "platform", "status", "account_id"):
            target_statuses[pin_id].append(TargetStatus(platform, status, account_id))
    return target_statuses


def _is_account_rare(filters: Filters) -> bool:
    if filters.board or filters.q:
        return False
    if not (filters.status or filters.author):
        return True
    return Target.objects.filter(account=filters.account).order_by()[:RARE].count() < RARE


def _read_by_account(filters: Filters, at: str) -> Page[Any]:
    # A pin that goes to two boards of one account stands in the list once.
    earlier = Target.objects.filter(pin=OuterRef("pin"), account=OuterRef("account"), pk__lt=OuterRef("pk"))
    targets = Target.objects.filter(~Exists(earlier), _date_filter(filters, at), account=filters.account)
    if filters.status:
        targets = targets.filter(_status_filter(filters.status, "pin__"))
    if filters.author:
        targets = targets.filter(pin__author=filters.author)
    columns = ["pin_id", *(f"pin__{name}" if name not in ("beginning", "sort_at") else name for name in _COLUMNS)]
    rows = targets.annotate(beginning=Left("pin__description", _BEGINNING)).values_list(*columns, named=True)
    return read_page(cast(QuerySet[Target], rows), time_field="sort_at", pk_field="pin_id", at=at)


def _read_by_day(team: Team, filters: Filters, at: str) -> Page[Any]:
    # A day's index leads, and whatever else is asked for is compared as a bare value.
    pins = pins_between(team, *(filters.day_bounds or ()), with_cancelled=filters.status == Status.CANCELLED)
    pins = pins.filter(_date_filter(filters, ""))
    if filters.status:
        word, draft = Coalesce(F("status"), Value("")), filters.status == WAITING
        pins = pins.filter(Exact(word, Status.DRAFT if draft else filters.status))
        pins = pins.filter(review=Review.WAITING) if draft else pins
    for name in ("author", "board"):
        if chosen := getattr(filters, name):
            pins = pins.filter(Exact(PlainColumn(F(name)), chosen))
    if filters.account:
        pins = pins.filter(Exists(Target.objects.filter(pin=OuterRef("pk"), account=filters.account)))
    pins = pins.filter(contains_all(split_words(filters.folded))).annotate(goes_at=GOES_AT)
    rows = pins.annotate(beginning=Left("description", _BEGINNING)).values_list("pk", *_COLUMNS, "goes_at", named=True)
    return read_page(cast(QuerySet[Pin], rows), time_field="goes_at", at=at)


def _read_by_pins(team: Team, filters: Filters, at: str) -> tuple[Page[Any], bool]:
    words = split_words(filters.folded)
    pins, is_cut = narrow_by_words(team, words, board=filters.board)
    pins = pins.filter(_date_filter(filters, at))
    if filters.status:
        pins = pins.filter(_status_filter(filters.status, ""))
    if filters.author:
        # Most pins are published; of every other status there are fewer than of an author, so it leads.
        is_led_by_status = filters.status not in ("", Status.PUBLISHED)
        author = PlainColumn(F("author")) if is_led_by_status else F("author")
        pins = pins.filter(Exact(author, filters.author))
    if filters.account:
        pins = pins.filter(Exists(Target.objects.filter(pin=OuterRef("pk"), account=filters.account)))
    pins = pins.filter(contains_all(words))
    rows = pins.annotate(beginning=Left("description", _BEGINNING)).values_list("pk", *_COLUMNS, named=True)
    return read_page(cast(QuerySet[Pin], rows), time_field="sort_at", at=at), is_cut


def _status_filter(status: str, prefix: str) -> Q:
    if status == WAITING:
        # What waits for approval is still a draft, and drafts have an index.
        return Q(**{f"{prefix}status": Status.DRAFT, f"{prefix}review": Review.WAITING})
    return Q(**{f"{prefix}status": status})


def _date_filter(filters: Filters, at: str) -> Q:
    """Return the filter for the chosen days, without the bound that a position already implies.

    With two bounds on one side the database may start at the wrong one, and a page deep down would cost more than the
    first.
    """
    position = Position.decode(at) if at else None
    bounds = Q()
    if filters.begins_at and not (position and position.is_backwards):
        bounds &= Q(sort_at__gte=filters.begins_at)
    if filters.ends_at and (position is None or position.is_backwards):
        bounds &= Q(sort_at__lt=filters.ends_at)
    return bounds


def _is_within(filters: Filters, at: str) -> bool:
    position = Position.decode(at) if at else None
    if position is None:
        return False
    if filters.day_bounds:
        return filters.day_bounds[0] <= position.at < filters.day_bounds[1]
    begins_at, ends_at = filters.begins_at, filters.ends_at
    return not ((begins_at and position.at < begins_at) or (ends_at and position.at >= ends_at))
