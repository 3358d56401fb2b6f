"""On a phone every control can be hit with a thumb: 44 pixels high, or a link within a line of text."""

from pathlib import Path
from typing import Any

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import PAGES, STATUSES
from tests.e2e.steps import OWNER, TEAM

MIN = 44  # pixels
FIND_LOW = (Path(__file__).parent / "targets.js").read_text(encoding="utf-8")
MORE = ["/auth/2fa/", "/auth/sessions/", f"{TEAM}pins/?status=failed&since=2026-01-01"]


def low(page: Any, address: str) -> list[str]:
    page.goto(address)
    return [f"{page.url}: {found}" for found in page.evaluate(f"({FIND_LOW})({MIN})")]


def test_controls_of_every_page_can_be_hit(open_page: OpenPage) -> None:
    page = open_page(email=OWNER, width=390, height=844)
    assert [found for address in [*PAGES, *MORE] for found in low(page, address)] == []


def test_controls_of_pins_in_every_state_can_be_hit(open_page: OpenPage) -> None:
    page, found = open_page(email=OWNER, width=390, height=844), []
    for status in STATUSES:
        page.goto(f"{TEAM}pins/?status={status}&view=wall")
        first = page.locator(".wall h3 a").first
        if first.count():
            found += low(page, first.get_attribute("href"))
    assert found == []


def test_controls_of_the_sign_in_can_be_hit(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844)
    assert [found for address in ("/auth/login/", "/auth/password/reset/") for found in low(page, address)] == []
