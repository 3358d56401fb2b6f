import pytest

from postpeer_dash.teams.models import AuditEvent, Membership, Role, Team, User
from postpeer_dash.teams.services import create_team, is_setup_token, needs_setup, renew_setup_token, set_up

FIRST = {"name": "Mira", "email": "Mira@Example.com", "password": "a long enough password", "team_name": "Nordlicht"}


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("o@example.com", "a long enough password")


def test_first_person_owns_the_first_team(db: None) -> None:
    team = set_up(token=renew_setup_token(), time_zone="Europe/Berlin", **FIRST)
    assert team is not None
    membership = Membership.objects.select_related("user").get(team=team)
    assert (membership.role, membership.user.email) == (Role.OWNER, "mira@example.com")
    assert not needs_setup()


def test_setup_token_works_once(db: None) -> None:
    token = renew_setup_token()
    assert set_up(token=token, time_zone="", **FIRST)
    assert set_up(token=token, time_zone="", **{**FIRST, "email": "b@example.com"}) is None
    assert User.objects.count() == 1


def test_new_token_ends_the_one_before(db: None) -> None:
    first, second = renew_setup_token(), renew_setup_token()
    assert not is_setup_token(first)
    assert is_setup_token(second)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Atelier Nordlicht", "atelier-nordlicht"), ("日本", "team"), ("new", "new-2"), ("x" * 90, "x" * 50)],
)
def test_slug_comes_from_the_name(owner: User, name: str, slug: str) -> None:
    assert create_team(name=name, owner=owner).slug == slug


def test_teams_of_one_name_have_slugs_of_their_own(owner: User) -> None:
    for _n in range(3):
        create_team(name="Harbour", owner=owner)
    assert sorted(Team.objects.values_list("slug", flat=True)) == ["harbour", "harbour-2", "harbour-3"]


def test_creating_a_team_is_written_down(owner: User) -> None:
    create_team(name="Harbour", owner=owner)
    assert AuditEvent.objects.get().action == "team.created"
