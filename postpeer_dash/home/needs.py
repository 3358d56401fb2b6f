"""What needs a person, most urgent first: each a sentence with the button that helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.accounts.models import Account
from postpeer_dash.home.held import explain_hold
from postpeer_dash.home.rows import TeamRows
from postpeer_dash.home.words import count_things
from postpeer_dash.pins.contexts.cards import find_title, safe_url
from postpeer_dash.pins.contexts.summary import next_look
from postpeer_dash.pins.history import Row
from postpeer_dash.pins.models import MediaType, Status
from postpeer_dash.pins.wording import HELP, POSTPEERS_OWN, find_doubt, find_failure, moment
from postpeer_dash.teams.access import Right, can
from postpeer_dash.web.sentences import WORDINGS, explain

_BROKEN = ("failed", "partial", "failed_due", "partial_due")


@dataclass(frozen=True, slots=True)
class Act:
    """A button: a link, or a form that posts."""

    words: str
    url: str
    is_post: bool = False
    is_quiet: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    color: str


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person. `said` are the platform's own words, without our quotation marks."""

    sign: str
    title: str
    text: str
    acts: Sequence[Act]
    pictures: Sequence[Picture] = ()
    said: str = ""
    said_by: str = ""
    icon: str = "plug"  # where there is no picture


def list_needs(rows: TeamRows) -> list[Need]:
    """Everything that needs a person now."""
    failed = {row.pk: row for name in _BROKEN for row in rows.lists[name]}
    newest = sorted(failed.values(), key=lambda row: row.updated_at, reverse=True)
    needs = _held(rows)
    needs += [_unconfirmed(rows, row) for row in _newest(rows.lists["unconfirmed"])]
    needs += [need for row in newest if (need := _failed(rows, row)) is not None]
    needs += [_overdue(rows, row) for row in _newest(rows.lists["overdue"])]
    needs += [_reconnect(rows, rows.accounts[pk], ats) for pk, ats in rows.held_up.items()]
    needs += [_board_gone(rows, board, ats) for board, ats in rows.boards_gone.items()]
    needs += _credits(rows)
    needs += [_returned(rows, row) for row in _newest(rows.lists["returned"])]
    return needs + _waiting(rows, rows.lists["waiting"])


def _newest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.sort_at, row.pk), reverse=True)


def _picture(row: Row) -> Picture:
    url = row.cover_image_url if row.media_type == MediaType.VIDEO else row.media_url
    return Picture(safe_url(url), row.dominant_color)


def _title(row: Row) -> str:
    return find_title(row.title, row.beginning)


def _pin_url(rows: TeamRows, row: Row, name: str = "pin") -> str:
    return reverse(f"pins:{name}", args=[rows.membership.team.slug, row.uuid])


def _know(rows: TeamRows, row: Row, *, is_quiet: bool = False) -> Act:
    return Act(_("See what we know"), _pin_url(rows, row), is_quiet=is_quiet)


def _unconfirmed(rows: TeamRows, row: Row) -> Need:
    one = rows.looks.get(row.pk)
    target = next((target for target in rows.targets[row.pk] if target.status == Status.UNCONFIRMED), None)
    platform = target.account.platform_name if target else "PostPeer"
    text = explain(find_doubt(one), time=next_look(one), platform=platform)
    acts = [_know(rows, row)]
    if one is not None and one.evidence.get("candidates") and can(rows.membership, Right.PUBLISH):
        args = [rows.membership.team.slug, row.uuid, one.uuid]
        found = Act(_("It is on %(platform)s") % {"platform": platform}, reverse("pins:confirm_published", args=args))
        absent = Act(_("It is not there, send again"), reverse("pins:confirm_absent", args=args), is_quiet=True)
        acts = [found, absent, _know(rows, row, is_quiet=True)]
    return Need("unconfirmed", _title(row), str(text), acts, [_picture(row)])


def _failed(rows: TeamRows, row: Row) -> Need | None:
    """A pin that failed somewhere; None for one whose parts ended differently without a failure."""
    target = next((target for target in rows.targets[row.pk] if target.status == Status.FAILED), None)
    if target is None:
        return None
    kind = find_failure(target)
    sentence = explain(kind, platform=target.account.platform_name, account=target.account.name)
    return Need(
        row.status,
        _title(row),
        str(sentence),
        [
            *_help(rows, row, HELP.get(kind, "retry"), sentence.action),
            _know(rows, row, is_quiet=True),
            *_dismiss(rows, row),
        ],
        [_picture(row)],
        said=target.error_text,
        said_by="PostPeer" if target.error_kind in POSTPEERS_OWN else target.account.platform_name,
    )


def _help(rows: TeamRows, row: Row, kind: str, words: str) -> list[Act]:
    member = rows.membership
    if kind == "reconnect":
        url = reverse("accounts:accounts", args=[member.team.slug])
        return [Act(words, url, icon="plug")] if can(member, Right.MANAGE) else []
    right = Right.COMPOSE if kind == "copy" else Right.PUBLISH
    return [Act(words, _pin_url(rows, row, kind), is_post=True)] if can(member, right) else []


def _dismiss(rows: TeamRows, row: Row) -> list[Act]:
    if not can(rows.membership, Right.PUBLISH):
        return []
    return [Act(_("Dismiss"), _pin_url(rows, row, "dismiss"), is_post=True, is_quiet=True)]


def _overdue(rows: TeamRows, row: Row) -> Need:
    text = explain("publish_overdue", time=_clock(row.scheduled_for))
    return Need("scheduled", _title(row), str(text), [_know(rows, row)], [_picture(row)])


def _clock(at: datetime | None) -> str:
    return moment(at) if at else "?"


def _reconnect(rows: TeamRows, account: Account, ats: Sequence[datetime]) -> Need:
    reason = f"account_{account.failure_reason}"
    known = explain(reason if reason in WORDINGS else "account_broken", platform=account.platform_name)
    team = rows.membership.team.slug
    acts = []
    if can(rows.membership, Right.MANAGE):
        acts.append(Act(_("Reconnect"), reverse("accounts:accounts", args=[team]), icon="plug"))
    text = known.title
    if ats:
        waiting = ngettext(
            "%(count)s scheduled pin needs it, %(when)s.",
            "%(count)s scheduled pins need it, the first one %(when)s.",
            len(ats),
        )
        text = f"{text} {waiting % {'count': count_things(len(ats)), 'when': moment(ats[0])}}"
        url = f"{reverse('pins:history', args=[team])}?account={account.pk}&status={Status.SCHEDULED}"
        acts.append(Act(_("Show the pins"), url, is_quiet=True))
    title = _("%(account)s has to be connected again") % {"account": account.name}
    return Need("reconnect_required", title, text, acts)


def _held(rows: TeamRows) -> list[Need]:
    """Nothing is sent at all: before everything else, since everything else waits for it."""
    connections = [account.connection for account in rows.accounts.values() if account.is_connected]
    held = next((one for one in connections if one.held_at is not None), None)
    if held is None:
        return []
    sentence = explain_hold(held.held_reason)
    acts = []
    if can(rows.membership, Right.MANAGE):
        acts.append(Act(sentence.action, reverse("home:held", args=[rows.membership.team.slug])))
    return [Need("held", sentence.title, sentence.text, acts, icon="ban")]


def _board_gone(rows: TeamRows, board: tuple[int, str], ats: Sequence[datetime]) -> Need:
    pk, name = board
    words = ngettext(
        "%(count)s scheduled pin is meant for it, %(when)s, and will fail there.",
        "%(count)s scheduled pins are meant for it, the first one %(when)s, and will fail there.",
        len(ats),
    )
    url = f"{reverse('pins:history', args=[rows.membership.team.slug])}?board={pk}&status={Status.SCHEDULED}"
    title = _("The board %(board)s is gone from Pinterest") % {"board": name}
    text = words % {"count": count_things(len(ats)), "when": moment(ats[0])}
    return Need("endangered", title, text, [Act(_("Show the pins"), url)], icon="gallery-vertical-end")


def _credits(rows: TeamRows) -> list[Need]:
    """More pins are scheduled than PostPeer had credits for when they were read last."""
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
    acts = [Act(_("Show the pins"), f"{reverse('pins:history', args=[team])}?status={Status.SCHEDULED}")]
    if can(rows.membership, Right.MANAGE):
        acts.append(Act(_("Ask PostPeer again"), reverse("home:settings", args=[team]) + "#usage", is_quiet=True))
    return [Need("endangered", title, text, acts, icon="credit-card")]


def _returned(rows: TeamRows, row: Row) -> Need:
    note, who = rows.notes.get(row.pk, ("", ""))
    edit = Act(_("Change it"), _pin_url(rows, row, "edit"), icon="pencil-line")
    text = _("Change it and hand it in again.")
    return Need(
        "returned",
        _title(row),
        text,
        [edit, _know(rows, row, is_quiet=True)],
        [_picture(row)],
        note,
        who or _("An editor"),
    )


def _waiting(rows: TeamRows, waiting: Sequence[Row]) -> list[Need]:
    by_author: dict[int | None, list[Row]] = {}
    for row in _newest(waiting):
        by_author.setdefault(row.author_id, []).append(row)
    return [_asks(rows, pins) for pins in by_author.values()]


def _asks(rows: TeamRows, pins: Sequence[Row]) -> Need:
    first = pins[0]
    who = first.author_name or first.author_email or _("somebody")
    meant = sorted(row.scheduled_for for row in pins if row.scheduled_for)
    if len(pins) == 1:
        title, url, words = _title(first), _pin_url(rows, first), _("Review it")
        text = _("%(who)s asks for approval.") % {"who": who}
        text += " " + _("It should go out %(when)s.") % {"when": moment(meant[0])} if meant else ""
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
    return Need("waiting", title, text, [Act(words, url)], [_picture(row) for row in pins[:2]])
