"""The context around the compose form: accounts to choose from, boards of the chosen account, limits."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.naming import disambiguate
from postpeer_dash.boards.services import Picker, read_picker
from postpeer_dash.media.services import find_file
from postpeer_dash.pins import rules
from postpeer_dash.pins.access import may_publish
from postpeer_dash.pins.content import texts_of
from postpeer_dash.pins.earlier import find_earlier
from postpeer_dash.pins.models import Defaults, MediaType, Pin, Target
from postpeer_dash.pins.pages.compose.ai_label import is_labelled
from postpeer_dash.pins.pages.compose.choices import Accounts
from postpeer_dash.pins.pages.compose.fields import ClockTimeField, read_id, read_uuid
from postpeer_dash.pins.pages.compose.forms import ComposeForm, is_postpeer_near
from postpeer_dash.pins.pages.compose.theirs import Theirs
from postpeer_dash.pins.search.days import suggest_time
from postpeer_dash.pins.search.filters import read_filters
from postpeer_dash.pins.services import content_for_copy
from postpeer_dash.pins.shorteners import warn_of_shortener
from postpeer_dash.pins.versions import UNSAVED
from postpeer_dash.teams.access import Right, TeamRequest, can
from postpeer_dash.web.time_zones import find_ambiguous, find_zone, offset_text, zone_of
from postpeer_dash.web.times import clock_in

LISTS = ("cross_post",)
_RECENT = 20
# Up to so many accounts are cards; more are a list.
_MAX_CARDS = 4


@dataclass(frozen=True)
class Choice:
    """An account in the form, and whether it is chosen."""

    account: Account
    is_chosen: bool

    @property
    def is_open(self) -> bool:
        """Return whether it can be chosen: an account to be reconnected stays with its draft, but isn't offered."""
        return self.account.can_publish or self.is_chosen


@dataclass(frozen=True)
class Recent:
    """What this person composed last: the form ids of drafts and of sent pins, and where the newest pin went."""

    drafts: list[str]
    sent: list[str]
    account: int | None = None
    board: int | None = None


def read_accounts(request: TeamRequest) -> Accounts:
    """Return the team's connected accounts, with the one that new pins usually go to, in one query."""
    usual = Defaults.objects.filter(team=request.team, account=OuterRef("pk"))
    board = Subquery(usual.values("board")[:1])
    rows = disambiguate(accounts_of(request.team).annotate(is_usual=Exists(usual), usual_board=board))
    found = next(((row.pk, row.usual_board) for row in rows if row.is_usual), (None, None))
    return Accounts.sorted_from(rows, usual=found)


def read_recent(request: TeamRequest) -> Recent:
    """Return what the person composed last in this team."""
    rows = list(
        Pin.objects.filter(team=request.team, author=request.user)
        .order_by("-sort_at", "-id")
        .values_list("form_id", "frozen_at", "account_id", "board_id")[:_RECENT]
    )
    return Recent(
        drafts=[str(form_id) for form_id, frozen_at, *_rest in rows if frozen_at is None],
        sent=[str(form_id) for form_id, frozen_at, *_rest in rows if frozen_at is not None],
        account=rows[0][2] if rows else None,
        board=rows[0][3] if rows else None,
    )


def new_values(request: TeamRequest, accounts: Accounts, recent: Recent) -> dict[str, Any]:
    """Return the values that a new form begins with.

    Its day is the address's, if any. Its account and board are the address's, else the team's default, else those used
    last, else the first account that works.
    """
    asked = read_id(request.GET.get("account"))
    usable = [pk for pk, account in accounts.primary.items() if account.can_publish]
    wished = (asked, accounts.usual_account, recent.account, *usable)
    account = next((pk for pk in wished if pk in accounts.primary), None)
    usual = accounts.usual_board if account == accounts.usual_account else None
    board = read_id(request.GET.get("board")) or usual or (recent.board if account == recent.account else None)
    zone = zone_of(request.user)
    day = read_filters({"day": request.GET.get("day", "")})[0].day
    at = suggest_time(day) if day else None
    return {
        **_read_chosen_file(request),
        "form_id": uuid.uuid4(),
        "version": UNSAVED,
        "account": account,
        "board": board,
        "timezone": str(zone),
        "scheduled_for": at,
    }


def _read_chosen_file(request: TeamRequest) -> dict[str, str]:
    """Return what a file that the address names, as the library's do, fills into a new form."""
    key = read_uuid(request.GET.get("media", ""))
    file = find_file(request.team, key) if key else None
    if file is None:
        return {"ai_label": "yes" if request.team.labels_ai else "no"}
    return {
        "media_url": file.url,
        "media_type": file.media_type,
        "dominant_color": file.color,
        "ai_label": "yes" if file.ai_label else "no",
    }


def copy_values(request: TeamRequest, source: Pin) -> dict[str, Any]:
    """Return the values of a new form that begins as another pin. Nothing of it is stored before it is saved."""
    content = content_for_copy(source)
    return {
        **texts_of(content),
        "form_id": uuid.uuid4(),
        "version": UNSAVED,
        "source": source.uuid,
        "account": content.account.pk if content.account else None,
        "board": content.board.pk if content.board else None,
        "cross_post": [account.pk for account in content.cross_post],
        "timezone": str(find_zone(source.time_zone) or zone_of(request.user)),
        "ai_label": "yes" if is_labelled(request, content.media_url) else "no",
    }


def pin_values(request: TeamRequest, pin: Pin, *, crossed: list[int] | None = None) -> dict[str, Any]:
    """Return the values of a draft's form; `crossed` are the ids of its other accounts, when they were read already."""
    zone = find_zone(pin.time_zone) or zone_of(request.user)
    local = pin.scheduled_for.astimezone(zone) if pin.scheduled_for else None
    if crossed is None:
        targets = Target.objects.filter(pin=pin).values_list("account_id", flat=True)
        crossed = [pk for pk in targets if pk != pin.account_id]
    return {
        **texts_of(pin),
        "form_id": pin.form_id,
        "version": pin.version,
        "account": pin.account_id,
        "board": pin.board_id,
        "cross_post": crossed,
        "scheduled_for": local.replace(tzinfo=None) if local else None,
        "timezone": str(zone),
        "fold": str(local.fold) if local else "",
        "ai_label": "yes" if is_labelled(request, pin.media_url) else "no",
    }


def typed_values(typed: QueryDict) -> dict[str, Any]:
    """Return the posted values as they were typed, for a form that is shown again without validation."""
    values: dict[str, Any] = {name: typed.getlist(name) if name in LISTS else typed.get(name) for name in typed}
    # Boxes that nobody ticked don't come along at all.
    values.setdefault("cross_post", [])
    if read_uuid(values.get("form_id")) is None:
        values["form_id"] = uuid.uuid4()
    return values


def read_earlier(request: TeamRequest) -> dict[str, Any]:
    """Return the context of what went to the same board before, for the values in the address."""
    given = request.GET
    pin = _find_pin(request, given.get("pin", ""))
    earlier = find_earlier(
        request.team,
        board_id=read_id(given.get("board")),
        link=given.get("link", "").strip(),
        media_url=given.get("media_url", "").strip(),
        except_pin=pin.pk if pin is not None else 0,
    )
    return {"earlier": earlier, "pin": pin}


def _find_pin(request: TeamRequest, uuid: object) -> Pin | None:
    key = read_uuid(uuid)
    return Pin.objects.filter(team=request.team, uuid=key).first() if key else None


def read_preview(form: ComposeForm) -> dict[str, str]:
    """Return what the preview shows before any script runs: the colour, and the picture's address if it has one."""
    url, color = str(form["media_url"].value() or "").strip(), str(form["dominant_color"].value() or "").strip()
    is_picture = form["media_type"].value() != MediaType.VIDEO and url.startswith(("https://", "http://"))
    return {"url": url if is_picture else "", "color": color if rules.is_color(color) else ""}


def read_fold_choices(form: ComposeForm) -> list[tuple[str, str]]:
    """Return both meanings of a local time that occurs twice, as choices; an empty list for every other time."""
    zone = find_zone(str(form["timezone"].value() or ""))
    try:
        local = ClockTimeField().to_python(form["scheduled_for"].value())
        twice = find_ambiguous(local, zone) if local and zone else None
    except (ValidationError, OverflowError):
        return []
    if twice is None or zone is None:
        return []
    time = clock_in(twice.first, zone)
    return [
        ("0", _("the first %(time)s (%(offset)s)") % {"time": time, "offset": offset_text(zone, twice.first)}),
        ("1", _("the second %(time)s (%(offset)s)") % {"time": time, "offset": offset_text(zone, twice.second)}),
    ]


def read_compose(
    request: TeamRequest,
    form: ComposeForm,
    *,
    pin: Pin | None = None,
    recent: Recent | None = None,
    is_kept: bool = False,
    refresh: bool = False,
    theirs: Theirs | None = None,
) -> dict[str, Any]:
    """Return the page's whole context.

    `theirs` is what somebody else has saved meanwhile, shown beside what was typed.
    `refresh` asks PostPeer for the boards first; an account that is new here does so by itself.
    """
    chosen = form.accounts.primary.get(read_id(form["account"].value()) or 0)
    picker: Picker | None = None
    if chosen is not None:
        picker = read_picker(chosen, chosen=form["board"].value(), refresh=refresh)
    crossed = {read_id(value) for value in form["cross_post"].value() or []}
    lost = pin.account if pin is not None and pin.account_id not in (None, *form.accounts.primary) else None
    return {
        "form": form,
        "pin": pin,
        "preview": read_preview(form),
        "fold_choices": read_fold_choices(form),
        "owner": str(request.user.pk),
        "picker": picker,
        "chosen": chosen,
        "choices": [Choice(account, account == chosen) for account in form.accounts.primary.values()],
        "has_cards": len(form.accounts.primary) <= _MAX_CARDS,
        "others": [Choice(account, account.pk in crossed) for account in form.accounts.others.values()],
        "lost_account": lost,
        "may_publish": may_publish(request.membership),
        "may_connect": can(request.membership, Right.MANAGE),
        "earlier": find_earlier(
            request.team,
            board_id=read_id(form["board"].value()),
            link=str(form["link"].value() or "").strip(),
            media_url=str(form["media_url"].value() or "").strip(),
            except_pin=pin.pk if pin is not None else 0,
        ),
        "link_warning": warn_of_shortener(str(form["link"].value() or "")),
        "is_kept": is_kept,
        "theirs": theirs,
        "rules": rules.MEDIA_RULES,
        "limits": {"title": rules.TITLE_MAX, "description": rules.DESCRIPTION_MAX, "alt_text": rules.ALT_TEXT_MAX},
        "recent": recent,
        "is_near": is_postpeer_near(),
    }
