import pytest
from django.test import Client

from postpeer_dash.teams.models import User
from tests.cast import Cast, SignIn


def test_member_is_led_to_the_last_team(cast: Cast, as_: SignIn) -> None:
    User.objects.filter(pk=cast.bob.pk).update(last_team=cast.team)
    assert as_("bob").get("/").headers["Location"] == "/t/nordlicht/"


def test_team_that_one_has_left_is_not_the_last(cast: Cast, as_: SignIn) -> None:
    User.objects.filter(pk=cast.charlie.pk).update(last_team=cast.team)
    assert as_("charlie").get("/").headers["Location"] == "/t/harbour/"


def test_person_without_a_team_is_told_what_to_do(cast: Cast, as_: SignIn) -> None:
    cast.team.memberships.filter(user=cast.vera).delete()
    response = as_("vera").get("/")
    assert response.status_code == 200 and "You are in no team yet" in response.content.decode()


@pytest.mark.django_db
def test_nobody_yet_is_led_to_the_setup() -> None:
    assert Client().get("/").headers["Location"] == "/setup/"
