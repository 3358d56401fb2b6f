"""Taking every page: each width has a browser and an instance of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.screenshots.frozen import NOW
from tools.screenshots.instance import HOST, PORT, SANDBOX_PORT, SITE_URL, running_sandbox, running_web, seed
from tools.screenshots.shots import SHOTS, THEMES, WIDTHS, Shot, Step
from tools.screenshots.states import copy_database, read_facts, state_file
from tools.screenshots.web import MAIL_COOKIE

PATIENCE = 90  # seconds that a page may take on a busy machine
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    # A corner that is painted anew over itself, and whatever depends on which thread comes first.
    "--disable-partial-raster",
    "--disable-checker-imaging",
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-new-content-rendering-timeout",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Everything that changes the look of a page after it was loaded has come to rest: the pictures below the window, which
# wait to be scrolled to, the fonts, and what htmx asks for.
_REST = """async () => {
  for (const one of document.querySelectorAll("img[loading=lazy]")) one.loading = "eager";
  await document.fonts.ready;
  const isBusy = () => document.querySelector(".htmx-request") || [...document.images].some((one) => !one.complete);
  const end = performance.now() + 30000;
  while (isBusy()) {
    if (performance.now() > end) throw new Error("still busy");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // A picture that is there may not be painted yet; one that is broken never is.
  await Promise.allSettled([...document.images].map((one) => one.decode()));
  document.activeElement?.blur();
  // A picture in two sizes is made smaller from whichever was there first: by the nearest pixel, always from the original.
  // A style sheet made by a script, since the page's policy refuses a style element.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("img { image-rendering: pixelated !important; }");
  document.adoptedStyleSheets.push(sheet);
  window.scrollTo({ left: 0, top: 0, behavior: "instant" });
  for (let n = 0; n < 2; n++) await new Promise((resolve) => requestAnimationFrame(resolve));
}"""


def take_all(browser_path: str, out: Path, *, only: str = "") -> list[str]:
    """Take every page whose name has `only` in it into a folder.

    Returns what went wrong, one sentence a picture.
    """
    out.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if only in shot.name]
    folder = Path(tempfile.mkdtemp(prefix="dash-pages-"))
    try:
        with running_sandbox(folder) as sandbox_port:
            seed(folder, sandbox_port=sandbox_port)

            def take(width: int) -> list[str]:
                return _take_width(browser_path, folder, out, shots, sandbox_port, width=width)

            with ThreadPoolExecutor(min(len(WIDTHS), os.cpu_count() or 1)) as pool:
                return [problem for problems in pool.map(take, WIDTHS) for problem in problems]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_width(
    browser_path: str, folder: Path, out: Path, shots: list[Shot], sandbox_port: int, *, width: int
) -> list[str]:
    """Take the pages in one width, each in every theme."""
    from playwright.sync_api import Error, sync_playwright

    database = folder / f"width-{width}.sqlite3"
    copy_database(state_file(folder, "full"), database)
    problems = []
    with running_web(folder, sandbox_port=sandbox_port, database=database) as port, sync_playwright() as driver:
        rules = [
            f"MAP {HOST}:{PORT} 127.0.0.1:{port}",
            f"MAP {HOST}:{SANDBOX_PORT} 127.0.0.1:{sandbox_port}",
            # Nothing but this machine can be reached.
            "MAP * ~NOTFOUND",
            "EXCLUDE 127.0.0.1",
        ]
        arguments = [*ARGUMENTS, f"--host-resolver-rules={', '.join(rules)}"]
        browser = driver.chromium.launch(executable_path=browser_path, args=arguments)
        visits = Visits(browser, read_facts(folder), width)
        for shot in shots:
            # Whatever a page has changed is gone before the next one.
            copy_database(state_file(folder, shot.state), database)
            try:
                with visits.page_of(shot) as page:
                    problem = _open(page, shot, visits.facts)
                    _take(page, out / f"{shot.name}--{width}")
            except Error as error:
                problem = error.message.splitlines()[0]
            if problem:
                problems.append(f"{shot.name}--{width}: {problem}")
        browser.close()
    return problems


@dataclass(slots=True)
class Visits:
    """A browser in which each person has a context of their own, as they would at home."""

    browser: Any
    facts: dict[str, Any]
    width: int
    _pages: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def page_of(self, shot: Shot) -> Iterator[Any]:
        """Give the page of whoever looks, signed in and with nothing left over from the page before."""
        page = self._pages.get(shot.who)
        if page is None:
            page = self._pages[shot.who] = self._make_page()
        session = self.facts["sessions"].get(shot.who)
        cookies = [(self.facts["session_cookie"], session)] if session else []
        cookies += [MAIL_COOKIE] if shot.has_mail else []
        page.context.clear_cookies()
        page.context.add_cookies([{"name": name, "value": value, "url": SITE_URL} for name, value in cookies])
        yield page
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        # A page that is left behind with something typed in it would ask; one that is gone can't look again either.
        page.goto("about:blank")

    def _make_page(self) -> Any:
        context = self.browser.new_context(
            base_url=SITE_URL,
            viewport={"width": self.width, "height": WIDTHS[self.width]},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.clock.set_fixed_time(NOW)
        return page


def _open(page: Any, shot: Shot, facts: dict[str, Any]) -> str:
    """Open a page and do what leads to what it shall show. Returns what is not as the list says."""
    address = shot.fill(facts)
    answer = page.goto(address)
    for step in shot.steps:
        answer = _do(page, step, facts) or answer
    page.mouse.move(0, 0)
    page.evaluate(_REST)
    if answer.status != shot.status:
        return f"answered {answer.status}, not {shot.status}"
    wanted, path = shot.lands or urlsplit(address).path, urlsplit(page.url).path
    if path != wanted and not shot.start:
        return f"led to {path}"
    return ""


def _take(page: Any, stem: Path) -> None:
    """Take the page as it stands, in each theme.

    In a window as high as the page: what is fixed to the window's end would hide a part of the page otherwise.
    """
    window = page.viewport_size
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({**window, "height": max(window["height"], height)})
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=f"{stem}--{theme}.png", full_page=True, animations="disabled", caret="hide")
    page.set_viewport_size(window)


def _do(page: Any, step: Step, facts: dict[str, Any]) -> Any:
    """Do one step; returns the answer to it when it leads to another page."""
    kind, selector, *value = step
    if kind == "forget":
        page.context.clear_cookies()
        return None
    one = page.locator(selector).first
    if kind == "fill":
        one.fill(value[0].replace("{password}", facts["password"]))
        return None
    if kind == "open":
        one.click()
        return None
    # What a form refuses is the server's to say here.
    page.evaluate("() => document.querySelectorAll('form').forEach((one) => { one.noValidate = true; })")
    with page.expect_navigation() as navigation:
        one.click()
    return navigation.value
