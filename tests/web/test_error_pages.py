"""Error pages read nothing of what was sent to them."""

import io
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


class Untouched(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/nothing/here/", 90_000_000, 404),
        ("/t/nordlicht/pins/nothing/here/", 2_000, 404),
        ("/auth/login/", 90_000_000, 413),
    ],
)
def test_body_for_an_error_page_is_not_read(path: str, length: int, status: int, settings: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
    sent = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(length), "wsgi.input": Untouched()}
    assert client.request(REQUEST_METHOD="POST", PATH_INFO=path, **sent).status_code == status
