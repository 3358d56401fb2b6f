"""The calendar in a browser: a table of weeks where there is room, a list of days on a phone."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.pages import find_faults
from tests.e2e.steps import OWNER, TEAM

PAGE = f"{TEAM}calendar/"
VIEWER = "sami@nordlicht.example"


def far() -> date:
    """Return a day of a month in which the demo has nothing."""
    return date.today().replace(day=1) + timedelta(days=400)  # noqa: DTZ011 - any day will do


def test_months_are_turned_and_a_pin_is_opened(open_page: OpenPage) -> None:
    page = open_page(email=OWNER)
    page.goto(TEAM)
    page.get_by_role("navigation", name="Team").get_by_role("link", name="Calendar").click()
    table = page.get_by_role("table")
    assert table.get_by_role("columnheader").count() == 7
    assert table.locator("[aria-current=date]").inner_text().startswith(str(date.today().day))  # noqa: DTZ011
    here = page.locator("h1").inner_text()
    page.locator("a[rel=next]").click()
    page.locator("a[rel=prev]").click()
    assert page.locator("h1").inner_text() == here
    title = table.locator(".slot b").first.inner_text()
    table.locator(".slot").first.click()
    assert page.locator("h1").inner_text() == title


def test_full_day_leads_to_its_pins(open_page: OpenPage) -> None:
    page = open_page(email=OWNER)
    page.goto(PAGE)
    page.locator(".cal .cal-more").first.click()
    expect(page.locator(".wall .pin").nth(4)).to_be_visible()
    assert "day=" in page.url
    assert page.locator(".applied .chip").count() == 1


def test_free_day_begins_a_pin_with_its_date(open_page: OpenPage) -> None:
    page, day = open_page(email=OWNER), far()
    page.goto(f"{PAGE}?month={day:%Y-%m}")
    assert "Choose a day" in page.locator(".cal-empty").inner_text()
    page.locator("td.cal-day", has=page.locator(f"time[datetime='{day}']")).click(position={"x": 60, "y": 90})
    page.wait_for_url("**/pins/new/**")
    assert page.locator("[name=scheduled_for]").input_value() == f"{day}T09:00"


def test_free_day_is_reached_by_keyboard(open_page: OpenPage) -> None:
    page, day = open_page(email=OWNER), far()
    page.goto(f"{PAGE}?month={day:%Y-%m}")
    page.locator(".cal .cal-new").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pins/new/?day=**")
    assert page.locator("[name=scheduled_for]").input_value() == f"{page.url.rpartition('=')[2]}T09:00"


def test_viewer_only_looks(open_page: OpenPage) -> None:
    page = open_page(email=VIEWER)
    page.goto(f"{PAGE}?month={far():%Y-%m}")
    assert page.locator(".cal-new").count() == 0
    assert find_faults(page) == []


def test_phone_has_a_list_that_begins_today(open_page: OpenPage) -> None:
    page = open_page(email=OWNER, width=390)
    page.goto(PAGE)
    assert not page.get_by_role("table").is_visible()
    assert page.locator(".cal-agenda > section h2").first.get_attribute("aria-current") == "date"
    earlier = page.locator(".cal-earlier summary")
    if earlier.count():
        earlier.click()
        assert page.locator(".cal-earlier .go").first.is_visible()
    assert find_faults(page) == []


def test_us_week_begins_on_sunday(open_page: OpenPage) -> None:
    page = open_page(email=OWNER, locale="en-US")
    page.goto(PAGE)
    assert page.get_by_role("columnheader").first.inner_text().startswith("Sun")
