"""What somebody else has saved of a pin while it was open here: shown beside what was typed, so that neither is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from postpeer_dash.accounts.models import Account
from postpeer_dash.boards.alike import distinguish_within
from postpeer_dash.pins.content import Content, texts_of
from postpeer_dash.pins.models import MediaType, Pin, Target
from postpeer_dash.pins.pages.compose.forms import ComposeForm
from postpeer_dash.pins.text.phrases import join_names, moment
from postpeer_dash.web.text import isolate, normalise_newlines


@dataclass(frozen=True, slots=True)
class SavedField:
    """A field that was saved otherwise than it was typed. An empty text was taken out."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """Who saved the pin, when, and what of it differs from what was typed."""

    who: str
    is_own: bool
    at: datetime
    fields: Sequence[SavedField]


def read_theirs(pin: Pin, form: ComposeForm, *, reader: int) -> Theirs:
    """Return what is stored of a pin beside a valid form; `reader` is the id of the person who typed."""
    who = str(pin.saved_by) if pin.saved_by is not None else ""
    return Theirs(who, pin.saved_by_id == reader, pin.updated_at, list(_find_differences(pin, form)))


def _find_differences(pin: Pin, form: ComposeForm) -> Iterator[SavedField]:
    content = form.to_content()
    for name, typed in texts_of(content).items():
        saved = getattr(pin, name)
        if name == "media_type":
            if saved != typed:
                yield SavedField(_("Kind of media"), str(MediaType(saved).label))
        elif saved != normalise_newlines(typed):
            yield SavedField(str(form.fields[name].label), saved)
    yield from _compare_places(pin, content)
    if pin.scheduled_for != form.scheduled_at:
        yield SavedField(_("Day and time"), moment(pin.scheduled_for) if pin.scheduled_for else "")


def _compare_places(pin: Pin, content: Content) -> Iterator[SavedField]:
    if pin.account != content.account:
        yield SavedField(_("Account"), isolate(pin.account.name) if pin.account else "")
    if pin.board != content.board:
        distinguish_within([pin.board])
        yield SavedField(_("Board"), isolate(pin.board.label) if pin.board else "")
    targets = Target.objects.filter(pin=pin).exclude(account=pin.account_id).select_related("account").order_by("pk")
    others = [target.account for target in targets]
    if _ids(others) != _ids(content.cross_post) - _ids([content.account] if content.account else []):
        yield SavedField(_("Also to"), join_names([isolate(account.name) for account in others]))


def _ids(accounts: Sequence[Account]) -> set[Any]:
    return {account.pk for account in accounts}
