"""Roles in their order, and what each may do: one table, read by every door."""

from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from postpeer_dash.teams.access import RIGHTS, Right, can, find_membership, get_or_404, require
from postpeer_dash.teams.models import Membership, Role, Team, User
from postpeer_dash.teams.roles import ORDER, is_within, rank, roles_up_to
from tests.cast import Cast

MAY = {
    Role.VIEWER: "view",
    Role.CONTRIBUTOR: "view compose",
    Role.EDITOR: "view compose publish",
    Role.ADMIN: "view compose publish manage",
    Role.OWNER: "view compose publish manage own",
}


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("role", list(Role))
def test_role_has_its_rights_and_no_other(role: Role, right: Right) -> None:
    assert can(Membership(role=role), right) is (right.value in MAY[role].split())


@pytest.mark.parametrize("right", list(Right))
def test_unknown_role_may_nothing(right: Right) -> None:
    assert not can(Membership(role="guest"), right)


def test_every_role_may_all_that_those_below_may() -> None:
    for lower, higher in pairwise(ORDER):
        assert RIGHTS[lower] < RIGHTS[higher]


@pytest.mark.parametrize("limit", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_reaches_above_their_own_role(role: Role, limit: Role) -> None:
    assert is_within(role, limit) is (ORDER.index(role) <= ORDER.index(limit))
    assert (role in roles_up_to(limit)) is is_within(role, limit)


def test_unknown_role_stands_below_all() -> None:
    assert rank("guest") == -1
    assert roles_up_to("guest") == []
    assert not is_within(Role.VIEWER, "guest")


@pytest.mark.parametrize(("role", "is_let_in"), [(Role.EDITOR, True), (Role.CONTRIBUTOR, False), ("guest", False)])
def test_right_is_required(role: str, is_let_in: bool) -> None:
    membership = Membership(role=role, team=Team())
    if is_let_in:
        require(membership, Right.PUBLISH)
    else:
        with pytest.raises(PermissionDenied):
            require(membership, Right.PUBLISH)


def test_second_factor_is_required_with_the_right(cast: Cast) -> None:
    cast.team.requires_second_factor = True
    with pytest.raises(PermissionDenied, match="second factor"):
        require(Membership(role=Role.OWNER, team=cast.team, user=cast.alice), Right.VIEW)


def test_membership_comes_with_its_team_in_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert find_membership(cast.bob, "nordlicht").team == cast.team


@pytest.mark.parametrize("slug", ["harbour", "nowhere", ""])
def test_team_of_others_does_not_exist(cast: Cast, slug: str) -> None:
    with pytest.raises(Http404):
        find_membership(cast.bob, slug)


def test_person_whose_account_is_closed_is_in_no_team(cast: Cast) -> None:
    cast.bob.is_active = False
    with pytest.raises(Http404):
        find_membership(cast.bob, "nordlicht")


@pytest.mark.parametrize("pk", ["", "x", "²", "-1", 10**30, None, [], "1013802628540193876999999"])
def test_id_that_makes_no_sense_is_not_found(cast: Cast, pk: object) -> None:
    with pytest.raises(Http404):
        get_or_404(User.objects.all(), pk=pk)
