"""The words for pins that go out by an account's old connection, for the accounts' page and home."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postpeer_dash.accounts.dependents import Moving
from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Renewal
from postpeer_dash.pins.publishing.renewal import find_outdated

State = Renewal.State


def describe_moving(account: Account) -> Moving | None:
    """Return what is to be said of pins that wait with the account's old connection; None where none does."""
    if not account.can_publish:
        return None
    count = len(find_outdated(account))
    if not count:
        return None
    renewal = Renewal.objects.filter(account=account).first()
    url = reverse("pins:move_renewed", args=[account.team.slug, account.pk])
    words = ngettext(
        "%(count)d scheduled pin still goes out by the old connection, where it would fail.",
        "%(count)d scheduled pins still go out by the old connection, where they would fail.",
        count,
    )
    text = words % {"count": count}
    move = ngettext(
        "Move it to the renewed connection", "Move %(count)d scheduled pins to the renewed connection", count
    ) % {"count": count}
    if renewal is None:
        return Moving(text, url, move)
    if renewal.state == State.ASKING:
        cost = (renewal.used_after or 0) - (renewal.used_before or 0)
        asked = _("While the first one moved, PostPeer counted %(cost)d more. The others may cost as much each.")
        return Moving(f"{text} {asked % {'cost': cost}}", url, move)
    if renewal.state == State.STOPPED:
        said = _("PostPeer refused to move one, so no more are tried. It says “%(text)s”.") % {"text": renewal.problem}
        return Moving(f"{text} {said}", url, _("Try again"))
    return Moving(f"{text} {_('They are being moved, the first one alone.')}")
