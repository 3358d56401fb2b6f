"""Tags for times: a <time> element with the instant, worded for the person."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from django import template
from django.utils.safestring import SafeString

from postpeer_dash.web import times
from postpeer_dash.web.html import format_html

register = template.Library()

_STYLES = {name: attrgetter(name) for name in ("short", "long", "clock", "seconds", "day", "day_inside", "long_inside")}


@register.simple_tag
def when(at: datetime | None, style: str = "short") -> SafeString | str:
    """Return a <time> element, `{% when pin.sort_at %}`. Styles: short, long, clock, seconds, day; day_inside and
    long_inside stand in a sentence.
    """
    if at is None:
        return ""
    moment = times.Moment(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.local.isoformat(timespec="seconds"),
        f"{moment.long}, {times.current_place(at)}",
        _STYLES[style](moment),
    )


@register.simple_tag
def zone_city() -> str:
    """Return the name of the zone that this page's times are in."""
    return times.current_city()


@register.simple_tag
def zone_place() -> str:
    """Return the same with its distance from UTC now: Berlin (UTC+1)."""
    return times.current_place()


@register.filter
def number(value: Any) -> str:
    """Return a whole number with the country's separators."""
    return times.number(int(value))
