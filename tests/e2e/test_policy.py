"""Every page there is, opened in a browser: nothing on any of them is refused by the content security policy."""

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash
from tests.e2e.steps import OWNER
from tests.world import addresses

LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
# Of one kind of page so many are opened: drafts and published pins look different.
SO_MANY = 6
# Pages that no link leads to, but a person comes to; fragments are opened as what the browser puts into a page.
BEGIN = [
    # The rare ones first: of the others there are enough.
    "/t/atelier-nordlicht/pins/?status=draft",
    "/t/atelier-nordlicht/pins/?status=unconfirmed",
    "/",
    "/me/",
    "/auth/second-factor/",
    "/auth/second-factor/webauthn/",
    "/auth/sessions/",
    "/auth/reauthenticate/?next=/me/",
    "/instance/",
    "/t/atelier-nordlicht/pins/?view=table",
    "/nowhere/",
    "/invitations/made-up/",
    "/connect/return/made-up/",
]
STRANGERS = [
    "/auth/login/",
    "/auth/password/reset/",
    "/auth/password/reset/done/",
    "/auth/inactive/",
    "/setup/?token=x",
]
# What a crawl of links has to have come by; without it the walk would have ended early and proved nothing.
EXPECTED = {
    "home:home", "home:settings", "pins:history", "pins:compose", "pins:pin", "pins:edit", "boards:boards",
    "accounts:accounts", "accounts:disconnect", "teams:members", "teams:audit", "teams:me", "account_change_password",
    "mfa_index", "mfa_list_webauthn", "usersessions_list",
}  # fmt: skip


def name_of(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return "missing"


def refused(page: Any) -> list[str]:
    return [f"{page.url}: {each}" for each in page.evaluate("window.refused")]


def crawl(page: Any, url: str, begin: list[str]) -> tuple[set[str], list[str]]:
    """Open what can be reached by links, so many of each kind; the kinds that were seen and what was refused."""
    waiting, seen, kinds, found = list(begin), set(begin), Counter[str](), []
    while waiting:
        path = waiting.pop(0)
        kind = name_of(path)
        if kinds[kind] >= SO_MANY:
            continue
        kinds[kind] += 1
        page.goto(path)
        found += refused(page)
        for link in page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)"):
            path = link.removeprefix(url)
            is_page = link.startswith(f"{url}/") and not path.startswith("/static/")
            if is_page and path not in seen and "csv" not in path and "download" not in path:
                seen.add(path)
                waiting.append(path.partition("#")[0])
    return set(kinds), found


def test_no_page_is_refused_anything(open_page: OpenPage, dash: Dash) -> None:
    page = open_page(email=OWNER)
    page.context.add_init_script(LISTEN)
    kinds, found = crawl(page, dash.url, BEGIN)
    assert found == []
    assert EXPECTED - kinds == set()
    assert kinds - {"missing"} <= {address.name for address in addresses()}


def test_no_page_of_a_stranger_is_refused_anything(open_page: OpenPage) -> None:
    page = open_page()
    page.context.add_init_script(LISTEN)
    found = []
    for path in STRANGERS:
        page.goto(path)
        found += refused(page)
    assert found == []


def test_what_breaks_the_policy_is_seen(open_page: OpenPage, complaints: Any) -> None:
    complaints.expect("Content Security Policy|Refused")
    page = open_page()
    page.context.add_init_script(LISTEN)
    page.goto("/auth/login/")
    page.evaluate(
        "() => { document.body.append(Object.assign(document.createElement('style'), {textContent: 'b{}'})) }"
    )
    page.wait_for_function("window.refused.length > 0")
    assert "style-src" in refused(page)[0]
