"""Every operation's answer, and each kind of refusal, is what PostPeer's structure declares."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from postpeer_dash.sandbox.routes import OPERATIONS
from postpeer_dash.sandbox.validation import Structure
from tests.postpeer.contract import Contract
from tests.sandbox.conftest import Team, moment

Make = Callable[[Team], requests.Response]
HOOK = {"channel": "webhook", "eventTypes": ["post.published"], "webhook": {"url": "https://hooks.example/in"}}


def _call(method: str, path: str, **options: Any) -> Make:
    return lambda team: team.sandbox.call(method, path.format(t=team), **options)


def _scheduled(method: str, change: Callable[[Team], dict[str, Any]] | None = None) -> Make:
    def make(team: Team) -> requests.Response:
        post_id = team.post(team.scheduled()).json()["postId"]
        options = {"json": change(team)} if change else {}
        return team.sandbox.call(method, f"/v1/posts/scheduled/{post_id}", **options)

    return make


def _edited(team: Team) -> dict[str, Any]:
    return {**team.body(publishNow=None), "content": "Other words."}


def _on_notification(method: str, **options: Any) -> Make:
    def make(team: Team) -> requests.Response:
        made = team.sandbox.call("POST", "/v1/notifications", json=HOOK).json()
        return team.sandbox.call(method, f"/v1/notifications/{made['notification']['id']}", **options)

    return make


def _list_posts(team: Team) -> requests.Response:
    team.published()
    team.post(team.scheduled())
    return team.sandbox.call("GET", "/v1/posts")


def _on_published(method: str, query: str = "") -> Make:
    return lambda team: team.sandbox.call(method, f"/v1/posts/{team.published()['postId']}{query}")


def _list_scheduled(team: Team) -> requests.Response:
    team.post(team.scheduled())
    return team.sandbox.call("GET", "/v1/posts/scheduled")


def _usage(team: Team) -> requests.Response:
    team.published()
    return team.sandbox.call("GET", "/v1/usage")


GOOD: dict[str, tuple[int, Make]] = {
    "healthCheck": (200, _call("GET", "/v1/health")),
    "healthCheckAuth": (200, _call("GET", "/v1/health/auth")),
    "listPlatforms": (200, _call("GET", "/v1/platforms")),
    "getOAuthUrl": (200, _call("GET", "/v1/connect/pinterest?profileId={t.profile}")),
    "listIntegrations": (200, _call("GET", "/v1/connect/integrations")),
    "getIntegration": (200, _call("GET", "/v1/connect/integrations/{t.pinterest}")),
    "moveIntegration": (200, _call("PATCH", "/v1/connect/integrations/{t.pinterest}", json={"profileId": None})),
    "disconnectIntegration": (200, _call("DELETE", "/v1/connect/integrations/{t.pinterest}")),
    "getPinterestBoards": (200, _call("GET", "/v1/pinterest/boards?accountId={t.pinterest}")),
    "createProfile": (201, _call("POST", "/v1/profiles", json={"name": "Kornhaus", "description": "Food"})),
    "listProfiles": (200, _call("GET", "/v1/profiles")),
    "getProfile": (200, _call("GET", "/v1/profiles/{t.profile}")),
    "updateProfile": (200, _call("PATCH", "/v1/profiles/{t.profile}", json={"name": "Another"})),
    "deleteProfile": (200, _call("DELETE", "/v1/profiles/{t.profile}")),
    "createPost": (202, lambda team: team.post(team.cross_post())),
    "listPosts": (200, _list_posts),
    "getPost": (200, _on_published("GET")),
    "deletePost": (200, _on_published("DELETE", "?deleteFromPlatforms=true")),
    "listScheduledPosts": (200, _list_scheduled),
    "editScheduledPost": (200, _scheduled("PUT", _edited)),
    "reschedulePost": (200, _scheduled("PATCH", lambda _: {"scheduledFor": moment(hours=2), "timezone": "UTC"})),
    "cancelScheduledPost": (200, _scheduled("DELETE")),
    "createMediaUpload": (
        200,
        _call("POST", "/v1/media/upload", json={"filename": "a.png", "mimeType": "image/png"}),
    ),
    "getUsage": (200, _usage),
    "createNotification": (201, _call("POST", "/v1/notifications", json=HOOK)),
    "listNotifications": (200, _call("GET", "/v1/notifications")),
    "getNotification": (200, _on_notification("GET")),
    "updateNotification": (200, _on_notification("PATCH", json={"enabled": False})),
    "deleteNotification": (200, _on_notification("DELETE")),
    "testNotification": (
        200,
        _call("POST", "/v1/notifications/test", json={"channel": "webhook", "webhook": HOOK["webhook"]}),
    ),
}
BAD: dict[str, tuple[int, Make]] = {
    "no integration": (404, _call("GET", "/v1/connect/integrations/none")),
    "move to no profile": (400, _call("PATCH", "/v1/connect/integrations/{t.pinterest}", json={"profileId": "none"})),
    "move without body": (400, _call("PATCH", "/v1/connect/integrations/{t.pinterest}", json={})),
    "no profile": (404, _call("GET", "/v1/profiles/none")),
    "empty profile name": (400, _call("PATCH", "/v1/profiles/{t.profile}", json={"name": ""})),
    "boards of no account": (404, _call("GET", "/v1/pinterest/boards?accountId=none")),
    "boards of LinkedIn": (404, _call("GET", "/v1/pinterest/boards?accountId={t.linkedin}")),
    "no post": (404, _call("GET", "/v1/posts/none")),
    "delete no post": (404, _call("DELETE", "/v1/posts/none")),
    "empty post": (400, _call("POST", "/v1/posts", json={})),
    "unknown status": (400, _call("GET", "/v1/posts?status=brewing")),
    "cancel no post": (404, _call("DELETE", "/v1/posts/scheduled/none")),
    "cancel a published post": (
        409,
        lambda team: team.sandbox.call("DELETE", f"/v1/posts/scheduled/{team.published()['postId']}"),
    ),
    "upload of a document": (
        400,
        _call("POST", "/v1/media/upload", json={"filename": "a.pdf", "mimeType": "application/pdf"}),
    ),
    "usage of no profile": (404, _call("GET", "/v1/usage?profileId=none")),
    "usage from no month": (400, _call("GET", "/v1/usage?from=2026-13")),
    "no notification": (404, _call("GET", "/v1/notifications/none")),
    "notification without address": (
        400,
        _call("POST", "/v1/notifications", json={"channel": "webhook", "eventTypes": ["post.failed"]}),
    ),
    "boards of an account to reconnect": (502, lambda team: _expired_boards(team)),
}


def _expired_boards(team: Team) -> requests.Response:
    team.sandbox.control("accounts", {"id": team.pinterest, "reason": "token_expired"})
    return team.sandbox.call("GET", "/v1/pinterest/boards", params={"accountId": team.pinterest})


def _problems(contract: Contract, answer: requests.Response) -> list[str]:
    path = urlsplit(answer.request.url).path
    return contract.check_response(
        (answer.request.method or "").lower(), path, answer.status_code, answer.content, "application/json"
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_answer_fits_the_structure(name: str, team: Team, contract: Contract) -> None:
    status, make = GOOD[name]
    answer = make(team)
    assert (answer.status_code, _problems(contract, answer)) == (status, [])


@pytest.mark.parametrize("name", BAD)
def test_refusal_fits_the_structure(name: str, team: Team, contract: Contract) -> None:
    status, make = BAD[name]
    answer = make(team)
    assert (answer.status_code, _problems(contract, answer)) == (status, [])


def test_only_analytics_and_writing_are_missing() -> None:
    missing = {operation.id for operation in Structure().operations} - set(OPERATIONS)
    assert {one for one in missing if "nalytics" not in one and "ai" not in one.lower()} == set()


@pytest.mark.parametrize("path", ["/v1/posts", "/v1/posts/", "/v1/profiles/", "/v1/usage/"])
def test_both_spellings_of_a_collection_are_served(path: str, team: Team) -> None:
    assert team.sandbox.call("GET", path).status_code == 200


def test_every_answer_names_its_request(team: Team) -> None:
    ids = {team.sandbox.call("GET", path).headers["x-request-id"] for path in ("/v1/posts", "/v1/posts/none", "/v1/x")}
    assert len(ids) == 3


def test_wrong_key_is_refused_in_the_frameworks_shape(team: Team) -> None:
    answer = team.sandbox.call("GET", "/v1/posts", headers={"x-access-key": "wrong"})
    assert answer.status_code == 401
    assert (
        json.loads(answer.text).items() >= {"statusCode": 401, "code": "UNAUTHORIZED", "error": "Unauthorized"}.items()
    )


def test_health_needs_no_key(team: Team) -> None:
    assert requests.get(f"{team.sandbox.base_url}/v1/health", timeout=5).json() == {"ok": True}


def test_missing_part_answers_404(team: Team) -> None:
    assert team.sandbox.call("GET", "/v1/analytics").json()["success"] is False
