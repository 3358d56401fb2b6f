"""Profiles, integrations, boards."""

from typing import Any

from tests.sandbox.conftest import Team
from tests.sandbox_process import SandboxProcess

KITCHEN, EMPTY = "703124598812340022", "703124598812340033"


def _boards(sandbox: SandboxProcess, **query: str) -> list[dict[str, Any]]:
    boards: list[dict[str, Any]] = sandbox.call("GET", "/v1/pinterest/boards", params=query).json()["boards"]
    return boards


def test_first_identity_has_boards_of_every_kind(team: Team) -> None:
    names = [board["name"] for board in team.boards]
    assert len(names) == 38
    assert {board["privacy"] for board in team.boards} == {"PUBLIC", "PROTECTED", "SECRET"}
    assert any("<script>" in name for name in names)
    assert any("خزف" in name for name in names)


def test_board_ids_are_long_texts_of_digits_and_differ(team: Team) -> None:
    ids = [board["id"] for board in team.boards]
    assert all(one.isdigit() and len(one) in (18, 19) for one in ids)
    assert len(set(ids)) == len(ids)


def test_one_identity_has_240_boards_and_one_has_none(team: Team) -> None:
    kitchen = team.sandbox.connect("pinterest", team.profile, KITCHEN)
    empty = team.sandbox.connect("pinterest", team.profile, EMPTY)
    assert len({board["name"] for board in _boards(team.sandbox, accountId=kitchen)}) == 240
    assert _boards(team.sandbox, accountId=empty) == []


def test_boards_without_account_are_those_of_the_projects_first(team: Team) -> None:
    team.sandbox.connect("pinterest", team.profile, KITCHEN)
    assert _boards(team.sandbox) == team.boards


def test_board_that_is_added_and_one_that_is_removed_show(team: Team) -> None:
    gone = team.boards[0]["id"]
    change = {"accountId": team.pinterest, "add": [{"name": "Fresh", "privacy": "SECRET"}], "remove": [gone]}
    team.sandbox.control("boards", change)
    boards = _boards(team.sandbox, accountId=team.pinterest)
    assert boards[-1]["name"] == "Fresh"
    assert gone not in [board["id"] for board in boards]


def test_integrations_are_found_by_profile_platform_and_name(team: Team) -> None:
    def total(**query: str) -> int:
        return int(team.sandbox.call("GET", "/v1/connect/integrations", params=query).json()["total"])

    assert total(profileId=team.profile) == 2
    assert total(profileId="another") == 0
    assert total(platform="linkedin") == 1
    assert total(q="ATELIER") == 1


def test_moving_an_integration_changes_its_profile(team: Team) -> None:
    other = team.sandbox.call("POST", "/v1/profiles", json={"name": "Other"}).json()["profile"]["id"]
    team.sandbox.call("PATCH", f"/v1/connect/integrations/{team.pinterest}", json={"profileId": other})
    assert [one["id"] for one in team.sandbox.integrations(other)] == [team.pinterest]


def test_moving_onto_the_same_identity_is_a_conflict(team: Team) -> None:
    other = team.sandbox.call("POST", "/v1/profiles", json={"name": "Other"}).json()["profile"]["id"]
    team.sandbox.connect("pinterest", other)
    answer = team.sandbox.call("PATCH", f"/v1/connect/integrations/{team.pinterest}", json={"profileId": other})
    assert (answer.status_code, list(answer.json())) == (409, ["error"])


def test_deleted_profile_is_gone_but_its_integrations_keep_its_id(team: Team) -> None:
    team.sandbox.call("DELETE", f"/v1/profiles/{team.profile}")
    assert team.sandbox.call("GET", f"/v1/profiles/{team.profile}").status_code == 404
    account = team.sandbox.call("GET", f"/v1/connect/integrations/{team.pinterest}").json()["integration"]
    assert account["profileId"] == team.profile


def test_profiles_are_found_by_name_and_paged(sandbox: SandboxProcess) -> None:
    for name in ("Alpha", "Beta", "Alphabet"):
        sandbox.call("POST", "/v1/profiles", json={"name": name})
    found = sandbox.call("GET", "/v1/profiles", params={"name": "alpha", "limit": 1, "page": 2}).json()
    assert (found["total"], [one["name"] for one in found["profiles"]]) == (2, ["Alpha"])


def test_webhook_secret_is_shown_once(sandbox: SandboxProcess) -> None:
    hook = {"channel": "webhook", "eventTypes": ["post.failed"], "webhook": {"url": "https://hooks.example/in"}}
    secret = sandbox.call("POST", "/v1/notifications", json=hook).json()["notification"]["webhook"]["secret"]
    assert secret not in sandbox.call("GET", "/v1/notifications").text
