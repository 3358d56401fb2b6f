"""An address that only takes a button's press says so, and leads back."""

import pytest
from django.test import Client

from tests.cast import Cast, SignIn
from tests.pins.factories import make_draft


def test_visit_to_a_buttons_address_is_a_page_with_a_way_back(cast: Cast, as_: SignIn) -> None:
    pin = make_draft(cast.team, cast.bob)
    page = f"/t/nordlicht/pins/{pin.uuid}/"
    response = as_("bob").get(f"{page}retry/")
    text = response.content.decode()
    assert response.status_code == 405 and response.headers["Allow"] == "POST"
    assert "Nothing was done" in " ".join(text.split()) and f'href="{page}"' in text and 'href="/"' in text
    assert pin.events.count() == 1


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/t/nordlicht/members/invitations/7/revoke/", "/t/nordlicht/members/"),
        ("/t/nordlicht/accounts/connect/pinterest/", "/t/nordlicht/accounts/"),
        ("/t/nordlicht/pins/view/", "/t/nordlicht/pins/"),
        ("/me/theme/", "/me/"),
    ],
)
def test_way_back_is_the_nearest_page_above(as_: SignIn, cast: Cast, path: str, above: str) -> None:
    response = as_("alice").get(path)
    assert response.status_code == 405 and f'href="{above}"' in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_page_that_is_only_looked_at_says_so(as_: SignIn, cast: Cast, method: str) -> None:
    response = getattr(as_("bob"), method)("/t/nordlicht/")
    text = " ".join(response.content.decode().split())
    assert response.status_code == 405 and "only for looking at" in text and 'href="/t/nordlicht/"' in text


def test_fragment_and_head_get_no_page(as_: SignIn, cast: Cast) -> None:
    client = as_("bob")
    assert client.get("/t/nordlicht/pins/view/", headers={"HX-Request": "true"}).content == b""
    assert client.head("/t/nordlicht/pins/view/").status_code == 405


def test_visitor_who_is_signed_out_is_led_to_the_sign_in(cast: Cast) -> None:
    assert Client().get("/t/nordlicht/pins/view/").status_code == 302
