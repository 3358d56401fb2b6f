"""Every public method sends a request that PostPeer's structure allows."""

import inspect
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from postpeer_dash.postpeer import Client, Upload
from tests.postpeer import samples
from tests.postpeer.wire import Wire

WHEN = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DONE = {"success": True, "message": "Done"}
UPLOAD = Upload("https://storage.example/put/oak.jpg", "https://media.example/oak.jpg")
EDITED = {"success": True, "message": "Done", "postId": "p", "scheduledFor": "2026-12-01T08:00:00.000Z"}
MOVED = {"success": True, "message": "Done", "scheduledFor": "2026-12-01T08:00:00.000Z"}
PAGE = {"limit": "100", "offset": "0"}

Prepare = Callable[[Wire], None]
Use = Callable[[Client], object]

# Name of the method: what PostPeer answers (with the query it must be asked with), and how it is called.
CASES: dict[str, tuple[Prepare, Use]] = {
    "check_health": (lambda wire: wire.get("/v1/health", json={"ok": True}), lambda client: client.check_health()),
    "check_key": (lambda wire: wire.get("/v1/health/auth", json={"ok": True}), lambda client: client.check_key()),
    "connect_url": (
        lambda wire: wire.get(
            "/v1/connect/pinterest",
            query={
                "redirectUri": "http://localhost:8000/connect/return/n/",
                "cancelRedirectUri": "http://localhost:8000/connect/return/n/?cancelled=1",
                "profileId": "prof_1",
            },
            json={"url": "https://www.pinterest.com/oauth/"},
        ),
        lambda client: client.connect_url(
            "pinterest",
            redirect_uri="http://localhost:8000/connect/return/n/",
            cancel_redirect_uri="http://localhost:8000/connect/return/n/?cancelled=1",
            profile_id="prof_1",
        ),
    ),
    "list_integrations": (
        lambda wire: wire.get(
            "/v1/connect/integrations",
            query={"profileId": "prof_1", "platform": "pinterest", "sort": "asc", **PAGE},
            json=samples.integration_list(samples.an_integration()),
        ),
        lambda client: client.list_integrations(profile_id="prof_1", platform="pinterest"),
    ),
    "get_integration": (
        lambda wire: wire.get(
            "/v1/connect/integrations/int_1",
            query={},
            json={"success": True, "integration": samples.integration_detail()},
        ),
        lambda client: client.get_integration("int_1"),
    ),
    "move_integration": (
        lambda wire: wire.patch(
            "/v1/connect/integrations/int_1",
            json_body={"profileId": "prof_2"},
            json={"success": True, "integration": samples.an_integration(profileId="prof_2")},
        ),
        lambda client: client.move_integration("int_1", profile_id="prof_2"),
    ),
    "disconnect_integration": (
        lambda wire: wire.delete("/v1/connect/integrations/int_1", json=DONE),
        lambda client: client.disconnect_integration("int_1"),
    ),
    "create_profile": (
        lambda wire: wire.post(
            "/v1/profiles",
            json_body={"name": "Linden", "description": "The shop"},
            json={"success": True, "profile": samples.a_profile()},
        ),
        lambda client: client.create_profile(name="Linden", description="The shop"),
    ),
    "list_profiles": (
        lambda wire: wire.get(
            "/v1/profiles",
            query={"name": "Linden", "limit": "100", "page": "1"},
            json=samples.profile_list(samples.a_profile()),
        ),
        lambda client: client.list_profiles(name="Linden"),
    ),
    "get_profile": (
        lambda wire: wire.get("/v1/profiles/prof_1", json={"success": True, "profile": samples.a_profile()}),
        lambda client: client.get_profile("prof_1"),
    ),
    "list_boards": (
        lambda wire: wire.get(
            "/v1/pinterest/boards", query={"accountId": "int_1"}, json=samples.board_list(samples.a_board())
        ),
        lambda client: client.list_boards("int_1"),
    ),
    "create_post": (
        lambda wire: wire.post("/v1/posts", json_body=samples.a_pin_body(), json=samples.a_receipt()),
        lambda client: client.create_post(samples.a_pin_body()),
    ),
    "get_post": (
        lambda wire: wire.get("/v1/posts/post_1", json={"success": True, "post": samples.a_post()}),
        lambda client: client.get_post("post_1"),
    ),
    "list_posts": (
        lambda wire: wire.get(
            "/v1/posts",
            query={
                "createdAfter": "2026-12-01T08:00:00.000Z",
                "createdBefore": "2026-12-01T08:00:00.000Z",
                "status": "published",
                "profileId": "prof_1",
                "sort": "asc",
                **PAGE,
            },
            json=samples.post_list(samples.a_post()),
        ),
        lambda client: client.list_posts(
            created_after=WHEN, created_before=WHEN, status="published", profile_id="prof_1"
        ),
    ),
    "delete_post": (
        lambda wire: wire.delete("/v1/posts/post_1", query={"deleteFromPlatforms": "true"}, json={"success": True}),
        lambda client: client.delete_post("post_1", delete_from_platforms=True),
    ),
    "list_scheduled": (
        lambda wire: wire.get(
            "/v1/posts/scheduled",
            query={"sort": "asc", **PAGE},
            json=samples.post_list(samples.a_scheduled_post()),
        ),
        lambda client: client.list_scheduled(),
    ),
    "edit_scheduled": (
        lambda wire: wire.put("/v1/posts/scheduled/post_2", json=EDITED),
        lambda client: client.edit_scheduled(
            "post_2", {"content": "New words", "platforms": samples.a_pin_body()["platforms"]}
        ),
    ),
    "move_scheduled": (
        lambda wire: wire.patch(
            "/v1/posts/scheduled/post_2",
            json_body={"scheduledFor": "2026-12-01T08:00:00.000Z", "timezone": "UTC"},
            json=MOVED,
        ),
        lambda client: client.move_scheduled("post_2", scheduled_for=WHEN),
    ),
    "cancel_scheduled": (
        lambda wire: wire.delete("/v1/posts/scheduled/post_2", json=DONE),
        lambda client: client.cancel_scheduled("post_2"),
    ),
    "create_upload": (
        lambda wire: wire.post(
            "/v1/media/upload", json_body={"filename": "oak.jpg", "mimeType": "image/jpeg"}, json=samples.an_upload()
        ),
        lambda client: client.create_upload(filename="oak.jpg", mime_type="image/jpeg"),
    ),
    "put_media": (
        lambda wire: wire.storage(UPLOAD.upload_url),
        lambda client: client.put_media(UPLOAD, stream=io.BytesIO(b"abc"), length=3, mime_type="image/jpeg"),
    ),
    "get_media": (
        lambda wire: wire.storage(UPLOAD.public_url, method="GET", raw=b"abc"),
        lambda client: client.get_media(UPLOAD.public_url),
    ),
    "get_analytics": (
        lambda wire: wire.get(
            "/v1/analytics",
            query={"platform": "pinterest", "accountId": "int_1", "source": "platform", "limit": "100"},
            json={"success": True},
            tolerance=True,
        ),
        lambda client: client.get_analytics("int_1", platform="pinterest"),
    ),
    "get_usage": (
        lambda wire: wire.get("/v1/usage", query={"profileId": "prof_1"}, json=samples.a_usage()),
        lambda client: client.get_usage(profile_id="prof_1"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_method_sends_a_valid_request(name: str, postpeer_wire: Wire, client: Client) -> None:
    prepare, use = CASES[name]
    prepare(postpeer_wire)
    use(client)
    assert len(postpeer_wire.calls) == 1


def test_every_public_method_has_a_case() -> None:
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    assert public - {"close"} == set(CASES)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"check_health", "put_media", "get_media"}))
def test_method_sends_the_key_and_who_asks(name: str, postpeer_wire: Wire, client: Client) -> None:
    prepare, use = CASES[name]
    prepare(postpeer_wire)
    use(client)
    headers = postpeer_wire.calls[0].headers
    assert headers["x-access-key"] == postpeer_wire.key
    assert headers["User-Agent"].startswith("PostPeerDash/")
    assert headers["Accept"] == "application/json"
    assert "Authorization" not in headers


def test_a_body_goes_out_as_it_is(postpeer_wire: Wire, client: Client) -> None:
    body = samples.a_pin_body(content="ä 🌿 \u202e‮ \x00 " + "e\u0301" * 500)
    postpeer_wire.post("/v1/posts", json=samples.a_receipt())
    client.create_post(body)
    assert postpeer_wire.calls[0].json == body


@pytest.mark.parametrize("empty", ["", " ", ".", ".."])
def test_an_id_that_would_mean_another_address_is_refused(empty: str, client: Client) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        client.delete_post(empty)
