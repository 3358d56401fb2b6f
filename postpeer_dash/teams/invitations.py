"""Invite people by e-mail: bound to the address, good for one use and seven days."""

import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.teams.mail import queue_mail
from postpeer_dash.teams.models import INVITATION_LIFETIME, Invitation, Mail, Membership, Team, User
from postpeer_dash.teams.roles import is_within
from postpeer_dash.teams.services import record_audit
from postpeer_dash.web import limits
from postpeer_dash.web.client_ip import current_ip
from postpeer_dash.web.sentences import ExplainedError


class InvitationError(ExplainedError):
    """An invitation can't be made, sent again or accepted."""


def invite(*, team: Team, email: str, role: str, actor: User) -> tuple[Invitation, str]:
    """Invite an address to a team. Returns the invitation and its link, which is stored nowhere in clear.

    An address that is invited already gets a new link, and the old one stops working. With mail the link is sent.
    Raises InvitationError (invite_member, invite_too_many) and PermissionDenied for a role above the actor's own.
    """
    _require_under_limit(team, actor)
    address = email.strip().lower()
    with transaction.atomic():
        by = _lock(team, actor)
        if not is_within(role, by.role):
            raise PermissionDenied
        if Membership.objects.filter(team=team, user__email__iexact=address).exists():
            raise InvitationError("invite_member")
        pending = Invitation.objects.filter(team=team, email=address, accepted_at=None, revoked_at=None).first()
        if pending is not None and not is_within(pending.role, by.role):
            raise PermissionDenied
        row = pending or Invitation(team=team, email=address)
        row.role, row.invited_by = role, actor
        link = _renew_link(row)
        _record_and_mail(row, actor, "member.invited_again" if pending else "member.invited", link)
    return row, link


def resend(*, invitation: Invitation, actor: User, by_mail: bool = True) -> str:
    """Renew the link of a pending invitation, and send it if there is mail. Returns the link.

    Without `by_mail` it isn't sent: somebody hands it over. The old one stops working. Raises InvitationError (invite_over, invite_too_many) and PermissionDenied.
    """
    _require_under_limit(invitation.team, actor)
    with transaction.atomic():
        by = _lock(invitation.team, actor)
        row = _reload_pending(invitation)
        if not is_within(row.role, by.role):
            raise PermissionDenied
        row.invited_by = actor
        link = _renew_link(row)
        _record_and_mail(row, actor, "member.invited_again", link, by_mail=by_mail)
    return link


def revoke(*, invitation: Invitation, actor: User) -> None:
    """Revoke an invitation. Raises InvitationError when it was accepted or revoked meanwhile."""
    with transaction.atomic():
        by = _lock(invitation.team, actor)
        row = _reload_pending(invitation)
        if not is_within(row.role, by.role):
            raise PermissionDenied
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _drop_mails(row)
        record_audit(team=row.team, actor=actor, action="member.invitation_revoked", subject=row.email)


def find_invitation(token: str) -> Invitation:
    """Return the invitation that a link is for. Raises InvitationError: unknown, used, revoked or expired."""
    rows = Invitation.objects.select_related("team", "invited_by")
    row = rows.filter(token_hash=_hash(token)).first()
    if row is None:
        raise InvitationError("invite_unknown")
    if row.accepted_at is not None:
        raise InvitationError("invite_used")
    if row.revoked_at is not None or row.team.deleting_at is not None:
        raise InvitationError("invite_revoked")
    if row.is_expired:
        raise InvitationError("invite_expired")
    return row


def accept(*, invitation: Invitation, user: User) -> Membership:
    """Make the person a member and use the invitation up. Raises InvitationError, also for another address."""
    if user.email.lower() != invitation.email:
        raise InvitationError("invite_other_address")
    with transaction.atomic():
        return _join(invitation, user)


def accept_as_new(*, invitation: Invitation, name: str, password: str, time_zone: str = "") -> Membership:
    """Make an account for the invited address, and its person a member. Raises InvitationError.

    time_zone: the browser's, where it is known; else the person begins with the team's.
    """
    try:
        with transaction.atomic():
            zone = time_zone or invitation.team.time_zone
            user = User.objects.create_user(invitation.email, password, name=name, time_zone=zone)
            return _join(invitation, user)
    except IntegrityError:
        # Somebody made an account for the address since the page was shown.
        raise InvitationError("invite_has_account") from None


def _join(invitation: Invitation, user: User) -> Membership:
    now = timezone.now()
    # One UPDATE decides: of two tabs one uses it up, and a link that was renewed meanwhile fits no more.
    taken = Invitation.objects.filter(
        pk=invitation.pk, token_hash=invitation.token_hash, accepted_at=None, revoked_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    if not taken:
        raise InvitationError("invite_used")
    _drop_mails(invitation)
    membership, is_new = Membership.objects.get_or_create(
        team=invitation.team, user=user, defaults={"role": invitation.role}
    )
    User.objects.filter(pk=user.pk).update(last_team=invitation.team)
    if is_new:
        record_audit(
            team=invitation.team,
            actor=user,
            action="member.joined",
            subject=str(user),
            detail={"email": user.email, "role": membership.role},
        )
    return membership


def _lock(team: Team, actor: User) -> Membership:
    """Lock the team's row and return the actor's membership as it is now."""
    Team.objects.select_for_update().get(pk=team.pk)
    by = Membership.objects.filter(team=team, user=actor).first()
    if by is None:
        raise PermissionDenied
    return by


def _reload_pending(invitation: Invitation) -> Invitation:
    row = Invitation.objects.select_related("team").get(pk=invitation.pk)
    if not row.is_pending:
        raise InvitationError("invite_over")
    return row


def _require_under_limit(team: Team, actor: User) -> None:
    # Counted before anything else, and outside of the transaction: what is refused counts as well.
    if limits.consume(limits.INVITE, team=team.pk, user=actor.pk, address=current_ip()) is None:
        raise InvitationError("invite_too_many")


def _renew_link(row: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    row.token_hash = _hash(token)
    row.sent_at = timezone.now()
    row.expires_at = row.sent_at + INVITATION_LIFETIME
    row.save()
    return settings.SITE_URL + reverse("teams:invitation", args=[token])


def _drop_mails(row: Invitation) -> None:
    """Let no mail of an invitation leave whose link is dead by now, and let nobody be told that it didn't arrive."""
    Mail.objects.filter(invitation=row, sent_at=None).update(due_at=None, sealed_body="", failure="", answer="")


def _record_and_mail(row: Invitation, actor: User, action: str, link: str, *, by_mail: bool = True) -> None:
    record_audit(team=row.team, actor=actor, action=action, subject=row.email, detail={"role": row.role})
    _drop_mails(row)
    if not (settings.HAS_MAIL and by_mail):
        return
    facts = {"who": str(actor), "team": row.team.name, "role": row.get_role_display(), "link": link}
    body = _(
        "%(who)s invites you to the team %(team)s on PostPeer Dash, as %(role)s.\n\n"
        "Open this link to come in. It works once, for this address, for seven days:\n\n%(link)s\n\n"
        "If you don’t know what this is about, do nothing, and nothing happens."
    )
    subject = _("Join %(team)s on PostPeer Dash") % facts
    queue_mail(to=row.email, subject=subject, body=body % facts, kind=Mail.Kind.INVITATION, invitation=row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
