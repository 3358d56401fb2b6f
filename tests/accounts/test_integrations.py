"""Whose an integration is: by PostPeer's id, then by the platform's own, never another team's."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from postpeer_dash.accounts.access import accounts_of
from postpeer_dash.accounts.integrations import match_integration, revive_or_create_account, store_unclaimed
from postpeer_dash.accounts.models import Account, Profile
from postpeer_dash.accounts.naming import disambiguate_within
from postpeer_dash.postpeer import Integration
from tests.accounts.factories import make_account, make_profile
from tests.cast import Cast

LINDEN = "549755885175"


@pytest.fixture
def profile(cast: Cast) -> Profile:
    return make_profile(cast.team)


def integration(remote_id: str = "int_1", *, platform: str = "pinterest", **fields: Any) -> Integration:
    values = {"platform_user_id": LINDEN, "display_name": "Linden Home", "auth_status": "active"} | fields
    return Integration(remote_id, platform, **values)


def test_integration_nobody_has_matches_nothing(profile: Profile) -> None:
    match = match_integration(integration(), profile, [])
    assert (match.account, match.is_new) == (None, True)


def test_id_matches_the_row_that_has_it(cast: Cast, profile: Profile) -> None:
    account = make_account(cast.team, platform_user_id="another person")
    match = match_integration(integration(), profile, [])
    assert (match.account, match.is_new, match.is_duplicate) == (account, False, False)


def test_new_id_of_the_same_person_matches_their_row(cast: Cast, profile: Profile) -> None:
    account = make_account(cast.team, remote_id="int_old")
    assert match_integration(integration("int_new"), profile, []).account == account


def test_person_on_another_platform_is_another_one(cast: Cast, profile: Profile) -> None:
    make_account(cast.team, remote_id="int_old")
    assert match_integration(integration("int_new", platform="linkedin"), profile, []).account is None


def test_integration_without_a_person_matches_by_id_alone(cast: Cast, profile: Profile) -> None:
    make_account(cast.team, remote_id="int_old", platform_user_id="")
    assert match_integration(integration("int_new", platform_user_id=""), profile, []).account is None


@pytest.mark.parametrize(
    ("kept", "arrived", "is_duplicate"),
    [
        ("active", "active", True),
        ("active", "reconnect_required", True),
        ("reconnect_required", "reconnect_required", True),
        ("reconnect_required", "active", False),
    ],
)
def test_second_integration_takes_over_only_from_a_broken_one(
    cast: Cast, profile: Profile, kept: str, arrived: str, is_duplicate: bool
) -> None:
    make_account(cast.team, remote_id="int_1")
    both = [integration("int_1", auth_status=kept), integration("int_2", auth_status=arrived)]
    assert match_integration(both[1], profile, both).is_duplicate is is_duplicate


def test_integration_that_left_the_list_gives_its_row_up(cast: Cast, profile: Profile) -> None:
    make_account(cast.team, remote_id="int_1")
    arrived = integration("int_2")
    assert not match_integration(arrived, profile, [arrived]).is_duplicate


@pytest.mark.parametrize("remote_id", ["int_1", "int_2"])
def test_connected_row_of_another_team_takes_it(cast: Cast, profile: Profile, remote_id: str) -> None:
    make_account(cast.other_team, remote_id="int_1")
    match = match_integration(integration(remote_id), profile, [])
    assert (match.is_other_teams, match.account, match.is_new) == (True, None, False)


def test_connected_row_comes_before_newer_disconnected_ones(cast: Cast, profile: Profile) -> None:
    now = timezone.now()
    connected = make_account(cast.team, connected_at=now - timedelta(days=9))
    make_account(cast.team, remote_id="int_1", health="disconnected", connected_at=now)
    assert match_integration(integration(), profile, []).account == connected


def test_newest_of_the_disconnected_rows_comes_back(cast: Cast, profile: Profile) -> None:
    now = timezone.now()
    rows = [
        make_account(cast.team, health="disconnected", connected_at=now - timedelta(days=age), remote_id=f"int_{age}")
        for age in (3, 1, 2)
    ]
    match = match_integration(integration("int_9"), profile, [])
    assert match.account == rows[1]
    assert match.is_new


def test_row_that_comes_back_keeps_its_history(cast: Cast, profile: Profile) -> None:
    old = make_account(cast.team, health="disconnected", disconnected_at=timezone.now(), display_name="Old name")
    match = match_integration(integration(), profile, [])
    account = revive_or_create_account(match, profile, actor=cast.adam)
    assert (account.pk, account.display_name, account.health) == (old.pk, "Linden Home", "active")
    assert (account.connected_by, account.disconnected_at) == (cast.adam, None)


def test_new_row_belongs_to_the_profiles_team(cast: Cast, profile: Profile) -> None:
    account = revive_or_create_account(match_integration(integration(), profile, []), profile, actor=None)
    assert list(accounts_of(cast.team)) == [account]
    assert account.connected_by is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [({}, "Linden Home"), ({"display_name": "", "username": "linden"}, "linden"), ({"display_name": ""}, "Pinterest")],
)
def test_unclaimed_is_stored_by_a_name(profile: Profile, fields: dict[str, str], name: str) -> None:
    store_unclaimed(profile, [integration(**fields)])
    profile.refresh_from_db()
    assert profile.unclaimed == [{"id": "int_1", "platform": "pinterest", "name": name}]
    assert profile.checked_at is not None


@pytest.mark.parametrize(("health", "is_unclaimed"), [("active", False), ("unknown", False), ("disconnected", True)])
def test_integration_is_claimed_while_a_row_is_connected(
    cast: Cast, profile: Profile, health: str, is_unclaimed: bool
) -> None:
    make_account(cast.other_team, health=health)
    store_unclaimed(profile, [integration()])
    assert bool(profile.unclaimed) is is_unclaimed


def test_some_of_a_teams_accounts_are_named_as_all_of_them(cast: Cast, django_assert_num_queries: Any) -> None:
    first, second = (make_account(cast.team, remote_id=f"int_{name}", username=name) for name in ("one", "two"))
    make_account(cast.other_team, remote_id="int_3", username="three")
    shown = [Account.objects.get(pk=second.pk)]
    with django_assert_num_queries(1):
        disambiguate_within(cast.team.pk, shown)
    assert shown[0].name == "Linden Home (@two)"
    assert first.name == "Linden Home"
