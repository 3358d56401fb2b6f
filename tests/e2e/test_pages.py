"""Every page in both themes and widths: nothing for axe to find, nothing in the console, nothing sideways."""

import re
from typing import Any

import pytest

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import PAGES, STATUSES, find_faults
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER, TEAM


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_nothing_for_axe_to_find(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page(email=OWNER, width=width, theme=theme)
    for address in PAGES:
        page.goto(address)
        assert find_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pin_pages_have_nothing_for_axe_to_find(open_page: OpenPage, theme: str) -> None:
    page = open_page(email=OWNER, width=390, theme=theme)
    looked_at = []
    for status in STATUSES:
        page.goto(f"{TEAM}pins/?status={status}")
        first = page.locator(".wall h3 a").first
        if first.count():
            page.goto(first.get_attribute("href"))
            assert find_faults(page) == []
            looked_at.append(status)
    # What was in line or looked for may be settled by now.
    assert set(STATUSES) - set(looked_at) <= {"queued", "unconfirmed"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_entrance_has_nothing_for_axe_to_find(open_page: OpenPage, theme: str) -> None:
    page = open_page(theme=theme)
    for address in ("/auth/login/", "/auth/password/reset/", "/auth/login/nowhere/"):
        page.goto(address)
        assert find_faults(page) == []


def test_nothing_scrolls_sideways_at_320(open_page: OpenPage) -> None:
    page = open_page(email=OWNER, width=320)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_every_control_of_compose_is_reached_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(email=OWNER)
    page.goto(f"{TEAM}pins/new/")
    reached = set()
    for _press in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.value || ''"))
    wanted = {"account", "media_url", "media_type", "alt_text", "dominant_color", "title", "description", "link"}
    assert wanted | {"cross_post", "scheduled_for", "timezone", "action"} <= reached


def test_first_visit_weighs_at_most_ninety_kilobytes(open_page: OpenPage, dash: Dash) -> None:
    page = open_page()
    seen: list[Any] = []
    # A lambda, since Playwright marks its handlers, and a built-in method takes no mark.
    page.context.on("requestfinished", lambda request: seen.append(request))
    dash.sign_in(page, OWNER)
    page.goto(f"{TEAM}pins/new/")
    page.wait_for_load_state("networkidle")
    files = [request for request in seen if re.search(r"\.(css|js)(\?|$)", request.url)]
    assert [file.url for file in files if not file.url.startswith(dash.url)] == []
    assert [file.url for file in files if "max-age=315360000" not in file.response().headers["cache-control"]] == []
    sizes = {file.url: file.sizes()["responseBodySize"] for file in files}
    assert 0 < sum(sizes.values()) <= 90 * 1024, sizes
