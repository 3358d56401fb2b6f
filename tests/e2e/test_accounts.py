"""Connecting, reconnecting and disconnecting in a browser, with PostPeer's consent page on another origin."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash

ADMIN = "lena@nordlicht.example"
ACCOUNTS = "/t/atelier-nordlicht/accounts/"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def accounts(request: pytest.FixtureRequest, open_page: OpenPage) -> Any:
    page = open_page(email=ADMIN, javascript=request.param)
    page.goto(ACCOUNTS)
    return page


def leave_for_consent(page: Any, dash: Dash, button: str) -> None:
    page.get_by_role("button", name=button).first.click()
    page.wait_for_url(f"{dash.sandbox.base_url}/consent/**")


def test_new_account_is_connected_and_disconnected(accounts: Any, dash: Dash) -> None:
    leave_for_consent(accounts, dash, "Connect Pinterest")
    accounts.get_by_role("radio", name=re.compile("Studio Leer")).check()
    accounts.get_by_role("button", name="Allow").click()
    accounts.get_by_role("button", name="Add this account").click()
    expect(accounts.get_by_text("Studio Leer is connected.")).to_be_visible()
    accounts.get_by_role("link", name=re.compile("Disconnect.*Studio Leer")).click()
    accounts.get_by_role("button", name="Disconnect").click()
    expect(accounts.get_by_text("Studio Leer is disconnected.")).to_be_visible()


def test_back_from_the_consent_page_leads_to_the_accounts(accounts: Any, dash: Dash) -> None:
    leave_for_consent(accounts, dash, "Connect LinkedIn")
    accounts.go_back()
    expect(accounts).to_have_url(f"{dash.url}{ACCOUNTS}")


def test_cancelled_consent_is_said(accounts: Any, dash: Dash) -> None:
    leave_for_consent(accounts, dash, "Connect Pinterest")
    accounts.get_by_role("button", name="Cancel").click()
    expect(accounts.get_by_role("heading", name="Nothing was connected.")).to_be_visible()


def test_account_already_here_is_said(accounts: Any, dash: Dash) -> None:
    leave_for_consent(accounts, dash, "Connect LinkedIn")
    accounts.get_by_role("radio", name=re.compile("Nordlicht Studio GmbH")).check()
    accounts.get_by_role("button", name="Allow").click()
    expect(accounts.get_by_text("Nordlicht Studio GmbH is already connected here.")).to_be_visible()


def test_return_that_finds_postpeer_down_can_look_again(accounts: Any, dash: Dash) -> None:
    leave_for_consent(accounts, dash, "Connect LinkedIn")
    dash.sandbox.faults(
        {"name": "error_before", "status": 503, "method": "GET", "path": "/v1/connect/integrations", "times": 2}
    )
    accounts.get_by_role("button", name="Allow").click()
    expect(accounts.get_by_role("heading", name=re.compile("can’t see yet what was connected"))).to_be_visible()
    accounts.get_by_role("link", name="Look again").click()
    expect(accounts.get_by_text(re.compile("already connected here|Add this account")).first).to_be_visible()
