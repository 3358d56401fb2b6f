"""A second factor on and off, as a person does it; passkeys with an authenticator that the browser plays."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import find_faults
from tests.e2e.stack import Dash, password_of
from tests.totp import totp_code

WITH_APP = "sami@nordlicht.example"
WITH_PASSKEY = "lena@nordlicht.example"
HOME = "**/t/**"


def type_password(page: Any, email: str) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password_of(email))
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Any, email: str) -> None:
    page.wait_for_url("**/reauthenticate/**")
    assert find_faults(page) == []
    page.locator("input[name=password]").fill(password_of(email))
    page.get_by_role("button", name="Go on").click()


def fresh_code(secret: str) -> str:
    """Return a code that hasn't been used: of the next half minute, if that is close, else of this one."""
    left = 30 - time.time() % 30
    time.sleep(left + 0.5)
    return totp_code(secret)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_app_is_turned_on_asked_for_and_turned_off(open_page: OpenPage, dash: Dash, width: int, theme: str) -> None:
    dash.forget_session(WITH_APP)
    page = open_page(width=width, theme=theme)
    type_password(page, WITH_APP)
    page.wait_for_url(HOME)
    page.goto("/auth/second-factor/")
    assert find_faults(page) == []
    page.get_by_role("link", name="Set up an app").click()
    confirm(page, WITH_APP)
    page.wait_for_url("**/totp/activate/")
    assert find_faults(page) == []
    secret = page.get_by_label("Key, to type in").input_value()
    page.get_by_label("Code from the app").fill(totp_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator(".codes li")).to_have_count(10)
    assert find_faults(page) == []

    again = open_page(width=width, theme=theme)
    type_password(again, WITH_APP)
    again.wait_for_url("**/second-factor/authenticate/")
    assert find_faults(again) == []
    again.get_by_label("Code").fill("000000")
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again.locator(".trouble")).to_be_visible()
    again.get_by_label("Code").fill(fresh_code(secret))
    again.get_by_role("button", name="Sign in", exact=True).click()
    again.wait_for_url(HOME)
    again.goto("/auth/sessions/")
    assert find_faults(again) == []
    again.get_by_role("button", name="Sign out everywhere else").click()
    expect(again.get_by_text("You are signed in nowhere else.")).to_be_visible()

    again.goto("/auth/second-factor/totp/deactivate/")
    if "reauthenticate" in again.url:
        again.locator("input[name=password]").fill(password_of(WITH_APP))
        again.get_by_role("button", name="Go on").click()
    assert find_faults(again) == []
    again.get_by_role("button", name="Turn it off").click()
    again.wait_for_url("**/second-factor/")
    expect(again.get_by_text("Not set up.")).to_be_visible()
    page.goto("/me/")
    page.wait_for_url("**/auth/login/**")
    type_password(page, WITH_APP)
    page.wait_for_url(HOME)


def play_authenticator(page: Any) -> None:
    """A device with a fingerprint that always fits, in this page's browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_phone_shows_which_of_a_persons_own_pages_is_open(open_page: OpenPage) -> None:
    page = open_page(email=WITH_PASSKEY, width=390)
    page.goto("/auth/second-factor/")
    expect(page.locator(".subnav [aria-current]")).to_be_in_viewport(ratio=1)


def test_passkey_is_added_signs_in_alone_and_is_removed(open_page: OpenPage, dash: Dash) -> None:
    page = open_page()
    play_authenticator(page)
    type_password(page, WITH_PASSKEY)
    page.wait_for_url(HOME)
    page.goto("/auth/second-factor/webauthn/add/")
    confirm(page, WITH_PASSKEY)
    page.wait_for_url("**/webauthn/add/")
    assert find_faults(page) == []
    page.get_by_label("Name, to tell it from others").fill("Laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/auth/second-factor/webauthn/")
    expect(page.get_by_text("Laptop").first).to_be_visible()
    assert find_faults(page) == []

    page.goto("/auth/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.goto("/auth/login/")
    assert find_faults(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(HOME)

    page.goto("/auth/second-factor/webauthn/")
    page.get_by_role("link", name="Remove").click()
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(password_of(WITH_PASSKEY))
        page.get_by_role("button", name="Go on").click()
    assert find_faults(page) == []
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_passkey_that_is_not_handed_over_is_said(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/auth/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The browser didn’t hand a passkey over.")).to_be_visible()
