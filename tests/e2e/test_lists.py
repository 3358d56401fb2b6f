"""Lists that move by themselves: boards narrowed down while one types, pins that go on while one looks."""

from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER, TEAM, fill, publish


def test_boards_are_found_while_one_types(open_page: OpenPage) -> None:
    page = open_page(email=OWNER)
    page.goto(f"{TEAM}boards/")
    shown = page.locator("#found .boards .name")
    everything = shown.count()
    field = page.get_by_role("searchbox", name="Find a board")
    field.press_sequentially("QUIET")
    expect(shown).to_have_count(1)
    expect(shown).to_have_text("Quiet corners")
    expect(field).to_be_focused()
    assert page.url.endswith("q=QUIET&account=")
    page.get_by_role("link", name="Show all boards").click()
    expect(shown).to_have_count(everything)


def test_boards_are_found_without_script(open_page: OpenPage) -> None:
    page = open_page(email=OWNER, javascript=False)
    page.goto(f"{TEAM}boards/")
    page.get_by_role("searchbox", name="Find a board").fill("quiet")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#found .boards .name")).to_have_count(1)


def test_wall_moves_by_itself_and_then_keeps_still(open_page: OpenPage, dash: Dash) -> None:
    page, wall = open_page(email=OWNER), open_page(email=OWNER)
    fill(page, dash, "Seen on the wall")
    publish(page)
    wall.goto(f"{TEAM}pins/?q=Seen+on+the+wall")
    asked: list[str] = []
    wall.on("request", lambda request: asked.append(request.url))
    card = wall.locator(".pin", has_text="Seen on the wall")
    expect(card.locator(".sign-published")).to_be_visible(timeout=25_000)
    expect(wall.locator("#history[hx-trigger]")).to_have_count(0)
    # The pictures apart, nothing was asked but the dashboard, and its address is the person's own.
    assert all(url.startswith((dash.url, f"{dash.sandbox.base_url}/pictures/")) for url in asked)
    assert wall.url.endswith("?q=Seen+on+the+wall")
