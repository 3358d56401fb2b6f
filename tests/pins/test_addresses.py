"""A link or a media address goes out as it was typed, or is refused with what is wrong with it."""

import pytest
from django.core.exceptions import ValidationError

from postpeer_dash.pins.rules import check_link, check_media_url


def refusal(url: str) -> str:
    with pytest.raises(ValidationError) as refused:
        check_link(url)
    return str(refused.value.messages[0])


@pytest.mark.parametrize(
    "url",
    [
        "https://https://shop.example/a",
        "https://http://shop.example/a",
        "https://https//shop.example/a",
        "https://HTTPS:/shop.example/a",
        "https://http:shop.example/a",
    ],
)
def test_address_behind_another_scheme_is_refused_not_mended(url: str) -> None:
    with pytest.raises(ValidationError):
        check_link(url)


def test_doubled_scheme_is_called_so() -> None:
    assert refusal("https://https://shop.example/a") == "The link begins with https:// twice. Take one of them away."


@pytest.mark.parametrize("end", ["\u200b", "\u200f", "\u2060", "\u00ad", "\ufeff", "\u200b\u200f "])
def test_unseen_ends_of_a_link_are_cut(end: str) -> None:
    assert check_link(f"{end}https://shop.example/a{end}") == "https://shop.example/a"
    assert check_media_url(f"{end}https://cdn.shop.example/a.jpg{end}") == "https://cdn.shop.example/a.jpg"


@pytest.mark.parametrize(("character", "named"), [("\u200b", "U+200B"), ("\u00ad", "U+00AD"), ("\x00", "U+0000")])
def test_unseen_character_within_is_named(character: str, named: str) -> None:
    assert named in refusal(f"https://shop.example/a{character}b")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://shop.example/?a=b|c", "holds “|”, which web addresses can’t. Write %7C in its place."),
        ("https://shop.example/a^b", "holds “^”, which web addresses can’t. Write %5E in its place."),
        ("https://shop.example/{a}", "holds “{”, which web addresses can’t. Write %7B in its place."),
        ("https://shop.example/a b", "holds a blank. Web addresses can’t: write %20 in its place."),
    ],
)
def test_character_that_no_address_holds_is_named(url: str, said: str) -> None:
    assert refusal(url) == f"The link {said}"


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/x",
        "https://192.168.0.10/shop",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://printer/",
        "https://shop.local/",
        "https://2130706433/",
        "https://0x7f.1/",
    ],
)
def test_link_that_nobody_else_can_open_is_refused(url: str) -> None:
    assert "Nobody else can open this link" in refusal(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/caf%C3%A9?x=%26%20",
        "https://shop.example/p?utm_source=pinterest&utm_medium=social#top",
        "https://l.shop.example/?u=https://shop.example/a?b=c",
        "https://shop.example/https://other.example/",
        "https://shop.example:8443/a",
    ],
)
def test_good_link_goes_as_it_was_typed(url: str) -> None:
    assert check_link(url) == url


def test_picture_at_a_plain_http_address_is_refused_as_the_sentence_says() -> None:
    with pytest.raises(ValidationError, match="https://"):
        check_media_url("http://cdn.shop.example/a.jpg")
    assert check_media_url("http://localhost:8001/a.jpg", may_be_private=True) == "http://localhost:8001/a.jpg"
