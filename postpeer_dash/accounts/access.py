"""The accounts of a team, as other apps see them. Always those of the PostPeer that is configured now."""

from django.db.models import QuerySet

from postpeer_dash.accounts.models import Account
from postpeer_dash.accounts.postpeer import base_url
from postpeer_dash.teams.models import Team


def all_accounts_of(team: Team) -> QuerySet[Account]:
    """Return every account the team ever connected, disconnected ones included."""
    return Account.objects.filter(team=team, connection__base_url=base_url())


def accounts_of(team: Team) -> QuerySet[Account]:
    """Return the connected accounts, by platform and name, including those that need reconnecting."""
    return (
        all_accounts_of(team)
        .exclude(health=Account.Health.DISCONNECTED)
        .order_by("-platform", "display_name", "username", "pk")
    )
