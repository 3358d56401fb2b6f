"""A person begins with the zone of their browser, whichever name the browser has for it."""

import sqlite3
from contextlib import closing
from typing import Any

from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import EDITOR, OWNER
from tests.e2e.test_teams import come_in, invite


def test_invited_person_begins_with_it(open_page: OpenPage) -> None:
    link = invite(open_page(email=OWNER), "ravi@nordlicht.example", "contributor")
    page = open_page(time_zone="Asia/Calcutta")
    come_in(page, link, "Ravi Menon")
    page.goto("/me/")
    assert page.get_by_label("Time zone").input_value() == "Asia/Kolkata"


def test_first_page_after_signing_in_takes_it_once(open_page: OpenPage, dash: Dash) -> None:
    open_page(email=EDITOR)
    before = set_zone(dash, EDITOR, "")
    try:
        page = open_page(email=EDITOR, time_zone="Asia/Katmandu")
        expect(page.locator(".side")).to_contain_text("Kathmandu (UTC+5:45)")
        other = open_page(email=EDITOR, time_zone="America/Vancouver")
        expect(other.locator(".side")).to_contain_text("Kathmandu (UTC+5:45)")
    finally:
        set_zone(dash, EDITOR, before)


def set_zone(dash: Dash, email: str, zone: str) -> str:
    """Return the one that the person had."""
    with closing(sqlite3.connect(dash.folder / "var" / "sandbox" / "db.sqlite3", timeout=20)) as connection:
        row: Any = connection.execute("SELECT time_zone FROM teams_user WHERE email = ?", [email]).fetchone()
        connection.execute("UPDATE teams_user SET time_zone = ? WHERE email = ?", [zone, email])
        connection.commit()
    return str(row[0])
