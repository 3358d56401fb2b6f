"""People in a browser: invited, let in, drafting, sent back, approved, removed."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.complaints import Complaints
from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import EDITOR, OWNER, TEAM, choose_board, expect_sign, ledger_titles

PASSWORD = "lanterns over the canal"


def invite(owner: Any, email: str, role: str) -> str:
    """Make an invitation; return its link, which is shown once."""
    owner.goto(f"{TEAM}members/")
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("E-mail address").fill(email)
    owner.locator(f"[name=role][value={role}]").check()
    owner.get_by_role("button", name="Make the link").click()
    return str(owner.get_by_label("The link").input_value())


def come_in(page: Any, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join the team").click()
    expect(page).to_have_url(re.compile(rf"{TEAM}$"))


def hand_in(page: Any, dash: Dash, title: str) -> None:
    page.goto(f"{TEAM}pins/new/?empty")
    page.get_by_role("radio", name=re.compile("Atelier Nordlicht")).check()
    choose_board(page, "Quiet corners", "Quiet corners")
    page.get_by_label("Address of the picture").fill(f"{dash.sandbox.base_url}/pictures/snow.jpg")
    page.get_by_label("Title").fill(title)
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)
    page.get_by_role("button", name="Submit for approval").click()
    expect_sign(page, "waiting")


def test_invited_contributor_is_sent_back_and_then_published(open_page: OpenPage, dash: Dash) -> None:
    link = invite(open_page(email=OWNER), "nia@nordlicht.example", "contributor")
    nia = open_page()
    come_in(nia, link, "Nia Adeyemi")
    hand_in(nia, dash, "Frost on the window")

    ewa = open_page(email=EDITOR)
    ewa.goto(f"{TEAM}pins/?status=waiting")
    ewa.get_by_role("link", name="Frost on the window").click()
    ewa.get_by_role("link", name="Send back").click()
    ewa.get_by_label("What should be changed").fill("A title with the place in it, please.")
    ewa.get_by_role("button", name="Send it back").click()
    expect_sign(ewa, "returned")

    nia.goto(TEAM)
    need = nia.locator(".need", has_text="Frost on the window")
    expect(need).to_contain_text("A title with the place in it, please.")
    need.get_by_role("link", name="Change it").click()
    expect(nia.locator("#returned")).to_contain_text("A title with the place in it, please.")
    nia.get_by_label("Title").fill("Frost on the window, Tromsø")
    nia.get_by_role("button", name="Submit for approval").click()
    expect_sign(nia, "waiting")

    ewa.goto(f"{TEAM}pins/?status=waiting")
    ewa.get_by_role("link", name="Frost on the window, Tromsø").click()
    ewa.get_by_role("button", name="Approve and publish").click()
    expect_sign(ewa, "published")
    expect(ewa.get_by_role("main")).to_contain_text("Ewa Nowak approved it as it was")
    assert ledger_titles(dash).count("Frost on the window, Tromsø") == 1
    assert ledger_titles(dash).count("Frost on the window") == 0
    # The author's open page has moved by itself.
    expect_sign(nia, "published", seconds=40)


def test_removed_members_open_tab_gets_nothing_more(open_page: OpenPage, complaints: Complaints) -> None:
    complaints.expect("Response Status Error Code 404")
    owner = open_page(email=OWNER)
    link = invite(owner, "temp@nordlicht.example", "viewer")
    temp = open_page()
    come_in(temp, link, "Temp Orary")
    temp.goto(f"{TEAM}pins/")
    owner.goto(f"{TEAM}members/")
    row = owner.locator(".rows > li", has_text="Temp Orary")
    row.get_by_role("link", name="Change").click()
    owner.get_by_role("link", name="Remove from the team").click()
    owner.get_by_role("button", name="Remove from the team").click()
    expect(owner.get_by_role("main")).to_contain_text("Temp Orary is no longer in the team.")

    before = temp.locator("#history").inner_html()
    temp.get_by_label("Search titles, descriptions and links").fill("linen")
    expect(temp.locator("#trouble-place .notice")).to_be_visible()
    assert temp.locator("#history").inner_html() == before
    temp.goto(f"{TEAM}pins/")
    expect(temp.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_invitation_of_somebody_else_is_refused_in_words(open_page: OpenPage) -> None:
    link = invite(open_page(email=OWNER), "someone@nordlicht.example", "viewer")
    page = open_page(email=EDITOR)
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation is for another address.")).to_be_visible()


def test_person_with_an_account_joins_another_team_without_javascript(open_page: OpenPage) -> None:
    owner = open_page(email=OWNER, javascript=False)
    owner.goto("/t/hafen-garn/members/invite/")
    owner.get_by_label("E-mail address").fill(EDITOR)
    owner.get_by_role("button", name="Make the link").click()
    link = owner.get_by_label("The link").input_value()
    ewa = open_page(email=EDITOR, javascript=False)
    ewa.goto(link)
    ewa.get_by_role("button", name="Join the team").click()
    expect(ewa).to_have_url(re.compile("/t/hafen-garn/$"))


def test_stopped_team_sends_when_it_goes_on(open_page: OpenPage, dash: Dash) -> None:
    owner = open_page(email=OWNER)
    owner.goto(f"{TEAM}settings/")
    owner.get_by_role("link", name="Stop sending").click()
    owner.get_by_role("button", name="Stop sending").click()
    expect(owner.locator(".bar")).to_contain_text("Nothing is being sent.")
    owner.goto(f"{TEAM}pins/new/?empty")
    owner.get_by_role("radio", name=re.compile("Atelier Nordlicht")).check()
    choose_board(owner, "Quiet corners", "Quiet corners")
    owner.get_by_label("Address of the picture").fill(f"{dash.sandbox.base_url}/pictures/snow.jpg")
    owner.get_by_label("Title").fill("Held back")
    owner.get_by_role("button", name="Publish now").click()
    expect_sign(owner, "queued")
    address = owner.url
    owner.wait_for_timeout(3000)
    assert "Held back" not in ledger_titles(dash)
    owner.goto(f"{TEAM}settings/")
    owner.get_by_role("button", name="Let sending go on").click()
    owner.goto(address)
    expect_sign(owner, "published")
    assert ledger_titles(dash).count("Held back") == 1
