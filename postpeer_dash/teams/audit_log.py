"""Read the audit: filtered, page by page, and as CSV.

Where a team is expected, None stands for the installation: the lines that belong to no team that still exists.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postpeer_dash.teams.models import AuditEvent, Team
from postpeer_dash.web.keyset import Page, read_page

# What was done, by area. An action that isn't here is shown as it is written.
ACTION_GROUPS: tuple[tuple["str | Promise", dict[str, "str | Promise"]], ...] = (
    (
        _("Signing in"),
        {
            "sign_in.done": _("signed in"),
            "sign_in.failed": _("tried to sign in with a wrong password"),
            "sign_in.code_failed": _("typed a wrong code"),
            "sign_in.unknown": _("tried to sign in with an address that nobody has"),
            "sign_in.out": _("signed out"),
            "sign_in.sessions_ended": _("signed out everywhere else"),
            "sign_in.password_changed": _("changed the password"),
            "sign_in.password_reset": _("set a new password by mail"),
            "sign_in.factor_added": _("switched a second factor on"),
            "sign_in.factor_removed": _("switched a second factor off"),
            "sign_in.codes_made": _("made recovery codes"),
            "sign_in.email_asked": _("asked for another e-mail address"),
            "sign_in.email_changed": _("changed the e-mail address"),
        },
    ),
    (
        _("Members"),
        {
            "member.invited": _("invited"),
            "member.invited_again": _("sent an invitation again"),
            "member.invitation_revoked": _("took an invitation back"),
            "member.joined": _("joined"),
            "member.role_changed": _("changed a role"),
            "member.removed": _("removed"),
            "member.left": _("left"),
        },
    ),
    (
        _("Accounts"),
        {
            "account.connected": _("connected an account"),
            "account.reconnected": _("connected an account again"),
            "account.pins_moved": _("moved scheduled pins to a renewed connection"),
            "account.disconnected": _("disconnected an account"),
            "account.unclaimed_disconnected": _("disconnected an unclaimed account"),
            "account.brought_in": _("brought an account in"),
            "board.pasted": _("added a board by its number"),
        },
    ),
    (
        _("Pins"),
        {
            "pin.publish_pressed": _("published"),
            "pin.schedule_pressed": _("scheduled"),
            "pin.retry_pressed": _("sent again"),
            "pin.cancel_pressed": _("cancelled"),
            "pin.review_asked": _("asked for approval"),
            "pin.approved": _("approved"),
            "pin.returned": _("sent back"),
            "pin.edited": _("changed a scheduled pin"),
            "pin.hour_restored": _("put a pin back to the hour that was chosen"),
            "pin.hour_kept": _("kept the new hour of a pin"),
            "pin.dismissed": _("dismissed a failure"),
            "pin.deleted": _("deleted a draft"),
            "pin.confirmed_published": _("said that it is out"),
            "pin.confirmed_absent": _("said that it isn’t there"),
        },
    ),
    (
        _("Team"),
        {
            "team.created": _("created the team"),
            "team.changed": _("changed the settings"),
            "team.second_factor_required": _("made a second factor required"),
            "team.second_factor_optional": _("made a second factor optional"),
            "team.deleting": _("deleted the team"),
            "team.deleted": _("the team was deleted"),
            "sending.stopped": _("stopped sending"),
            "sending.resumed": _("let sending go on"),
            "sending.unknown_posts_seen": _("looked at posts that were found at PostPeer"),
            "sending.unknown_post_matched": _("matched a post that was found at PostPeer"),
            "sending.key_taken": _("took another key, under which the profiles are"),
        },
    ),
    (_("Installation"), {"instance.owner_made": _("made somebody an owner of the installation")}),
)
ACTION_LABELS: dict[str, "str | Promise"] = {
    action: words for _area, actions in ACTION_GROUPS for action, words in actions.items()
}
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_COLUMNS = ("time (UTC)", "who", "action", "what", "about", "detail", "address")
# Midnight of days beyond these can overflow when it is moved between zones.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)


class FilterForm(forms.Form):
    """The filters in the address of the audit; a value that makes no sense is left out."""

    who = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    action = forms.ChoiceField(required=False, choices=[(action, action) for action in ACTION_LABELS])
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


@dataclass(frozen=True, slots=True)
class Filters:
    """One set of filters. Days are meant in the reader's zone; `until` is the last day shown."""

    who: int | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_on(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def query(self, **more: str) -> str:
        """Return the filters as a query string with its question mark, or an empty string."""
        values = [(field.name, getattr(self, field.name)) for field in fields(self)] + list(more.items())
        text = urlencode([(name, value) for name, value in values if value])
        return f"?{text}" if text else ""


def read_filters(params: Mapping[str, str]) -> Filters:
    """Return the filters that an address holds, without values that make no sense."""
    form = FilterForm(params)
    form.is_valid()
    found = form.cleaned_data
    return Filters(
        who=found.get("who"),
        action=found.get("action", ""),
        since=_day(found.get("since")),
        until=_day(found.get("until")),
    )


def _day(day: date | None) -> date | None:
    return day if day and _FIRST_DAY <= day <= _LAST_DAY else None


def events_of(team: Team | None, filters: Filters) -> QuerySet[AuditEvent]:
    """Return a team's filtered lines, unordered."""
    bounds = Q(team=team)
    if team is None:
        # Of a sign-in each team had a line of its own; those that a deleted team leaves behind say nothing new.
        bounds &= Q(team_name="") | ~Q(action__startswith="sign_in.")
    if filters.who:
        bounds &= Q(actor_id=filters.who)
    if filters.action:
        bounds &= Q(action=filters.action)
    if filters.since:
        bounds &= Q(at__gte=_midnight(filters.since))
    if filters.until:
        bounds &= Q(at__lt=_midnight(filters.until + timedelta(days=1)))
    return AuditEvent.objects.filter(bounds)


def read_events(team: Team | None, filters: Filters, *, at: str = "") -> Page[AuditEvent]:
    """Return a page of lines, newest first, at a position from the address."""
    return read_page(events_of(team, filters), time_field="at", at=at, size=50)


def write_csv(team: Team | None, filters: Filters) -> Iterator[str]:
    """Yield the filtered audit as lines of CSV, newest first, with a head. Times are in UTC."""
    writer = csv.writer(_Echo())
    # Excel takes a file for UTF-8 only by its byte order mark.
    yield "\ufeff" + str(writer.writerow([*_COLUMNS, *([] if team else ["former team"])]))
    rows = events_of(team, filters).order_by("-at", "-pk")
    for event in rows.iterator(chunk_size=500):
        more = [event.team_name] if team is None else []
        yield str(writer.writerow([_escape_formula(cell) for cell in [*_cells(event), *more]]))


def _cells(event: AuditEvent) -> list[str]:
    at = event.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True) if event.detail else ""
    words = str(ACTION_LABELS.get(event.action, event.action))
    return [at, event.actor_name, event.action, words, event.subject, detail, event.ip_address or ""]


def _escape_formula(cell: str) -> str:
    """Return the cell with an apostrophe before what a spreadsheet takes for a formula, also after saving and reopening
    (OWASP, CSV injection).
    """
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


class _Echo:
    """A file for csv that returns each line in place of writing it."""

    def write(self, line: str) -> str:
        return line


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
