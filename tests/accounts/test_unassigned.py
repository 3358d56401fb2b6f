"""Integrations in no profile of PostPeer's: who sees them, and how a team gets one."""

from dataclasses import replace
from typing import Any

import pytest

from postpeer_dash.accounts.models import Account, Connection, Usage
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.accounts.unassigned import BringInError, bring_in, list_unassigned
from postpeer_dash.accounts.usage import find_usage, note_used_up, read_usage
from postpeer_dash.postpeer import Integration, NotFound
from postpeer_dash.postpeer.types import Credits
from postpeer_dash.postpeer.types import Usage as Answer
from postpeer_dash.teams.models import AuditEvent
from tests.accounts.factories import make_account, make_profile
from tests.cast import Cast

LOOSE = Integration("int_9", "pinterest", platform_user_id="77", display_name="Loose", auth_status="active")


class FakeClient:
    """PostPeer with these integrations, which notes what it is asked to move."""

    def __init__(self, *integrations: Integration, usage: Answer | None = None) -> None:
        self.integrations = {each.id: each for each in integrations}
        self.usage = usage
        self.moved: list[tuple[str, str | None]] = []

    def list_integrations(self) -> list[Integration]:
        return list(self.integrations.values())

    def get_integration(self, remote_id: str) -> Integration:
        if remote_id not in self.integrations:
            raise NotFound("gone", status=404)
        return self.integrations[remote_id]

    def move_integration(self, remote_id: str, *, profile_id: str | None) -> Integration:
        self.moved.append((remote_id, profile_id))
        return replace(self.integrations[remote_id], profile_id=profile_id or "")

    def get_usage(self) -> Answer:
        assert self.usage is not None
        return self.usage


def names(client: Any) -> list[str]:
    return [account.name for account in list_unassigned(client=client)]


def test_only_what_is_in_no_profile_is_listed(db: None) -> None:
    assert names(FakeClient(LOOSE, replace(LOOSE, id="int_8", profile_id="prof_2"))) == ["Loose"]


@pytest.mark.parametrize(("health", "listed"), [("active", []), ("disconnected", ["Loose"])])
def test_what_a_team_holds_is_not_listed(cast: Cast, health: str, listed: list[str]) -> None:
    make_account(cast.other_team, remote_id="int_9", health=health)
    assert names(FakeClient(LOOSE)) == listed


@pytest.mark.parametrize(
    ("fields", "name"), [({"display_name": "", "username": "loose"}, "loose"), ({"display_name": ""}, "Pinterest")]
)
def test_integration_without_a_name_has_one(db: None, fields: dict[str, str], name: str) -> None:
    assert names(FakeClient(replace(LOOSE, **fields))) == [name]


def test_integration_is_moved_and_becomes_the_teams(cast: Cast) -> None:
    make_profile(cast.team)
    client: Any = FakeClient(LOOSE)
    account = bring_in("int_9", team=cast.team, actor=cast.alice, client=client)
    assert client.moved == [("int_9", "prof_1")]
    assert (account.team, account.name, account.connected_by) == (cast.team, "Loose", cast.alice)
    line = AuditEvent.objects.get()
    assert (line.action, line.subject, line.detail["integration"]) == ("account.brought_in", "Loose", "int_9")


def test_integration_of_some_profile_is_left_where_it_is(cast: Cast) -> None:
    make_profile(cast.team)
    client: Any = FakeClient(replace(LOOSE, profile_id="prof_2"))
    with pytest.raises(BringInError, match="bring_in_taken"):
        bring_in("int_9", team=cast.team, actor=cast.alice, client=client)
    assert client.moved == []


def test_person_another_team_has_is_left_to_it(cast: Cast) -> None:
    make_profile(cast.team)
    make_account(cast.other_team, remote_id="int_1", platform_user_id="77")
    client: Any = FakeClient(LOOSE)
    with pytest.raises(BringInError):
        bring_in("int_9", team=cast.team, actor=cast.alice, client=client)
    assert client.moved == []
    assert not AuditEvent.objects.exists()


def test_integration_that_is_gone_makes_nothing(cast: Cast) -> None:
    make_profile(cast.team)
    client: Any = FakeClient()
    with pytest.raises(NotFound):
        bring_in("int_9", team=cast.team, actor=cast.alice, client=client)
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("answer", "limit", "left"),
    [
        (Answer(42), None, None),
        (Answer(42, monthly=Credits(500, 188, 312)), 500, 312),
        (Answer(42, purchased=Credits(100, 40, 60)), 100, 60),
        (Answer(42, monthly=Credits(500, 500, 0), purchased=Credits(100, 40, 60)), 600, 60),
        (Answer(42, monthly=Credits(500, 520, -20), purchased=Credits(100, 40, 60)), 600, 60),
        (Answer(-1, monthly=Credits(0, 0, 0)), 0, 0),
    ],
)
def test_balances_are_added_up(db: None, answer: Answer, limit: int | None, left: int | None) -> None:
    client: Any = FakeClient(usage=answer)
    usage = read_usage(client=client)
    assert (usage.limit, usage.left, usage.posts) == (limit, left, max(answer.total, 0))
    assert find_usage() == usage


def test_next_reading_takes_the_place_of_the_last(db: None) -> None:
    for left in (10, 9):
        client: Any = FakeClient(usage=Answer(1, monthly=Credits(10, 0, left)))
        read_usage(client=client)
    assert Usage.objects.get().left == 9


def test_refusal_for_want_of_credits_is_a_reading(db: None) -> None:
    note_used_up(current_connection())
    usage = find_usage()
    assert usage is not None
    assert (usage.left, usage.limit) == (0, None)


def test_reading_of_another_postpeer_is_not_this_ones(db: None) -> None:
    note_used_up(Connection.objects.create(base_url="https://elsewhere.test"))
    assert find_usage() is None
