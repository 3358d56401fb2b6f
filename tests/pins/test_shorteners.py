"""Shortened links: a warning, and nothing more."""

from typing import Any

import pytest

from postpeer_dash.pins.models import Pin, Submission
from postpeer_dash.pins.shorteners import SHORTENERS, find_shortener
from tests.cast import Cast, SignIn
from tests.pins.composing import Desk, make_desk
from tests.pins.factories import make_draft, make_submitted


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://bit.ly/3abc", "bit.ly"),
        ("https://BIT.LY/3abc", "bit.ly"),
        ("https://www.tinyurl.com/x", "tinyurl.com"),
        ("https://t.co./x", "t.co"),
        ("https://pin.it/5xyz?a=b", "pin.it"),
        ("https://team.short.gy/x", "short.gy"),
        ("https://habit.ly/x", ""),
        ("https://bit.ly.example/x", ""),
        ("https://shop.example/?u=https://bit.ly/3abc", ""),
        ("https://youtu.be/x", ""),
        ("bit.ly/3abc", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_shortener_is_known_by_its_host(url: str, service: str) -> None:
    assert find_shortener(url) == service


def test_list_holds_domains_alone() -> None:
    assert all(domain == domain.lower().strip(".") and "." in domain and "/" not in domain for domain in SHORTENERS)
    assert {"bit.ly", "tinyurl.com", "t.co", "pin.it", "goo.gl", "ow.ly", "buff.ly", "is.gd", "lnkd.in"} <= SHORTENERS


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.team)


def test_form_warns_and_takes_it(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    page = desk.post(bob, link="https://bit.ly/3abc", title="").content.decode()
    page = bob.get(desk.post(bob, link="https://bit.ly/3abc").headers["Location"]).content.decode()
    assert "bit.ly hides where the link leads" in page and Pin.objects.filter(link="https://bit.ly/3abc").exists()
    assert desk.post(bob, action="publish", link="https://bit.ly/3abc").status_code == 302
    assert Submission.objects.exists()


def test_other_links_are_not_warned_of(desk: Desk, as_: SignIn) -> None:
    bob = as_("bob")
    assert "hides where" not in bob.get(desk.post(bob).headers["Location"]).content.decode()


@pytest.mark.parametrize(("status", "is_warned"), [("queued", True), ("failed", True), ("published", False)])
def test_pins_page_warns_while_it_matters(cast: Cast, as_: SignIn, status: str, is_warned: bool) -> None:
    pin = make_submitted(cast.team, cast.bob, link="https://t.co/x").pin
    Pin.objects.update(status=status)
    page = as_("vera").get(f"/t/nordlicht/pins/{pin.uuid}/").content.decode()
    assert ("t.co hides where the link leads" in page) is is_warned


def test_approver_is_warned(cast: Cast, as_: SignIn) -> None:
    pin: Any = make_draft(cast.team, cast.cora, link="https://rb.gy/x")
    Pin.objects.update(review="waiting")
    assert "rb.gy hides where" in as_("bob").get(f"/t/nordlicht/pins/{pin.uuid}/").content.decode()
