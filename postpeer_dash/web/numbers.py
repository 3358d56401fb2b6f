"""Numbers as sentences say them."""

from django.utils.translation import gettext_lazy as _

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


def in_words(number: int) -> str:
    """A number at a sentence's beginning: in words up to twelve, then in figures."""
    return str(_WORDS[number]) if number < len(_WORDS) else str(number)


def count_things(number: int) -> str:
    """The same for a list that is cut short: 99+ where there are more."""
    return in_words(number) if number <= _MAX else f"{_MAX}+"
