"""What PostPeer refuses is refused, and nothing is accepted with it."""

from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Team, moment

LIMITS = [("title", 100), ("altText", 500)]


def refusal_of(answer: requests.Response) -> str:
    """Return the words that a request was refused with."""
    assert answer.status_code == 400, answer.text
    assert answer.json()["success"] is False
    return str(answer.json()["message"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("publishLater", True),
        ("content", None),
        ("content", 7),
        ("platforms", []),
        ("mediaItems", []),
        ("mediaItems", [{"type": "image", "url": "no address"}]),
        ("mediaItems", [{"type": "image", "url": "ftp://files.example/a.jpg"}]),
        ("mediaItems", [{"type": "gif", "url": "https://a.example/a.gif"}]),
        ("mediaItems", [{"type": "image", "url": "https://a.example/a.jpg", "alt": "a"}]),
        ("timezone", "Middle/Earth"),
        ("scheduledFor", "tomorrow"),
    ],
)
def test_wrong_field_is_refused(field: str, value: Any, team: Team) -> None:
    assert refusal_of(team.post(team.body(**{field: value})))
    assert team.sandbox.accepted() == []


@pytest.mark.parametrize(
    "specific",
    [
        {"boardId": "1"},
        {"boardId": 149227583253824920},
        {"link": "http://nordlicht.example/"},
        {"dominantColor": "red"},
        {"dominantColor": "#12345"},
        {"boardName": "Ceramics"},
    ],
)
def test_wrong_pinterest_data_is_refused(specific: dict[str, Any], team: Team) -> None:
    assert refusal_of(team.post(team.pin(**specific)))


@pytest.mark.parametrize(("field", "limit"), LIMITS)
def test_text_at_the_limit_is_taken_and_one_more_is_not(field: str, limit: int, team: Team) -> None:
    assert team.post(team.pin(**{field: "ä" * limit})).status_code == 202
    assert field in refusal_of(team.post(team.pin(**{field: "ä" * (limit + 1)})))


@pytest.mark.parametrize(("field", "limit"), LIMITS)
def test_limits_count_utf16_units(field: str, limit: int, team: Team) -> None:
    assert team.post(team.pin(**{field: "🧶" * (limit // 2)})).status_code == 202
    assert field in refusal_of(team.post(team.pin(**{field: "🧶" * (limit // 2) + "x"})))


def test_description_over_500_is_refused(team: Team) -> None:
    assert "500" in refusal_of(team.post(team.body(content="x" * 501)))


def test_description_of_one_platform_counts_in_place_of_the_common_one(team: Team) -> None:
    body = team.body(content="x" * 501)
    body["platforms"][0]["content"] = "short"
    assert team.post(body).status_code == 202


def test_two_media_items_are_refused(team: Team) -> None:
    item = {"type": "image", "url": "https://a.example/a.jpg"}
    assert "exactly one" in refusal_of(team.post(team.body(mediaItems=[item, item])))


def test_pinterest_without_its_data_is_refused(team: Team) -> None:
    assert refusal_of(team.post(team.body(platforms=[{"platform": "pinterest", "accountId": team.pinterest}])))


def test_account_that_does_not_exist_is_refused(team: Team) -> None:
    assert "not found" in refusal_of(team.post(team.body(platforms=[{"platform": "linkedin", "accountId": "none"}])))


def test_account_of_another_platform_is_refused(team: Team) -> None:
    entry = {"platform": "linkedin", "accountId": team.pinterest}
    assert "pinterest account" in refusal_of(team.post(team.body(platforms=[entry])))


def test_disconnected_account_is_refused(team: Team) -> None:
    team.sandbox.call("DELETE", f"/v1/connect/integrations/{team.pinterest}")
    assert "not found" in refusal_of(team.post())


@pytest.mark.parametrize(
    "time",
    [moment(minutes=-1), "2026-13-01T00:00:00.000Z", "2027-01-01T10:00:00", "2027-01-01", moment(days=400)],
    ids=["past", "thirteenth month", "no offset", "no time", "far"],
)
def test_time_that_cannot_be_is_refused(time: str, team: Team) -> None:
    assert refusal_of(team.post(team.body(publishNow=None, scheduledFor=time, timezone="UTC")))


def test_now_and_a_time_together_are_refused(team: Team) -> None:
    assert refusal_of(team.post(team.body(scheduledFor=moment(hours=1))))


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=many", "offset=-1", "sort=up", "colour=red", "platform=myspace", "createdAfter=today"]
)
def test_wrong_query_is_refused(query: str, team: Team) -> None:
    assert refusal_of(team.sandbox.call("GET", f"/v1/posts?{query}"))


def test_unknown_platform_is_refused_in_the_frameworks_shape(team: Team) -> None:
    answer = team.sandbox.call("GET", "/v1/connect/myspace")
    assert (answer.status_code, answer.json()["statusCode"]) == (400, 400)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"content": "\\ud800"}', b"[" * 100_000])
def test_body_that_is_no_json_object_is_refused(body: bytes, team: Team) -> None:
    answer = team.sandbox.call("POST", "/v1/posts", data=body, headers={"Content-Type": "application/json"})
    assert refusal_of(answer)


def test_body_of_another_type_is_refused(team: Team) -> None:
    assert team.sandbox.call("POST", "/v1/posts", data={"content": "x"}).status_code == 415
