"""The parts of a wording, and button labels that several wordings share."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence before it is translated and its facts are filled in."""

    title: Text
    text: Text
    action: Text = ""


TRY_AGAIN = _("Try again")
LOOK_AGAIN = _("Look again")
RECONNECT = _("Reconnect")
REFRESH = _("Refresh")
