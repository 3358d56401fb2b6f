"""Form fields for choosing a time zone."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from postpeer_dash.web.time_zones import current_hour, find_zone, zone_city, zone_groups, zone_words


class ZoneSelect(forms.Select):
    """A select of four hundred options, built here: Django's own renders each option through a template.

    A zone that was chosen before it was taken off the list stays chosen, above the others.
    """

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        pairs = format_html_join("", ' {}="{}"', self.build_attrs(self.attrs, attrs).items())
        return format_html(
            '<select name="{}"{}>{}</select>', name, pairs, _zone_options(str(value or ""), current_hour())
        )


class TimeZoneField(forms.ChoiceField):
    """An IANA zone by its name; a former name (`Asia/Calcutta`) is accepted, too."""

    widget = ZoneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lazy(zone_groups, list), **kwargs)

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
