"""The main job as a person walks it: connect, compose, publish or schedule, and see what became of it."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER, POSTING, TEAM, choose_board, expect_sign, fill, ledger_titles, publish

PICTURES = Path(__file__).resolve().parents[2] / "postpeer_dash" / "sandbox" / "pictures"


def connect(page: Any, name: str, *, platform: str = "Pinterest") -> None:
    """Through the consent page, up to the account in the list."""
    page.goto(f"{TEAM}accounts/")
    page.get_by_role("button", name=f"Connect {platform}").click()
    page.locator("[name=identity][value=new]").check()
    page.locator("[name=new_name]").fill(name)
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Add this account").click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} is connected")


def test_connect_compose_publish_and_open_the_link(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    connect(page, "Linden Home")
    page.goto(f"{TEAM}pins/new/")
    page.get_by_role("radio", name=re.compile("Linden Home")).check()
    expect(page.get_by_role("combobox", name="Board")).to_be_visible()
    choose_board(page, "SAVED for L", "Saved for later")
    page.get_by_label("Address of the picture").fill(f"{dash.sandbox.base_url}/pictures/citrus.jpg")
    page.locator("[name=title]").fill("Citrus on Sunday")
    page.get_by_label("Description").fill("Three kinds, one knife.")
    page.locator("[name=link]").fill("https://linden.example/citrus")
    expect(page.locator("#preview img")).to_have_js_property("complete", True)
    publish(page)
    expect_sign(page, "published")
    page.get_by_role("link", name="View on Pinterest").click()
    expect(page.locator("body")).to_contain_text("Three kinds, one knife.")
    assert ledger_titles(dash).count("Citrus on Sunday") == 1


def test_file_of_ones_own_is_uploaded_and_published(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "From my own disk")
    page.get_by_label("Address of the picture").fill("")
    page.locator("[name=media_file]").set_input_files(PICTURES / "sea.jpg")
    address = page.locator("[name=media_url]")
    expect(address).to_have_value(re.compile(r"/media/.+\.jpg$"))
    expect(page.locator("[name=dominant_color]")).to_have_value(re.compile("^#[0-9A-F]{6}$"))
    media_url = address.input_value()
    publish(page)
    expect_sign(page, "published")
    (entry,) = [entry for entry in dash.sandbox.ledger() if entry["title"] == "From my own disk"]
    assert media_url in str(entry)


def test_scheduled_pin_waits_and_goes_out_in_its_time(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "On the hour")
    at = datetime.now(ZoneInfo("Europe/Berlin")).replace(second=0) + timedelta(hours=3)
    page.locator("[name=scheduled_for]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.locator("[name=timezone]").select_option("Europe/Berlin")
    page.get_by_role("button", name="Schedule").click()
    expect_sign(page, "scheduled")
    expect(page.get_by_role("main")).to_contain_text(at.strftime("%H:%M"))
    assert "On the hour" not in ledger_titles(dash)
    (post,) = [post for post in dash.sandbox.accepted() if "On the hour" in str(post)]
    assert at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:00.000Z") in str(post)


def test_scheduled_pin_can_be_called_back(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "Called back")
    at = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=2)
    page.locator("[name=scheduled_for]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Schedule").click()
    expect_sign(page, "scheduled")
    page.get_by_role("link", name="Cancel the pin").click()
    page.get_by_role("button", name="Cancel the pin").click()
    expect_sign(page, "cancelled")


def test_cross_post_has_a_result_on_each_platform(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "In two places")
    page.get_by_label("Nordlicht Studio GmbH").check()
    publish(page)
    expect(page.locator(".result .sign-published")).to_have_count(2, timeout=25_000)
    expect(page.locator(".results")).to_contain_text("LinkedIn")
    entries = [entry for entry in dash.sandbox.ledger() if entry["mediaUrl"].endswith("snow.jpg")]
    assert {"pinterest", "linkedin"} <= {entry["platform"] for entry in entries}


def test_rejected_pin_shows_the_platforms_words_and_what_to_do(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults(
        {"name": "platform_rejects", "platform": "pinterest", "message": "Sorry! We blocked this link.", "times": 1}
    )
    page = open_page(email=OWNER)
    fill(page, dash, "Not to be")
    publish(page)
    expect_sign(page, "failed")
    expect(page.get_by_role("main")).to_contain_text("Sorry! We blocked this link.")
    assert "Not to be" not in ledger_titles(dash)
    page.get_by_role("button", name=re.compile("Send again")).first.click()
    expect_sign(page, "published")
    assert ledger_titles(dash).count("Not to be") == 1


def test_account_that_needs_reconnecting_is_reconnected(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    connect(page, "Harbour Press")
    account = page.locator(".account", has_text="Harbour Press")
    listed = dash.sandbox.call("GET", "/v1/connect/integrations", params={"limit": 100}).json()["integrations"]
    (integration,) = [each for each in listed if each["displayName"] == "Harbour Press"]
    dash.sandbox.control("accounts", {"id": integration["id"], "reason": "access_revoked"})
    page.get_by_role("button", name="Refresh").first.click()
    expect(account).to_contain_text("Needs reconnecting")
    account.get_by_role("button", name="Reconnect").click()
    page.get_by_role("radio", name=re.compile("Harbour Press")).check()
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile(rf"{TEAM}accounts/$"))
    page.goto(f"{TEAM}accounts/")
    expect(account).to_contain_text("Active")
    assert account.count() == 1


def test_cancelled_consent_leaves_nothing_behind(open_page: OpenPage) -> None:
    page = open_page(email=OWNER)
    page.goto(f"{TEAM}accounts/")
    before = page.locator(".account").count()
    page.get_by_role("button", name="Connect LinkedIn").click()
    page.get_by_role("button", name="Cancel").or_(page.get_by_role("link", name="Cancel")).first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("cancelled|not connected|nothing", re.I))
    page.goto(f"{TEAM}accounts/")
    expect(page.locator(".account")).to_have_count(before)


def test_lost_answer_is_unconfirmed_and_then_found(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "cut_after", **POSTING})
    page = open_page(email=OWNER)
    fill(page, dash, "Lost on the way back")
    publish(page)
    expect_sign(page, "unconfirmed")
    expect_sign(page, "published", seconds=40)
    assert ledger_titles(dash).count("Lost on the way back") == 1


def test_main_job_works_without_javascript(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER, javascript=False)
    page.goto(f"{TEAM}pins/new/")
    page.get_by_role("radio", name=re.compile("Atelier Nordlicht")).check()
    page.locator("select[name=board]").select_option(label="Quiet corners")
    page.locator("[name=media_file]").set_input_files(PICTURES / "hills.jpg")
    page.locator("[name=title]").fill("Without a script")
    publish(page)
    for _look in range(40):
        page.reload()
        if page.locator("main .sign-published").count():
            break
        page.wait_for_timeout(500)
    assert ledger_titles(dash).count("Without a script") == 1


def test_double_click_makes_one_pin(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "Pressed twice")
    page.get_by_role("button", name="Publish now").dblclick()
    expect_sign(page, "published")
    assert ledger_titles(dash).count("Pressed twice") == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_mistakes_are_said_beside_their_fields_and_nothing_is_lost(open_page: OpenPage, dash: Dash, width: int) -> None:
    page = open_page(email=OWNER, width=width)
    fill(page, dash, "x" * 112)
    page.locator("[name=link]").fill("http://plain.example/")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".trouble")).to_be_focused()
    expect(page.locator("main")).to_contain_text("12 characters too long")
    expect(page.locator("main")).to_contain_text("has to start with https://")
    expect(page.locator("[name=title]")).to_have_value("x" * 112)
    expect(page).to_have_title(re.compile("^Error:"))
