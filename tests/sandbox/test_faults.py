"""Every way to misbehave: what is carried out, and what the other side gets to see."""

import socket
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from postpeer_dash.sandbox.faults import KINDS
from tests.sandbox.conftest import Team


def _set(team: Team, name: str, **values: Any) -> None:
    team.sandbox.faults({"name": name, "times": 1, **values})


def _list(team: Team, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = team.sandbox.call("GET", "/v1/posts", params=query).json()
    return answer


@pytest.mark.parametrize("name", ["error_before", "rate_limit", "no_credits"])
def test_fault_before_carries_out_nothing(name: str, team: Team) -> None:
    _set(team, name)
    assert team.post().status_code == {"error_before": 500, "rate_limit": 429, "no_credits": 402}[name]
    assert team.sandbox.accepted() == []
    assert team.post().status_code == 202


@pytest.mark.parametrize(
    ("name", "values", "status"),
    [
        ("error_after", {"status": 503}, 503),
        ("refuse_after", {"status": 400, "message": "No"}, 400),
        ("refuse_after", {"status": 402}, 402),
        ("html", {"status": 502}, 502),
        ("html", {"status": 200}, 200),
        ("half_json", {}, 202),
        ("no_post_id", {}, 202),
    ],
)
def test_fault_after_carries_out_and_spoils_the_answer(
    name: str, values: dict[str, Any], status: int, team: Team
) -> None:
    _set(team, name, **values)
    answer = team.post()
    assert answer.status_code == status
    assert "postId" not in answer.text or name == "half_json"
    assert len(team.sandbox.accepted()) == 1


def test_clean_refusal_after_the_deed_has_the_documented_body(team: Team) -> None:
    _set(team, "refuse_after", status=400, message="No")
    assert team.post().json() == {"success": False, "message": "No"}


def test_half_a_json_cannot_be_read(team: Team) -> None:
    _set(team, "half_json")
    with pytest.raises(requests.JSONDecodeError):
        team.post().json()


def test_html_before_carries_out_nothing(team: Team) -> None:
    _set(team, "html", carried_out=False)
    assert "<html>" in team.post().text
    assert team.sandbox.accepted() == []


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize(("name", "carried_out"), [("cut_before", 0), ("cut_after", 1)])
def test_cut_connection(name: str, carried_out: int, resets: bool, team: Team) -> None:
    _set(team, name, reset=resets)
    with pytest.raises(requests.ConnectionError):
        team.post()
    assert len(team.sandbox.accepted()) == carried_out


def test_cut_within_the_body_leaves_a_piece(team: Team) -> None:
    _set(team, "cut_after", after_bytes=220)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        team.post()
    assert len(team.sandbox.accepted()) == 1


def test_rate_limit_says_how_long(team: Team) -> None:
    _set(team, "rate_limit", retry_after=7)
    assert team.post().headers["Retry-After"] == "7"


def test_rate_limit_can_give_a_date_or_nothing(team: Team) -> None:
    _set(team, "rate_limit", retry_after=60, as_date=True)
    answer = team.post()
    ahead = parsedate_to_datetime(answer.headers["Retry-After"]) - parsedate_to_datetime(answer.headers["Date"])
    assert 59 <= ahead.total_seconds() <= 61
    _set(team, "rate_limit", retry_after=None)
    assert "Retry-After" not in team.post().headers


@pytest.mark.parametrize("after", [False, True])
def test_slow_answer_is_carried_out_before_or_after_the_wait(after: bool, team: Team) -> None:
    _set(team, "slow", seconds=0.6, after=after)
    with pytest.raises(requests.ReadTimeout):
        team.sandbox.call("POST", "/v1/posts", json=team.body(), timeout=0.3)
    assert len(team.sandbox.accepted()) == int(after)


def test_dripping_answer_outlasts_a_read_timeout(team: Team) -> None:
    _set(team, "drip", seconds_per_byte=0.002)
    started = time.monotonic()
    answer = team.sandbox.call("GET", "/v1/health", timeout=0.2)
    assert answer.json() == {"ok": True}
    assert time.monotonic() - started > 0.3


def test_drip_begins_with_the_headers(team: Team) -> None:
    _set(team, "drip", seconds_per_byte=0.05)
    with socket.create_connection(("127.0.0.1", urlsplit(team.sandbox.base_url).port or 0), 5) as raw:
        raw.sendall(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert raw.recv(1000) == b"H"


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_unknown_status_replaces_every_status(method: str, team: Team) -> None:
    team.published()
    _set(team, "unknown_status", status="brewing", method=method)
    answer = team.post().json() if method == "POST" else _list(team)["posts"][0]
    assert answer["status"] == "brewing"


def test_total_shifts_from_page_to_page(team: Team) -> None:
    team.post(team.body(publishNow=None))
    team.sandbox.faults("list_total_shifts")
    assert len({_list(team)["total"] for _ in range(2)}) == 2


def test_later_page_fails_and_the_first_does_not(team: Team) -> None:
    team.sandbox.faults("list_page_fails")
    assert team.sandbox.call("GET", "/v1/posts").status_code == 200
    assert team.sandbox.call("GET", "/v1/posts", params={"offset": 2}).status_code == 500


def test_listing_repeats_one_and_leaves_one_out(team: Team) -> None:
    for _ in range(3):
        team.post(team.body(publishNow=None))
    team.sandbox.faults("list_duplicates")
    ids = [post["postId"] for post in _list(team)["posts"]]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_normalised_body_says_the_same_in_other_letters(team: Team) -> None:
    body = team.scheduled()
    team.post(body)
    team.sandbox.faults("body_normalised")
    raw = _list(team)["posts"][0]["rawRequestBody"]
    assert raw != body
    assert raw["mediaItems"][0]["url"].lower() == body["mediaItems"][0]["url"]
    assert raw["scheduledFor"].endswith("+00:00")


def test_body_comes_back_with_defaults(team: Team) -> None:
    team.post()
    team.sandbox.faults("body_with_defaults")
    raw = _list(team)["posts"][0]["rawRequestBody"]
    assert (raw["timezone"], raw["platforms"][0]["content"]) == ("UTC", None)


@pytest.mark.parametrize(("shape", "seen"), [("empty", {}), ("text", "[object Object]"), ("null", None)])
def test_unreadable_body(shape: str, seen: Any, team: Team) -> None:
    team.post()
    team.sandbox.faults({"name": "body_unreadable", "shape": shape})
    assert _list(team)["posts"][0]["rawRequestBody"] == seen


def test_missing_body(team: Team) -> None:
    team.post()
    team.sandbox.faults({"name": "body_unreadable", "shape": "missing"})
    assert "rawRequestBody" not in _list(team)["posts"][0]


def test_hidden_post_is_carried_out_and_shows_up_later(team: Team) -> None:
    _set(team, "hide_post", seconds=0.4)
    post_id = team.post().json()["postId"]
    assert _list(team)["total"] == 0
    team.sandbox.wait_for_status(post_id, "published")
    until = time.monotonic() + 5
    while _list(team)["total"] == 0 and time.monotonic() < until:
        pass
    assert _list(team)["total"] == 1


def test_skewed_clock_shows_in_date_and_created_at(team: Team) -> None:
    before = parsedate_to_datetime(team.post().headers["Date"])
    team.sandbox.faults({"name": "clock_skew", "seconds": -7200})
    answer = team.post()
    off = (parsedate_to_datetime(answer.headers["Date"]) - before).total_seconds()
    assert -7201 <= off <= -7195
    created = [post["createdAt"] for post in _list(team)["posts"]]
    assert created == sorted(created, reverse=True)
    assert created[0][:13] != created[1][:13]


def test_account_needs_reconnecting_until_it_is_cleared(team: Team) -> None:
    def status() -> str:
        path = f"/v1/connect/integrations/{team.pinterest}"
        return str(team.sandbox.call("GET", path).json()["integration"]["authStatus"])

    team.sandbox.faults({"name": "reconnect_required", "account": team.pinterest, "reason": "access_revoked"})
    assert status() == "reconnect_required"
    team.sandbox.faults()
    assert status() == "active"


def test_reconnecting_ends_that_fault(team: Team) -> None:
    team.sandbox.faults({"name": "reconnect_required", "account": team.pinterest})
    team.sandbox.connect("pinterest", team.profile, "703124598812340011")
    assert team.sandbox.control("faults")["faults"] == []


def test_warning_comes_with_a_published_pin(team: Team) -> None:
    _set(team, "platform_warning", message="Still processing.")
    assert team.published()["platforms"][0]["warningMessage"] == "Still processing."


def test_warning_can_make_the_platform_partial(team: Team) -> None:
    _set(team, "platform_warning", status="partial")
    team.sandbox.wait_for_status(team.post().json()["postId"], "partial")
    assert len(team.sandbox.ledger()) == 1


def test_post_stays_publishing_until_cleared(team: Team) -> None:
    _set(team, "stays_publishing")
    stuck = team.post().json()["postId"]
    team.published()
    assert team.sandbox.call("GET", f"/v1/posts/{stuck}").json()["post"]["status"] == "publishing"
    team.sandbox.faults()
    team.sandbox.wait_for_status(stuck, "published")


def test_never_due_stays_scheduled_until_cleared(team: Team) -> None:
    team.sandbox.faults("never_due")
    late = team.post(team.scheduled(seconds=0.1)).json()["postId"]
    team.published()
    assert team.sandbox.call("GET", f"/v1/posts/{late}").json()["post"]["status"] == "scheduled"
    team.sandbox.faults()
    team.sandbox.wait_for_status(late, "published")


def test_fault_strikes_only_at_its_address(team: Team) -> None:
    team.sandbox.faults({"name": "error_before", "path": "/v1/usage", "method": "GET"})
    assert team.post().status_code == 202
    assert team.sandbox.call("GET", "/v1/usage/").status_code == 500


def test_fault_strikes_as_often_as_told(team: Team) -> None:
    team.sandbox.faults({"name": "error_before", "path": "/v1/usage", "times": 2})
    assert [team.sandbox.call("GET", "/v1/usage").status_code for _ in range(3)] == [500, 500, 200]


def test_faults_can_be_combined(team: Team) -> None:
    team.sandbox.faults({"name": "hide_post", "times": 1}, {"name": "cut_after", "path": "/v1/posts", "times": 1})
    with pytest.raises(requests.ConnectionError):
        team.post()
    assert (len(team.sandbox.accepted()), _list(team)["total"]) == (1, 0)


def test_probability_with_a_seed_falls_the_same_way_twice(team: Team) -> None:
    def run() -> list[int]:
        team.sandbox.faults({"name": "error_before", "path": "/v1/usage", "probability": 0.5, "seed": 4})
        return [team.sandbox.call("GET", "/v1/usage").status_code for _ in range(12)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "gremlins"},
        {},
        {"name": "slow", "times": 0},
        {"name": "slow", "seconds": "long"},
        {"name": "slow", "colour": "red"},
        {"name": "error_before", "status": 99},
        {"name": "slow", "probability": 2},
        {"name": "reconnect_required", "reason": "bored"},
    ],
)
def test_wrong_fault_is_refused_with_a_sentence(wrong: dict[str, Any], team: Team) -> None:
    answer = requests.post(f"{team.sandbox.base_url}/control/faults", json={"faults": [wrong]}, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert team.sandbox.control("faults")["faults"] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_can_be_switched_on_and_off_from_its_page(name: str, team: Team) -> None:
    form = {"name": name, "path": "", "times": "1", "seconds": "0"}
    requests.post(f"{team.sandbox.base_url}/control/form/fault", data=form, timeout=5).raise_for_status()
    (fault,) = team.sandbox.control("faults")["faults"]
    requests.post(f"{team.sandbox.base_url}/control/form/clear", data={"which": fault["id"]}, timeout=5)
    assert team.sandbox.control("faults")["faults"] == []
