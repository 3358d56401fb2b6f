"""What a person sees of a pin that doesn't just go out: unconfirmed, found, decided, sent again, stopped."""

import os
import re
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER, POSTING, TEAM, expect_sign, fill, ledger_titles, publish
from tests.installation.processes import descendants_of, outliving

LIST = {"path": "/v1/posts", "method": "GET"}


def main_of(page: Any) -> Any:
    return page.get_by_role("main")


def ledger_texts(dash: Dash) -> list[str]:
    return [str(entry["content"]) for entry in dash.sandbox.ledger()]


@pytest.fixture(autouse=True)
def has_looked(open_page: OpenPage, dash: Dash) -> None:
    """The worker has sent something, and so has read PostPeer's list before its first POST."""
    if "The first of all" not in ledger_titles(dash):
        page = open_page(email=OWNER)
        fill(page, dash, "The first of all")
        publish(page)
        expect_sign(page, "published")


def expect_in_audit(page: Any, words: str, title: str) -> None:
    page.goto(f"{TEAM}audit/")
    expect(main_of(page)).to_contain_text(words)
    expect(main_of(page)).to_contain_text(title)


def publish_unreadable(page: Any, dash: Dash, title: str) -> None:
    """A pin whose answer is lost, and which PostPeer lists without the body that made it: a person has to decide."""
    dash.sandbox.faults({"name": "cut_after", **POSTING}, {"name": "body_unreadable", **LIST})
    fill(page, dash, title)
    publish(page)
    expect_sign(page, "unconfirmed")
    expect(main_of(page)).to_contain_text("PostPeer lists a post much like it", timeout=30_000)


def test_unconfirmed_pin_says_what_is_waited_for_and_then_what_was_found(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "cut_after", **POSTING}, {"name": "error_before", **LIST})
    page = open_page(email=OWNER)
    fill(page, dash, "Nobody knows yet")
    publish(page)
    expect_sign(page, "unconfirmed")
    expect(main_of(page)).to_contain_text("it may be out or not. We look again at")
    expect(main_of(page)).to_contain_text(re.compile("We wait for it to show up in PostPeer’s list, until .* at "))
    expect(main_of(page)).to_contain_text("PostPeer’s list couldn’t be read.", timeout=30_000)
    dash.sandbox.faults()
    expect_sign(page, "published", seconds=60)
    story = page.locator(".line")
    expect(story).to_contain_text("Found it: PostPeer’s list has a post with exactly this content")
    expect(story).to_contain_text(re.compile(r"\d+ posts? read, Post \w+"))
    expect(story).not_to_contain_text("We look")
    assert ledger_titles(dash).count("Nobody knows yet") == 1


def test_person_chooses_the_post_that_it_is(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    publish_unreadable(page, dash, "Which one is it")
    page.goto(TEAM)
    need = page.locator(".need", has_text="Which one is it")
    expect(need).to_contain_text("PostPeer lists a post much like it")
    need.get_by_role("link", name="It is on Pinterest").click()
    page.get_by_role("button", name="It is published").click()
    expect(page.locator(".trouble")).to_contain_text("Choose one, or say that it is none of them.")
    page.get_by_role("radio", name=re.compile("Which one is it")).check()
    page.get_by_role("button", name="It is published").click()
    expect_sign(page, "published")
    expect(page.get_by_role("link", name="View on Pinterest")).to_be_visible()
    assert ledger_titles(dash).count("Which one is it") == 1
    expect_in_audit(page, "said that it is out", "Which one is it")


def test_person_pastes_the_address_where_it_is(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "cut_after", **POSTING}, {"name": "hide_post", **POSTING, "seconds": 3600.0})
    page = open_page(email=OWNER)
    fill(page, dash, "Seen with my own eyes")
    publish(page)
    expect_sign(page, "unconfirmed")
    page.get_by_role("link", name="It is on Pinterest").click()
    page.get_by_label("Its address").fill("https://www.pinterest.com/pin/4711/")
    page.get_by_role("button", name="It is published").click()
    expect_sign(page, "published")
    link = page.get_by_role("link", name="View on Pinterest")
    expect(link).to_have_attribute("href", "https://www.pinterest.com/pin/4711/")
    expect(page.locator(".line")).to_contain_text("says that it is out")
    assert ledger_titles(dash).count("Seen with my own eyes") == 1


def send_again(page: Any) -> None:
    page.get_by_role("link", name="It is not there, send again").click()
    page.get_by_role("button", name="Send it again").click()


def test_person_says_that_it_is_not_there_and_it_is_sent_once_more(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "cut_before", **POSTING})
    page = open_page(email=OWNER)
    fill(page, dash, "Lost on the way there")
    publish(page)
    expect_sign(page, "unconfirmed")
    send_again(page)
    expect_sign(page, "published", seconds=40)
    expect(main_of(page)).to_contain_text("Read PostPeer’s whole list again: it was not taken")
    assert ledger_titles(dash).count("Lost on the way there") == 1
    expect_in_audit(page, "said that it isn’t there", "Lost on the way there")


def post_elsewhere(dash: Dash, text: str) -> None:
    """Another program publishes something on the demo's own account."""
    integrations = dash.sandbox.call("GET", "/v1/connect/integrations", params={"limit": 100}).json()["integrations"]
    account = next(one for one in integrations if one["displayName"] == "Atelier Nordlicht")["id"]
    boards = dash.sandbox.call("GET", "/v1/pinterest/boards", params={"accountId": account}).json()["boards"]
    entry = {"platform": "pinterest", "accountId": account, "platformSpecificData": {"boardId": boards[-1]["id"]}}
    media = [{"type": "image", "url": f"{dash.sandbox.base_url}/pictures/sea.jpg"}]
    body = {"content": text, "mediaItems": media, "platforms": [entry], "publishNow": True}
    dash.sandbox.call("POST", "/v1/posts", json=body).raise_for_status()


def test_what_is_much_like_it_is_looked_at_and_it_is_sent_once_more(open_page: OpenPage, dash: Dash) -> None:
    post_elsewhere(dash, "Much like another")
    dash.sandbox.faults({"name": "cut_before", **POSTING})
    page = open_page(email=OWNER)
    fill(page, dash, "Much like another")
    publish(page)
    expect(main_of(page)).to_contain_text("PostPeer lists a post much like it", timeout=30_000)
    expect(page.locator(".found-posts")).to_contain_text("Much like another")
    send_again(page)
    expect_sign(page, "published", seconds=40)
    assert ledger_texts(dash).count("Much like another") == 2
    assert ledger_titles(dash).count("Much like another") == 1
    expect_in_audit(page, "said that it isn’t there", "Much like another")


def test_what_failed_is_sent_again_to_that_platform_alone(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "platform_rejects", "platform": "linkedin", "message": "Not today.", "times": 1})
    page = open_page(email=OWNER)
    fill(page, dash, "Half of it failed")
    page.get_by_label("Nordlicht Studio GmbH").check()
    publish(page)
    expect_sign(page, "partial")
    expect(main_of(page)).to_contain_text("Not today.")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".result .sign-published")).to_have_count(2, timeout=25_000)
    out = [entry["platform"] for entry in dash.sandbox.ledger() if entry["content"] == "Half of it failed"]
    assert sorted(out) == ["linkedin", "pinterest"]


def test_failure_that_needs_nobody_is_dismissed_from_home(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "platform_rejects", "platform": "pinterest", "message": "Never.", "times": 1})
    page = open_page(email=OWNER)
    fill(page, dash, "Let it be")
    publish(page)
    expect_sign(page, "failed")
    page.goto(TEAM)
    page.locator(".need", has_text="Let it be").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".need", has_text="Let it be")).to_have_count(0)
    expect_in_audit(page, "dismissed a failure", "Let it be")


def test_refused_key_is_named_with_who_can_help(open_page: OpenPage, dash: Dash) -> None:
    dash.sandbox.faults({"name": "error_before", "status": 401, **POSTING})
    page = open_page(email=OWNER)
    fill(page, dash, "Under a refused key")
    publish(page)
    expect(page.locator(".line")).to_contain_text(
        "PostPeer refused this dashboard’s key. Whoever runs the dashboard has to look at it.", timeout=30_000
    )
    # It was refused only once, so the next look finds the key good.
    expect_sign(page, "published", seconds=60)
    assert ledger_titles(dash).count("Under a refused key") == 1


@pytest.fixture
def goes_on(open_page: OpenPage) -> Iterator[None]:
    """Let sending go on after the test, whatever became of it."""
    yield
    page = open_page(email=OWNER)
    page.goto(f"{TEAM}settings/")
    resume = page.get_by_role("button", name="Let sending go on")
    if resume.count():
        resume.click()


@pytest.mark.usefixtures("goes_on")
def test_stopped_team_sends_nothing_until_it_goes_on(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    fill(page, dash, "Already at PostPeer")
    at = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=3)
    page.locator("[name=scheduled_for]").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Schedule").click()
    expect_sign(page, "scheduled")
    page.goto(f"{TEAM}settings/stop/")
    expect(page.get_by_label("Already at PostPeer")).not_to_be_checked()
    page.get_by_role("button", name="Stop sending").click()
    fill(page, dash, "Stopped in line")
    publish(page)
    expect_sign(page, "queued")
    expect(page.locator(".bar")).to_contain_text("Nothing is being sent.")
    expect(main_of(page)).to_contain_text("Somebody has stopped this team’s sending")
    page.goto(f"{TEAM}settings/")
    page.get_by_role("link", name="What PostPeer still sends").click()
    page.get_by_label("Already at PostPeer").check()
    page.get_by_role("button", name="Cancel the chosen pins").click()
    page.goto(f"{TEAM}pins/?q=Already+at")
    page.get_by_role("link", name="Already at PostPeer").click()
    expect_sign(page, "cancelled", seconds=40)
    assert "Stopped in line" not in ledger_titles(dash)
    page.goto(f"{TEAM}settings/")
    page.get_by_role("button", name="Let sending go on").click()
    page.goto(f"{TEAM}pins/?q=Stopped+in")
    page.get_by_role("link", name="Stopped in line").click()
    expect_sign(page, "published", seconds=40)
    assert ledger_titles(dash).count("Stopped in line") == 1


def restart_worker(dash: Dash) -> None:
    """The worker is lost, and another one started in its place: that one looks around before its first POST."""
    workers = [
        pid
        for pid in descendants_of(dash.process.pid)
        if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert outliving(workers) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the worker in /proc")
def test_posts_nobody_knows_hold_sending_until_a_person_has_looked(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    post_elsewhere(dash, "Made with another program")
    restart_worker(dash)
    fill(page, dash, "Held up in line")
    publish(page)
    expect(main_of(page)).to_contain_text("PostPeer has posts that nothing here explains", timeout=60_000)
    page.goto(TEAM)
    need = page.locator(".need", has_text="PostPeer has posts that nothing here explains")
    need.get_by_role("link", name="Look at them").click()
    expect(main_of(page)).to_contain_text("Made with another program")
    assert "Held up in line" not in ledger_titles(dash)
    page.get_by_role("button", name="These were made elsewhere; go on sending").click()
    page.goto(f"{TEAM}pins/?q=Held+up")
    page.get_by_role("link", name="Held up in line").click()
    expect_sign(page, "published", seconds=60)
    assert ledger_titles(dash).count("Held up in line") == 1
    expect_in_audit(page, "looked at posts that were found at PostPeer", "")
