"""What the compose page's scripts do, and that all of it goes without them."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from postpeer_dash.web.text import count_units
from tests.e2e.conftest import OpenPage
from tests.e2e.steps import EDITOR, OWNER
from tests.installation.processes import ROOT

NEW = "/t/atelier-nordlicht/pins/new/"
RUG = ROOT / "postpeer_dash" / "sandbox" / "pictures" / "rug.jpg"


@pytest.fixture
def page(open_page: OpenPage) -> Any:
    opened = open_page(email=EDITOR)
    opened.goto(NEW)
    return opened


def wait_for_value(page: Any, selector: str, pattern: str) -> str:
    field = page.locator(selector)
    expect(field).to_have_value(re.compile(pattern))
    return str(field.input_value())


def test_counter_counts_as_the_rule_does(page: Any) -> None:
    for text in ["plain", "🌿🪴", "e" + "\u0301" * 40, "two\nlines\n\nthree", "  around  ", "👩‍🌾" * 9]:
        page.fill("[name=description]", text)
        assert page.locator("[data-count=id_description]").inner_text() == f"{count_units(text.strip())} of 500"


def test_counter_warns_and_typing_goes_on(page: Any) -> None:
    page.fill("[name=title]", "x" * 112)
    counter = page.locator("[data-count=id_title]")
    assert counter.inner_text() == "12 too many"
    assert "counter-over" in counter.get_attribute("class")
    assert len(page.input_value("[name=title]")) == 112


def test_preview_moves_and_shows_words_as_words(page: Any) -> None:
    page.fill("[name=title]", "<img src=x onerror=alert(1)>")
    assert page.locator("[data-preview-title]").inner_text() == "<img src=x onerror=alert(1)>"
    page.fill("[name=title]", "")
    page.fill("[name=description]", "First line\nSecond line")
    assert page.locator("[data-preview-title]").inner_text() == "First line"
    page.fill("[name=dominant_color]", "#2c5a3e")
    assert page.locator("#preview .mat rect").get_attribute("fill") == "#2c5a3e"


def test_picture_that_doesnt_load_says_so(page: Any, dash: Any) -> None:
    page.fill("[name=media_url]", f"{dash.sandbox.base_url}/pictures/nothing.jpg")
    expect(page.locator("#media-state")).to_contain_text("doesn’t load here")
    page.fill("[name=media_url]", f"{dash.sandbox.base_url}/pictures/rug.jpg")
    expect(page.locator("#media-state")).to_contain_text("Loaded: 480 × 720, 2:3")


def test_file_goes_to_postpeer_by_way_of_the_dashboard(page: Any, dash: Any) -> None:
    puts: list[Any] = []
    page.on("request", lambda request: puts.append(request) if request.method == "PUT" else None)
    page.set_input_files("[name=media_file]", RUG)
    url = wait_for_value(page, "[name=media_url]", "^http")
    assert url.startswith(dash.sandbox.base_url)
    assert [put.url.startswith(f"{dash.url}/t/atelier-nordlicht/media/") for put in puts] == [True]
    sums = [put.header_value("x-piece-sha256") for put in puts]
    assert sums == [hashlib.sha256(RUG.read_bytes()).hexdigest()]
    assert re.fullmatch("#[0-9A-F]{6}", wait_for_value(page, "[name=dominant_color]", "^#"))
    assert page.locator("#media-state").inner_text().startswith("JPG, 480 × 720, 2:3, ")


def test_renamed_program_is_refused_at_once(page: Any, tmp_path: Path) -> None:
    program = tmp_path / "holiday.jpg"
    program.write_bytes(b"MZ\x90\x00" + b"0" * 4000)
    page.set_input_files("[name=media_file]", program)
    page.locator("#upload-wrong", has_text="isn’t a JPG").wait_for()
    assert page.input_value("[name=media_url]") == ""


def test_reason_of_a_refused_file_stays_beside_it(page: Any, tmp_path: Path) -> None:
    program = tmp_path / "holiday.jpg"
    program.write_bytes(b"MZ\x90\x00" + b"0" * 4000)
    page.set_input_files("[name=media_file]", program)
    page.locator("#upload-wrong", has_text="isn’t a JPG").wait_for()
    page.locator(".acts [value=publish]").click()
    page.locator(".trouble").wait_for()
    assert "isn’t a JPG" in page.locator("#upload-wrong").inner_text()
    page.set_input_files("[name=media_file]", RUG)
    wait_for_value(page, "[name=media_url]", "^http")
    assert page.locator("#upload-wrong").is_hidden()


def test_color_is_seen_however_it_is_written(page: Any) -> None:
    for typed, shown in (("c3ceda", "#c3ceda"), ("#abc", "#aabbcc"), ("abcd", "none")):
        page.fill("[name=dominant_color]", typed)
        assert page.locator("[data-swatch]").get_attribute("fill") == shown


def test_wrong_field_with_the_focus_has_our_ring_and_no_glow(page: Any) -> None:
    page.locator(".acts [value=publish]").click()
    page.locator(".trouble").wait_for()
    for name in ("media_url", "title"):
        page.locator(f"[name={name}]").focus()
        drawn = page.evaluate(
            "[getComputedStyle(document.activeElement)].map((it) => [it.boxShadow, it.outlineStyle])[0]"
        )
        assert drawn == ["none", "solid"], name


def test_uploaded_file_ends_the_complaint_that_there_is_none(page: Any) -> None:
    page.locator(".acts [value=publish]").click()
    page.locator("#id_media_url_error").wait_for()
    page.set_input_files("[name=media_file]", RUG)
    page.locator("[data-upload-name]", has_text="Uploaded: rug.jpg").wait_for()
    expect(page.locator("#id_media_url_error")).to_have_count(0)
    assert page.locator("[name=media_url]").get_attribute("aria-invalid") is None
    assert page.locator("#id_title_error").is_visible()


def test_upload_is_cancelled_and_the_form_waits_meanwhile(page: Any, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"0" * 4000)
    page.route(re.compile("/pieces/0/$"), lambda route: None)
    page.set_input_files("[name=media_file]", film)
    page.locator("[data-upload-run] [data-run-words]", has_text="film.mp4").wait_for()
    assert page.locator("#media-video").is_checked()
    page.locator(".acts [value=draft]").click()
    page.locator("#upload-wrong", has_text="still on its way").wait_for()
    assert page.url.endswith(NEW)
    with page.expect_request(re.compile("/discard/$")):
        page.locator("[data-upload-run] [data-run-cancel]").click()
    page.locator("[data-upload-run]").wait_for(state="hidden")
    assert page.locator("#upload-wrong").is_hidden()
    assert page.locator("#media-image").is_checked()


def test_typed_text_is_offered_again_and_restored(page: Any) -> None:
    page.fill("[name=title]", "Half a thought")
    page.fill("[name=scheduled_for]", "2030-01-01T10:00")
    page.locator("[name=title]").blur()
    form_id = page.input_value("[name=form_id]")
    page.goto("/t/atelier-nordlicht/")
    page.goto(NEW)
    page.locator("[data-restore]").click()
    assert page.input_value("[name=title]") == "Half a thought"
    assert page.input_value("[name=scheduled_for]") == "2030-01-01T10:00"
    assert page.input_value("[name=form_id]") == form_id


def test_text_thrown_away_stays_away(page: Any) -> None:
    page.fill("[name=title]", "Not this")
    page.locator("[name=title]").blur()
    page.goto(NEW)
    page.locator("[data-discard]").click()
    page.goto(NEW)
    assert page.locator("#restore").is_hidden()


def sign_out(page: Any) -> None:
    """Press the button; the session itself stays, since other tests have it, too."""
    page.route("**/auth/logout/", lambda route: route.fulfill(body="out", content_type="text/plain"))
    page.evaluate("document.querySelector('form:has([data-sign-out])').requestSubmit()")
    page.wait_for_url("**/auth/logout/")


def test_signing_out_takes_the_text_along_in_every_tab(page: Any) -> None:
    page.fill("[name=title]", "Mine alone")
    other = page.context.new_page()
    other.goto("/t/atelier-nordlicht/")
    sign_out(other)
    page.wait_for_function("Object.keys(sessionStorage).every((key) => !key.startsWith('dash:compose:'))")
    page.goto(NEW)
    assert page.locator("#restore").is_hidden()


def test_text_typed_last_before_signing_out_goes_as_well(page: Any) -> None:
    page.fill("[name=title]", "Typed a moment ago")
    sign_out(page)
    assert page.evaluate("JSON.stringify({...sessionStorage})").count("Typed a moment ago") == 0


def test_session_that_merely_ends_leaves_the_text_for_its_person_alone(page: Any, dash: Any) -> None:
    page.fill("[name=title]", "Before the session ended")
    page.locator("[name=title]").blur()
    page.context.clear_cookies()
    for email, is_hidden in ((OWNER, True), (EDITOR, False)):
        dash.sign_in(page, email)
        page.goto(NEW)
        assert page.locator("#restore").is_hidden() is is_hidden
        page.context.clear_cookies()


def test_text_is_gone_after_seven_days_wherever_one_looks(page: Any) -> None:
    page.fill("[name=title]", "Last week")
    page.locator("[name=title]").blur()
    page.evaluate(
        """for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith("dash:compose:"))) {
             const entry = JSON.parse(sessionStorage.getItem(key));
             sessionStorage.setItem(key, JSON.stringify({ ...entry, at: entry.at - 7 * 864e5 - 1000 }));
           }"""
    )
    page.goto("/t/atelier-nordlicht/")
    assert page.evaluate("JSON.stringify({...sessionStorage})").count("Last week") == 0


def test_return_key_saves_a_draft_and_nothing_is_offered_after(page: Any) -> None:
    page.fill("[name=title]", "Saved with the return key")
    page.press("[name=title]", "Enter")
    page.wait_for_url(re.compile("/edit/$"))
    assert "Draft saved at" in page.locator("#messages").inner_text()
    assert page.locator("#restore").is_hidden()
    page.goto(NEW)
    assert page.locator("#restore").is_hidden()


def test_time_is_told_from_now(page: Any) -> None:
    page.fill("[name=scheduled_for]", "2020-01-01T10:00")
    assert page.locator("#when-note").inner_text() == "This time has passed."
    page.evaluate(
        """() => {
          const field = document.querySelector("[name=scheduled_for]");
          const soon = new Date(Date.now() + 3 * 3600e3 + 30e3);
          document.querySelector("[name=timezone]").value = "UTC";
          field.value = soon.toISOString().slice(0, 16);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    assert re.match(r"In (2 hours and 59 minutes|3 hours)", page.locator("#when-note").inner_text())


def test_everything_goes_without_script(open_page: OpenPage, dash: Any) -> None:
    page = open_page(email=EDITOR, javascript=False)
    page.goto(NEW)
    page.fill("[name=title]", "Without script")
    page.fill("[name=link]", "http://plain.example")
    page.select_option("select[name=board]", index=2)
    page.set_input_files("[name=media_file]", RUG)
    page.locator(".acts [value=publish]").click()
    assert page.locator(".trouble").inner_text().count("https://") == 1
    assert page.input_value("[name=media_url]").startswith(dash.sandbox.base_url)
    page.fill("[name=link]", "https://plain.example")
    page.locator(".acts [value=publish]").click()
    assert re.search("/pins/[0-9a-f-]{36}/$", page.url)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page: OpenPage, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(email=EDITOR, width=width, theme=theme)
    page.goto(NEW)
    page.fill("[name=link]", "http://plain.example")
    page.locator(".acts [value=publish]").click()
    page.locator(".trouble").wait_for()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
