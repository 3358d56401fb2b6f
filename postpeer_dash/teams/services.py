"""Create teams and people, and write the audit."""

import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.text import slugify

from postpeer_dash.teams.models import AuditEvent, Membership, Role, SetupToken, Team, User
from postpeer_dash.web.client_ip import current_ip

# Slugs that would be mistaken for something else in an address.
_RESERVED = {"new", "setup", "auth", "me"}


def create_team(*, name: str, owner: User, time_zone: str = "UTC") -> Team:
    """Create a team with its first owner. The slug is made from the name; a number is added until it is free."""
    with transaction.atomic():
        team = Team.objects.create(name=name.strip(), slug=_free_slug(name), time_zone=time_zone)
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        record_audit(team=team, actor=owner, action="team.created", subject=team.name)
    return team


def _free_slug(name: str) -> str:
    # The column takes 60: a number still fits behind.
    base = slugify(name)[:50].strip("-") or "team"
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | _RESERVED
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def record_audit(
    *,
    action: str,
    team: Team | None = None,
    actor: User | None = None,
    subject: str = "",
    detail: dict[str, Any] | None = None,
    ip_address: str | None = None,
) -> AuditEvent:
    """Add a line to the audit. `action` is a dotted word such as `account.connected`.

    `ip_address` left out is that of the visitor whose request is being answered.
    """
    return AuditEvent.objects.create(
        team=team,
        team_name=team.name if team else "",
        actor=actor,
        actor_name=str(actor)[:254] if actor else "",
        action=action,
        subject=subject[:300],
        detail=detail or {},
        ip_address=ip_address or current_ip(),
    )


def renew_setup_token() -> str:
    """Return a new one-time token for /setup/; the one before stops working. Only its hash is stored."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        SetupToken.objects.all().delete()
        SetupToken.objects.create(token_hash=_hash(token))
    return token


def is_setup_token(token: str) -> bool:
    """Return whether this is the token printed last."""
    stored = SetupToken.objects.values_list("token_hash", flat=True).first()
    return stored is not None and constant_time_compare(stored, _hash(token))


def needs_setup() -> bool:
    """Return whether no user exists yet."""
    return not User.objects.exists()


def set_up(*, token: str, name: str, email: str, password: str, team_name: str, time_zone: str) -> Team | None:
    """Create the first person, as owner of the installation and of the first team.

    Returns None when the token is used up or somebody was faster: the token's row is taken in the same transaction.
    """
    with transaction.atomic():
        taken, _by_model = SetupToken.objects.filter(token_hash=_hash(token)).delete()
        if not taken or not needs_setup():
            return None
        owner = User.objects.create_superuser(email, password, name=name, time_zone=time_zone)
        team = create_team(name=team_name, owner=owner, time_zone=time_zone or "UTC")
        owner.last_team = team
        owner.save(update_fields=["last_team"])
    return team


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
