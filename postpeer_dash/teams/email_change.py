"""Change a person's e-mail address.

Whoever gets the mail for an address gets in by it (a password reset, an invitation), so a new one is taken only when it
is proven: by a link that only it is sent. Without mail nobody can prove it, and an operator changes it.
"""

import hashlib
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from postpeer_dash.teams.mail import queue_mail
from postpeer_dash.teams.models import User
from postpeer_dash.teams.sign_in_audit import note_sign_in
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import current_ip
from postpeer_dash.web.sentences import ExplainedError

LINK_SECONDS = 24 * 60 * 60
_SALT = "postpeer_dash.teams.email_change"


class AddressError(ExplainedError):
    """An address can't be changed."""


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """The change that a link asks for."""

    user: User
    email: str


def request_address_change(*, user: User, email: str) -> None:
    """Send a link to the new address; an address that somebody here has already is told so instead, and only by mail.

    The person who asks sees no difference. Raises AddressError (email_too_many).
    """
    if limits.consume(limits.EMAIL, user=user.pk, account=email, address=current_ip()) is None:
        raise AddressError("email_too_many")
    address = email.strip().lower()
    with transaction.atomic():
        if User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
            subject, body = _taken_mail()
        else:
            subject, body = _confirmation_mail(user, address)
        queue_mail(to=address, subject=subject, body=body)
        note_sign_in(user, "sign_in.email_asked", current_ip())


def read_link(token: str, *, user: User) -> AddressRequest:
    """Return what a link asks for, to this person. Raises AddressError (email_link_unknown, email_link_other)."""
    try:
        found = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
        pk, email, state = int(found["user"]), str(found["email"]), str(found["state"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise AddressError("email_link_unknown") from None
    if pk != user.pk:
        raise AddressError("email_link_other")
    # It works once, and not after the password was changed: both change what it was made from.
    if not constant_time_compare(state, _hash_credentials(user)):
        raise AddressError("email_link_unknown")
    return AddressRequest(user, email)


def change_address(*, user: User, email: str) -> None:
    """Give a person another address and tell the old one. Raises AddressError (email_taken)."""
    address = email.strip().lower()
    try:
        with transaction.atomic():
            row = User.objects.select_for_update().get(pk=user.pk)
            old, row.email = row.email, address
            row.save(update_fields=["email"])
            # allauth's own list of addresses would go on letting the old one in.
            EmailAddress.objects.filter(user=row).delete()
            note_sign_in(row, "sign_in.email_changed", current_ip(), detail={"from": old, "to": address})
            facts = {"old": old, "new": address, "site": settings.SITE_URL}
            body = _(
                "You sign in to PostPeer Dash with another address from now on: %(new)s instead of %(old)s.\n\n"
                "If that wasn’t you, tell whoever runs the dashboard at %(site)s at once: they can change it back."
            )
            queue_mail(to=old, subject=_("Your e-mail address is changed"), body=body % facts)
    except IntegrityError:
        raise AddressError("email_taken") from None
    user.email = address


def _confirmation_mail(user: User, address: str) -> tuple[str, str]:
    token = signing.dumps({"user": user.pk, "email": address, "state": _hash_credentials(user)}, salt=_SALT)
    link = settings.SITE_URL + reverse("teams:confirm_email", args=[token])
    body = _(
        "%(who)s wants to sign in to PostPeer Dash with this address.\n\n"
        "If that is you, open this link in the browser where you are signed in. It works once, for a day:\n\n%(link)s\n\n"
        "If you don’t know what this is about, do nothing, and nothing happens."
    )
    return _("Use this address for PostPeer Dash"), body % {"who": str(user), "link": link}


def _taken_mail() -> tuple[str, str]:
    body = _(
        "Somebody who is signed in to the PostPeer Dash at %(site)s wants to use this address. It is the one of your "
        "own account there already, so nothing was changed. If that was you, sign in with this address instead."
    )
    return _("This address has an account already"), body % {"site": settings.SITE_URL}


def _hash_credentials(user: User) -> str:
    return hashlib.sha256(f"{user.pk} {user.email} {user.password}".encode()).hexdigest()[:32]
