"""Writing down who signed in. The sign-in is allauth's and tells of itself by signals; a line goes to each of the
person's teams."""

from typing import Any

from django.http import HttpRequest

from postpeer_dash.teams.models import AuditEvent, Membership, Team, User
from postpeer_dash.web.clients import client_ip


def listen() -> None:
    """Connects to the signals of Django and allauth; called once, when the app is loaded."""
    from allauth.account import signals as account
    from django.contrib.auth import signals as auth

    account.user_logged_in.connect(_on_sign_in, dispatch_uid="audit.sign_in")
    account.password_changed.connect(_on_password_change, dispatch_uid="audit.password_changed")
    account.password_reset.connect(_on_password_reset, dispatch_uid="audit.password_reset")
    auth.user_logged_out.connect(_on_sign_out, dispatch_uid="audit.sign_out")
    auth.user_login_failed.connect(_on_failure, dispatch_uid="audit.failure")


def note_sign_in(user: User, action: str, address: str | None) -> None:
    """A line in the audit of each of the person's teams, or one without a team for somebody who is in none."""
    teams: list[Team | None] = [one.team for one in Membership.objects.filter(user=user).select_related("team")]
    AuditEvent.objects.bulk_create(
        AuditEvent(
            team=team,
            team_name=team.name if team else "",
            actor=user,
            actor_name=str(user)[:254],
            action=action,
            ip_address=address,
        )
        for team in (teams or [None])
    )


def _on_sign_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.done", client_ip(request))


def _on_password_change(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.password_changed", client_ip(request))


def _on_password_reset(request: HttpRequest, user: User, **_rest: Any) -> None:
    note_sign_in(user, "sign_in.password_reset", client_ip(request))


def _on_sign_out(request: HttpRequest, user: User | None, **_rest: Any) -> None:
    if user is not None:
        note_sign_in(user, "sign_in.out", client_ip(request))


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any) -> None:
    address = client_ip(request) if request is not None else None
    email = str(credentials.get("email") or credentials.get("username") or "")[:254]
    user = User.objects.filter(email__iexact=email).first() if email else None
    if user is not None:
        note_sign_in(user, "sign_in.failed", address)
    else:
        # An address nobody has costs the same two writes and reads, so that the time an answer takes tells nothing.
        list(Membership.objects.filter(user=None).select_related("team"))
        AuditEvent.objects.bulk_create([AuditEvent(action="sign_in.failed", ip_address=address)])
