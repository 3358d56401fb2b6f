"""The control page, seeds, and the pages of what was published."""

from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Team, moment
from tests.sandbox_process import SandboxProcess

SEED: dict[str, Any] = {
    "profiles": [{"id": "p1", "name": "Demo", "createdAt": "2026-01-02T03:04:05.000Z"}],
    "integrations": [
        {
            "id": "a1",
            "profileId": "p1",
            "platform": "pinterest",
            "platformUserId": "1",
            "username": "demo",
            "displayName": "Demo",
            "imageUrl": None,
            "authStatus": "reconnect_required",
            "boards": [{"id": "111111111111111111", "name": "One", "privacy": "SECRET", "description": None}],
        }
    ],
    "posts": [
        {
            "postId": "x1",
            "status": "published",
            "createdAt": "2026-02-03T04:05:06.000Z",
            "rawRequestBody": {
                "content": "Seeded",
                "platforms": [
                    {
                        "platform": "pinterest",
                        "accountId": "a1",
                        "platformSpecificData": {"boardId": "111111111111111111", "title": "Old pin"},
                    }
                ],
                "mediaItems": [{"type": "image", "url": "https://a.example/a.jpg"}],
                "publishNow": True,
            },
        }
    ],
}


class _Watch(HTMLParser):
    """Finds what a strict policy would forbid."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "style") else []
        self.found += [name for name, _ in attrs if name == "style" or name.startswith("on")]


def _get(sandbox: SandboxProcess, path: str) -> requests.Response:
    return requests.get(sandbox.base_url + path, timeout=5)


def test_seed_is_taken_as_it_is(sandbox: SandboxProcess) -> None:
    sandbox.control("seed", SEED)
    post = sandbox.call("GET", "/v1/posts/x1").json()["post"]
    assert post["createdAt"] == "2026-02-03T04:05:06.000Z"
    assert post["rawRequestBody"] == SEED["posts"][0]["rawRequestBody"]
    (entry,) = post["platforms"]
    assert (entry["status"], entry["publishedAt"]) == ("published", "2026-02-03T04:05:06.000Z")
    assert "Old pin" in requests.get(entry["platformPostUrl"], timeout=5).text


def test_seeding_twice_changes_nothing_and_fills_no_ledger(sandbox: SandboxProcess) -> None:
    first = sandbox.control("seed", SEED)
    assert sandbox.control("seed", SEED) == first
    assert sandbox.ledger() == []


def test_seeded_account_can_be_reconnected(sandbox: SandboxProcess) -> None:
    sandbox.control("seed", SEED)
    assert sandbox.connect("pinterest", "p1", "1") == "a1"
    assert sandbox.integrations("p1")[0]["authStatus"] == "active"


def test_seeded_schedule_goes_out(sandbox: SandboxProcess) -> None:
    post = {**SEED["posts"][0], "postId": "x2", "status": "scheduled", "scheduledFor": moment(seconds=0.3)}
    account = {**SEED["integrations"][0], "authStatus": "active"}
    sandbox.control("seed", {"integrations": [account], "posts": [post]})
    sandbox.wait_for_status("x2", "published")
    assert [row["postId"] for row in sandbox.ledger()] == ["x2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pins": []},
        {"profiles": [{"name": "no id"}]},
        {
            "profiles": [{"id": "p9", "name": "x"}],
            "integrations": [{"id": "a9", "platform": "pinterest", "boards": [{}]}],
        },
        {"posts": [{"postId": "x", "status": "draft", "createdAt": "yesterday"}]},
        {"profiles": "all"},
        {"profiles": [{"id": "p9", "name": ["no", "text"]}]},
    ],
)
def test_wrong_seed_is_refused_as_a_whole(wrong: dict[str, Any], sandbox: SandboxProcess) -> None:
    with pytest.raises(ValueError, match="400"):
        sandbox.control("seed", wrong)
    assert sandbox.control("state")["counts"]["profiles"] == 0


def test_pin_page_shows_text_as_text(team: Team) -> None:
    body = team.pin(title="<script>alert(1)</script>", link="https://a.example/?a=1&b=2", altText='"><img onerror=x>')
    post = team.sandbox.wait_for_status(team.post(body).json()["postId"], "published")
    text = requests.get(post["platforms"][0]["platformPostUrl"], timeout=5).text
    watch = _Watch()
    watch.feed(text)
    assert watch.found == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "Winter away" in text


def test_pin_page_allows_pictures_of_its_own_media_alone(team: Team) -> None:
    body = team.body(mediaItems=[{"type": "image", "url": "https://cdn.example:8443/a.jpg"}])
    post = team.sandbox.wait_for_status(team.post(body).json()["postId"], "published")
    policy = requests.get(post["platforms"][0]["platformPostUrl"], timeout=5).headers["Content-Security-Policy"]
    assert "img-src 'self' https://cdn.example:8443;" in policy


def test_deleted_post_has_a_page_that_says_so(team: Team) -> None:
    post = team.published()
    team.sandbox.call("DELETE", f"/v1/posts/{post['postId']}?deleteFromPlatforms=true")
    answer = requests.get(post["platforms"][0]["platformPostUrl"], timeout=5)
    assert (answer.status_code, "was deleted" in answer.text) == (410, True)


def test_post_nobody_published_is_not_found(sandbox: SandboxProcess) -> None:
    assert _get(sandbox, "/pin/123").status_code == 404


def test_control_page_has_nothing_inline_and_shows_the_ledger(team: Team) -> None:
    team.published()
    team.post(team.scheduled())
    answer, watch = _get(team.sandbox, "/control"), _Watch()
    watch.feed(answer.text)
    assert watch.found == []
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for text in ("What was really published", "Bowls", "Atelier Nordlicht", "One post waits", "&lt;script&gt;"):
        assert text in answer.text


def test_control_page_marks_an_account(team: Team) -> None:
    form = {"id": team.pinterest, "reason": "token_expired"}
    requests.post(f"{team.sandbox.base_url}/control/form/account", data=form, timeout=5).raise_for_status()
    assert "has to be reconnected (token_expired)" in _get(team.sandbox, "/control").text


def test_control_page_changes_credits_and_speed(team: Team) -> None:
    form = {"publish_seconds": "0.5", "monthly_limit": "50", "monthly_used": "12", "purchased_total": "3"}
    requests.post(f"{team.sandbox.base_url}/control/form/settings", data=form, timeout=5).raise_for_status()
    state = team.sandbox.control("state")
    assert state["balance"]["monthly"]["remaining"] == 38
    assert state["settings"]["publish_seconds"] == 0.5


@pytest.mark.parametrize("form", [{"publish_seconds": "soon"}, {"publish_seconds": "-1"}, {"colour": "1"}])
def test_control_page_refuses_what_cannot_be(form: dict[str, str], sandbox: SandboxProcess) -> None:
    answer = requests.post(f"{sandbox.base_url}/control/form/settings", data=form, timeout=5)
    assert (answer.status_code, "didn’t work" in answer.text) == (422, True)


def test_control_page_resets_only_when_sure(team: Team) -> None:
    url = f"{team.sandbox.base_url}/control/form/reset"
    assert requests.post(url, data={}, timeout=5).status_code == 422
    assert requests.post(url, data={"sure": "on"}, timeout=5).status_code == 200
    assert team.sandbox.control("state")["counts"]["integrations"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
def test_other_sites_cannot_pull_a_lever(headers: dict[str, str], team: Team) -> None:
    answer = requests.post(f"{team.sandbox.base_url}/control/reset", json={}, headers=headers, timeout=5)
    assert answer.status_code == 403
    assert team.sandbox.control("state")["counts"]["integrations"] == 2


def test_own_page_can(sandbox: SandboxProcess) -> None:
    headers = {"Origin": sandbox.base_url, "Sec-Fetch-Site": "same-origin"}
    assert requests.post(f"{sandbox.base_url}/control/reset", json={}, headers=headers, timeout=5).status_code == 200


def test_another_name_of_the_host_reads_nothing(sandbox: SandboxProcess) -> None:
    answer = requests.get(f"{sandbox.base_url}/control/ledger", headers={"Host": "rebound.example"}, timeout=5)
    assert answer.status_code == 403


def test_unknown_lever_is_refused(sandbox: SandboxProcess) -> None:
    with pytest.raises(ValueError, match="400"):
        sandbox.control("gravity", {})
