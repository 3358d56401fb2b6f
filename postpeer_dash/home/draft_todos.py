"""The todos of drafts on home: sent back, begun, waiting for approval."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from postpeer_dash.home.team_rows import TeamRows
from postpeer_dash.home.todo import (
    Action,
    Todo,
    find_row_title,
    make_details_action,
    make_picture,
    own_pins_url,
    pin_url,
    sort_newest_first,
)
from postpeer_dash.pins.models import Status
from postpeer_dash.pins.search.filters import WAITING
from postpeer_dash.pins.search.pin_lists import Row
from postpeer_dash.pins.text.phrases import moment
from postpeer_dash.teams.access import Right, can
from postpeer_dash.web.numbers import count_things


def list_drafts(rows: TeamRows) -> list[Todo]:
    """Return the todos for drafts sent back to the reader, for their own, and for those waiting for approval."""
    needs = [_make_returned(rows, row) for row in sort_newest_first(rows.lists["returned"])]
    needs += _list_own_drafts(rows, sort_newest_first(rows.lists["drafts"]))
    return needs + _list_waiting(rows, sort_newest_first(rows.lists["waiting"]))


def _make_returned(rows: TeamRows, row: Row) -> Todo:
    note, who = rows.notes.get(row.pk, ("", ""))
    edit = Action(_("Change it"), pin_url(rows, row, "edit"), icon="pencil-line")
    text = _("Change it and hand it in again.")
    acts, by = [edit, make_details_action(rows, row, is_quiet=True)], who or _("An editor")
    return Todo("returned", find_row_title(row), text, acts, [make_picture(rows, row)], note, by, is_mine=True)


def _list_own_drafts(rows: TeamRows, drafts: Sequence[Row]) -> list[Todo]:
    """Return a todo for the reader's own drafts, one for all of them when there are several."""
    if len(drafts) == 1:
        acts = [Action(_("Go on with it"), pin_url(rows, drafts[0], "edit"), icon="pencil-line")]
        text = _("You began it %(when)s. It isn’t handed in yet.") % {"when": moment(drafts[0].sort_at)}
        return [Todo("draft", find_row_title(drafts[0]), text, acts, [make_picture(rows, drafts[0])], is_mine=True)]
    if not drafts:
        return []
    acts = [Action(_("Show your drafts"), own_pins_url(rows, Status.DRAFT))]
    title = _("%(count)s drafts of yours") % {"count": count_things(len(drafts))}
    text = _("You began the newest one %(when)s.") % {"when": moment(drafts[0].sort_at)}
    return [Todo("draft", title, text, acts, [make_picture(rows, row) for row in drafts[:2]], is_mine=True)]


def _list_waiting(rows: TeamRows, waiting: Sequence[Row]) -> list[Todo]:
    """Return a todo for each author whose pins wait for approval, or the reader's own where they can't approve."""
    if not can(rows.membership, Right.PUBLISH):
        return _list_own_waiting(rows, waiting)
    by_author: dict[int | None, list[Row]] = {}
    for row in waiting:
        by_author.setdefault(row.author_id, []).append(row)
    return [_make_approval_request(rows, pins) for pins in by_author.values()]


def _list_own_waiting(rows: TeamRows, waiting: Sequence[Row]) -> list[Todo]:
    if len(waiting) == 1:
        text = _("It waits for somebody who may publish.") + _describe_wished_time(waiting[0].scheduled_for)
        acts = [Action(_("Look at it"), pin_url(rows, waiting[0]))]
        return [Todo("waiting", find_row_title(waiting[0]), text, acts, [make_picture(rows, waiting[0])])]
    if not waiting:
        return []
    acts = [Action(_("Show them"), own_pins_url(rows, WAITING))]
    title = _("%(count)s pins of yours") % {"count": count_things(len(waiting))}
    text = _("They wait for somebody who may publish.")
    return [Todo("waiting", title, text, acts, [make_picture(rows, row) for row in waiting[:2]])]


def _describe_wished_time(at: datetime | None) -> str:
    return " " + _("It should go out %(when)s.") % {"when": moment(at)} if at else ""


def _make_approval_request(rows: TeamRows, pins: Sequence[Row]) -> Todo:
    first = pins[0]
    who = first.author_name or first.author_email or _("somebody")
    meant = sorted(row.scheduled_for for row in pins if row.scheduled_for)
    if len(pins) == 1:
        title, url, words = find_row_title(first), pin_url(rows, first), _("Review it")
        text = _("%(who)s asks for approval.") % {"who": who} + _describe_wished_time(first.scheduled_for)
    else:
        title = _("%(count)s pins by %(who)s") % {"count": count_things(len(pins)), "who": who}
        url = (
            f"{reverse('pins:history', args=[rows.membership.team.slug])}?status=waiting&author={first.author_id or ''}"
        )
        words = _("Review both") if len(pins) == 2 else _("Review them")
        text = (
            _("The earliest one should go out %(when)s.") % {"when": moment(meant[0])}
            if meant
            else _("They have no time yet.")
        )
    return Todo("waiting", title, text, [Action(words, url)], [make_picture(rows, row) for row in pins[:2]])
