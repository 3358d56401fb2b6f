"""Answers are read strictly where they decide something, and tolerantly where they only tell."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpeer_dash.postpeer import BadAnswer, Client, PlatformResult, PostPeerError, PostReceipt
from postpeer_dash.postpeer.transport import Answer, Transport
from tests.postpeer import samples
from tests.postpeer.test_requests import CASES
from tests.postpeer.wire import BASE_URL, KEY, Wire

DEEP = b'{"postId":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
UNREADABLE = [
    b"",
    b"null",
    b"[]",
    b'"post_1"',
    b"{",
    b'{"postId":"post_1"',
    b'{"postId":"post_1"} trailing',
    b'{"postId":NaN}',
    b'{"postId":"post_1","x":Infinity}',
    b'{"postId":"post_1","postId":"post_2"}',
    b'{"postId":"post_1","x":{"a":1,"a":2}}',
    b'{"postId":"post_\xff"}',
    b'{"postId":' + b"9" * 5_000 + b"}",
    '{"postId":"post_1"}'.encode("utf-16"),
    DEEP,
]
NO_ID = [
    {},
    {"postId": ""},
    {"postId": "  "},
    {"postId": None},
    {"postId": True},
    {"postId": 1.5},
    {"postId": ["p"]},
    {"postId": "a\u0000b"},
]


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_unreadable_answer_to_a_post_is_a_bad_answer(raw: bytes, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.post("/v1/posts", raw=raw, tolerance=True)
    with pytest.raises(BadAnswer) as caught:
        client.create_post(samples.a_pin_body())
    assert (caught.value.may_have_happened, caught.value.can_retry) == (True, False)


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_unreadable_answer_to_a_reading_is_a_bad_answer(raw: bytes, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/pinterest/boards", raw=raw, tolerance=True)
    with pytest.raises(BadAnswer):
        client.list_boards("int_1")


@pytest.mark.parametrize("odd", NO_ID)
@pytest.mark.parametrize("success", [True, False])
def test_receipt_needs_a_post_id(odd: dict[str, Any], success: bool, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.post("/v1/posts", json={"success": success, "status": "published", **odd}, tolerance=True)
    with pytest.raises(BadAnswer):
        client.create_post(samples.a_pin_body())


def test_receipt_holds_what_the_answer_said(postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.post("/v1/posts", json=samples.a_receipt(scheduledFor="2026-12-01T09:00:00+01:00"))
    assert client.create_post(samples.a_pin_body()) == PostReceipt(
        post_id="post_1",
        status="published",
        success=True,
        platforms=(PlatformResult("pinterest", True, "https://www.pinterest.com/pin/1/"),),
        scheduled_for=datetime(2026, 12, 1, 8, tzinfo=UTC),
        request_id="req-1",
        http_status=202,
        server_date=datetime(2026, 11, 22, 10, tzinfo=UTC),
    )


def test_post_that_failed_everywhere_is_still_a_receipt(postpeer_wire: Wire, client: Client) -> None:
    failed = {"platform": "pinterest", "success": False, "error": "Board not found"}
    postpeer_wire.post("/v1/posts", json=samples.a_receipt(success=False, status="failed", platforms=[failed]))
    receipt = client.create_post(samples.a_pin_body())
    assert (receipt.post_id, receipt.success) == ("post_1", False)
    assert receipt.platforms[0].error == "Board not found"


@pytest.mark.parametrize("status", [200, 201, 202, 203])
@pytest.mark.parametrize(
    "odd", [{"platforms": None}, {"platforms": [1, None, {}]}, {"status": 7}, {"scheduledFor": {}}]
)
def test_receipt_survives_whatever_else_is_odd(
    status: int, odd: dict[str, Any], postpeer_wire: Wire, client: Client
) -> None:
    postpeer_wire.post("/v1/posts", status=status, json={**samples.a_receipt(), **odd}, tolerance=True)
    assert client.create_post(samples.a_pin_body()).post_id == "post_1"


def test_numeric_ids_become_strings_without_rounding(postpeer_wire: Wire, client: Client) -> None:
    boards = [samples.a_board(id=1013802628540193877), samples.a_board(id=1.0138026285401939e18)]
    postpeer_wire.get("/v1/pinterest/boards", json=samples.board_list(*boards), tolerance=True)
    assert [board.id for board in client.list_boards("int_1")] == ["1013802628540193877"]


@pytest.mark.parametrize("bad", [None, "board", 7, [], {}, {"name": "No id"}, {"id": ""}, {"id": None}, {"id": True}])
def test_one_bad_board_does_not_hide_the_others(bad: object, postpeer_wire: Wire, client: Client) -> None:
    answer = {"success": True, "boards": [samples.a_board(id="1"), bad, samples.a_board(id="2")]}
    postpeer_wire.get("/v1/pinterest/boards", json=answer, tolerance=True)
    assert [board.id for board in client.list_boards("int_1")] == ["1", "2"]


@pytest.mark.parametrize("answer", [{"success": True}, {"success": True, "boards": None}, {"boards": {"id": "1"}}])
def test_missing_list_is_not_an_empty_one(answer: dict[str, Any], postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/pinterest/boards", json=answer, tolerance=True)
    with pytest.raises(BadAnswer):
        client.list_boards("int_1")


def test_success_false_with_a_2xx_is_a_bad_answer_with_its_words(postpeer_wire: Wire, client: Client) -> None:
    answer = {"success": False, "boards": [], "message": "Pinterest is not available"}
    postpeer_wire.get("/v1/pinterest/boards", json=answer)
    with pytest.raises(BadAnswer, match="Pinterest is not available") as caught:
        client.list_boards("int_1")
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("answer", [{"success": False, "message": "No"}, {"message": "Done"}, {"success": "true"}])
def test_write_that_does_not_say_success_is_a_bad_answer(
    answer: dict[str, Any], postpeer_wire: Wire, client: Client
) -> None:
    postpeer_wire.delete("/v1/posts/scheduled/p", json=answer, tolerance=True)
    with pytest.raises(BadAnswer) as caught:
        client.cancel_scheduled("p")
    assert caught.value.may_have_happened


def test_integration_of_an_older_server_is_not_broken(postpeer_wire: Wire, client: Client) -> None:
    older = samples.an_integration(displayName=None, imageUrl=None)
    for name in ("username", "profileUrl", "authStatus", "authFailureReason"):
        del older[name]
    postpeer_wire.get("/v1/connect/integrations", json=samples.integration_list(older), tolerance=True)
    (found,) = client.list_integrations()
    assert (found.username, found.display_name, found.profile_url, found.auth_status) == ("", "", "", "")
    assert not found.needs_reconnecting


def test_unknown_words_stay_what_they_are(postpeer_wire: Wire, client: Client) -> None:
    post = samples.a_post(status="reviewing", platforms=[samples.a_platform_state(platform="mastodon")], novel=[1])
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post}, tolerance=True)
    found = client.get_post("post_1")
    assert (found.status, found.platforms[0].platform) == ("reviewing", "mastodon")


@pytest.mark.parametrize("raw", ["missing", None, "text", [1]])
def test_unreadable_request_body_of_a_post_is_none(raw: object, postpeer_wire: Wire, client: Client) -> None:
    post = samples.a_post(rawRequestBody=raw)
    if raw == "missing":
        del post["rawRequestBody"]
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post}, tolerance=True)
    assert client.get_post("post_1").raw_request_body is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example", "/pin/1", "data:text/html,x", "https://", 7, None]
)
def test_links_that_are_not_links_are_left_out(url: object, postpeer_wire: Wire, client: Client) -> None:
    post = samples.a_post(platforms=[samples.a_platform_state(platformPostUrl=url)])
    postpeer_wire.get("/v1/posts/post_1", json={"success": True, "post": post}, tolerance=True)
    assert client.get_post("post_1").platforms[0].url == ""


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "/oauth", "ftp://x.example/", "https://a@b.example/", 7])
def test_consent_address_must_be_absolute(url: object, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/connect/pinterest", json={"url": url}, tolerance=True)
    with pytest.raises(BadAnswer):
        client.connect_url(
            "pinterest", redirect_uri="http://a.example/", cancel_redirect_uri="http://a.example/", profile_id="p"
        )


@pytest.mark.parametrize("name", ["uploadUrl", "publicUrl"])
def test_upload_needs_both_addresses(name: str, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.post("/v1/media/upload", json=samples.an_upload(**{name: "file:///etc/passwd"}))
    with pytest.raises(BadAnswer):
        client.create_upload(filename="oak.jpg", mime_type="image/jpeg")


def test_usage_of_one_profile_has_no_balance(postpeer_wire: Wire, client: Client) -> None:
    answer = samples.a_usage()
    del answer["balance"]
    postpeer_wire.get("/v1/usage", json=answer)
    usage = client.get_usage(profile_id="prof_1")
    assert (usage.total, usage.monthly, usage.purchased) == (42, None, None)
    assert usage.months[0].platforms == {"pinterest": 40, "linkedin": 2}


def test_usage_of_the_project_has_its_balances(postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/usage", query={}, json=samples.a_usage())
    usage = client.get_usage()
    assert usage.monthly is not None
    assert usage.purchased is not None
    assert (usage.monthly.remaining, usage.purchased.limit) == (458, 100)


NAMES = [
    "success",
    "postId",
    "post",
    "posts",
    "boards",
    "id",
    "platforms",
    "total",
    "message",
    "error",
    "data",
    "url",
    "ok",
]
LEAVES = st.none() | st.booleans() | st.integers(-3, 300) | st.floats(allow_nan=False) | st.text(max_size=5)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=4)
ANSWERS = st.dictionaries(st.sampled_from(NAMES), LEAVES | OBJECTS | st.lists(OBJECTS | LEAVES, max_size=3), max_size=6)


@settings(max_examples=150)
@given(
    value=ANSWERS,
    status=st.sampled_from([200, 202, 302, 400, 404, 409, 500]),
    name=st.sampled_from(sorted(set(CASES) - {"put_media"})),
)
def test_no_answer_makes_anything_but_our_errors(value: dict[str, Any], status: int, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch, Client(base_url=BASE_URL, api_key=KEY) as client:
        patch.setattr(Transport, "send", lambda *args: Answer(status, json.dumps(value).encode()))
        try:
            CASES[name][1](client)
        except PostPeerError as error:
            assert error.message
