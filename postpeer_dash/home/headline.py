"""The sentences at the top of home."""

from collections.abc import Sequence, Sized
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.web import times
from postpeer_dash.web.numbers import count_all, count_things


def describe_todos(needs: Sized, *, is_mine: bool) -> str:
    """Say how many things need a person; `is_mine` when the reader can do something about them."""
    number = len(needs)
    if not number:
        return _("Nothing needs you.")
    facts = {"count": count_things(number)}
    if is_mine:
        return ngettext("%(count)s thing needs you", "%(count)s things need you", number) % facts
    return ngettext("%(count)s thing needs an editor", "%(count)s things need an editor", number) % facts


def describe_traffic(
    under_way: int,
    ahead: Sequence[datetime],
    *,
    late: int,
    is_calm: bool,
    ahead_count: int | None = None,
    today_count: int | None = None,
) -> str:
    """Say what is on its way, and what time it is for the reader.

    `ahead` are the next times at which pins go out; where that list is cut short, `ahead_count` and `today_count` say
    how many there are in all, and today.
    """
    now = _("It is %(weekday)s, %(time)s in %(city)s.") % {
        "weekday": times.weekday(timezone.now()),
        "time": times.clock(timezone.now()),
        "city": times.current_city(),
    }
    today = [at for at in ahead if timezone.localtime(at).date() == timezone.localtime().date()]
    if is_calm and today:
        text = ngettext(
            "%(count)s pin goes out today, at %(time)s.",
            "%(count)s pins go out today, the next one at %(time)s.",
            len(today),
        )
        count = len(today) if today_count is None else today_count
        return f"{text % {'count': count_all(count), 'time': times.clock(today[0])}} {now}"
    number = under_way + (len(ahead) if ahead_count is None else ahead_count) + late
    if not number:
        return f"{_('No pin is on its way.')} {now}"
    facts = {"count": count_all(number), "late": count_all(late).lower()}
    if late:
        text = ngettext(
            "%(count)s pin is on its way, and late.", "%(count)s pins are on their way, %(late)s of them late.", number
        )
    else:
        text = ngettext(
            "%(count)s pin is on its way, and it isn’t late.",
            "%(count)s pins are on their way and none is late.",
            number,
        )
    return f"{text % facts} {now}"
