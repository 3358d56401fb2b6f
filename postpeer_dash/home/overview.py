"""Build a team's home: what needs a person, what goes out next, what went out last.

Every list is read by an index and cut short, so that a long history costs nothing here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account, Usage
from postpeer_dash.boards.alike import distinguish_within, read_doubles, with_doubles
from postpeer_dash.boards.models import Board
from postpeer_dash.home.headline import describe_todos, describe_traffic
from postpeer_dash.home.team_rows import TeamRows
from postpeer_dash.home.todo import Todo
from postpeer_dash.home.todos import list_todos
from postpeer_dash.pins.models import Pin, Review, Status, Submission, Target
from postpeer_dash.pins.moved_hours import moved_pins, read_moved_hours
from postpeer_dash.pins.pages.cards import Card, make_cards
from postpeer_dash.pins.search.pin_lists import HistoryPage, Row, TargetStatus, read_lists
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.models import Membership, Team
from postpeer_dash.teams.undelivered import list_todo_mails
from postpeer_dash.web import times
from postpeer_dash.web.numbers import count_things

RECENT = timedelta(days=14)  # a failure older than this is history
FEW, FIRST, NEXT, LAST, MAX, MOVED = 20, 5, 8, 6, 100, 2
_DAY = timedelta(days=1)
_NOW = (Status.QUEUED, Status.SENDING, Status.PENDING, Status.PUBLISHING)


@dataclass(frozen=True, slots=True)
class UpcomingPin:
    """A pin that goes out. `warning` says what it waits for."""

    card: Card
    at: datetime
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The pins of one day, in the order in which they go out."""

    name: str
    weekday: str
    pins: Sequence[UpcomingPin]


@dataclass(frozen=True, slots=True)
class Overview:
    """All of home. `is_new` while the team has no pin at all; then the steps to the first pin are shown."""

    headline: str
    subline: str
    needs: Sequence[Todo]
    others: Sequence[Todo]  # what somebody else has to do, for a contributor, whose own work is in `needs`
    now: Sequence[UpcomingPin]
    days: Sequence[Day]
    more: str
    last: Sequence[Card]
    is_new: bool
    has_account: bool
    history_url: str
    has_wide_clock: bool  # AM and PM take room


def read_overview(membership: Membership) -> Overview:
    """Return a team's home for one member, in at most nine queries (and some for hours that moved)."""
    team, now = membership.team, timezone.now()
    home = reverse("pins:history", args=[team.slug])
    times_ahead = _scheduled_pins(team).filter(scheduled_for__gte=now).values_list("scheduled_for", flat=True)[:MAX]
    ahead = [at for at in times_ahead if at is not None]
    rows = _read_rows(membership, now, ahead)
    needs, others = _split_by_reader(membership, list_todos(rows))
    under_way = sorted(rows.lists["now"], key=lambda row: row.sort_at, reverse=True)[:FIRST]
    coming = sorted(rows.lists["next"], key=lambda row: (row.scheduled_for or now, row.pk))[:NEXT]
    last = {row.pk: row for name in ("out", "out_due") for row in rows.lists[name]}
    newest = sorted(last.values(), key=lambda row: row.scheduled_for or row.sort_at, reverse=True)[:LAST]
    is_new = not any(rows.lists.values()) and not Pin.objects.filter(team=team).exists()
    return Overview(
        headline=describe_todos(needs, is_mine=can(membership, Right.COMPOSE)),
        subline=_describe_traffic(team, rows, ahead, now, is_calm=not needs),
        needs=needs,
        others=others,
        now=_build_upcoming(rows, under_way, home),
        days=_group_by_day(_build_upcoming(rows, coming, home)),
        more=_describe_rest(team, ahead, len(coming), now),
        last=_build_cards(rows, newest, home),
        is_new=is_new,
        has_account=any(account.is_connected for account in rows.accounts.values()),
        history_url=home,
        has_wide_clock=len(times.clock(now)) > len("00:00"),
    )


def _split_by_reader(membership: Membership, needs: Sequence[Todo]) -> tuple[Sequence[Todo], Sequence[Todo]]:
    """Split todos into the reader's and others': a contributor has work of their own, a viewer has none."""
    if can(membership, Right.PUBLISH) or not can(membership, Right.COMPOSE):
        return needs, ()
    mine = [need for need in needs if need.is_mine]
    others = [need for need in needs if not need.is_mine]
    # Their own, which only wait, before what befell the pins of others.
    return mine, sorted(others, key=lambda need: need.sign != "waiting")


def _scheduled_pins(team: Team) -> QuerySet[Pin]:
    return Pin.objects.filter(team=team, status=Status.SCHEDULED).order_by("scheduled_for")


def _read_rows(membership: Membership, now: datetime, ahead: Sequence[datetime]) -> TeamRows:
    team = membership.team
    pins, newest = Pin.objects.filter(team=team), ("-sort_at", "-pk")
    overdue = _find_overdue(now)
    failed, partial = (pins.filter(status=one, dismissed_at=None) for one in (Status.FAILED, Status.PARTIAL))
    out = pins.filter(status=Status.PUBLISHED)
    # One status a list: with several, no index would give them in order.
    handed_in, due = {"sort_at__gte": now - RECENT}, {"scheduled_for__gte": now - RECENT, "scheduled_for__lte": now}
    lists = {
        "unconfirmed": pins.filter(status=Status.UNCONFIRMED).order_by(*newest)[:FEW],
        "failed": failed.filter(**handed_in).order_by(*newest)[:FEW],
        "partial": partial.filter(**handed_in).order_by(*newest)[:FEW],
        # A pin that was scheduled long ago can have failed today.
        "failed_due": failed.filter(**due).order_by("-scheduled_for")[:FEW],
        "partial_due": partial.filter(**due).order_by("-scheduled_for")[:FEW],
        "overdue": _scheduled_pins(team).filter(scheduled_for__lt=overdue)[:FEW],
        "now": pins.filter(status__in=_NOW).order_by("status", *newest)[:FEW],
        "next": _scheduled_pins(team).filter(scheduled_for__gte=now)[:NEXT],
        # Handed in last, or due last: one of them went out last.
        "moved": moved_pins(team)[:MOVED],
        "out": out.order_by(*newest)[: 2 * LAST],
        "out_due": out.filter(scheduled_for__lte=now).order_by("-scheduled_for")[:LAST],
    }
    if can(membership, Right.PUBLISH):
        lists["waiting"] = pins.filter(status=Status.DRAFT, review=Review.WAITING).order_by(*newest)[:FEW]
    if can(membership, Right.COMPOSE):
        mine = pins.filter(status=Status.DRAFT, review=Review.RETURNED, author=membership.user_id)
        lists["returned"] = mine.order_by(*newest)[:FEW]
        if "waiting" not in lists:
            own = pins.filter(status=Status.DRAFT, author=membership.user_id)
            lists["waiting"] = own.filter(review=Review.WAITING).order_by(*newest)[:FEW]
            lists["drafts"] = own.filter(review=Review.NONE).order_by(*newest)[:FEW]
    found = {"returned": [], "waiting": [], "drafts": [], **read_lists(lists)}
    of_team = with_doubles(Account.objects.filter(team=team).select_related("connection__usage"))
    accounts = {account.pk: account for account in of_team.order_by("platform", "pk")}
    held_up, boards_gone = _find_endangered(team, accounts)
    usage = _find_usage(accounts)
    return TeamRows(
        membership=membership,
        lists=found,
        accounts=accounts,
        targets=_read_targets([row.pk for rows in found.values() for row in rows]),
        unconfirmed=_read_unconfirmed([row.pk for row in found["unconfirmed"]]),
        held_up=held_up,
        boards_gone=boards_gone,
        usage=usage,
        beyond_credits=_times_beyond_credits(usage, ahead),
        moved_hours=read_moved_hours(team) if found["moved"] else [],
        notes=_read_review_notes([row.pk for row in found["returned"]]),
        alike=read_doubles(accounts.values()),
        undelivered=list_todo_mails(membership),
    )


def _read_review_notes(pins: Sequence[int]) -> dict[int, tuple[str, str]]:
    if not pins:
        return {}
    rows = Pin.objects.filter(pk__in=pins).values_list("pk", "review_note", "reviewed_by__name", "reviewed_by__email")
    return {pk: (note, name or email or "") for pk, note, name, email in rows}


def _read_targets(pins: Sequence[int]) -> dict[int, list[Target]]:
    found: dict[int, list[Target]] = {pk: [] for pk in pins}
    if found:
        for target in Target.objects.filter(pin__in=found).select_related("account", "board").order_by("pin", "pk"):
            found[target.pin_id].append(target)
    return found


def _read_unconfirmed(pins: Sequence[int]) -> dict[int, Submission]:
    if not pins:
        return {}
    return {one.pin_id: one for one in Submission.objects.filter(pin__in=pins, state=Submission.State.UNCONFIRMED)}


def _find_endangered(
    team: Team, accounts: Mapping[int, Account]
) -> tuple[dict[int, list[datetime]], dict[tuple[int, str], list[datetime]]]:
    """Return the times of scheduled pins by the account that has to be reconnected, and by the board that is gone."""
    broken = [pk for pk, account in accounts.items() if account.health == Account.Health.RECONNECT_REQUIRED]
    boards = Board.objects.filter(account__in=list(accounts), gone_at__isnull=False)
    names: dict[int, str] = {board.pk: board.label for board in _distinguished(boards)}
    held: dict[int, list[datetime]] = {pk: [] for pk in broken}
    gone: dict[tuple[int, str], list[datetime]] = {}
    if not broken and not names:
        # Otherwise every scheduled pin would be looked at to find that none is in danger.
        return held, gone
    waiting = _scheduled_pins(team).filter(
        Q(targets__account__in=broken) | Q(targets__board__in=list(names)), targets__status=Status.SCHEDULED
    )
    for at, account, board in waiting.values_list("scheduled_for", "targets__account", "targets__board")[:MAX]:
        if at is not None and account in held:
            held[account].append(at)
        elif at is not None and board in names:
            gone.setdefault((board, names[board]), []).append(at)
    return held, gone


def _distinguished(boards: QuerySet[Board]) -> list[Board]:
    found = list(boards)
    distinguish_within(found)
    return found


def _find_usage(accounts: Mapping[int, Account]) -> Usage | None:
    for account in accounts.values():
        if account.is_connected and hasattr(account.connection, "usage"):
            return account.connection.usage
    return None


def _times_beyond_credits(usage: Usage | None, ahead: Sequence[datetime]) -> list[datetime]:
    """Return the times for which no credit is left in this cycle, as far as that is known."""
    if usage is None or usage.left is None or (usage.cycle_end and usage.cycle_end <= timezone.now()):
        return []
    return [at for at in ahead if usage.cycle_end is None or at < usage.cycle_end][usage.affordable() :]


def _build_cards(rows: TeamRows, chosen: Sequence[Row], home: str) -> list[Card]:
    target_statuses = {
        row.pk: [TargetStatus(target.platform, target.status, target.account_id) for target in rows.targets[row.pk]]
        for row in chosen
    }
    page = HistoryPage(chosen, target_statuses, "", "")
    return make_cards(
        page, home, slug=rows.membership.team.slug, accounts={}, shows_author=False, distinctions=rows.alike
    )


def _build_upcoming(rows: TeamRows, chosen: Sequence[Row], home: str) -> list[UpcomingPin]:
    cards = _build_cards(rows, chosen, home)
    return [
        UpcomingPin(card, row.scheduled_for or row.sort_at, _find_warning(rows.targets[row.pk]))
        for card, row in zip(cards, chosen, strict=True)
    ]


def _find_warning(targets: Sequence[Target]) -> str:
    waits = [target.account.name for target in targets if not target.account.can_publish]
    if waits:
        return _("Waits for %(account)s") % {"account": waits[0]}
    is_gone = any(target.board is not None and target.board.gone_at is not None for target in targets)
    return _("Its board is gone") if is_gone else ""


def _group_by_day(going: Sequence[UpcomingPin]) -> list[Day]:
    days: dict[str, list[UpcomingPin]] = {}
    for pin in going:
        days.setdefault(times.day_name(pin.at), []).append(pin)
    return [Day(name, times.weekday(pins[0].at), pins) for name, pins in days.items()]


def _describe_traffic(team: Team, rows: TeamRows, ahead: Sequence[datetime], now: datetime, *, is_calm: bool) -> str:
    """Describe what is on its way; what a list cuts short is counted, and nothing else."""
    pins, scheduled = Pin.objects.filter(team=team), _scheduled_pins(team).filter(scheduled_for__gte=now)
    under_way, late = len(rows.lists["now"]), len(rows.lists["overdue"])
    ahead_count, today_count = None, None
    if len(ahead) >= MAX:
        ahead_count = scheduled.count()
        today_count = scheduled.filter(scheduled_for__lt=times.begin_of(timezone.localdate() + _DAY)).count()
    if under_way >= FEW:
        under_way = pins.filter(status__in=_NOW).count()
    if late >= FEW:
        late = _scheduled_pins(team).filter(scheduled_for__lt=_find_overdue(now)).count()
    return describe_traffic(
        under_way, ahead, late=late, is_calm=is_calm, ahead_count=ahead_count, today_count=today_count
    )


def _find_overdue(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.PUBLISHING["overdue_after"])


def _describe_rest(team: Team, ahead: Sequence[datetime], shown: int, now: datetime) -> str:
    if len(ahead) <= shown:
        return ""
    if len(ahead) >= MAX:
        total = _scheduled_pins(team).filter(scheduled_for__gte=now).count()
        return _("%(count)s in all.") % {"count": times.number(total)}
    facts = {"count": count_things(len(ahead) - shown), "day": times.day_inside(ahead[-1])}
    return _("%(count)s more until %(day)s.") % facts
