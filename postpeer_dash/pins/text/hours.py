"""What is said of pins whose hour moved: nine became ten, because the rules for Vancouver changed."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.pins.moved_hours import MovedHour, MovedHours
from postpeer_dash.web import times
from postpeer_dash.web.numbers import count_things
from postpeer_dash.web.time_zones import place_words, zone_city


def hour_words(one: MovedHour, local: datetime) -> str:
    """Return one of a moved hour's clock times, with its day where the two are of different days: 9:00."""
    clock = times.clock_text(local)
    if one.meant is None or one.meant.date() == one.now.date():
        return clock
    return _("%(day)s, %(time)s") % {"day": times.day_short(local.date()), "time": clock}


def describe_hour(one: MovedHour) -> str:
    """Return what became of one pin's hour, and why."""
    city, now = zone_city(one.time_zone or "UTC"), hour_words(one, one.now)
    if one.meant is None:
        place = place_words(one.time_zone or "UTC", one.at)
        facts = {"now": now, "place": place}
        return _("We can’t tell which hour was meant: it goes out at %(now)s, %(place)s.") % facts
    facts = {"meant": hour_words(one, one.meant), "now": now, "city": city}
    if not one.is_sure:
        return (
            _("By the rules of before, %(meant)s was most likely meant; by those of today it is %(now)s in %(city)s.")
            % facts
        )
    return _("%(meant)s became %(now)s, because the rules for %(city)s changed.") % facts


def describe_hours(hours: MovedHours) -> tuple[str, str]:
    """Return the headline and the sentence for all of a team's."""
    one, count = hours.first, {"count": count_things(hours.count)}
    if one.meant is None:
        title = ngettext(
            "%(count)s scheduled pin may go out at another hour",
            "%(count)s scheduled pins may go out at other hours",
            hours.count,
        )
        if hours.is_uniform:
            return title % count, describe_hour(one)
        words = _(
            "The rules of time zones changed, and we can’t tell which hours were meant. Look at when they go out."
        )
        return title % count, words
    title = ngettext(
        "%(count)s scheduled pin would go out at another hour",
        "%(count)s scheduled pins would go out at another hour",
        hours.count,
    )
    if hours.is_uniform:
        return title % count, describe_hour(one)
    return title % count, _("The next one: %(sentence)s") % {"sentence": describe_hour(one)}


def name_restore(hours: MovedHours) -> str:
    """Return the words of the button that puts all of them back."""
    one = hours.first
    if hours.is_uniform and one.meant is not None:
        return _("Back to %(time)s") % {"time": hour_words(one, one.meant)}
    return _("Back to the hours that were chosen")


def name_keep(hours: MovedHours) -> str:
    """Return the words of the button that keeps all of them as they are."""
    if hours.is_uniform:
        return _("Keep %(time)s") % {"time": hour_words(hours.first, hours.first.now)}
    return _("Keep the new hours")
