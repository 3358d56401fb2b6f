"""Every limit at its edge: what just passes, and what just doesn't."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from postpeer_dash.pins import rules

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BREAD, FARMER = "\U0001f35e", "\U0001f469\u200d\U0001f33e"  # two units, and five
SCHEME = "https://a.example/"


def code_of(check: object, *args: object, **kwargs: object) -> str:
    """Why a check refuses this, as the code of its error; empty when it doesn't."""
    try:
        check(*args, **kwargs)  # type: ignore[operator]
    except ValidationError as error:
        return str(error.code)
    return ""


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("x" * 10, 10),
        ("ü" * 10, 10),
        ("u\u0308" * 5, 10),
        (BREAD * 5, 10),
        (FARMER * 2, 10),
        ("\r\n" * 10, 10),
        ("\r" * 10, 10),
        ("\r\r\n\n" * 2 + "\r\n" * 4, 10),
        ("\ufeff" * 10, 10),
        ("厨" * 10, 10),
    ],
    ids=ascii,
)
def test_length_is_counted_in_units_after_line_ends_became_one(text: str, units: int) -> None:
    assert rules.check_length(text, units, what="It") == text
    with pytest.raises(ValidationError, match=r"^\[.It is 1 character too long\."):
        rules.check_length(text, units - 1, what="It")


@pytest.mark.parametrize("surplus", [1, 2, 1_000_000])
def test_surplus_is_said_to_the_character(surplus: int) -> None:
    with pytest.raises(ValidationError, match=f"is {surplus} character"):
        rules.check_length("x" * (rules.TITLE_MAX + surplus), rules.TITLE_MAX, what="The title")


@pytest.mark.parametrize("check", [rules.check_link, rules.check_media_url])
def test_address_may_be_as_long_as_its_limit(check: object) -> None:
    fits = SCHEME + "a" * (rules.ADDRESS_MAX - len(SCHEME))
    assert (code_of(check, fits), code_of(check, fits + "a")) == ("", "too_long")


@pytest.mark.parametrize("check", [rules.check_link, rules.check_media_url])
def test_address_that_grows_on_its_way_is_measured_as_it_is_sent(check: object) -> None:
    # Each ü is six characters once it is escaped.
    fits = SCHEME + "ü" * ((rules.ADDRESS_MAX - len(SCHEME)) // 6)
    assert (code_of(check, fits), code_of(check, fits + "ü")) == ("", "too_long")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", ""),
        ("https://a.example", ""),
        ("HTTPS://A.example/", ""),
        ("http://a.example/", "not_https"),
        ("https:a.example", "not_https"),
        ("https:/a.example", "not_https"),
        ("//a.example", "not_https"),
        ("a.example", "not_https"),
        ("data:text/html,x", "not_https"),
        ("https:///path", "broken"),
        ("https://?q", "broken"),
        ("https://a.example:99999/", "broken"),
        ("https://a.example:x/", "broken"),
        ("https://[::1", "broken"),
        ("https://a..example/", "broken"),
        ("https://-a.example/", "broken"),
        ("https://" + "a" * 64 + ".example/", "broken"),
        ("https://me@a.example/", "user_info"),
        ("https://me:pw@a.example/", "user_info"),
        ("https://a.example/a b", "bad_sign"),
        ("https://a.example/a\tb", "bad_sign"),
        ("https://a.example/\x00b", "bad_sign"),
        ("https://a.example/\u00a0b", "bad_sign"),
        ("https://a.example/<b>", "bad_sign"),
        ('https://a.example/"', "bad_sign"),
        ("https://a.example\\b", "bad_sign"),
        ("https://a.example/`", "bad_sign"),
        ("https://a.example/{x}", "bad_sign"),
    ],
)
def test_link_says_what_is_wrong_with_it(url: str, code: str) -> None:
    assert code_of(rules.check_link, url) == code


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "nas",
        "nas.local",
        "app.localhost",
        "db.internal",
        "router.lan",
        "x.home.arpa",
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.20",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "127.1",
        "2130706433",
        "0x7f000001",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
    ],
)
def test_host_that_the_internet_does_not_reach_is_private(host: str) -> None:
    url = f"https://[{host}]/x.jpg" if ":" in host else f"https://{host}/x.jpg"
    assert rules.is_private_host(host)
    assert code_of(rules.check_media_url, url) in ("private", "broken")


@pytest.mark.parametrize(
    "host",
    ["a.example", "8.8.8.8", "2606:4700::1111", "localhost.example", "local.example", "10.example", "lan.example"],
)
def test_other_hosts_are_public(host: str) -> None:
    assert not rules.is_private_host(host)


@pytest.mark.parametrize("url", ["http://localhost:8001/x.jpg", "http://192.168.1.20/x.jpg", "http://[::1]:80/x.jpg"])
def test_private_address_is_fine_for_a_postpeer_that_is_near(url: str) -> None:
    assert rules.check_media_url(url, may_be_private=True) == url


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "file:///etc/passwd", "data:image/png;base64,x", "x.jpg", "//a/x"]
)
def test_media_is_fetched_from_the_web_alone(url: str) -> None:
    assert code_of(rules.check_media_url, url, may_be_private=True) == "not_http"


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (timedelta(seconds=-1), "past"),
        (timedelta(0), "past"),
        (timedelta(seconds=59, milliseconds=999), "past"),
        (timedelta(seconds=60), ""),
        (timedelta(days=366), ""),
        (timedelta(days=366, microseconds=1), "far"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_time_is_a_minute_ahead_and_within_a_year(ahead: timedelta, code: str) -> None:
    assert code_of(rules.check_time, NOW + ahead) == code


@pytest.mark.parametrize(("seconds", "code"), [(119.9, "past"), (120, ""), (366 * 86_400 + 1, "far")])
@time_machine.travel(NOW, tick=False)
def test_new_time_is_two_minutes_ahead(seconds: float, code: str) -> None:
    assert code_of(rules.check_new_time, NOW + timedelta(seconds=seconds), min_seconds=120) == code


@pytest.mark.parametrize("seconds", [0, 30, 300])
@time_machine.travel(NOW, tick=False)
def test_time_can_be_asked_for_with_less_ahead(seconds: float) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert code_of(rules.check_time, at, min_seconds=seconds) == ""
    assert code_of(rules.check_time, at - timedelta(microseconds=1), min_seconds=seconds) == "past"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "far"),
        (datetime(1970, 1, 1, tzinfo=UTC), ""),
        (datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC), ""),
        (datetime(2200, 1, 1, tzinfo=UTC), "far"),
    ],
)
def test_drafts_time_is_on_every_calendar(at: datetime, code: str) -> None:
    assert code_of(rules.check_day, at) == code


ALL_THERE = {"has_account": True, "has_board": True, "media_url": "https://a.example/x.jpg", "texts": ["Title", ""]}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, set()),
        ({"has_account": False}, {"account"}),
        ({"has_account": False, "has_board": False}, {"account"}),
        ({"has_board": False}, {"board"}),
        ({"media_url": ""}, {"media_url"}),
        ({"lacks_cover": True}, {"cover_image_url"}),
        ({"texts": []}, {"title"}),
        ({"texts": [" ", "\n\t"]}, {"title"}),
        ({"texts": ["", "Words"]}, set()),
        ({"has_account": False, "media_url": "", "texts": [""]}, {"account", "media_url", "title"}),
    ],
)
def test_everything_that_is_missing_is_named_once(given: dict[str, object], missing: set[str]) -> None:
    assert set(rules.missing_for_sending(**{**ALL_THERE, **given})) == missing  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", rules.MEDIA_RULES)
def test_file_field_takes_exactly_the_types_of_its_rule(kind: str) -> None:
    rule = rules.MEDIA_RULES[kind]
    words = rule.accept.split(",")
    assert {word for word in words if "/" in word} == set(rule.types)
    assert all(rule.has_ending(f"x{word}") for word in words if word.startswith("."))
    assert not rule.has_ending("x") and not rule.has_ending("x.")
