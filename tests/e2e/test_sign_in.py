from typing import Any

from postpeer_dash.demo.cast import people
from tests.e2e.conftest import OpenPage
from tests.e2e.stack import Dash


def test_every_one_of_the_demo_signs_in_with_what_the_console_prints(open_page: OpenPage, dash: Dash) -> None:
    for person in people():
        page = open_page(email=person.email)
        assert page.url.startswith(f"{dash.url}/t/")
        assert page.locator("h1").first.is_visible()


def test_a_wrong_password_is_told_and_the_address_stays(page: Any) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill("somebody@example.com")
    page.locator("input[name=password]").fill("not the password")
    page.locator("form:has(input[name=password]) [type=submit]").first.click()
    page.locator("[role=alert], .errorlist, .alert, .invalid-feedback, .summary, .field-error").first.wait_for()
    assert page.locator("input[name=login]").input_value() == "somebody@example.com"
