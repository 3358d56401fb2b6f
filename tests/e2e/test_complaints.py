"""The browser tests' own senses: what goes wrong in a page quietly is noticed."""

from typing import Any

from tests.e2e.complaints import Complaints
from tests.e2e.stack import Dash


def test_the_sign_in_page_has_nothing_to_complain_about(page: Any, complaints: Complaints) -> None:
    page.goto("/auth/login/")
    assert page.locator("input[name=password]").is_visible()
    assert complaints.left() == []


def test_an_inline_script_is_refused_and_noticed(page: Any, complaints: Complaints) -> None:
    page.goto("/auth/login/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in complaints.left()[0]
    complaints.expect("Content Security Policy")


def test_a_missing_style_sheet_is_noticed(page: Any, complaints: Complaints) -> None:
    page.goto("/auth/login/")
    with page.expect_event("console"):
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('link'), "
            "{rel: 'stylesheet', href: '/static/nowhere.css'}))"
        )
    assert "nowhere.css" in complaints.left()[0]
    complaints.expect(r"nowhere\.css")


def test_an_error_in_a_script_is_noticed(page: Any, complaints: Complaints) -> None:
    page.goto("/auth/login/")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('on purpose') })")
    assert "on purpose" in complaints.left()[0]
    complaints.expect("on purpose")


def test_nothing_beyond_this_machine_is_reached(page: Any, dash: Dash) -> None:
    page.goto(f"{dash.url}/auth/login/")
    with page.expect_event("requestfailed") as failed:
        page.evaluate("new Image().src = 'https://example.com/picture.jpg'")
    assert "ERR_NAME_NOT_RESOLVED" in failed.value.failure
