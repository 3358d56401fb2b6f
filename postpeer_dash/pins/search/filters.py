"""The filters of history: read from the address and written back into it, so that a filtered list can be shared."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from postpeer_dash.pins.models import Status
from postpeer_dash.teams.models import User
from postpeer_dash.web.model_forms import ModelForm
from postpeer_dash.web.text import fold
from postpeer_dash.web.text_fields import SearchField
from postpeer_dash.web.times import begin_of

WAITING = "waiting"  # asks for approval: a word of the status filter that is no status
_STATUSES = [(value, value) for value in [*Status.values, WAITING]]
# Beyond it the databases refuse the comparison itself.
_MAX_ID = 2**63 - 1
# Days beyond these can't be moved between zones.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)


def _number() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=_MAX_ID)


def _day() -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class FilterForm(forms.Form):
    """Everything that history's address may hold. What isn't valid is left out."""

    q = SearchField(required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=_STATUSES)
    account = _number()
    board = _number()
    author = _number()
    since = _day()
    until = _day()
    day = _day()


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one list. Days are in the person's zone.

    `until` is the last day that is shown; `day` is a day of the calendar, which goes by when pins are meant to go out.
    """

    q: str = ""
    status: str = ""
    account: int | None = None
    board: int | None = None
    author: int | None = None
    since: date | None = None
    until: date | None = None
    day: date | None = None

    @property
    def folded(self) -> str:
        """Return the searched text as it is compared."""
        return fold(self.q)

    @property
    def count(self) -> int:
        """Return how many filters are on."""
        return sum(1 for field in fields(self) if getattr(self, field.name))

    @property
    def begins_at(self) -> datetime | None:
        return begin_of(self.since) if self.since else None

    @property
    def ends_at(self) -> datetime | None:
        """Return the first instant that is no longer shown."""
        return begin_of(self.until + timedelta(days=1)) if self.until else None

    @property
    def day_bounds(self) -> tuple[datetime, datetime] | None:
        """Return the first instant of the chosen day of the calendar, and the first instant after it."""
        return (begin_of(self.day), begin_of(self.day + timedelta(days=1))) if self.day else None

    def without(self, *names: str) -> "Filters":
        """Return the same filters with some of them off."""
        return replace(self, **{name: _OFF[name] for name in names})

    def query(self, **more: str) -> str:
        """Return the filters as an address's query with its question mark, or nothing when none is on."""
        values = [(field.name, getattr(self, field.name)) for field in fields(self)] + list(more.items())
        text = urlencode([(name, value) for name, value in values if value])
        return f"?{text}" if text else ""


_OFF: dict[str, Any] = {field.name: field.default for field in fields(Filters)}


def read_filters(params: Mapping[str, str]) -> tuple[Filters, bool]:
    """Return the filters of an address, and whether something in it was invalid and left out."""
    names = [name for name in _OFF if params.get(name)]
    if not names:
        return Filters(), False
    form = FilterForm({name: params[name] for name in names})
    form.is_valid()
    values = {name: form.cleaned_data[name] for name in names if form.cleaned_data.get(name)}
    for name in ("since", "until", "day"):
        if name in values and not FIRST_DAY <= values[name] <= LAST_DAY:
            del values[name]
    return Filters(**values), len(values) < len(names)


class ViewForm(ModelForm[User]):
    """Whether a person sees history as a wall or as a table."""

    class Meta:
        model = User
        fields = ["pins_view"]
