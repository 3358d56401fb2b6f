"""A reading is tried again when that can help; a write never is."""

import io
from typing import Any

import pytest
import requests

from postpeer_dash.postpeer import Client, PostPeerError, RateLimited, Timeouts, Unclear, Upload
from tests.postpeer import samples
from tests.postpeer.wire import Wire

GOOD = {"success": True, "boards": []}


def fail(wire: Wire, times: int = 1, status: int = 503, **options: Any) -> None:
    for _ in range(times):
        wire.get("/v1/pinterest/boards", status=status, json={"error": "Later"}, tolerance=True, **options)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_reading_is_tried_again(status: int, postpeer_wire: Wire, pauses: list[float]) -> None:
    fail(postpeer_wire, times=2, status=status)
    postpeer_wire.get("/v1/pinterest/boards", json=GOOD)
    assert postpeer_wire.client(retries=2).list_boards("int_1") == []
    assert pauses == [0.25, 0.5]


@pytest.mark.parametrize("error", [requests.ConnectionError(), requests.ConnectTimeout(), requests.ReadTimeout()])
def test_reading_is_tried_again_after_a_cut(error: Exception, postpeer_wire: Wire, pauses: list[float]) -> None:
    postpeer_wire.get("/v1/pinterest/boards", raises=error)
    postpeer_wire.get("/v1/pinterest/boards", json=GOOD)
    assert postpeer_wire.client(retries=1).list_boards("int_1") == []


def test_reading_gives_up_after_its_tries(postpeer_wire: Wire, pauses: list[float]) -> None:
    fail(postpeer_wire, times=3)
    with pytest.raises(Unclear, match="Later"):
        postpeer_wire.client(retries=2).list_boards("int_1")
    assert len(postpeer_wire.calls) == 3


@pytest.mark.parametrize("status", [301, 400, 401, 404, 409])
def test_reading_that_was_refused_is_not_tried_again(status: int, postpeer_wire: Wire, pauses: list[float]) -> None:
    fail(postpeer_wire, status=status)
    with pytest.raises(PostPeerError):
        postpeer_wire.client(retries=2).list_boards("int_1")
    assert pauses == []


def test_retry_after_is_honoured(postpeer_wire: Wire, pauses: list[float]) -> None:
    fail(postpeer_wire, status=429, headers={"Retry-After": "20"})
    postpeer_wire.get("/v1/pinterest/boards", json=GOOD)
    postpeer_wire.client(retries=2).list_boards("int_1")
    assert pauses == [20.0]


@pytest.mark.parametrize(("retry_after", "deadline"), [("61", 600), ("20", 10)])
def test_wait_beyond_a_minute_or_the_deadline_is_left_to_the_caller(
    retry_after: str, deadline: float, postpeer_wire: Wire, pauses: list[float]
) -> None:
    fail(postpeer_wire, status=429, headers={"Retry-After": retry_after})
    with pytest.raises(RateLimited) as caught:
        postpeer_wire.client(retries=2, timeouts=Timeouts(deadline=deadline)).list_boards("int_1")
    assert (caught.value.retry_after, pauses) == (float(retry_after), [])


WRITES: dict[str, tuple[str, str, Any]] = {
    "create_post": ("POST", "/v1/posts", lambda client: client.create_post(samples.a_pin_body())),
    "cancel_scheduled": ("DELETE", "/v1/posts/scheduled/p", lambda client: client.cancel_scheduled("p")),
    "delete_post": ("DELETE", "/v1/posts/p", lambda client: client.delete_post("p")),
    "create_profile": ("POST", "/v1/profiles", lambda client: client.create_profile(name="Linden")),
    "disconnect": ("DELETE", "/v1/connect/integrations/i", lambda client: client.disconnect_integration("i")),
    "move_integration": (
        "PATCH",
        "/v1/connect/integrations/i",
        lambda client: client.move_integration("i", profile_id="p"),
    ),
    "edit_scheduled": (
        "PUT",
        "/v1/posts/scheduled/p",
        lambda client: client.edit_scheduled("p", {"content": "", "platforms": samples.a_pin_body()["platforms"]}),
    ),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("status", [408, 429, 500, 503, None])
def test_write_is_never_tried_again(name: str, status: int | None, postpeer_wire: Wire, pauses: list[float]) -> None:
    method, path, use = WRITES[name]
    error = requests.ConnectionError() if status is None else None
    postpeer_wire.prepare(
        method, path, status=status, json={}, headers={"Retry-After": "0"}, tolerance=True, raises=error, repeat=True
    )
    with pytest.raises(PostPeerError):
        use(postpeer_wire.client(retries=9))
    assert (len(postpeer_wire.calls), pauses) == (1, [])


@pytest.mark.parametrize("status", [301, 400, 403, 500])
def test_upload_that_is_refused_is_an_error(status: int, postpeer_wire: Wire, client: Client) -> None:
    upload = Upload("https://storage.example/put", "https://media.example/a.jpg")
    postpeer_wire.storage(upload.upload_url, status=status, raw=b"<Error>Expired</Error>")
    with pytest.raises(Unclear) as caught:
        client.put_media(upload, stream=io.BytesIO(b"abc"), length=3, mime_type="image/jpeg")
    assert caught.value.status == status
    assert "x-access-key" not in postpeer_wire.calls[0].headers
    assert postpeer_wire.calls[0].body == b"abc"
