"""The board picker, with script and without."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.steps import EDITOR

COMPOSE = "/t/atelier-nordlicht/pins/new/?empty"


@pytest.fixture
def compose(open_page: OpenPage) -> Any:
    page = open_page(email=EDITOR)
    page.goto(COMPOSE)
    page.locator("input[name=account]").first.check()
    expect(combobox(page)).to_be_visible()
    return page


def combobox(page: Any) -> Any:
    return page.locator("#picker [role=combobox]")


def options(page: Any) -> Any:
    return page.locator("#picker [role=option]:visible")


def chosen(page: Any) -> str:
    return str(
        page.locator("#picker select[name=board]").evaluate("select => select.selectedOptions[0].dataset.name ?? ''")
    )


def test_typing_filters_without_accents_and_case(compose: Any) -> None:
    combobox(compose).click()
    combobox(compose).press_sequentially("QUIËT")
    expect(options(compose)).to_have_count(1)
    expect(options(compose).locator("mark")).to_have_text("Quiet")
    expect(compose.locator("#picker p[role=status]")).to_have_text(re.compile("^1 of "))


def test_keyboard_alone_chooses_a_board(compose: Any) -> None:
    combobox(compose).focus()
    compose.keyboard.type("winter away")
    compose.keyboard.press("Enter")
    expect(combobox(compose)).to_have_value("Winter away")
    expect(combobox(compose)).to_have_attribute("aria-expanded", "false")
    assert chosen(compose) == "Winter away"


def test_arrows_home_and_end_move_through_the_list(compose: Any) -> None:
    combobox(compose).focus()
    compose.keyboard.press("ArrowDown")
    compose.keyboard.press("End")
    last = combobox(compose).get_attribute("aria-activedescendant")
    compose.keyboard.press("ArrowDown")
    first = combobox(compose).get_attribute("aria-activedescendant")
    compose.keyboard.press("ArrowUp")
    assert combobox(compose).get_attribute("aria-activedescendant") == last
    compose.keyboard.press("Home")
    assert combobox(compose).get_attribute("aria-activedescendant") == first
    assert first != last


def test_escape_leaves_the_choice_alone(compose: Any) -> None:
    before = chosen(compose)
    combobox(compose).click()
    combobox(compose).press_sequentially("walls")
    compose.keyboard.press("Escape")
    expect(combobox(compose)).to_have_attribute("aria-expanded", "false")
    assert chosen(compose) == before


def test_list_pushes_down_what_is_below_it(compose: Any) -> None:
    title = compose.locator("input[name=title]")
    before = title.bounding_box()["y"]
    combobox(compose).click()
    assert title.bounding_box()["y"] > before + 100


def test_refresh_keeps_what_was_typed_and_chosen(compose: Any) -> None:
    compose.locator("input[name=title]").fill("Typed before")
    combobox(compose).click()
    options(compose).filter(has_text="Washed linen").last.click()
    combobox(compose).click()
    combobox(compose).press_sequentially("linen")
    with compose.expect_response(re.compile("/refresh/")):
        compose.locator("#picker-refresh").click()
    expect(compose.locator("[data-foot]")).to_contain_text("Updated now")
    expect(combobox(compose)).to_have_value("linen")
    expect(compose.locator("input[name=title]")).to_have_value("Typed before")
    assert chosen(compose) == "Washed linen"


def test_names_from_right_to_left_keep_their_letters(compose: Any) -> None:
    combobox(compose).click()
    combobox(compose).press_sequentially("رمضان")
    expect(options(compose)).to_have_count(1)
    expect(options(compose).locator(".name")).to_have_text("وصفات رمضان")


def test_options_are_large_enough_for_a_thumb(open_page: OpenPage) -> None:
    page = open_page(email=EDITOR, width=390)
    page.goto(COMPOSE)
    page.locator("input[name=account]").first.check()
    combobox(page).click()
    heights = options(page).evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 44


def test_plain_select_works_without_script(open_page: OpenPage) -> None:
    page = open_page(email=EDITOR, javascript=False)
    page.goto(COMPOSE)
    page.locator("input[name=title]").fill("Typed before")
    page.locator("select[name=board]").select_option(label="Walls")
    page.locator("#picker-refresh").click()
    expect(page.locator("input[name=title]")).to_have_value("Typed before")
    expect(page.locator("select[name=board] option:checked")).to_have_text("Walls")
