"""The installation's owner in a browser: a team is made, gets an account that was nobody's, and is deleted again."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import find_faults
from tests.e2e.stack import KEY, Dash
from tests.e2e.steps import OWNER, choose_board, expect_sign, ledger_titles
from tests.installation.processes import wait_for


def integrations(dash: Dash) -> dict[str, dict[str, Any]]:
    """Return what PostPeer has connected now, by id."""
    answer = requests.get(
        f"{dash.sandbox.base_url}/v1/connect/integrations", headers={"x-access-key": KEY}, timeout=20
    ).json()
    return {one["id"]: one for one in answer["integrations"]}


def post_status(dash: Dash, title: str) -> str:
    """Return what PostPeer calls the one post with this title."""
    (accepted,) = [one for one in dash.sandbox.accepted() if title in str(one["body"])]
    url = f"{dash.sandbox.base_url}/v1/posts/{accepted['postId']}"
    answer = requests.get(url, headers={"x-access-key": KEY}, timeout=20).json()
    return str(answer.get("post", answer)["status"])


def make_team(page: Any, name: str) -> str:
    """Return a new team, as its owner makes one; its address."""
    page.goto("/instance/")
    assert find_faults(page) == []
    page.get_by_role("link", name="New team").click()
    page.wait_for_url("**/teams/new/")
    assert find_faults(page) == []
    page.get_by_label("Name of the team").fill(name)
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} is there.")
    found = re.search(r"/t/[\w-]+/", page.url)
    assert found
    return found[0]


def bring_in(page: Any, dash: Dash, account: str, name: str, team: str) -> None:
    """An account that PostPeer has in no profile is given to a team."""
    number = account[-4:]
    boards = [{"id": f"70312466753193{number}", "name": "Millstones", "privacy": "PUBLIC"}]
    row = {"id": account, "platform": "pinterest", "platformUserId": f"70312459881234{number}", "username": "mill"}
    dash.sandbox.seed(integrations=[{**row, "displayName": name, "boards": boards}])
    page.goto("/instance/accounts/")
    assert find_faults(page) == []
    entry = page.locator(".account", has_text=name)
    entry.get_by_label("Team").select_option(label=team)
    entry.get_by_role("button", name="Give it to this team").click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} belongs to {team} now.")


def schedule(page: Any, dash: Dash, team: str, title: str) -> str:
    """Return a pin for the day after tomorrow; the address of its page."""
    page.goto(f"{team}pins/new/?empty")
    choose_board(page, "Millstones", "Millstones")
    page.get_by_label("Address of the picture").fill(f"{dash.sandbox.base_url}/pictures/snow.jpg")
    page.get_by_label("Title").fill(title)
    at = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=2)
    page.locator("[name=scheduled_for]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Schedule").click()
    expect_sign(page, "scheduled")
    return str(page.url)


@pytest.mark.parametrize(
    ("choice", "account", "name"),
    [("disconnect", "66f0b1a0c2d3e4f506179901", "Alte Mühle"), ("keep", "66f0b1a0c2d3e4f506179902", "Neue Mühle")],
)
def test_team_is_made_gets_an_account_and_is_deleted(
    open_page: OpenPage, dash: Dash, choice: str, account: str, name: str
) -> None:
    page = open_page(email=OWNER)
    team = make_team(page, name)
    bring_in(page, dash, account, f"{name} shop", name)
    title = f"Waits at {name}"
    pin = schedule(page, dash, team, title)
    assert integrations(dash)[account].get("profileId")

    page.goto(f"{team}settings/")
    page.get_by_role("link", name="Delete the team").click()
    page.wait_for_url("**/settings/delete/")
    assert find_faults(page) == []
    expect(page.get_by_role("main")).to_contain_text("One scheduled pin is cancelled at PostPeer.")
    page.locator(f"[name=accounts][value={choice}]").check()
    page.get_by_label("The team’s name").fill("Something else")
    page.get_by_role("button", name="Delete the team").click()
    expect(page.get_by_role("main")).to_contain_text("This isn’t its name. Nothing was deleted.")
    assert post_status(dash, title) == "scheduled"
    page.get_by_label("The team’s name").fill(name)
    page.get_by_role("button", name="Delete the team").click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} is being deleted.")

    wait_for(lambda: page.goto(team).status == 404, seconds=60)
    assert page.goto(pin).status == 404
    assert post_status(dash, title) == "draft"
    assert title not in ledger_titles(dash)
    left = integrations(dash)
    assert (account in left) is (choice == "keep")
    assert not left.get(account, {}).get("profileId")

    page.goto("/instance/audit/?action=team.deleted")
    assert find_faults(page) == []
    expect(page.get_by_role("main")).to_contain_text(f"of the former team {name}")
    page.goto("/instance/")
    expect(page.get_by_role("main")).not_to_contain_text(name)
    # Another team that had nothing to do with it is as it was.
    page.goto("/t/atelier-nordlicht/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_installation_is_nowhere_for_others(open_page: OpenPage) -> None:
    page = open_page(email="lena@nordlicht.example")
    expect(page.get_by_role("link", name="Installation")).to_have_count(0)
    for path in ("/instance/", "/instance/audit/", "/instance/accounts/"):
        assert page.goto(path).status == 404
