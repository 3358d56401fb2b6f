"""What no request may be made of is refused before anything leaves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from postpeer_dash.postpeer import Client, Upload
from postpeer_dash.postpeer.addresses import quote_id, read_origin, safe_url
from postpeer_dash.postpeer.dialogue import to_json
from postpeer_dash.postpeer.types import Timeouts
from tests.postpeer.wire import BASE_URL, KEY, Wire

NAIVE = datetime(2026, 11, 22, 12)  # noqa: DTZ001
BY_ID: dict[str, Callable[[Client, str], Any]] = {
    "get_integration": lambda client, value: client.get_integration(value),
    "move_integration": lambda client, value: client.move_integration(value, profile_id=None),
    "disconnect_integration": lambda client, value: client.disconnect_integration(value),
    "get_profile": lambda client, value: client.get_profile(value),
    "get_post": lambda client, value: client.get_post(value),
    "delete_post": lambda client, value: client.delete_post(value),
    "edit_scheduled": lambda client, value: client.edit_scheduled(value, {}),
    "move_scheduled": lambda client, value: client.move_scheduled(value, scheduled_for=datetime.now(UTC)),
    "cancel_scheduled": lambda client, value: client.cancel_scheduled(value),
}
FILTERS: dict[str, Callable[[Client, str], Any]] = {
    "list_boards": lambda client, value: client.list_boards(value),
    "integrations by profile": lambda client, value: client.list_integrations(profile_id=value),
    "integrations by platform": lambda client, value: client.list_integrations(platform=value),
    "profiles by name": lambda client, value: client.list_profiles(name=value),
    "posts by profile": lambda client, value: client.list_posts(profile_id=value),
    "posts by status": lambda client, value: client.list_posts(status=value),
    "usage by profile": lambda client, value: client.get_usage(profile_id=value),
    "a move to a profile": lambda client, value: client.move_integration("int_1", profile_id=value),
    "a profile's name": lambda client, value: client.create_profile(name=value),
}


@pytest.mark.parametrize("method", BY_ID)
@pytest.mark.parametrize("value", ["", " ", ".", "..", " .. "])
def test_id_that_means_another_address_is_not_sent(
    method: str, value: str, client: Client, postpeer_wire: Wire
) -> None:
    with pytest.raises(ValueError, match="id"):
        BY_ID[method](client, value)
    assert postpeer_wire.calls == []


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("value", ["", "  "])
def test_empty_filter_that_would_mean_everybody_is_not_sent(
    name: str, value: str, client: Client, postpeer_wire: Wire
) -> None:
    with pytest.raises(ValueError, match="empty"):
        FILTERS[name](client, value)
    assert postpeer_wire.calls == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.list_posts(created_after=NAIVE),
        lambda client: client.list_posts(created_before=NAIVE),
        lambda client: client.move_scheduled("post_1", scheduled_for=NAIVE),
    ],
)
def test_time_without_a_zone_is_not_sent(ask: Callable[[Client], Any], client: Client, postpeer_wire: Wire) -> None:
    with pytest.raises(ValueError, match="time zone"):
        ask(client)
    assert postpeer_wire.calls == []


@pytest.mark.parametrize("length", [0, -1])
def test_upload_without_bytes_is_not_sent(length: int, client: Client, postpeer_wire: Wire) -> None:
    upload = Upload("https://storage.example/put", "https://media.example/x")
    with pytest.raises(ValueError, match="positive"):
        client.put_media(upload, stream=BytesIO(b""), length=length, mime_type="image/jpeg")
    assert postpeer_wire.calls == []


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), {1, 2}, b"bytes", datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_body_that_is_no_json_is_not_made(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"content": value})


def test_body_keeps_its_order_and_every_character() -> None:
    assert to_json({"b": "ä\ud83c\udf5e", "a": [1, None, True]}) == b'{"b":"\\u00e4\\ud83c\\udf5e","a":[1,null,true]}'


def test_client_does_not_show_its_key() -> None:
    assert repr(Client(base_url=BASE_URL, api_key=KEY)) == f"<Client {BASE_URL}>"


@pytest.mark.parametrize("name", ["connect", "read", "deadline", "upload"])
@pytest.mark.parametrize("seconds", [0, -1])
def test_timeout_is_positive(name: str, seconds: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Timeouts(**{name: seconds})


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("...", "..."),
        ("ä", "%C3%A4"),
        ("a b", "a%20b"),
        ("%2e%2e", "%252e%252e"),
    ],
)
def test_id_is_one_segment_of_a_path(value: str, quoted: str) -> None:
    assert quote_id(value) == quoted


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example", ("https", "a.example", 443)),
        ("http://A.example:8001/x", ("http", "a.example", 8001)),
        ("https://[2001:db8::1]/", ("https", "2001:db8::1", 443)),
        ("ftp://a.example", None),
        ("https://", None),
        ("https://a.example:70000", None),
        ("https://a.exa\u2028mple", None),
        ("https://a.example\\@b.example", None),
        ("a.example", None),
    ],
)
def test_origin_is_read_from_a_web_address_alone(url: str, origin: object) -> None:
    assert read_origin(url) == origin


@pytest.mark.parametrize(("length", "is_kept"), [(4_096, True), (4_097, False)])
def test_link_has_a_longest_length(length: int, is_kept: bool) -> None:
    url = "https://a.example/".ljust(length, "a")
    assert bool(safe_url(url)) is is_kept


def test_waiting_post_may_be_moved_to_any_instant(client: Client, postpeer_wire: Wire) -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC) + timedelta(milliseconds=1)
    postpeer_wire.patch("/v1/posts/scheduled/post_1", json={"success": True}, tolerance=True)
    client.move_scheduled("post_1", scheduled_for=at)
    assert postpeer_wire.calls[0].json == {"scheduledFor": "2026-12-01T10:00:00.001Z", "timezone": "UTC"}
