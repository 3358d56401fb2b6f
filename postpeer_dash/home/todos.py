"""The todos of a team, most urgent first: each a sentence with the button that helps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.services import reconnect_due
from postpeer_dash.home.draft_todos import list_drafts
from postpeer_dash.home.held import explain_hold
from postpeer_dash.home.team_rows import TeamRows
from postpeer_dash.home.todo import (
    Action,
    Todo,
    find_row_title,
    make_details_action,
    make_picture,
    pin_url,
    sort_newest_first,
)
from postpeer_dash.pins.models import Status
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.pins.text.failures import explain_doubt, explain_failure
from postpeer_dash.pins.text.hours import describe_hours, name_keep, name_restore
from postpeer_dash.pins.text.labels import describe_next_check
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.teams.access import Right, can
from postpeer_dash.teams.undelivered import Undelivered
from postpeer_dash.web.numbers import count_things
from postpeer_dash.web.sentences import WORDINGS, explain

_SOON = timedelta(days=1)
_BROKEN = ("failed", "partial", "failed_due", "partial_due")


def list_todos(rows: TeamRows) -> list[Todo]:
    """Return everything that needs a person now.

    What will fail within a day can still be prevented, so it comes before what has failed; what will fail later comes
    after it.
    """
    failed = {row.pk: row for name in _BROKEN for row in rows.lists[name]}
    newest = sorted(failed.values(), key=lambda row: row.updated_at, reverse=True)
    soon, later = _ahead(rows)
    needs = _held(rows) + _moved_hours(rows) + soon
    needs += [_unconfirmed(rows, row) for row in sort_newest_first(rows.lists["unconfirmed"])]
    needs += [need for row in newest if (need := _failed(rows, row)) is not None]
    needs += [_overdue(rows, row) for row in sort_newest_first(rows.lists["overdue"])]
    return needs + later + [_undelivered(rows, lost) for lost in rows.undelivered] + list_drafts(rows)


def _undelivered(rows: TeamRows, lost: Undelivered) -> Todo:
    """Return the todo for mail that didn't arrive; whose own address it is can give another one."""
    is_own = lost.to.lower() == rows.membership.user.email.lower()
    members = Action(_("Look at the members"), reverse("teams:members", args=[rows.membership.team.slug]))
    own = Action(_("Change my address"), reverse("teams:email"))
    return Todo(
        "undelivered",
        _("Mail to %(email)s doesn’t arrive") % {"email": lost.to},
        f"{lost.what}: {lost.sentence}",
        [own if is_own else members],
        icon="mail",
        is_mine=is_own,
    )


def _ahead(rows: TeamRows) -> tuple[list[Todo], list[Todo]]:
    """Return the todos for what will fail unless somebody acts: within a day, and later or at no known time."""
    found: list[tuple[Todo, Sequence[datetime]]] = [
        (_reconnect(rows, rows.accounts[pk], ats), ats) for pk, ats in rows.held_up.items()
    ]
    found += [(_board_gone(rows, board, ats), ats) for board, ats in rows.boards_gone.items()]
    found += [(need, rows.beyond_credits) for need in _credits(rows)]
    found += [(need, ()) for account in rows.accounts.values() if (need := _due(rows, account)) is not None]
    end = timezone.now() + _SOON
    soon = sorted(((min(ats), need) for need, ats in found if ats and min(ats) < end), key=lambda pair: pair[0])
    return [need for _at, need in soon], [need for need, ats in found if not ats or min(ats) >= end]


def _unconfirmed(rows: TeamRows, row: Row) -> Todo:
    one = rows.unconfirmed.get(row.pk)
    target = next((target for target in rows.targets[row.pk] if target.status == Status.UNCONFIRMED), None)
    platform = target.account.platform_name if target else "PostPeer"
    text = explain_doubt(one, platform=platform, time=describe_next_check(one))
    acts = [make_details_action(rows, row)]
    if one is not None and one.evidence.candidates and can(rows.membership, Right.PUBLISH):
        args = [rows.membership.team.slug, row.uuid, one.uuid]
        found = Action(
            _("It is on %(platform)s") % {"platform": platform}, reverse("pins:confirm_published", args=args)
        )
        absent = Action(_("It is not there, send again"), reverse("pins:confirm_absent", args=args), is_quiet=True)
        acts = [found, absent, make_details_action(rows, row, is_quiet=True)]
    return Todo("unconfirmed", find_row_title(row), str(text), acts, [make_picture(rows, row)])


def _failed(rows: TeamRows, row: Row) -> Todo | None:
    """Return a pin that failed somewhere; None for one whose parts ended differently without a failure."""
    target = next((target for target in rows.targets[row.pk] if target.status == Status.FAILED), None)
    if target is None:
        return None
    failure = explain_failure(target)
    return Todo(
        row.status,
        find_row_title(row),
        str(failure.sentence),
        [
            *_help(rows, row, failure.help, failure.sentence.action),
            make_details_action(rows, row, is_quiet=True),
            *_dismiss(rows, row),
        ],
        [make_picture(rows, row)],
        said=failure.said,
        said_by=failure.said_by,
        is_mine=row.author_id == rows.membership.user_id,
    )


def _help(rows: TeamRows, row: Row, kind: str, words: str) -> list[Action]:
    member = rows.membership
    if kind == "reconnect":
        url = reverse("accounts:accounts", args=[member.team.slug])
        return [Action(words, url, icon="plug")] if can(member, Right.MANAGE) else []
    right = Right.COMPOSE if kind == "copy" else Right.PUBLISH
    return [Action(words, pin_url(rows, row, kind), is_post=True)] if can(member, right) else []


def _dismiss(rows: TeamRows, row: Row) -> list[Action]:
    if not can(rows.membership, Right.PUBLISH):
        return []
    return [Action(_("Dismiss"), pin_url(rows, row, "dismiss"), is_post=True, is_quiet=True)]


def _overdue(rows: TeamRows, row: Row) -> Todo:
    text = explain("publish_overdue", time=_clock(row.scheduled_for))
    return Todo(
        "scheduled", find_row_title(row), str(text), [make_details_action(rows, row)], [make_picture(rows, row)]
    )


def _clock(at: datetime | None) -> str:
    return moment(at) if at else "?"


def _reconnect(rows: TeamRows, account: Account, ats: Sequence[datetime]) -> Todo:
    reason = f"account_{account.failure_reason}"
    known = explain(reason if reason in WORDINGS else "account_broken", platform=account.platform_name)
    team = rows.membership.team.slug
    acts = []
    if can(rows.membership, Right.MANAGE):
        acts.append(Action(_("Reconnect"), reverse("accounts:accounts", args=[team]), icon="plug"))
    text = known.title
    if ats:
        waiting = ngettext(
            "%(count)s scheduled pin needs it, %(when)s.",
            "%(count)s scheduled pins need it, the first one %(when)s.",
            len(ats),
        )
        text = f"{text} {waiting % {'count': count_things(len(ats)), 'when': moment(ats[0])}}"
        url = f"{reverse('pins:history', args=[team])}?account={account.pk}&status={Status.SCHEDULED}"
        acts.append(Action(_("Show the pins"), url, is_quiet=True))
    title = _("%(account)s has to be connected again") % {"account": account.name}
    return Todo("reconnect_required", title, text, acts)


def _due(rows: TeamRows, account: Account) -> Todo | None:
    """Return the todo for a permission that ends within a week; None where it doesn't."""
    due = reconnect_due(account)
    if due is None:
        return None
    url = reverse("accounts:accounts", args=[rows.membership.team.slug])
    acts = [Action(due.action, url, icon="plug")] if can(rows.membership, Right.MANAGE) else []
    title = _("%(account)s has to be connected again soon") % {"account": account.name}
    return Todo("reconnect_required", title, str(due), acts)


def _held(rows: TeamRows) -> list[Todo]:
    """Return the todo for held sending. It comes first, since everything else waits for it."""
    connections = [account.connection for account in rows.accounts.values() if account.is_connected]
    held = next((one for one in connections if one.held_at is not None), None)
    if held is None:
        return []
    sentence = explain_hold(held.held_reason)
    acts = []
    if can(rows.membership, Right.MANAGE):
        acts.append(Action(sentence.action, reverse("home:held", args=[rows.membership.team.slug])))
    return [Todo("held", sentence.title, sentence.text, acts, icon="ban")]


def _moved_hours(rows: TeamRows) -> list[Todo]:
    """Return what has to be said about pins whose hour moved: for those whose hour is known, and for the others."""
    team = rows.membership.team.slug
    found = []
    for hours in rows.moved_hours:
        title, text = describe_hours(hours)
        acts = [Action(_("Look at each"), reverse("pins:hours", args=[team]))]
        if can(rows.membership, Right.PUBLISH):
            is_known = hours.first.meant is not None
            keep_url = f"{reverse('pins:keep_hours', args=[team])}?known={'yes' if is_known else 'no'}"
            acts.insert(0, Action(name_keep(hours), keep_url, is_post=True, is_quiet=is_known))
            if is_known:
                acts.insert(0, Action(name_restore(hours), reverse("pins:restore_hours", args=[team]), is_post=True))
        pictures = [make_picture(rows, row) for row in rows.lists["moved"]] if len(rows.moved_hours) == 1 else []
        found.append(Todo("moved", title, text, acts, pictures, icon="clock"))
    return found


def _board_gone(rows: TeamRows, board: tuple[int, str], ats: Sequence[datetime]) -> Todo:
    pk, name = board
    words = ngettext(
        "%(count)s scheduled pin is meant for it, %(when)s, and will fail there.",
        "%(count)s scheduled pins are meant for it, the first one %(when)s, and will fail there.",
        len(ats),
    )
    url = f"{reverse('pins:history', args=[rows.membership.team.slug])}?board={pk}&status={Status.SCHEDULED}"
    title = _("The board %(board)s is gone from Pinterest") % {"board": name}
    text = words % {"count": count_things(len(ats)), "when": moment(ats[0])}
    return Todo("endangered", title, text, [Action(_("Show the pins"), url)], icon="gallery-vertical-end")


def _credits(rows: TeamRows) -> list[Todo]:
    """Return a todo when more pins are scheduled than PostPeer had credits for at the last reading."""
    usage, ats = rows.usage, rows.beyond_credits
    if usage is None or not ats:
        return []
    team = rows.membership.team.slug
    words = ngettext(
        "%(count)s scheduled pin is more than that, %(when)s, and will not go out unless they are topped up.",
        "%(count)s scheduled pins are more than that, the first one %(when)s, and will not go out unless they are topped up.",
        len(ats),
    )
    left = ngettext("PostPeer has %(n)d credit left", "PostPeer has %(n)d credits left", usage.left or 0)
    title = left % {"n": usage.left or 0} if usage.left else _("PostPeer’s credits are used up")
    read = _("They were read %(when)s.") % {"when": moment(usage.read_at)}
    text = f"{words % {'count': count_things(len(ats)), 'when': moment(ats[0])}} {read}"
    acts = [Action(_("Show the pins"), f"{reverse('pins:history', args=[team])}?status={Status.SCHEDULED}")]
    if can(rows.membership, Right.MANAGE):
        acts.append(Action(_("Ask PostPeer again"), reverse("home:settings", args=[team]) + "#usage", is_quiet=True))
    return [Todo("endangered", title, text, acts, icon="credit-card")]
