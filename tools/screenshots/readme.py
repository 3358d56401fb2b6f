"""The README's pictures, taken from the running demo.

An instance of its own on free ports with a throwaway data folder, so that they show what a first run shows.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
OWNER = "mira@nordlicht.example"
TEAM = "/t/atelier-nordlicht/"
# name, address, theme, width, height
SHOTS = (
    ("home", TEAM, "light", 1280, 1000),
    ("history", f"{TEAM}pins/", "light", 1280, 1000),
    ("calendar", f"{TEAM}calendar/", "dark", 1280, 1000),
    ("pin", f"{TEAM}pins/?status=partial", "light", 1280, 1000),
    ("compose", f"{TEAM}pins/new/", "light", 1280, 1240),
    ("phone", TEAM, "light", 390, 844),
)


def take_pictures(browser_path: str) -> int:
    """Take all pictures. Returns 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.e2e.stack import start_dash

    PICTURES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="dash-pictures-"))
    dash = start_dash(folder)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
            for name, address, theme, width, height in SHOTS:
                page = _open(browser, dash, theme=theme, width=width, height=height)
                page.goto(address)
                _prepare(page, name, dash)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=PICTURES / f"{name}.png")
                page.context.close()
            browser.close()
    finally:
        dash.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _open(browser: Any, dash: Any, *, theme: str, width: int, height: int) -> Any:
    context = browser.new_context(
        base_url=dash.url,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    page = context.new_page()
    dash.sign_in(page, OWNER)
    return page


def _prepare(page: Any, name: str, dash: Any) -> None:
    """What has to be done on a page before it shows what it is for."""
    if name == "pin":
        page.locator(".wall h3 a").first.click()
    if name == "compose":
        page.locator("[name=media_url]").fill(f"{dash.sandbox.base_url}/pictures/snow.jpg")
        page.locator("[name=title]").fill("Cabin weekend packing list (printable)")
        page.locator("[name=description]").fill(
            "Three days, one bag each. What we take to a cabin without electricity."
        )
        page.get_by_role("combobox", name="Board").click()
