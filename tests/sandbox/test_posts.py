"""What becomes of a post."""

import threading
from typing import Any

import pytest

from tests.sandbox.conftest import Team, moment


def _listed(team: Team, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = team.sandbox.call("GET", "/v1/posts", params=query).json()
    return answer


def _get(team: Team, post_id: str) -> dict[str, Any]:
    post: dict[str, Any] = team.sandbox.call("GET", f"/v1/posts/{post_id}").json()["post"]
    return post


def test_publish_now_is_first_publishing_then_published(team: Team) -> None:
    team.sandbox.control("settings", {"publish_seconds": 10})
    receipt = team.post().json()
    assert (receipt["success"], receipt["status"]) == (True, "publishing")
    assert team.sandbox.wait_for_status(receipt["postId"], "published")["platforms"][0]["publishedAt"]


def test_publish_in_request_answers_with_the_end(team: Team) -> None:
    team.sandbox.control("settings", {"publish_in_request": True})
    receipt = team.post().json()
    assert receipt["status"] == "published"
    assert receipt["platforms"][0]["platformPostUrl"].startswith(f"{team.sandbox.base_url}/pin/")


def test_published_pin_is_in_the_ledger_once(team: Team) -> None:
    post = team.published()
    (row,) = team.sandbox.ledger()
    assert (row["postId"], row["accountId"], row["boardId"]) == (post["postId"], team.pinterest, team.boards[0]["id"])


def test_same_body_has_the_same_hash_in_both_ledgers(team: Team) -> None:
    team.published()
    assert team.sandbox.ledger()[0]["bodyHash"] == team.sandbox.accepted()[0]["bodyHash"]


def test_raw_request_body_is_the_body_that_was_sent(team: Team) -> None:
    body = team.pin(title="<script>ü 🧶</script>", link="https://nordlicht.example/a?b=c&d")
    assert _get(team, team.post(body).json()["postId"])["rawRequestBody"] == body


def test_cross_post_has_a_result_for_each_platform(team: Team) -> None:
    post = team.sandbox.wait_for_status(team.post(team.cross_post()).json()["postId"], "published")
    assert [entry["platform"] for entry in post["platforms"]] == ["pinterest", "linkedin"]
    assert post["crosspostingEnabled"] is True


def test_one_platform_that_refuses_makes_it_partial(team: Team) -> None:
    team.sandbox.faults({"name": "platform_rejects", "platform": "linkedin", "message": "Duplicate"})
    post = team.sandbox.wait_for_status(team.post(team.cross_post()).json()["postId"], "partial")
    assert [entry["errorMessage"] for entry in post["platforms"]] == [None, "Duplicate"]


def test_neither_now_nor_a_time_makes_a_draft_that_costs_nothing(team: Team) -> None:
    assert team.post(team.body(publishNow=None)).json()["status"] == "draft"
    assert team.sandbox.control("state")["balance"]["monthly"]["used"] == 0


def test_account_to_reconnect_fails_at_once_and_costs_nothing(team: Team) -> None:
    team.sandbox.control("accounts", {"id": team.pinterest, "reason": "access_revoked"})
    receipt = team.post().json()
    assert (receipt["success"], receipt["status"]) == (False, "failed")
    assert "access_revoked" in receipt["platforms"][0]["error"]
    assert team.sandbox.control("state")["balance"]["monthly"]["used"] == 0


def test_board_removed_on_pinterest_fails_there(team: Team) -> None:
    team.sandbox.control("boards", {"accountId": team.pinterest, "remove": [team.boards[0]["id"]]})
    post = team.sandbox.wait_for_status(team.post().json()["postId"], "failed")
    assert post["platforms"][0]["errorMessage"] == "Board not found."
    assert team.sandbox.ledger() == []


def test_upload_that_never_arrived_fails_at_the_platform(team: Team) -> None:
    data = {"filename": "a.png", "mimeType": "image/png"}
    url = team.sandbox.call("POST", "/v1/media/upload", json=data).json()["data"]["publicUrl"]
    body = team.body(mediaItems=[{"type": "image", "url": url}])
    post = team.sandbox.wait_for_status(team.post(body).json()["postId"], "failed")
    assert "media" in post["platforms"][0]["errorMessage"]


def test_credits_used_up_are_402_and_nothing_is_accepted(team: Team) -> None:
    team.sandbox.control("settings", {"monthly_limit": 5, "monthly_used": 5})
    assert team.post().status_code == 402
    assert team.sandbox.accepted() == []


def test_bought_credits_are_used_after_the_months(team: Team) -> None:
    team.sandbox.control("settings", {"monthly_limit": 5, "monthly_used": 5, "purchased_total": 2})
    assert team.post().status_code == 202
    assert team.sandbox.control("state")["balance"]["purchased"] == {"total": 2, "used": 1, "remaining": 1}


def test_last_credit_is_spent_once_by_many_at_a_time(team: Team) -> None:
    team.sandbox.control("settings", {"monthly_limit": 1})
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(team.post().status_code)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [202, 402, 402, 402, 402, 402]


def test_scheduled_post_goes_out_when_it_is_due(team: Team) -> None:
    post_id = team.post(team.scheduled(seconds=0.4)).json()["postId"]
    assert _get(team, post_id)["status"] == "scheduled"
    team.sandbox.wait_for_status(post_id, "published")


def test_control_can_let_a_time_come_without_changing_it(team: Team) -> None:
    receipt = team.post(team.scheduled(hours=5)).json()
    team.sandbox.control("due", {"postId": receipt["postId"]})
    post = team.sandbox.wait_for_status(receipt["postId"], "published")
    assert post["scheduledFor"] == receipt["scheduledFor"]


def test_cancelled_post_becomes_a_draft_and_stays_in(team: Team) -> None:
    post_id = team.post(team.scheduled(hours=1)).json()["postId"]
    team.sandbox.call("DELETE", f"/v1/posts/scheduled/{post_id}")
    team.sandbox.control("due", {})
    assert _get(team, post_id)["status"] == "draft"
    assert team.sandbox.ledger() == []


def test_edit_replaces_content_and_keeps_the_time(team: Team) -> None:
    receipt = team.post(team.scheduled()).json()
    changed = {**team.body(publishNow=None), "content": "Other words."}
    answer = team.sandbox.call("PUT", f"/v1/posts/scheduled/{receipt['postId']}", json=changed).json()
    assert answer["scheduledFor"] == receipt["scheduledFor"]
    assert _get(team, receipt["postId"])["content"] == "Other words."


def test_move_changes_the_time_alone(team: Team) -> None:
    post_id, later = team.post(team.scheduled()).json()["postId"], moment(hours=9)
    team.sandbox.call("PATCH", f"/v1/posts/scheduled/{post_id}", json={"scheduledFor": later, "timezone": "UTC"})
    assert _get(team, post_id)["scheduledFor"] == later


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_published_post_is_no_longer_scheduled(method: str, team: Team) -> None:
    post_id = team.published()["postId"]
    body = {"scheduledFor": moment(hours=1)} if method == "PATCH" else team.body(publishNow=None)
    assert team.sandbox.call(method, f"/v1/posts/scheduled/{post_id}", json=body).status_code == 409


def test_clock_with_z_is_read_as_local_to_the_timezone(team: Team) -> None:
    body = team.body(publishNow=None, scheduledFor="2027-01-15T12:00:00.000Z", timezone="Europe/Berlin")
    body["scheduledFor"] = moment(days=2)[:11] + "12:00:00.000Z"
    receipt = team.post(body).json()
    assert receipt["scheduledFor"][11:16] in ("10:00", "11:00")


def test_listing_filters_by_status_platform_and_time(team: Team) -> None:
    team.post(team.cross_post())
    team.post(team.scheduled())
    assert _listed(team, status="scheduled")["total"] == 1
    assert _listed(team, platform=["linkedin"])["total"] == 1
    assert _listed(team, platform=["linkedin", "pinterest"])["total"] == 2
    assert _listed(team, scheduledAfter=moment(hours=2))["total"] == 0
    assert _listed(team, createdAfter=moment(seconds=30))["total"] == 0


def test_listing_filters_by_profile(team: Team) -> None:
    team.post()
    assert _listed(team, profileId=team.profile)["total"] == 1
    assert _listed(team, profileId="another")["total"] == 0


def test_pages_of_a_listing_hold_every_post_once_in_either_order(team: Team) -> None:
    made = [team.post(team.body(publishNow=None)).json()["postId"] for _ in range(5)]
    pages = [_listed(team, sort="asc", limit=2, offset=offset)["posts"] for offset in (0, 2, 4)]
    assert [post["postId"] for page in pages for post in page] == made
    assert [post["postId"] for post in _listed(team)["posts"]] == made[::-1]


def test_more_than_a_hundred_a_page_is_a_2xx_without_success(team: Team) -> None:
    team.post()
    answer = team.sandbox.call("GET", "/v1/posts", params={"limit": 101})
    assert (answer.status_code, answer.json()) == (200, {"success": False, "total": 0, "posts": []})


def test_deleting_from_platforms_costs_a_credit_each(team: Team) -> None:
    post = team.sandbox.wait_for_status(team.post(team.cross_post()).json()["postId"], "published")
    answer = team.sandbox.call("DELETE", f"/v1/posts/{post['postId']}", params={"deleteFromPlatforms": "true"}).json()
    assert answer["creditsCharged"] == 2
    assert team.sandbox.control("state")["balance"]["monthly"]["used"] == 3
    assert len(team.sandbox.ledger()) == 2


def test_usage_counts_posts_by_month_and_platform(team: Team) -> None:
    team.sandbox.wait_for_status(team.post(team.cross_post()).json()["postId"], "published")
    usage = team.sandbox.call("GET", "/v1/usage").json()
    assert usage["usage"][0]["platform"] == {"linkedin": 1, "pinterest": 1}
    assert (usage["totalUsage"], usage["balance"]["monthly"]["remaining"]) == (1, 499)
