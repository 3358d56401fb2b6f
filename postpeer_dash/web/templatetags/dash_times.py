"""Times in templates: a <time> element with the instant, worded for the person."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from postpeer_dash.web import times

register = template.Library()

_STYLES = {
    "short": times.short,
    "long": times.long,
    "clock": times.clock,
    "seconds": lambda at: times.clock(at, seconds=True),
    "day": times.day_name,
}


@register.simple_tag
def when(at: datetime | None, style: str = "short") -> SafeString | str:
    """`{% when pin.sort_at %}`: styles short, long, clock, seconds, day."""
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(timezone.get_current_timezone()).isoformat(timespec="seconds"),
        times.long(at),
        _STYLES[style](at),
    )


@register.simple_tag
def zone_city() -> str:
    """The name of the zone that this page's times are in."""
    return times.current_city()


@register.filter
def number(value: Any) -> str:
    """A whole number with the country's separators."""
    return times.number(int(value))
