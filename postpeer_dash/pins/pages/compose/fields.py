"""Form fields that composing needs beside Django's own."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.web.text_fields import CleanTextField
from postpeer_dash.web.time_zone_fields import ZoneSelect
from postpeer_dash.web.time_zones import find_zone

# A native field for day and time sends minutes; with seconds when one was set.
_CLOCK_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
# Any such number fits into a database's 64 bits.
_MAX_DIGITS = 18
_MAX_IDS = 100


class TextField(CleanTextField):
    """A text as the platforms count it: LF for a new line, trimmed. Its length is checked by the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=True, **kwargs)


class IdField(forms.Field):
    """The id of one of our rows. Anything else becomes an id that no row has, and is refused like a foreign one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Select, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return read_id(value)


class VersionField(forms.Field):
    """The version of the draft that a form was opened on. Nothing is None; anything else that is no number, no version."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return read_id(value)


class SourceField(forms.Field):
    """The public id of the pin that a new one begins as; None for anything that isn't one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def to_python(self, value: Any) -> UUID | None:
        return read_uuid(value)


class IdsField(forms.Field):
    """Several ids of our rows, without repetition."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def to_python(self, value: Any) -> list[int]:
        values: Iterable[Any] = value or []
        ids = [found for found in (read_id(each) for each in list(values)[:_MAX_IDS]) if found is not None]
        return list(dict.fromkeys(ids))


def read_id(value: Any) -> int | None:
    """Return a posted row id: None for nothing, -1 (which no row has) for anything that can't be an id."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else -1


def read_uuid(value: object) -> UUID | None:
    """Return a posted public id, or None when it isn't a UUID."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


class ClockTimeField(forms.Field):
    """A local date and time: naive on purpose, since the zone is a field of its own."""

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


class InstantField(forms.Field):
    """An instant that a script or this page itself wrote down, to the minute; what isn't one is nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        try:
            at = datetime.fromisoformat(str(value or "")[:40]).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return at.replace(second=0, microsecond=0)


class ZoneField(forms.Field):
    """An IANA time zone, as its tzinfo."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=ZoneSelect, **kwargs)

    def find(self, value: Any) -> tzinfo | None:
        """Return the zone with this name, or None."""
        return find_zone(str(value or ""))

    def to_python(self, value: Any) -> tzinfo | None:
        if not value:
            return None
        zone = self.find(value)
        if zone is None:
            raise ValidationError(_("Choose one of the time zones of the list."), code="zone")
        return zone
