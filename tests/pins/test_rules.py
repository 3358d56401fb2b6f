import pytest

from postpeer_dash.pins.rules import check_link, check_media_url


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://example.org/x?a=1&b=ü", "https://example.org/x?a=1&b=%C3%BC"),
        ("https://example.org/a%20b.jpg?x=[1]", "https://example.org/a%20b.jpg?x=%5B1%5D"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://Example.org:8443/Path#Part", "https://example.org:8443/Path#Part"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org", "https://example.org"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_address_is_sent_as_addresses_travel(typed: str, sent: str) -> None:
    assert check_link(typed) == sent
    assert check_media_url(typed, may_be_private=True) == sent


@pytest.mark.parametrize("typed", ["https://example.org/x?a=%C3%BC&b=1+2", "https://example.org/~a/b;c=1,2?q=a/b?c"])
def test_proper_address_is_left_alone(typed: str) -> None:
    assert check_link(check_link(typed)) == typed
