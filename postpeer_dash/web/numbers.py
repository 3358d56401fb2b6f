"""Numbers as sentences say them."""

from django.utils.translation import gettext_lazy as _

from postpeer_dash.web import times

_WORDS = (
    _("No"),
    _("One"),
    _("Two"),
    _("Three"),
    _("Four"),
    _("Five"),
    _("Six"),
    _("Seven"),
    _("Eight"),
    _("Nine"),
    _("Ten"),
    _("Eleven"),
    _("Twelve"),
)
_MAX = 99


def count_all(number: int) -> str:
    """Return a number that was counted to its end, for the beginning of a sentence."""
    return in_words(number) if number < len(_WORDS) else times.number(number)


def in_words(number: int) -> str:
    """Return a number for the beginning of a sentence: in words up to twelve, in figures beyond."""
    return str(_WORDS[number]) if number < len(_WORDS) else str(number)


def count_things(number: int) -> str:
    """Return the same for a list that is cut short: 99+ where there are more."""
    return in_words(number) if number <= _MAX else f"{_MAX}+"
