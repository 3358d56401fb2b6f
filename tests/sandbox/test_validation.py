"""The structure, asked without a process: what each parameter and each field takes, and what a refusal says."""

import json
from email.message import Message
from typing import Any

import pytest

from postpeer_dash.sandbox.messages import ApiError, Request
from postpeer_dash.sandbox.validation import Structure

PIN = {
    "platform": "pinterest",
    "accountId": "a1",
    "platformSpecificData": {"boardId": "1013802628540193876", "title": "Bowls"},
}
POST = {"content": "Words", "platforms": [PIN]}


@pytest.fixture(scope="module")
def structure() -> Structure:
    return Structure()


def ask(
    structure: Structure,
    method: str,
    path: str,
    *,
    query: list[tuple[str, str]] | None = None,
    body: Any = None,
    content_type: str = "application/json",
) -> Request:
    """Return a request as it is once the structure has looked at it."""
    headers = Message()
    headers["Content-Type"] = content_type
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(method, path, query=query or [], headers=headers, body=raw)
    operation, values = structure.find(method, path)
    structure.check(operation, request, values)
    return request


def refusal(structure: Structure, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        ask(structure, *args, **kwargs)
    return caught.value.status, str(caught.value)


@pytest.mark.parametrize(
    ("method", "path", "operation", "values"),
    [
        ("GET", "/v1/posts", "listPosts", {}),
        ("GET", "/v1/posts/scheduled", "listScheduledPosts", {}),
        ("GET", "/v1/posts/p1", "getPost", {"postId": "p1"}),
        ("GET", "/v1/posts/scheduledx", "getPost", {"postId": "scheduledx"}),
        ("PUT", "/v1/posts/scheduled/p1", "editScheduledPost", {"postId": "p1"}),
    ],
)
def test_words_of_a_path_go_before_its_gaps(
    structure: Structure, method: str, path: str, operation: str, values: dict[str, str]
) -> None:
    found, in_path = structure.find(method, path)
    assert (found.id, in_path) == (operation, values)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1"), ("GET", "/v2/posts"), ("PUT", "/v1/posts"), ("GET", "/v1/posts/a/b"), ("GET", "")],
)
def test_unknown_route_is_not_found(structure: Structure, method: str, path: str) -> None:
    with pytest.raises(ApiError, match="not found") as caught:
        structure.find(method, path)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("path", "name", "given", "value"),
    [
        ("/v1/connect/integrations", "limit", "1", 1),
        ("/v1/connect/integrations", "limit", "100", 100),
        ("/v1/connect/integrations", "offset", "0", 0),
        ("/v1/connect/integrations", "platform", "pinterest", "pinterest"),
        ("/v1/connect/integrations", "q", "", ""),
        ("/v1/profiles", "page", "3", 3),
        ("/v1/profiles", "name", "x" * 200, "x" * 200),
        ("/v1/connect/pinterest", "headless", "true", True),
        ("/v1/posts", "status", "partial", "partial"),
        ("/v1/posts", "platform", "linkedin", ["linkedin"]),
        ("/v1/posts", "createdAfter", "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.000Z"),
        ("/v1/usage", "from", "2026-12", "2026-12"),
    ],
)
def test_parameter_is_read_in_its_type(structure: Structure, path: str, name: str, given: str, value: object) -> None:
    assert ask(structure, "GET", path, query=[(name, given)]).values[name] == value


@pytest.mark.parametrize(
    ("path", "name", "given"),
    [
        ("/v1/connect/integrations", "limit", "0"),
        ("/v1/connect/integrations", "limit", "101"),
        ("/v1/connect/integrations", "limit", "1.0"),
        ("/v1/connect/integrations", "limit", " 1"),
        ("/v1/connect/integrations", "limit", ""),
        ("/v1/connect/integrations", "offset", "-1"),
        ("/v1/connect/integrations", "offset", "9" * 16),
        ("/v1/connect/integrations", "platform", "Pinterest"),
        ("/v1/profiles", "page", "0"),
        ("/v1/profiles", "name", ""),
        ("/v1/profiles", "name", "x" * 201),
        ("/v1/connect/pinterest", "headless", "yes"),
        ("/v1/connect/pinterest", "redirectUri", "nowhere"),
        ("/v1/connect/pinterest", "redirectUri", "https://"),
        ("/v1/connect/pinterest", "redirectUri", "https://a b.example/"),
        ("/v1/posts", "status", "cancelled"),
        ("/v1/posts", "createdAfter", "2026-11-22"),
        ("/v1/posts", "createdAfter", "2026-11-22T10:00:00"),
        ("/v1/posts", "createdAfter", "yesterday"),
        ("/v1/usage", "from", "2026-13"),
        ("/v1/usage", "from", "26-12"),
    ],
)
def test_parameter_that_does_not_fit_is_named(structure: Structure, path: str, name: str, given: str) -> None:
    status, words = refusal(structure, "GET", path, query=[(name, given)])
    assert status == 400
    assert words.startswith(f"querystring/{name} ")


@pytest.mark.parametrize(
    ("path", "defaults"),
    [
        ("/v1/profiles", {"page": 1, "limit": 50}),
        ("/v1/connect/integrations", {"limit": 20, "offset": 0}),
    ],
)
def test_parameters_have_their_defaults(structure: Structure, path: str, defaults: dict[str, object]) -> None:
    assert ask(structure, "GET", path).values == defaults


def test_parameter_nobody_declared_is_refused(structure: Structure) -> None:
    words = refusal(structure, "GET", "/v1/profiles", query=[("sort", "asc")])[1]
    assert "additional properties: sort" in words


def test_parameter_is_given_once_unless_it_is_a_list(structure: Structure) -> None:
    twice = [("page", "1"), ("page", "2")]
    assert "once" in refusal(structure, "GET", "/v1/profiles", query=twice)[1]
    several = [("platform", "linkedin"), ("platform", "pinterest")]
    assert ask(structure, "GET", "/v1/posts", query=several).values["platform"] == ["linkedin", "pinterest"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 0),
        ("APPLICATION/JSON; charset=utf-8", 0),
        ("", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_body_is_json_by_its_header(structure: Structure, given: str, status: int) -> None:
    if not status:
        assert ask(structure, "POST", "/v1/profiles", body={"name": "A"}, content_type=given).data == {"name": "A"}
        return
    assert refusal(structure, "POST", "/v1/profiles", body={"name": "A"}, content_type=given)[0] == status


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"name":"\\ud800"}', b"[" * 100_000])
def test_body_that_is_no_json_is_refused(structure: Structure, raw: bytes) -> None:
    assert refusal(structure, "POST", "/v1/profiles", body=raw) == (400, "Body is not valid JSON")


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a deep copy with another value at `platforms.0.accountId`; None takes the field out."""
    copy: dict[str, Any] = json.loads(json.dumps(body))
    *way, last = path.split(".")
    place: Any = copy
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("content", None),
        ("content", 7),
        ("content", ["Words"]),
        ("platforms", None),
        ("platforms", []),
        ("platforms", {}),
        ("platforms", [7]),
        ("platforms", ["pinterest"]),
        ("platforms.0.platform", None),
        ("platforms.0.platform", "myspace"),
        ("platforms.0.accountId", None),
        ("platforms.0.accountId", 7),
        ("platforms.0.content", 7),
        ("platforms.0.board", "x"),
        ("platforms.0.platformSpecificData", 7),
        ("platforms.0.platformSpecificData", {}),
        ("platforms.0.platformSpecificData.boardId", 1013802628540193876),
        ("platforms.0.platformSpecificData.title", 7),
        ("platforms.0.platformSpecificData.boardName", "x"),
        ("mediaItems", {}),
        ("mediaItems", [{"type": "image"}]),
        ("mediaItems", [{"url": "https://a.example/x.jpg"}]),
        ("mediaItems", [{"type": "picture", "url": "https://a.example/x.jpg"}]),
        ("mediaItems", [{"type": "image", "url": "x.jpg"}]),
        ("mediaItems", [{"type": "image", "url": "https://a.example/x.jpg", "thumbnail": "x"}]),
        ("publishNow", "true"),
        ("publishNow", 1),
        ("scheduledFor", "2026-12-01"),
        ("scheduledFor", "2026-12-01T10:00:00"),
        ("scheduledFor", 1_800_000_000),
        ("timezone", 1),
        ("draft", True),
    ],
)
@pytest.mark.parametrize(("method", "path_asked"), [("POST", "/v1/posts"), ("PUT", "/v1/posts/scheduled/p1")])
def test_field_of_a_post_that_does_not_fit_is_named(
    structure: Structure, method: str, path_asked: str, path: str, value: Any
) -> None:
    status, words = refusal(structure, method, path_asked, body=changed(POST, path, value))
    assert status == 400
    assert words.startswith("body")
    assert len(words) < 500


def test_good_post_is_taken_as_it_is(structure: Structure) -> None:
    body = {**POST, "mediaItems": [{"type": "image", "url": "https://a.example/x.jpg"}], "publishNow": True}
    assert ask(structure, "POST", "/v1/posts", body=body).data == body


def test_refusal_speaks_of_the_named_platform(structure: Structure) -> None:
    words = refusal(structure, "POST", "/v1/posts", body=changed(POST, "platforms.0.accountId", None))[1]
    assert words == "body/platforms/0 'accountId' is a required property"


@pytest.mark.parametrize(
    ("path", "body", "fits"),
    [
        ("/v1/profiles", {"name": "x" * 200}, True),
        ("/v1/profiles", {"name": "x" * 201}, False),
        ("/v1/profiles", {"name": ""}, False),
        ("/v1/profiles", {}, False),
        ("/v1/profiles", {"name": "A", "description": "x" * 1_001}, False),
        ("/v1/profiles", [], False),
        ("/v1/media/upload", {"filename": "a.jpg", "mimeType": "image/jpeg"}, True),
        ("/v1/media/upload", {"filename": "", "mimeType": "image/jpeg"}, False),
        ("/v1/media/upload", {"filename": "a.jpg"}, False),
        ("/v1/media/upload", {"filename": "a.jpg", "mimeType": "image/jpeg", "size": 7}, False),
    ],
)
def test_other_bodies_keep_their_limits(structure: Structure, path: str, body: Any, fits: bool) -> None:
    if fits:
        assert ask(structure, "POST", path, body=body).data == body
    else:
        assert refusal(structure, "POST", path, body=body)[0] == 400


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@d-e.example"])
def test_mail_address_is_taken(structure: Structure, address: str) -> None:
    body = {"channel": "email", "eventTypes": ["post.failed"], "email": {"recipients": [address]}}
    assert ask(structure, "POST", "/v1/notifications", body=body).data == body


@pytest.mark.parametrize("address", ["", "a", "@b.example", "a@b", "a @b.example", "a@@b.example"])
def test_what_is_no_mail_address_is_refused(structure: Structure, address: str) -> None:
    body = {"channel": "email", "eventTypes": ["post.failed"], "email": {"recipients": [address]}}
    assert "recipients/0" in refusal(structure, "POST", "/v1/notifications", body=body)[1]


def test_long_value_is_not_repeated_whole(structure: Structure) -> None:
    words = refusal(structure, "POST", "/v1/posts", body=changed(POST, "publishNow", "x" * 10_000))[1]
    assert words.endswith("…")
    assert len(words) < 400
