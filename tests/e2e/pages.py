"""The pages that every look at all of them takes in, and what may be wrong with one."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.e2e.steps import TEAM

PAGES = [
    TEAM,
    f"{TEAM}pins/",
    f"{TEAM}pins/?view=table",
    f"{TEAM}pins/?q=nothing+like+this",
    f"{TEAM}pins/new/",
    f"{TEAM}calendar/",
    f"{TEAM}calendar/?month=2031-02",
    f"{TEAM}boards/",
    f"{TEAM}accounts/",
    f"{TEAM}members/",
    f"{TEAM}members/invite/",
    f"{TEAM}audit/",
    f"{TEAM}settings/",
    f"{TEAM}settings/stop/",
    f"{TEAM}settings/delete/",
    "/me/",
    "/me/notifications/",
    "/me/email/",
    "/auth/password/change/",
    "/auth/sessions/",
    "/instance/",
    "/instance/audit/",
]
STATUSES = ["draft", "queued", "scheduled", "published", "partial", "failed", "unconfirmed", "cancelled"]


def find_faults(page: Any) -> list[str]:
    """Return what axe finds, and whether the page scrolls sideways; empty when nothing is wrong."""
    faults = [
        f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:200]}"
        for found in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{page.url} scrolls sideways")
    return faults
