"""Write the demo's audit: the lines its people would have left behind, derived from the rows of the story."""

from datetime import datetime
from typing import Any

from postpeer_dash.accounts.models import Account
from postpeer_dash.demo.cast import people
from postpeer_dash.pins.models import Event
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.pins.text.labels import find_title
from postpeer_dash.teams.models import AuditEvent, Membership, Role, Team, User

_PRESSED = (Kind.REVIEW_ASKED, Kind.APPROVED, Kind.SCHEDULE_PRESSED, Kind.PUBLISH_PRESSED, Kind.CANCEL_PRESSED)


def write_audit(team: Team) -> None:
    """Add a team's past lines, oldest first: who created it, joined, connected what and sent which pin."""
    lines: list[AuditEvent] = []
    # Addresses that are set aside for examples.
    desks = {person.email: f"192.0.2.{number}" for number, person in enumerate(people(), start=11)}

    def add(at: datetime, actor: User, action: str, subject: str, **detail: Any) -> None:
        lines.append(
            AuditEvent(
                team=team,
                team_name=team.name,
                actor=actor,
                actor_name=str(actor),
                action=action,
                subject=subject,
                detail=detail,
                ip_address=desks[actor.email],
                at=at,
            )
        )

    for member in Membership.objects.filter(team=team).select_related("user"):
        if member.role == Role.OWNER:
            add(team.created_at, member.user, "team.created", team.name)
        else:
            about = {"email": member.user.email, "role": member.role}
            add(member.created_at, member.user, "member.joined", str(member.user), **about)
    for account in Account.objects.filter(team=team, connected_by__isnull=False).select_related("connected_by"):
        if account.connected_by is not None:
            about = {"platform": account.platform, "integration": account.remote_id}
            add(account.connected_at, account.connected_by, "account.connected", account.name, **about)
    for event in Event.objects.filter(pin__team=team, kind__in=_PRESSED).select_related("pin", "actor"):
        if event.actor is not None:
            add(event.at, event.actor, f"pin.{event.kind}", find_title(event.pin.title, event.pin.description))
    AuditEvent.objects.bulk_create(sorted(lines, key=lambda line: line.at))
