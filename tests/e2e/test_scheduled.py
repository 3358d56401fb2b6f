"""A pin that waits for its time at PostPeer, changed in a browser and seen out in its new words."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER, expect_sign, fill, ledger_titles

BERLIN = ZoneInfo("Europe/Berlin")
# A new time has to be a minute ahead at the least.
SOON = timedelta(seconds=70)


def schedule(page: Any, dash: Dash, title: str) -> None:
    fill(page, dash, title)
    at = datetime.now(BERLIN) + timedelta(days=2)
    page.locator("[name=scheduled_for]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.locator("[name=timezone]").select_option("Europe/Berlin")
    page.get_by_role("button", name="Schedule").click()
    expect_sign(page, "scheduled")


def save(page: Any, title: str, at: datetime, form: str = "%Y-%m-%dT%H:%M") -> None:
    """From the pin's page through the form and back."""
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_role("heading", name="Edit the scheduled pin")).to_be_visible()
    page.locator("[name=title]").fill(title)
    page.locator("[name=scheduled_for]").fill(at.strftime(form))
    page.get_by_role("button", name="Save changes").last.click()
    expect(page).to_have_url(re.compile(r"/pins/[0-9a-f-]{36}/$"))


def expect_confirmed(page: Any, title: str) -> None:
    """The page moves by itself to what PostPeer's record shows."""
    expect(page.locator(".pin-head h1")).to_have_text(title, timeout=25_000)
    expect(page.get_by_role("main")).to_contain_text("PostPeer’s record shows the change")


def test_scheduled_pin_is_changed_and_goes_out_in_its_new_words(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    schedule(page, dash, "In its first words")
    save(page, "In its new words", datetime.now(BERLIN) + SOON, "%Y-%m-%dT%H:%M:%S")
    expect_confirmed(page, "In its new words")
    expect_sign(page, "published", seconds=120)
    titles = ledger_titles(dash)
    assert (titles.count("In its first words"), titles.count("In its new words")) == (0, 1)


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1280, False)])
def test_scheduled_pin_is_changed_on_a_phone_and_without_javascript(
    open_page: OpenPage, dash: Dash, width: int, javascript: bool
) -> None:
    first, new = f"Before {width}", f"After {width}"
    desk = open_page(email=OWNER)
    schedule(desk, dash, first)
    page = open_page(email=OWNER, width=width, javascript=javascript)
    page.goto(desk.url)
    later = datetime.now(BERLIN) + timedelta(days=3, hours=2)
    save(page, new, later)
    # The other page was open all the while, and moves along.
    desk.reload()
    expect_confirmed(desk, new)
    page.reload()
    expect(page.locator(".pin-head")).to_contain_text(new)
    expect(page.locator(".pin-head")).to_contain_text(later.strftime("%H:%M"))


def test_lost_answer_to_a_change_is_cleared_up(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    schedule(page, dash, "Before the cut")
    dash.sandbox.faults({"name": "cut_after", "path": "/v1/posts/scheduled", "method": "PUT", "times": 1})
    save(page, "After the cut", datetime.now(BERLIN) + timedelta(days=3))
    expect_confirmed(page, "After the cut")


def test_mistake_in_a_change_is_said_and_the_way_out_changes_nothing(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    schedule(page, dash, "Left as it is")
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).click()
    page.locator("[name=title]").fill("y" * 112)
    page.get_by_role("button", name="Save changes").last.click()
    expect(page.locator(".trouble")).to_be_focused()
    expect(page.locator("main")).to_contain_text("12 characters too long")
    expect(page.locator("[name=title]")).to_have_value("y" * 112)
    page.get_by_role("link", name="Leave it as it is").click()
    expect(page.locator(".pin-head h1")).to_have_text("Left as it is")
    expect_sign(page, "scheduled")
