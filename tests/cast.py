"""The standing cast: everybody in the tests, and what they are.

alice owns the team Nordlicht, adam administers it, bob edits, cora contributes, vera only looks. charlie is a
stranger to it and owns a team of his own, Harbour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
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
        """Return the member of the team with this role."""
        return User.objects.get(memberships__team=self.team, memberships__role=role)


def make_cast() -> Cast:
    """Make the whole cast in the database, in four statements."""
    team, other = Team.objects.bulk_create(
        [Team(name="Nordlicht", slug="nordlicht", time_zone="Europe/Berlin"), Team(name="Harbour", slug="harbour")]
    )
    roles = {
        "alice": Role.OWNER,
        "adam": Role.ADMIN,
        "bob": Role.EDITOR,
        "cora": Role.CONTRIBUTOR,
        "vera": Role.VIEWER,
        "charlie": Role.OWNER,
    }
    people = User.objects.bulk_create(
        User(email=f"{name}@example.com", password=_hashed(), name=name.capitalize(), time_zone="Europe/Berlin")
        for name in roles
    )
    named = dict(zip(roles, people, strict=True))
    Membership.objects.bulk_create(
        Membership(team=other if name == "charlie" else team, user=named[name], role=role, seen_at=timezone.now())
        for name, role in roles.items()
    )
    return Cast(team=team, other_team=other, **named)


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def sign_in(user: User) -> Client:
    """Return a client of somebody who is signed in.

    What `force_login` leaves behind, without its way there: it writes, reads and rotates the session in 15 statements.
    """
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
