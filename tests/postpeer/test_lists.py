"""Lists are paged to their end, and a reading says whether it saw everything."""

from datetime import UTC, datetime
from typing import Any

import pytest

from postpeer_dash.postpeer import BadAnswer, Client, Unclear, dialogue
from tests.postpeer import samples
from tests.postpeer.wire import Wire


def some_posts(first: int, count: int) -> list[dict[str, Any]]:
    return [samples.a_post(postId=f"post_{number}") for number in range(first, first + count)]


def page(wire: Wire, offset: int, posts: list[Any], total: object, tolerance: bool = False, **options: Any) -> None:
    query = {"sort": "asc", "limit": "100", "offset": str(offset)}
    answer = {"success": True, "total": total, "posts": posts}
    wire.get("/v1/posts", query=query, json=answer, tolerance=tolerance, **options)


def test_integrations_are_paged_to_the_end(postpeer_wire: Wire, client: Client) -> None:
    accounts = [samples.an_integration(id=f"int_{number}") for number in range(240)]
    for offset in (0, 100, 200):
        postpeer_wire.get(
            "/v1/connect/integrations",
            query={"sort": "asc", "limit": "100", "offset": str(offset)},
            json=samples.integration_list(*accounts[offset : offset + 100], total=240),
        )
    assert [account.id for account in client.list_integrations()] == [account["id"] for account in accounts]


def test_profiles_are_paged_by_number(postpeer_wire: Wire, client: Client) -> None:
    profiles = [samples.a_profile(id=f"prof_{number}") for number in range(150)]
    for number in (1, 2):
        chosen = profiles[(number - 1) * 100 : number * 100]
        postpeer_wire.get(
            "/v1/profiles",
            query={"limit": "100", "page": str(number)},
            json=samples.profile_list(*chosen, total=150, page=number),
        )
    assert len(client.list_profiles()) == 150


def test_list_ends_at_an_empty_page_whatever_the_total_says(postpeer_wire: Wire, client: Client) -> None:
    for offset, accounts in ((0, [samples.an_integration()]), (1, [])):
        postpeer_wire.get(
            "/v1/connect/integrations",
            query={"sort": "asc", "limit": "100", "offset": str(offset)},
            json=samples.integration_list(*accounts, total=9),
        )
    assert len(client.list_integrations()) == 1


def test_list_without_a_total_ends_at_a_short_page(postpeer_wire: Wire, client: Client) -> None:
    answer = {"success": True, "integrations": [samples.an_integration()]}
    postpeer_wire.get("/v1/connect/integrations", json=answer, tolerance=True)
    assert len(client.list_integrations()) == 1


def test_list_has_a_cap(postpeer_wire: Wire, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "MAX_LISTED", 3)
    accounts = [samples.an_integration(id=f"int_{number}") for number in range(3)]
    postpeer_wire.get("/v1/connect/integrations", json=samples.integration_list(*accounts, total=10**9))
    assert len(client.list_integrations()) == 3


def test_element_seen_on_two_pages_stands_once(postpeer_wire: Wire, client: Client) -> None:
    for offset in (0, 1):
        postpeer_wire.get(
            "/v1/connect/integrations",
            query={"sort": "asc", "limit": "100", "offset": str(offset)},
            json=samples.integration_list(samples.an_integration(), total=2),
        )
    assert len(client.list_integrations()) == 1


def test_reading_of_every_page_is_complete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 100), 150)
    page(postpeer_wire, 100, some_posts(100, 50), 150, headers={"Date": "Sun, 22 Nov 2026 10:00:09 GMT"})
    reading = client.list_posts()
    assert (len(reading.posts), reading.total, reading.is_complete) == (150, 150, True)
    assert reading.read_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_empty_reading_is_complete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, [], 0)
    reading = client.list_posts()
    assert (reading.posts, reading.is_complete) == ((), True)


def test_reading_whose_total_moved_is_incomplete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 100), 101)
    page(postpeer_wire, 100, some_posts(100, 2), 102)
    reading = client.list_posts()
    assert (len(reading.posts), reading.is_complete) == (102, False)


def test_reading_with_a_post_twice_is_incomplete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 100), 101)
    page(postpeer_wire, 100, some_posts(99, 1), 101)
    assert not client.list_posts().is_complete


def test_reading_with_fewer_posts_than_its_total_is_incomplete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 2), 3)
    page(postpeer_wire, 2, [], 3)
    assert not client.list_posts().is_complete


def test_reading_with_more_posts_than_its_total_is_incomplete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 2), 1)
    assert not client.list_posts().is_complete


@pytest.mark.parametrize("bad", [None, "post", {}, {"postId": None}])
def test_reading_with_an_unreadable_post_is_incomplete(bad: object, postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, [*some_posts(0, 1), bad], 2, tolerance=True)
    reading = client.list_posts()
    assert (len(reading.posts), reading.is_complete) == (1, False)


@pytest.mark.parametrize("total", [None, "1", -1, 1.0, True])
def test_reading_without_a_total_is_incomplete(total: object, postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 1), total, tolerance=True)
    assert not client.list_posts().is_complete


def test_reading_that_stops_at_its_cap_is_incomplete(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 100), 150)
    assert not client.list_posts(max_posts=100).is_complete


def test_reading_without_a_date_has_no_clock(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, [], 0, headers={"Date": "yesterday"})
    assert client.list_posts().read_at is None


def test_page_that_fails_fails_the_reading(postpeer_wire: Wire, client: Client) -> None:
    page(postpeer_wire, 0, some_posts(0, 100), 150)
    page(postpeer_wire, 100, [], 150, status=500, tolerance=True)
    with pytest.raises(Unclear):
        client.list_posts()


def test_refused_page_size_is_not_an_empty_list(postpeer_wire: Wire, client: Client) -> None:
    answer = {"success": False, "total": 0, "posts": [], "message": "limit must be <= 100"}
    postpeer_wire.get("/v1/posts", json=answer)
    with pytest.raises(BadAnswer, match="limit must be"):
        client.list_posts()


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.list_posts(profile_id=""),
        lambda client: client.list_integrations(profile_id=" "),
        lambda client: client.list_boards(""),
        lambda client: client.get_usage(profile_id=""),
        lambda client: client.move_integration("int_1", profile_id=""),
        lambda client: client.create_profile(name=" "),
        lambda client: client.connect_url(
            "x", redirect_uri="http://a/", cancel_redirect_uri="http://a/", profile_id=""
        ),
        lambda client: client.list_posts(created_after=datetime(2026, 1, 1)),  # noqa: DTZ001
        lambda client: client.create_post({"content": float("nan")}),
        lambda client: client.create_post({"content": object()}),
    ],
)
def test_request_that_would_mean_something_else_is_not_sent(ask: Any, postpeer_wire: Wire, client: Client) -> None:
    with pytest.raises(ValueError, match=r"must|zone|JSON"):
        ask(client)
    assert postpeer_wire.calls == []


@pytest.mark.parametrize("extra", [samples.a_post(postId="post_0"), None])
def test_reading_with_more_elements_than_posts_is_incomplete(
    extra: object, postpeer_wire: Wire, client: Client
) -> None:
    page(postpeer_wire, 0, [*some_posts(0, 1), extra], 1, tolerance=True)
    reading = client.list_posts()
    assert (len(reading.posts), reading.total, reading.is_complete) == (1, 1, False)
