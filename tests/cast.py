"""The standing cast: everybody in the tests, and what they are.

alice owns the team Nordlicht, adam administers it, bob edits, cora contributes, vera only looks. charlie is a
stranger to it and owns a team of his own, Harbour.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from postpeer_dash.teams.models import Membership, Role, Team, User

PASSWORD = "a long enough password"
# What the fixture `as_` gives: a signed-in client of one of the cast.
SignIn = Callable[[str], Client]


@dataclass(frozen=True)
class Cast:
    team: Team
    other_team: Team
    alice: User
    adam: User
    bob: User
    cora: User
    vera: User
    charlie: User

    def by_role(self, role: str) -> User:
        """The member of the team with this role."""
        return User.objects.get(memberships__team=self.team, memberships__role=role)


def make_cast() -> Cast:
    """Makes the whole cast in the database."""
    team = Team.objects.create(name="Nordlicht", slug="nordlicht", time_zone="Europe/Berlin")
    other = Team.objects.create(name="Harbour", slug="harbour")
    roles = {
        "alice": Role.OWNER,
        "adam": Role.ADMIN,
        "bob": Role.EDITOR,
        "cora": Role.CONTRIBUTOR,
        "vera": Role.VIEWER,
    }
    people = {}
    for name in [*roles, "charlie"]:
        people[name] = User.objects.create_user(
            f"{name}@example.com", PASSWORD, name=name.capitalize(), time_zone="Europe/Berlin"
        )
    for name, role in roles.items():
        Membership.objects.create(team=team, user=people[name], role=role, seen_at=timezone.now())
    Membership.objects.create(team=other, user=people["charlie"], role=Role.OWNER, seen_at=timezone.now())
    return Cast(team=team, other_team=other, **people)
