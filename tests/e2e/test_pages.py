"""Every page in both themes and widths: nothing for axe to find, nothing in the console, nothing sideways."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.stack import Dash

OWNER = "mira@nordlicht.example"
TEAM = "/t/atelier-nordlicht/"
PAGES = [
    TEAM,
    f"{TEAM}pins/",
    f"{TEAM}pins/?view=table",
    f"{TEAM}pins/?q=nothing+like+this",
    f"{TEAM}pins/new/",
    f"{TEAM}calendar/",
    f"{TEAM}calendar/?month=2031-02",
    f"{TEAM}boards/",
    f"{TEAM}accounts/",
    f"{TEAM}members/",
    f"{TEAM}members/invite/",
    f"{TEAM}audit/",
    f"{TEAM}settings/",
    f"{TEAM}settings/stop/",
    f"{TEAM}settings/delete/",
    "/me/",
    "/me/notifications/",
    "/me/email/",
    "/auth/password/change/",
    "/auth/sessions/",
    "/instance/",
    "/instance/audit/",
]
STATUSES = ["draft", "queued", "scheduled", "published", "partial", "failed", "unconfirmed", "cancelled"]

OpenPage = Callable[..., Any]


def judge(page: Any) -> None:
    violations = [
        f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:200]}"
        for found in Axe().run(page).response["violations"]
    ]
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_nothing_for_axe_to_find(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page(email=OWNER, width=width, theme=theme)
    for address in PAGES:
        page.goto(address)
        judge(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pin_pages_have_nothing_for_axe_to_find(open_page: OpenPage, theme: str) -> None:
    page = open_page(email=OWNER, width=390, theme=theme)
    for status in STATUSES:
        page.goto(f"{TEAM}pins/?status={status}")
        first = page.locator(".wall h3 a").first
        if first.count():
            page.goto(first.get_attribute("href"))
            judge(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_entrance_has_nothing_for_axe_to_find(open_page: OpenPage, theme: str) -> None:
    page = open_page(theme=theme)
    for address in ("/auth/login/", "/auth/password/reset/", "/auth/login/nowhere/"):
        page.goto(address)
        judge(page)


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
    sizes: dict[str, int] = {}

    def weigh(response: Any) -> None:
        if re.search(r"\.(css|js)(\?|$)", response.url):
            sizes[response.url] = int(response.request.sizes()["responseBodySize"])
            assert "max-age=315360000" in (response.headers.get("cache-control") or ""), response.url
            assert response.url.startswith(dash.url)

    page.context.on("requestfinished", lambda request: weigh(request.response()))
    dash.sign_in(page, OWNER)
    page.goto(f"{TEAM}pins/new/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes.values()) <= 90 * 1024, sizes
