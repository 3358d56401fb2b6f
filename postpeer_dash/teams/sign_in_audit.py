"""Write sign-ins into the audit. Signing in is allauth's, which tells of it by signals.

A line without a team belongs to the installation, and to the person, who sees it beside their sessions; a copy goes to
each of the person's teams.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.teams.models import AuditEvent, Membership, Team, User
from postpeer_dash.web.client_ip import client_ip

RECENT = timedelta(days=90)
_MAX_RECENT = 20


def connect_signals() -> None:
    """Connect to the signals of Django and allauth; called once, when the app is loaded."""
    from allauth.account import signals as account
    from allauth.mfa import signals as factors
    from django.contrib.auth import signals as auth

    account.user_logged_in.connect(_on_sign_in, dispatch_uid="audit.sign_in")
    account.password_changed.connect(_on_password_change, dispatch_uid="audit.password_changed")
    account.password_reset.connect(_on_password_reset, dispatch_uid="audit.password_reset")
    auth.user_logged_out.connect(_on_sign_out, dispatch_uid="audit.sign_out")
    auth.user_login_failed.connect(_on_failure, dispatch_uid="audit.failure")
    factors.authenticator_added.connect(_on_factor_added, dispatch_uid="audit.factor_added")
    factors.authenticator_removed.connect(_on_factor_removed, dispatch_uid="audit.factor_removed")
    factors.authenticator_reset.connect(_on_factor_added, dispatch_uid="audit.factor_reset")
    factors.authentication_failed.connect(_on_wrong_code, dispatch_uid="audit.wrong_code")


def note_sign_in(
    user: User, action: str, address: str | None, *, subject: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Add a line for the installation and one for each of the person's teams, all of the same moment."""
    teams: list[Team] = [one.team for one in Membership.objects.filter(user=user).select_related("team")]
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            team=team,
            team_name=team.name if team else "",
            actor=user,
            actor_name=str(user)[:254],
            action=action,
            subject=subject[:300],
            detail=detail or {},
            ip_address=address,
            at=now,
        )
        for team in (None, *teams)
    )


def recent_events(user: User) -> list[AuditEvent]:
    """Return this person's own sign-in events of the last 90 days, the newest first, 20 at most."""
    rows = AuditEvent.objects.filter(actor=user, team=None, team_name="", at__gt=timezone.now() - RECENT)
    return list(rows.filter(action__startswith="sign_in.").order_by("-at", "-pk")[:_MAX_RECENT])


def _on_sign_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.done", client_ip(request))


def _on_password_change(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.password_changed", client_ip(request))


def _on_password_reset(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.password_reset", client_ip(request))


def _on_sign_out(request: HttpRequest, user: User | None, **_rest: Any) -> None:
    if user is not None:
        note_sign_in(user, "sign_in.out", client_ip(request))


def _on_factor_added(request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:
    are_codes = authenticator.type == authenticator.Type.RECOVERY_CODES
    action = "sign_in.codes_made" if are_codes else "sign_in.factor_added"
    note_sign_in(user, action, client_ip(request), subject=_factor_name(authenticator))


def _on_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:
    # Recovery codes go with the last factor that they stood in for, which is said already.
    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        note_sign_in(user, "sign_in.factor_removed", client_ip(request), subject=_factor_name(authenticator))


def _on_wrong_code(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.code_failed", client_ip(request))


def _factor_name(authenticator: Any) -> str:
    """Return the name that its owner gave a passkey; an app and recovery codes are one of a kind."""
    if authenticator.type == authenticator.Type.WEBAUTHN:
        return str(authenticator.data.get("name", ""))
    return "" if authenticator.type == authenticator.Type.RECOVERY_CODES else _("Authenticator app")


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any) -> None:
    address = client_ip(request) if request is not None else None
    email = str(credentials.get("email") or credentials.get("username") or "")[:254]
    user = User.objects.filter(email__iexact=email).first() if email else None
    if user is not None:
        note_sign_in(user, "sign_in.failed", address)
    else:
        # An address nobody has costs the same two writes and reads, so that the time an answer takes tells nothing.
        list(Membership.objects.filter(user=None).select_related("team"))
        AuditEvent.objects.bulk_create([AuditEvent(action="sign_in.unknown", ip_address=address)])
