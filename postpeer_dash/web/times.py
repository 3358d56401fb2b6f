"""Times as a person reads them: in their zone, in their country's order, with today and tomorrow by name."""

from contextvars import ContextVar
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.web.time_zones import place_words, zone_city

_locale: ContextVar[str] = ContextVar("locale", default="en_150")
_territory: ContextVar[str] = ContextVar("territory", default="150")


def set_locale(identifier: str, territory: str = "") -> None:
    """Set the locale (Babel's identifier) in which this request's times and numbers are written.

    territory: where the person is (BR), which says on which day a week begins; left out, the locale's own.
    """
    _locale.set(identifier)
    _territory.set(territory or identifier.rpartition("_")[2])


@lru_cache(maxsize=256)
def negotiate_locale(accept_language: str) -> str:
    """Return English with the country of the first language a browser names: `de-DE,de;q=0.9` gives `en_DE`.

    The wording is English so far, but the order of a date and the clock are the country's. Without a country it is
    international English (24 hours, day before month).
    """
    identifier = f"en_{_named_region(accept_language)}"
    return identifier if _is_country(identifier[3:]) and localedata.exists(identifier) else "en_150"


@lru_cache(maxsize=256)
def negotiate_territory(accept_language: str) -> str:
    """Return the country of the first language a browser names, whether or not English is written there: `pt-BR` gives
    BR. Of a language without a country it is the one where most people speak it; of English none, since that is the
    world's.
    """
    if region := _named_region(accept_language):
        return region
    language = _first_language(accept_language).split("-")
    likely: str = get_global("likely_subtags").get("_".join(language[:2]).replace("-", "_"), "")
    likely = likely or get_global("likely_subtags").get(language[0].lower(), "")
    return likely.rpartition("_")[2] if likely and language[0].lower() != "en" else ""


def _first_language(accept_language: str) -> str:
    return accept_language.split(",")[0].split(";")[0].strip()


def _named_region(accept_language: str) -> str:
    """Return the region subtag of the first language, "" without one (RFC 5646: after language and script)."""
    for part in _first_language(accept_language).split("-")[1:]:
        if len(part) == 1:
            return ""
        if _is_country(part) or (len(part) == 3 and part.isascii() and part.isdigit()):
            return part.upper()
    return ""


def _is_country(part: str) -> bool:
    return len(part) == 2 and part.isascii() and part.isalpha()


@lru_cache(maxsize=256)
def first_week_day(territory: str) -> int:
    """Return the day on which a week begins in a country (Monday is 0, as for any that nobody knows)."""
    try:
        locale = Locale.parse(f"und_{territory}")
    except (UnknownLocaleError, ValueError):
        return 0
    # What Babel doesn't know becomes American.
    return locale.first_week_day if locale.territory == territory else 0


def current_city() -> str:
    """Return the name of the zone that this page's times are in."""
    return zone_city(timezone.get_current_timezone_name())


def current_place(at: datetime | None = None) -> str:
    """Return the zone of this page's times with its distance from UTC at a moment (now): Berlin (UTC+1)."""
    return place_words(timezone.get_current_timezone_name(), at or timezone.now())


@lru_cache(maxsize=2048)
def _date_text(day: date, skeleton: str, locale: str) -> str:
    if skeleton == "full":
        return format_date(day, "full", locale=locale)
    return format_skeleton(skeleton, datetime(day.year, day.month, day.day), tzinfo=None, locale=locale)  # noqa: DTZ001


@lru_cache(maxsize=2048)
def _clock_text(at: time, length: str, locale: str) -> str:
    return format_time(at, length, locale=locale)


class Moment:
    """An instant in words for the person: converted once, however many of its wordings are wanted."""

    __slots__ = ("_days", "_today", "local")

    def __init__(self, at: datetime) -> None:
        zone = timezone.get_current_timezone()
        self.local = at.astimezone(zone)
        self._today = timezone.now().astimezone(zone).date()
        self._days = (self.local.date() - self._today).days

    @property
    def clock(self) -> str:
        # By the minute, so that the cache finds it again.
        return _clock_text(self.local.time().replace(second=0, microsecond=0), "short", _locale.get())

    @property
    def seconds(self) -> str:
        return _clock_text(self.local.time().replace(microsecond=0), "medium", _locale.get())

    @property
    def day(self) -> str:
        if self._days == 0:
            return _("Today")
        if self._days == 1:
            return _("Tomorrow")
        if self._days == -1:
            return _("Yesterday")
        return self._date("MMMMd", "yMMMMd")

    @property
    def day_inside(self) -> str:
        near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
        return near.get(self._days) or self.day

    @property
    def short(self) -> str:
        if self._days == 0:
            return self.clock
        if -7 < self._days < 7:
            return f"{_date_text(self.local.date(), 'E', _locale.get())} {self.clock}"
        return self._date("MMMd", "yMMMd")

    @property
    def long(self) -> str:
        return self._long(self.day)

    @property
    def long_inside(self) -> str:
        return self._long(self.day_inside)

    def _long(self, day: str) -> str:
        if abs(self._days) <= 1:
            return f"{day}, {self.clock}"
        return f"{_date_text(self.local.date(), 'full', _locale.get())}, {self.clock}"

    def _date(self, this_year: str, another_year: str) -> str:
        day = self.local.date()
        return _date_text(day, this_year if day.year == self._today.year else another_year, _locale.get())


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return the time of day: 14:05, or 2:05 PM where people write so."""
    return Moment(at).seconds if seconds else Moment(at).clock


def day_name(at: datetime) -> str:
    """Return Today, Tomorrow or Yesterday, or the date (with the year when it isn't this one)."""
    return Moment(at).day


def day_inside(at: datetime) -> str:
    """Return a day for the inside of a sentence: today, tomorrow, yesterday, or the date."""
    return Moment(at).day_inside


def weekday(at: datetime) -> str:
    """Return the day of the week, in full."""
    return format_date(timezone.localtime(at).date(), "EEEE", locale=_locale.get())


def begin_of(day: date) -> datetime:
    """Return the instant (UTC) at which a day begins for the person: midnight, or the end of the gap where a clock
    change skips it.
    """
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)


def month_name(day: date) -> str:
    """Return a day's month with its year: December 2026."""
    return _date_text(day, "yMMMM", _locale.get())


def day_heading(day: date) -> str:
    """Return a day with its weekday, without the year: Thursday, 26 November."""
    locale = _locale.get()
    facts = {"weekday": format_date(day, "EEEE", locale=locale), "day": _date_text(day, "MMMMd", locale)}
    return _("%(weekday)s, %(day)s") % facts


def day_short(day: date) -> str:
    """Return a day as short as a calendar's cell wants it: 1 Dec."""
    return _date_text(day, "MMMd", _locale.get())


def week_days() -> list[tuple[int, str, str]]:
    """Return the days of the week in the country's order: number (Monday is 0), short name, full name."""
    first = first_week_day(_territory.get())
    numbers = [(first + step) % 7 for step in range(7)]
    names = Locale.parse(_locale.get()).days["stand-alone"]
    return [(number, names["abbreviated"][number], names["wide"][number]) for number in numbers]


def has_wide_clock() -> bool:
    """Return whether the person's clock has AM and PM, which take room."""
    return len(_clock_text(time(10), "short", _locale.get())) > len("00:00")


def short(at: datetime) -> str:
    """Return a time as short as a caption wants it: 14:05 today, Mon 14:05 within a week, 26 Nov before, with the year
    if it isn't this one.
    """
    return Moment(at).short


def long(at: datetime) -> str:
    """Return day and time in full: Today, 14:05 or Thursday, 26 November 2026, 14:05."""
    return Moment(at).long


def number(value: int) -> str:
    """Return a whole number with the country's separators."""
    return str(format_decimal(value, locale=_locale.get()))


def clock_text(local: datetime) -> str:
    """Return the time of day that a clock somewhere shows (naive), in the person's writing: 9:00."""
    return _clock_text(local.time().replace(second=0, microsecond=0), "short", _locale.get())


def clock_in(at: datetime, zone: tzinfo) -> str:
    """Return the time of day in a zone that isn't the person's: 02:30."""
    with timezone.override(zone):
        return clock(at)


def long_in(at: datetime, zone: tzinfo) -> str:
    """Return day and time in full, for the inside of a sentence, in a zone that isn't the person's."""
    with timezone.override(zone):
        return Moment(at).long_inside
