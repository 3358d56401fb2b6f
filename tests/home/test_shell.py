"""The shell around every page: which entry is marked, what it warns of, and that it asks for nothing it doesn't show."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postpeer_dash.accounts.models import Account, Connection, Usage
from postpeer_dash.home.shell import _SECTIONS, Shell
from postpeer_dash.teams.models import Membership, Team
from tests.cast import Cast
from tests.pins.factories import make_account


def shell_of(cast: Cast, name: str = "", *, view: str = "home:home", team: Team | None = None) -> Shell:
    """Return the shell as this person sees it, of the team unless another one is named; of nobody without a name."""
    request: Any = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(view_name=view) if view else None
    if name:
        request.user = getattr(cast, name)
        request.team = team or cast.team
        request.membership = Membership.objects.select_related("team").get(user=request.user, team=request.team)
    return Shell(request)


def test_sections_name_pages_that_exist() -> None:
    names: set[str] = set()
    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        names |= {f"{namespace}:{name}" for name in resolver.reverse_dict if isinstance(name, str)}
    assert set(_SECTIONS) <= names


@pytest.mark.parametrize(
    ("view", "section"),
    [
        ("home:home", "home"),
        ("home:settings", "settings"),
        ("home:instance_audit", "instance"),
        ("pins:history", "pins"),
        ("pins:compose", "compose"),
        ("pins:calendar", "calendar"),
        ("boards:boards", "boards"),
        ("account_login", "account_login"),
        ("", ""),
    ],
)
def test_page_marks_its_entry(cast: Cast, view: str, section: str) -> None:
    assert shell_of(cast, view=view).section == section


def test_page_without_a_team_asks_the_database_nothing(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shell = shell_of(cast)
    with django_assert_num_queries(0):
        assert (shell.team, shell.user, shell.teams, shell.links, shell.admin_links) == (None, None, [], [], [])
        assert (shell.credits, shell.stop, shell.account_count, shell.attention) == (None, "", 0, 0)
        assert not any(shell.can.values())


def test_accounts_are_read_once_for_all_that_is_said_of_them(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_account(cast.team)
    shell = shell_of(cast, "bob")
    with django_assert_num_queries(1):
        assert (shell.account_count, shell.attention, shell.stop, shell.credits) == (1, 0, "", None)


@pytest.mark.parametrize(
    ("health", "count", "attention"),
    [
        (Account.Health.ACTIVE, 1, 0),
        (Account.Health.RECONNECT_REQUIRED, 1, 1),
        (Account.Health.DISCONNECTED, 0, 0),
    ],
)
def test_accounts_that_need_a_person_are_counted(cast: Cast, health: str, count: int, attention: int) -> None:
    make_account(cast.team, health=health)
    make_account(cast.other_team, health=Account.Health.RECONNECT_REQUIRED)
    shell = shell_of(cast, "vera")
    assert (shell.account_count, shell.attention) == (count, attention)


@pytest.mark.parametrize(
    ("stopped", "team_stopped", "held", "stop"),
    [
        (False, False, False, ""),
        (False, False, True, "held"),
        (True, False, True, "instance"),
        (True, True, True, "team"),
        (False, True, False, "team"),
    ],
)
def test_nearest_reason_why_nothing_leaves_is_said(
    cast: Cast, stopped: bool, team_stopped: bool, held: bool, stop: str
) -> None:
    make_account(cast.team)
    now = timezone.now()
    Connection.objects.update(stopped_at=now if stopped else None, held_at=now if held else None)
    cast.team.stopped_at = now if team_stopped else None
    assert shell_of(cast, "bob").stop == stop


@pytest.mark.parametrize(
    ("left", "limit", "percent"),
    [(458, 500, 91), (0, 500, 0), (600, 500, 100), (None, 500, None), (5, None, None), (5, 0, None)],
)
def test_credits_are_shown_in_percent(cast: Cast, left: int | None, limit: int | None, percent: int | None) -> None:
    account = make_account(cast.team)
    Usage.objects.create(connection=account.connection, left=left, limit=limit, read_at=timezone.now())
    credits = shell_of(cast, "bob").credits
    assert (credits.percent if credits else None) == percent


@pytest.mark.parametrize(("name", "sees"), [("alice", True), ("bob", True), ("cora", False), ("vera", False)])
def test_credits_are_for_those_who_spend_them(cast: Cast, name: str, sees: bool) -> None:
    account = make_account(cast.team)
    end = timezone.now() + timedelta(days=3)
    Usage.objects.create(connection=account.connection, left=5, limit=10, cycle_end=end, read_at=timezone.now())
    assert (shell_of(cast, name).credits is not None) is sees


@pytest.mark.parametrize(
    ("name", "is_superuser", "sections"),
    [
        ("vera", False, ["teams"]),
        ("bob", False, ["teams"]),
        ("adam", False, ["teams", "settings"]),
        ("alice", False, ["teams", "settings"]),
        ("bob", True, ["teams", "instance"]),
    ],
)
def test_navigation_offers_what_a_person_may(cast: Cast, name: str, is_superuser: bool, sections: list[str]) -> None:
    getattr(cast, name).is_superuser = is_superuser
    shell = shell_of(cast, name)
    assert [link.section for link in shell.admin_links] == sections
    assert shell.links[0].url == reverse("home:home", args=["nordlicht"])


def test_other_teams_are_listed_without_those_that_go(cast: Cast) -> None:
    for name in ("Zuse", "Anker"):
        team = Team.objects.create(name=name, slug=name.lower())
        Membership.objects.create(team=team, user=cast.bob, role="viewer")
    gone = Team.objects.create(name="Gone", slug="gone", deleting_at=timezone.now())
    Membership.objects.create(team=gone, user=cast.bob, role="viewer")
    assert [team.name for team in shell_of(cast, "bob").teams] == ["Anker", "Zuse"]
