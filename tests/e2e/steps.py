"""Who walks through the browser tests, where, and the steps that several of them take."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.stack import Dash

OWNER = "mira@nordlicht.example"
EDITOR = "ewa@nordlicht.example"
TEAM = "/t/atelier-nordlicht/"
POSTING = {"path": "/v1/posts", "method": "POST", "times": 1}


def choose_board(page: Any, text: str, name: str) -> None:
    """Types into the picker and takes the first that is left."""
    page.get_by_role("combobox", name="Board").fill(text)
    page.get_by_role("option", name=re.compile(re.escape(name))).first.click()


def fill(page: Any, dash: Dash, title: str, *, board: str = "Quiet corners") -> None:
    """A pin that lacks nothing, on the demo's own account."""
    page.goto(f"{TEAM}pins/new/")
    page.get_by_role("radio", name=re.compile("Atelier Nordlicht")).check()
    choose_board(page, board, board)
    page.get_by_label("Address of the picture").fill(f"{dash.sandbox.base_url}/pictures/snow.jpg")
    page.locator("[name=title]").fill(title)


def publish(page: Any) -> None:
    page.get_by_role("button", name="Publish now").click()
    expect(page).to_have_url(re.compile(r"/pins/[0-9a-f-]{36}/$"))


def expect_sign(page: Any, status: str, *, seconds: float = 25) -> None:
    """Wait until the pin's page shows this status of it, moving by itself."""
    expect(page.locator(f"main .sign-{status}").first).to_be_visible(timeout=seconds * 1000)


def ledger_titles(dash: Dash) -> list[str]:
    return [str(entry["title"]) for entry in dash.sandbox.ledger()]
