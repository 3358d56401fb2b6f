"""Form fields for choosing a time zone."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from postpeer_dash.web.time_zones import (
    current_hour,
    current_name,
    find_zone,
    former_names,
    zone_city,
    zone_groups,
    zone_words,
)


class ZoneSelect(forms.Select):
    """A select of four hundred options, built here: Django's own renders each option through a template.

    A zone that was chosen before it was taken off the list stays chosen, above the others.
    """

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        pairs = format_html_join("", ' {}="{}"', self.build_attrs(self.attrs, attrs).items())
        return format_html(
            '<select name="{}"{}>{}</select>', name, pairs, _zone_options(str(value or ""), current_hour())
        )


class BrowserZoneSelect(ZoneSelect):
    """A select that begins with the browser's own zone; a script chooses it, and knows its former names by this."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-browser-zone": "", **(attrs or {})})

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        former = " ".join(f"{old}={current}" for old, current in sorted(former_names().items()))
        return super().render(name, value, {**(attrs or {}), "data-former": former}, renderer)


class BrowserZoneField(forms.CharField):
    """The zone that a browser reports, by its current name; empty for any that there isn't, which is no error."""

    widget = forms.HiddenInput({"data-browser-zone": ""})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> str:
        name = current_name(str(value or "").strip())
        return name if find_zone(name) else ""


class TimeZoneField(forms.ChoiceField):
    """An IANA zone by its name; a former name (`Asia/Calcutta`) is accepted, and becomes the current one."""

    widget = ZoneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lazy(zone_groups, list), **kwargs)

    def to_python(self, value: Any) -> str:
        return current_name(str(super().to_python(value)))

    def valid_value(self, value: Any) -> bool:
        """Return whether there is a zone of this name, on the list or not."""
        return find_zone(str(value)) is not None


@lru_cache(maxsize=64)
def _zone_options(chosen: str, hour: int) -> SafeString:  # noqa: ARG001 - the hour is what makes it grow old
    groups = zone_groups()
    known = {zone for _area, group in groups for zone, _words in group}
    if chosen not in known and find_zone(chosen):
        groups = [(zone_city(chosen), [(chosen, zone_words(chosen, timezone.now()))]), *groups]
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        ((area, _options(group, chosen)) for area, group in groups),
    )


def _options(group: list[tuple[str, str]], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((zone, SafeString(" selected") if zone == chosen else "", words) for zone, words in group),
    )
