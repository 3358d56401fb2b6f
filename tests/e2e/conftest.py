"""Browser tests: a real Chromium against the dashboard, its worker and the sandbox as real processes."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from tests.e2e.complaints import Complaints
from tests.e2e.stack import Dash, is_required, start_dash
from tools.bootstrap import find_browser

FOLDER = Path(__file__).parent
MISSING = (
    "No Chromium or Chrome was found. Install one (Debian, Ubuntu: apt install chromium) or name it in CHROMIUM, "
    "then run make test again."
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
HAS_DRIVER = importlib.util.find_spec("pytest_playwright") is not None
if not HAS_DRIVER:
    # The tests' own imports have to work, so that each of them is counted as skipped, with the reason.
    for name in ("playwright", "playwright.sync_api", "axe_playwright_python", "axe_playwright_python.sync_playwright"):
        sys.modules[name] = MagicMock()

OpenPage = Callable[..., Any]


def pytest_configure(config: pytest.Config) -> None:
    """What a failed test's pages showed last is kept in test-results/, unless the command line says otherwise."""
    if HAS_DRIVER and config.getoption("screenshot", default="") == "off":
        config.option.screenshot = "only-on-failure"
        config.option.full_page_screenshot = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, and skip it where there is no browser, unless E2E_REQUIRED=1."""
    is_missing = not (HAS_DRIVER and find_browser())
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if is_missing and not is_required():
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def dash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """Yield the running dashboard: `.url`, `.sandbox` (its PostPeer) and `.sign_in(page, email)`."""
    started = start_dash(tmp_path_factory.mktemp("dash"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Return the Chromium of this machine, in place of the one that Playwright would download."""
    path = find_browser()
    if not path:
        pytest.fail(MISSING)
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_page(new_context: Callable[..., Any], dash: Dash, complaints: Complaints) -> Iterator[OpenPage]:
    """Open pages that share nothing, each as a person with a browser of their own would.

    `open_page(email="…", width=390, theme="dark", javascript=False, time_zone="Asia/Tokyo")`; the test fails when one
    of them complains in its console, violates the CSP or misses a file.
    """

    def open_one(
        *,
        email: str = "",
        width: int = 1280,
        height: int = 900,
        theme: str = "light",
        javascript: bool = True,
        time_zone: str = "Europe/Berlin",
        locale: str = "en-GB",
    ) -> Any:
        context = new_context(
            base_url=dash.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            java_script_enabled=javascript,
            timezone_id=time_zone,
            locale=locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        complaints.listen(context)
        page = context.new_page()
        if email:
            dash.sign_in(page, email)
        return page

    yield open_one
    # Faults are for one test.
    dash.sandbox.faults()
    assert complaints.left() == []


@pytest.fixture
def page(open_page: OpenPage) -> Any:
    """Return a page of somebody who isn't signed in, 1280 px wide, in the light theme."""
    return open_page()
