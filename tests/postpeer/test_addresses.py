"""Addresses in one spelling, and none that could lead the key or a person astray."""

import pytest

from postpeer_dash.postpeer import normalise_base_url, safe_url


@pytest.mark.parametrize(
    "value",
    [
        "https://api.postpeer.dev",
        "https://api.postpeer.dev/",
        "https://api.postpeer.dev/v1",
        "https://api.postpeer.dev/v1/",
        " HTTPS://API.PostPeer.dev:443/v1// ",
    ],
)
def test_base_url_has_one_spelling(value: str) -> None:
    assert normalise_base_url(value) == "https://api.postpeer.dev"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("http://localhost:8701/", "http://localhost:8701"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8701/v1", "http://[::1]:8701"),
        ("https://gate.example/postpeer/v1/", "https://gate.example/postpeer"),
        ("https://gate.example/apiv1", "https://gate.example/apiv1"),
    ],
)
def test_base_url_keeps_what_matters(value: str, expected: str) -> None:
    assert normalise_base_url(value) == expected
    assert normalise_base_url(expected) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "api.postpeer.dev",
        "ftp://api.postpeer.dev",
        "https://",
        "https:///v1",
        "https://user:pw@api.postpeer.dev",
        "https://api.postpeer.dev?x=1",
        "https://api.postpeer.dev/#x",
        "https://api.postpeer.dev:99999",
        "https://api.postpeer.dev:x",
        "https://[::1",
        "https://api post.dev",
        "https://api.postpeer.dev\\@evil.example",
        "https://bücher.example",
        "https://api.postpeer.dev/\x00",
    ],
)
def test_base_url_that_could_mislead_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="The address of PostPeer must"):
        normalise_base_url(value)


@pytest.mark.parametrize(
    "value", ["https://www.pinterest.com/pin/1/", "http://localhost:8701/pin/1", "https://例え.example/ä"]
)
def test_links_stay(value: str) -> None:
    assert safe_url(f" {value}\n") == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "javascript:alert(1)",
        "java\nscript:x",
        "//a.example",
        "a",
        "https://",
        "http://[",
        "https://a@b/",
        "https://a/ b",
        "https://a/" + "x" * 5_000,
    ],
)
def test_what_is_no_plain_link_becomes_nothing(value: object) -> None:
    assert safe_url(value) == ""
