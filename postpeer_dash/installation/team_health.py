"""How all teams are doing, for the installation's owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Pin, Review, Status, Target
from postpeer_dash.teams.models import Membership, Team

_RECENT = timedelta(days=14)
_MAX = 500


@dataclass(frozen=True, slots=True)
class TeamHealth:
    """The state of one team. Failures are counted over the last two weeks."""

    team: Team
    members: int
    accounts: int
    broken: int
    waiting: int
    unconfirmed: int
    failed: int
    last_out: datetime | None


def read_health() -> list[TeamHealth]:
    """Return the state of every team, by name, in five queries."""
    since = timezone.now() - _RECENT
    connected = Account.objects.exclude(health=Account.Health.DISCONNECTED)
    broken = Count("pk", filter=Q(health=Account.Health.RECONNECT_REQUIRED))
    members = dict(Membership.objects.values_list("team").annotate(n=Count("pk")))
    accounts = {row[0]: row[1:] for row in connected.values_list("team").annotate(n=Count("pk"), broken=broken)}
    pins = {
        row[0]: row[1:]
        for row in Pin.objects.filter(status__in=[Status.DRAFT, Status.UNCONFIRMED, Status.FAILED, Status.PARTIAL])
        .values_list("team")
        .annotate(
            waiting=Count("pk", filter=Q(status=Status.DRAFT, review=Review.WAITING)),
            unconfirmed=Count("pk", filter=Q(status=Status.UNCONFIRMED)),
            failed=Count("pk", filter=Q(status__in=[Status.FAILED, Status.PARTIAL], sort_at__gte=since)),
        )
    }
    out = dict(
        Target.objects.filter(status=Status.PUBLISHED, sort_at__gte=since)
        .values_list("pin__team")
        .annotate(at=Max("published_at"))
    )
    return [
        TeamHealth(
            team=team,
            members=members.get(team.pk, 0),
            last_out=out.get(team.pk),
            **dict(zip(("accounts", "broken"), accounts.get(team.pk, (0, 0)), strict=True)),
            **dict(zip(("waiting", "unconfirmed", "failed"), pins.get(team.pk, (0, 0, 0)), strict=True)),
        )
        for team in Team.objects.order_by("name", "pk")[:_MAX]
    ]
