"""Name the filters of an address that a list couldn't use, so that nobody takes it for narrowed by them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import Truncator

from postpeer_dash.web.text import clean_text

_MAX_LENGTH = 60


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A filter that was left out; `value` is what stood there, empty where nothing of it can be seen."""

    label: str
    value: str


def list_left_out(params: Mapping[str, str], used: object, labels: "Mapping[str, str | Promise]") -> list[LeftOut]:
    """Return the filters, of those that have a label, which the address has and `used` (by attribute) has not."""
    return [
        LeftOut(str(label), Truncator(clean_text(params[name])).chars(_MAX_LENGTH))
        for name, label in labels.items()
        if params.get(name) and not getattr(used, name)
    ]
