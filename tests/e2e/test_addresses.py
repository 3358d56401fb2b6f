"""A person takes another e-mail address, on an instance that sends mail (into a folder)."""

import re
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import find_faults
from tests.e2e.stack import Dash, password_of, start_dash
from tests.installation.processes import wait_for

OLD, NEW = "ewa@nordlicht.example", "ewa@elsewhere.example"


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that mails are written to."""
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def dash(tmp_path_factory: pytest.TempPathFactory, mails: Path) -> Iterator[Dash]:
    """Yield an instance of this module's own."""
    started = start_dash(tmp_path_factory.mktemp("mailing"), EMAIL_URL=f"filemail:///{mails}")
    yield started
    started.stop()


def bodies_to(mails: Path, email: str) -> list[str]:
    """Return the texts of the mails that this address has got."""
    found = []
    for path in sorted(mails.iterdir()):
        for text in re.split(r"^-{70,}\n", path.read_text(), flags=re.M):
            message = message_from_string(text, policy=policy.default)
            if message["To"] == email:
                found.append(str(message.get_content()))
    return found


def type_password(page: Any, email: str, password: str) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def ask_for(page: Any, email: str) -> None:
    page.get_by_label("New e-mail address").fill(email)
    page.get_by_role("button", name="Send the link").click()
    page.wait_for_url("**/me/")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark")])
def test_person_takes_another_address(open_page: OpenPage, mails: Path, width: int, theme: str) -> None:
    page = open_page(email=OLD, width=width, theme=theme)
    page.goto("/me/")
    page.get_by_role("link", name="Change the address").click()
    page.wait_for_url("**/reauthenticate/**")
    page.locator("input[name=password]").fill(password_of(OLD))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/me/email/")
    assert find_faults(page) == []
    ask_for(page, NEW)
    expect(page.get_by_role("main")).to_contain_text(f"A mail to {NEW} is on its way.")
    wait_for(lambda: bool(bodies_to(mails, NEW)), seconds=30)
    link = re.search(r"http://localhost:\d+(/me/email/\S+)", bodies_to(mails, NEW)[-1])
    assert link

    page.goto(link[1])
    assert find_faults(page) == []
    expect(page.get_by_role("main")).to_contain_text(f"instead of {OLD}")
    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_role("main")).to_contain_text(f"You sign in as {NEW} from now on.")
    wait_for(lambda: any(NEW in body for body in bodies_to(mails, OLD)), seconds=30)
    page.goto("/auth/sessions/")
    assert find_faults(page) == []
    expect(page.get_by_role("main")).to_contain_text("Changed the e-mail address")
    page.goto(link[1])
    expect(page.get_by_role("heading", name="This link leads nowhere any more.")).to_be_visible()

    again = open_page(width=width, theme=theme)
    type_password(again, OLD, password_of(OLD))
    expect(again.get_by_role("alert").first).to_contain_text("don’t belong together")
    type_password(again, NEW, password_of(OLD))
    again.wait_for_url("**/t/**")


def test_address_that_somebody_has_is_answered_alike(open_page: OpenPage, mails: Path) -> None:
    page = open_page(email="jonas@nordlicht.example", javascript=False)
    page.goto("/me/email/")
    page.locator("input[name=password]").fill(password_of("jonas@nordlicht.example"))
    page.get_by_role("button", name="Go on").click()
    ask_for(page, "lena@nordlicht.example")
    expect(page.get_by_role("main")).to_contain_text("A mail to lena@nordlicht.example is on its way.")
    wait_for(lambda: bool(bodies_to(mails, "lena@nordlicht.example")), seconds=30)
    assert "so nothing was changed" in " ".join(bodies_to(mails, "lena@nordlicht.example")[-1].split())
    assert "/me/email/" not in bodies_to(mails, "lena@nordlicht.example")[-1]
