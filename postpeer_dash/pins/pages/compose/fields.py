"""The kinds of field that composing needs beside Django's own."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.web.text import normalise_newlines
from postpeer_dash.web.time_zone_fields import ZoneSelect
from postpeer_dash.web.time_zones import find_zone

# A native field for day and time sends minutes; with seconds when one was set.
_CLOCK_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
_MAX_DIGITS = 18
_MAX_IDS = 100


class TextField(forms.CharField):
    """A text as the platforms count it: LF for a new line, nothing around it. Lengths are for the form to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalise_newlines(super().to_python(value) or "")


class IdField(forms.Field):
    """The id of one of our rows. What is none reads as an id that nobody has, so that it is refused like a foreign one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Select, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return read_id(value)


class IdsField(forms.Field):
    """Several of them, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def to_python(self, value: Any) -> list[int]:
        values: Iterable[Any] = value or []
        ids = [found for found in (read_id(each) for each in list(values)[:_MAX_IDS]) if found is not None]
        return list(dict.fromkeys(ids))


def read_id(value: Any) -> int | None:
    """A row's id as it came in: None for nothing, -1 (nobody's) for what can't be one."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else -1


class ClockTimeField(forms.Field):
    """A day and time as clocks show it somewhere: naive on purpose, since its zone stands in another field."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local", "class": "num"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        for form in _CLOCK_FORMS:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 - see the class
            except ValueError:
                continue
        raise ValidationError(_("Write day and time like 2026-11-26T18:15."), code="clock")


class ZoneField(forms.Field):
    """One of the IANA zones, as its tzinfo."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=ZoneSelect, **kwargs)

    def find(self, value: Any) -> tzinfo | None:
        """The zone with this name, or None."""
        return find_zone(str(value or ""))

    def to_python(self, value: Any) -> tzinfo | None:
        if not value:
            return None
        zone = self.find(value)
        if zone is None:
            raise ValidationError(_("Choose one of the time zones of the list."), code="zone")
        return zone
