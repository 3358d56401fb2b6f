"""The sandbox's parts by themselves: faults, clock, limits and markup, without a process."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from postpeer_dash.sandbox.clock import from_text, read_schedule, readable, to_text
from postpeer_dash.sandbox.faults import KINDS, Faults, read_fault, spelled_otherwise
from postpeer_dash.sandbox.identities import IDENTITIES, boards_of, find_identity
from postpeer_dash.sandbox.markup import Html, origin_of, page, safe_link, tag
from postpeer_dash.sandbox.messages import ApiError
from postpeer_dash.sandbox.post_rules import read_time, utf16_length
from postpeer_dash.sandbox.usage import cycle

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_can_be_switched_on_as_it_is(name: str) -> None:
    fault = read_fault({"name": name})
    assert (fault.times, fault.probability, fault.params) == (None, 1.0, KINDS[name].params)
    assert read_fault({key: value for key, value in fault.shown().items() if key != "id"}).shown().keys() == (
        fault.shown().keys()
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": None},
        {"name": 7},
        {"name": ["slow"]},
        {"name": "sloww"},
        {"name": "slow", "second": 1},
        {"name": "slow", "seconds": "1"},
        {"name": "slow", "seconds": True},
        {"name": "slow", "seconds": None},
        {"name": "slow", "after": 1},
        {"name": "error_before", "status": 99},
        {"name": "error_before", "status": 600},
        {"name": "error_before", "status": "500"},
        {"name": "unknown_status", "status": 7},
        {"name": "slow", "times": 0},
        {"name": "slow", "times": -1},
        {"name": "slow", "times": 1.5},
        {"name": "slow", "times": True},
        {"name": "slow", "probability": -0.1},
        {"name": "slow", "probability": 1.1},
        {"name": "slow", "probability": "1"},
        {"name": "slow", "probability": True},
    ],
    ids=repr,
)
def test_fault_that_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_fault(given)


@pytest.mark.parametrize("value", [None, 0, 7, 1.5])
def test_rate_limit_may_keep_its_time_to_itself(value: object) -> None:
    assert read_fault({"name": "rate_limit", "retry_after": value}).params["retry_after"] == value


@pytest.mark.parametrize(
    ("given", "method", "path", "strikes"),
    [
        ({"name": "slow"}, "GET", "/v1/posts", True),
        ({"name": "slow"}, "GET", "/control", False),
        ({"name": "slow", "method": "post"}, "GET", "/v1/posts", False),
        ({"name": "slow", "method": "post"}, "POST", "/v1/posts", True),
        ({"name": "slow", "path": "/v1/posts/"}, "GET", "/v1/posts", True),
        ({"name": "slow", "path": "/v1/posts"}, "GET", "/v1/posts/p1", False),
        ({"name": "slow", "path": "/v1/posts*"}, "GET", "/v1/posts/p1", True),
        ({"name": "no_post_id"}, "POST", "/v1/posts", True),
        ({"name": "no_post_id"}, "PUT", "/v1/posts", False),
    ],
)
def test_fault_strikes_where_it_was_told_to(given: dict[str, Any], method: str, path: str, strikes: bool) -> None:
    faults = Faults()
    faults.add(read_fault(given))
    assert (faults.take(given["name"], method, path) is not None) is strikes


def test_fault_strikes_as_often_as_it_was_told_to() -> None:
    faults = Faults()
    faults.add(read_fault({"name": "slow", "times": 2}))
    assert [faults.take("slow", "GET", "/v1/posts") is not None for _try in range(4)] == [True, True, False, False]
    assert faults.listed() == []


def test_fault_by_chance_falls_the_same_way_for_the_same_seed() -> None:
    def falls(seed: int) -> list[bool]:
        faults = Faults()
        faults.add(read_fault({"name": "slow", "probability": 0.5, "seed": seed}))
        return [faults.take("slow", "GET", "/v1/posts") is not None for _try in range(50)]

    assert falls(1) == falls(1) != falls(2)
    assert 10 < sum(falls(1)) < 40


@pytest.mark.parametrize(("probability", "strikes"), [(0, False), (0.0, False), (1, True)])
def test_certain_chances_are_certain(probability: float, strikes: bool) -> None:
    faults = Faults()
    faults.add(read_fault({"name": "slow", "probability": probability}))
    assert all((faults.take("slow", "GET", "/v1/posts") is not None) is strikes for _try in range(20))


@pytest.mark.parametrize(("which", "left"), [("", []), ("slow", ["html"]), ("html", ["slow", "slow"]), ("no", [])])
def test_faults_are_cleared_by_name(which: str, left: list[str]) -> None:
    faults = Faults()
    for name in ("slow", "html", "slow"):
        faults.add(read_fault({"name": name}))
    gone = faults.clear(which)
    assert [fault.name for fault in faults.listed()] == (left if which != "no" else ["slow", "html", "slow"])
    assert len(gone) + len(faults.listed()) == 3


def test_fault_is_cleared_by_its_id() -> None:
    faults = Faults()
    first, second = read_fault({"name": "slow"}), read_fault({"name": "slow"})
    faults.add(first)
    faults.add(second)
    assert faults.clear(first.id) == [first]
    assert faults.listed() == [second]


@pytest.mark.parametrize(("platform", "strikes"), [("pinterest", True), ("linkedin", False), ("", True)])
def test_fault_of_a_platform_strikes_there_alone(platform: str, strikes: bool) -> None:
    faults = Faults()
    faults.add(read_fault({"name": "platform_rejects", "platform": platform}))
    assert (faults.take_for("platform_rejects", platform="pinterest") is not None) is strikes


def test_wrong_clocks_add_up() -> None:
    faults = Faults()
    for seconds in (300, -60.5):
        faults.add(read_fault({"name": "clock_skew", "seconds": seconds}))
    assert faults.skew() == 239.5


@pytest.mark.parametrize(
    ("text", "timezone", "instant"),
    [
        ("2026-12-01T10:00:00Z", "UTC", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("2026-12-01T10:00:00.000Z", "Europe/Berlin", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01T10:00:00+00:00", "Europe/Berlin", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("2026-12-01T10:00:00-05:00", "Europe/Berlin", datetime(2026, 12, 1, 15, tzinfo=UTC)),
        ("2026-07-01T10:00:00Z", "Europe/Berlin", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-12-01T10:00:00Z", "Asia/Kathmandu", datetime(2026, 12, 1, 4, 15, tzinfo=UTC)),
    ],
)
def test_time_with_a_z_is_local_to_its_zone(text: str, timezone: str, instant: datetime) -> None:
    assert read_schedule(text, timezone) == instant


@pytest.mark.parametrize("timezone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "x" * 500])
def test_zone_that_is_none_is_named(timezone: str) -> None:
    with pytest.raises(ValueError, match=r"^Invalid timezone: ") as caught:
        read_schedule("2026-12-01T10:00:00Z", timezone)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-12-01", "2026-12-01T10:00:00", "2026-12-01T10:00:00z", "2026-02-30T10:00:00Z"]
)
def test_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        read_schedule(text, "UTC")


def test_instants_are_written_in_one_way() -> None:
    at = datetime(2026, 11, 22, 14, 5, 0, 123_999, tzinfo=UTC)
    assert to_text(at) == "2026-11-22T14:05:00.123Z"
    assert from_text(to_text(at)) == at.replace(microsecond=123_000)
    assert readable(to_text(at)) == "2026-11-22 14:05:00"


@pytest.mark.parametrize(
    ("text", "other"),
    [("2026-12-01T10:00:00.000Z", "2026-12-01T10:00:00+00:00"), ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00+00:00")],
)
def test_other_spelling_is_the_same_instant(text: str, other: str) -> None:
    assert spelled_otherwise(text) == other
    assert from_text(text) == from_text(other)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=-1), "in the future"),
        (timedelta(0), "in the future"),
        (timedelta(seconds=1), ""),
        (timedelta(days=365), ""),
        (timedelta(days=365, seconds=1), "within one year"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_schedule_is_ahead_and_within_a_year(ahead: timedelta, words: str) -> None:
    body = {"scheduledFor": to_text(NOW + ahead)}
    if not words:
        assert read_time(body) == to_text(NOW + ahead)
        return
    with pytest.raises(ApiError, match=words):
        read_time(body)


@pytest.mark.parametrize("body", [{}, {"publishNow": True}, {"publishNow": False}, {"timezone": "Europe/Berlin"}])
def test_post_without_a_time_has_none(body: dict[str, Any]) -> None:
    assert read_time(body) is None


@pytest.mark.parametrize(
    "body",
    [{"timezone": "Mars"}, {"publishNow": True, "scheduledFor": "2099-01-01T00:00:00Z"}, {"scheduledFor": "soon"}],
)
def test_time_that_contradicts_itself_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as caught:
        read_time(body)
    assert caught.value.status == 400


@pytest.mark.parametrize(("text", "length"), [("", 0), ("ä", 1), ("🍞", 2), ("👩‍🌾", 5), ("\r\n", 2), ("\ud800", 1)])
def test_text_is_as_long_as_javascript_takes_it_to_be(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        (datetime(2024, 2, 29, tzinfo=UTC), "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
    ],
)
def test_credits_are_counted_by_the_month(now: datetime, start: str, end: str) -> None:
    assert cycle(now) == (start, end)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"), ('"a"', "&quot;a&quot;"), ("'a'", "&#x27;a&#x27;")],
)
def test_text_in_a_tag_is_text(text: str, escaped: str) -> None:
    assert tag("p", text, title=text) == f'<p title="{escaped}">{escaped}</p>'


def test_finished_markup_stays_markup() -> None:
    assert tag("p", tag("b", "x"), [Html("<i>"), None, 7]) == "<p><b>x</b><i>7</p>"
    assert tag("input", name="a", required=True, disabled=False, class_="x", data_id=None) == (
        '<input name="a" required class="x">'
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "", "ftp://a.example"])
def test_link_that_could_harm_is_text(url: str) -> None:
    assert "href" not in safe_link(url, "Words")
    assert origin_of(url) == ""


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x?y", "https://a.example"),
        ("http://a.example:8001", "http://a.example:8001"),
        ("https://[::1]:8001/", "https://[::1]:8001"),
        ("https://a.example;script-src *", ""),
        ("https://a.example:port/", ""),
        ("https://'self'/", ""),
    ],
)
def test_origin_fits_into_a_policy(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_page_runs_nothing_and_names_what_it_reaches() -> None:
    response = page("A <title>", form_targets="https://a.example", media_from="https://m.example")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "form-action 'self' https://a.example" in policy
    assert b"A &lt;title&gt;" in response.body


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.user_id)
def test_identity_has_the_same_boards_each_time(identity: Any) -> None:
    boards = boards_of(identity)
    assert boards == boards_of(identity)
    assert len({board.id for board in boards}) == len(boards)
    assert all(board.id.isdigit() and 18 <= len(board.id) <= 19 and board.id[0] != "0" for board in boards)
    assert find_identity(identity.platform, identity.user_id) == identity


@pytest.mark.parametrize(
    ("platform", "user_id"), [("", ""), ("pinterest", "nobody"), ("linkedin", IDENTITIES[0].user_id)]
)
def test_identity_that_is_none_is_none(platform: str, user_id: str) -> None:
    assert find_identity(platform, user_id) is None
