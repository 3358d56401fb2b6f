"""A team begins to ask for a second factor while a member is typing: led to set it up, and back, with nothing lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import find_faults
from tests.e2e.stack import Dash, password_of, start_dash
from tests.e2e.steps import EDITOR, OWNER, TEAM
from tests.totp import totp_code


@pytest.fixture(scope="module")
def dash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """Yield an instance of this module's own: nobody else's test should be asked for a code."""
    started = start_dash(tmp_path_factory.mktemp("required"))
    yield started
    started.stop()


def set_up_app(page: Any, email: str) -> None:
    """From the page of second factors to the recovery codes."""
    page.get_by_role("link", name="Set up an app").click()
    page.wait_for_url("**/reauthenticate/**")
    page.locator("input[name=password]").fill(password_of(email))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/totp/activate/")
    page.get_by_label("Code from the app").fill(totp_code(page.get_by_label("Key, to type in").input_value()))
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url("**/recovery-codes/")


def test_member_sets_it_up_and_finds_the_form_as_it_was(open_page: OpenPage) -> None:
    ewa = open_page(email=EDITOR)
    ewa.goto(f"{TEAM}pins/new/?empty")
    ewa.locator("[name=title]").fill("Typed before the rule")
    ewa.locator("[name=description]").fill("Two lines,\nand nothing of them lost.")

    owner = open_page(email=OWNER)
    owner.goto(f"{TEAM}settings/")
    owner.get_by_role("button", name="Ask everybody for it").click()
    owner.wait_for_url("**/auth/second-factor/")
    expect(owner.get_by_role("main")).to_contain_text("Set up a second factor of your own first.")
    set_up_app(owner, OWNER)
    owner.get_by_role("link", name="Go on to Atelier Nordlicht").click()
    owner.get_by_role("button", name="Ask everybody for it").click()
    expect(owner).to_have_url(f"{owner.url.partition('/t/')[0]}{TEAM}settings/#second_factor")
    expect(owner.get_by_role("main")).to_contain_text("Everybody in this team needs a second factor now.")
    owner.goto(f"{TEAM}audit/?action=sign_in.factor_added")
    expect(owner.locator(".audit")).to_contain_text("Authenticator app")

    ewa.get_by_role("button", name="Save draft").click()
    expect(ewa.get_by_role("heading", name="This team asks for a second factor")).to_be_visible()
    expect(ewa.get_by_role("main")).to_contain_text("What you typed is kept")
    assert find_faults(ewa) == []
    ewa.get_by_role("link", name="Set up a second factor").click()
    set_up_app(ewa, EDITOR)
    ewa.get_by_role("link", name="Go on to Atelier Nordlicht").click()
    expect(ewa.locator("[name=title]")).to_have_value("Typed before the rule")
    expect(ewa.locator("[name=description]")).to_have_value("Two lines,\nand nothing of them lost.")
    ewa.get_by_role("button", name="Save draft").click()
    expect(ewa.get_by_role("main")).to_contain_text("Draft saved at")

    follow_a_link(open_page())


def follow_a_link(page: Any) -> None:
    """Somebody else opens a link, signs in, sets one up, and ends where they wanted to."""
    page.goto(f"{TEAM}boards/")
    page.locator("input[name=login]").fill("jonas@nordlicht.example")
    page.locator("input[name=password]").fill(password_of("jonas@nordlicht.example"))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/auth/second-factor/")
    expect(page.get_by_role("main")).to_contain_text("you come back to where you were going")
    set_up_app(page, "jonas@nordlicht.example")
    page.get_by_role("link", name="Go on to Atelier Nordlicht").click()
    page.wait_for_url(f"**{TEAM}boards/")
