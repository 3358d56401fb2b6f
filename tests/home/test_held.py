"""When sending holds: who is told, what the page shows, and what a person decides."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postpeer_dash.accounts.models import Account, Connection, Profile
from postpeer_dash.accounts.postpeer import current_connection
from postpeer_dash.pins.models import Event, Status, Submission
from postpeer_dash.pins.publishing.pause import check_held_connections
from postpeer_dash.pins.publishing.restore import match_unknown_post
from postpeer_dash.pins.publishing.timeline import Kind
from postpeer_dash.teams.models import AuditEvent
from tests.cast import Cast, SignIn
from tests.pins.factories import again, make_account, make_submitted, target_of
from tests.postpeer.samples import a_profile, profile_list
from tests.postpeer.wire import Wire

HOME, HELD = "/t/nordlicht/", "/t/nordlicht/held/"
State = Submission.State


def a_stranger(**fields: Any) -> dict[str, Any]:
    return {
        "id": "post_9",
        "created_at": "2026-11-22T09:30:00+00:00",
        "text": "Never seen here",
        "title": "",
        "url": "https://www.pinterest.com/pin/9/",
        "media": [],
        "board": "1013802628540193876",
        "accounts": ["int_1"],
        "is_seen": False,
        **fields,
    }


def hold(*posts: dict[str, Any], reason: str = "unknown_posts") -> None:
    Connection.objects.update(held_at=timezone.now(), held_reason=reason, unknown_posts=list(posts))


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unknown_posts", "PostPeer has posts that nothing here explains"),
        ("key_changed", "The dashboard has another PostPeer key than before"),
        ("key_rejected", "PostPeer refuses this dashboard’s key"),
    ],
)
def test_home_says_it_first_and_leads_there(cast: Cast, account: Account, as_: SignIn, reason: str, words: str) -> None:
    hold(a_stranger(), reason=reason)
    response = as_("adam").get(HOME)
    need = response.context["overview"].needs[0]
    assert need.sign == "held" and words in need.title
    assert [act.url for act in need.acts] == [HELD]
    assert words in read(as_("adam"), HELD)


def test_editor_is_told_without_the_button(cast: Cast, account: Account, as_: SignIn) -> None:
    hold(a_stranger())
    need = as_("bob").get(HOME).context["overview"].needs[0]
    assert (need.sign, list(need.acts)) == ("held", [])
    assert HELD not in read(as_("bob"), HOME)


def test_evidence_is_text_board_account_and_link(cast: Cast, account: Account, as_: SignIn) -> None:
    hold(a_stranger())
    text = read(as_("adam"), HELD)
    for words in ("Never seen here", "Winter away", "Atelier", "https://www.pinterest.com/pin/9/", "post_9"):
        assert words in text


def test_other_teams_posts_are_not_shown(cast: Cast, account: Account, as_: SignIn) -> None:
    other = make_account(cast.other_team)
    hold(a_stranger(accounts=[other.remote_id]))
    text = read(as_("adam"), HELD)
    assert "Never seen here" not in text and "accounts of other teams" in text


def test_post_that_cannot_be_read_comes_without_its_words(cast: Cast, account: Account, as_: SignIn) -> None:
    hold(a_stranger(accounts=[]))
    text = read(as_("adam"), HELD)
    assert "post_9" in text
    assert "Never seen here" not in text and "pinterest.com/pin/9" not in text


def test_made_elsewhere_lets_sending_go_on(cast: Cast, account: Account, as_: SignIn) -> None:
    hold(a_stranger())
    as_("adam").post(f"{HELD}go-on/", {"post": ["post_9"]})
    assert Connection.objects.get().held_at is None
    line = AuditEvent.objects.get(action="sending.unknown_posts_seen")
    assert (line.actor, line.team, line.detail) == (cast.adam, cast.team, {"ids": ["post_9"]})


def test_post_that_came_since_the_page_was_read_still_holds(cast: Cast, account: Account, as_: SignIn) -> None:
    hold(a_stranger(), a_stranger(id="post_10"))
    as_("adam").post(f"{HELD}go-on/", {"post": ["post_9"]})
    assert Connection.objects.get().held_at is not None


def test_another_teams_post_cannot_be_accepted(cast: Cast, account: Account, as_: SignIn) -> None:
    other = make_account(cast.other_team)
    hold(a_stranger(accounts=[other.remote_id]))
    as_("adam").post(f"{HELD}go-on/", {"post": ["post_9"]})
    assert Connection.objects.get().unknown_posts[0]["is_seen"] is False


def queued_and_alike(cast: Cast, account: Account) -> Submission:
    submission = make_submitted(cast.team, cast.bob, account=account)
    hold(a_stranger(text=submission.body["content"], accounts=[account.remote_id]))
    return submission


def test_pin_in_line_that_is_alike_is_matched(cast: Cast, account: Account, as_: SignIn) -> None:
    submission = queued_and_alike(cast, account)
    assert "Match to" in read(as_("adam"), HELD)
    as_("adam").post(f"{HELD}match/", {"post": "post_9", "submission": str(submission.uuid)})
    after = again(submission)
    assert (after.state, after.remote_id) == (State.ACCEPTED, "post_9")
    assert target_of(submission).status == Status.PUBLISHING
    assert Connection.objects.get().held_at is None
    assert Event.objects.filter(pin=submission.pin, kind=Kind.PERSON_FOUND, actor=cast.adam).exists()
    assert AuditEvent.objects.filter(action="sending.unknown_post_matched", actor=cast.adam).exists()


def test_pin_that_is_not_alike_is_not_offered_nor_taken(cast: Cast, account: Account, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob, account=account)
    hold(a_stranger(accounts=[account.remote_id]))
    assert "Match to" not in read(as_("adam"), HELD)
    as_("adam").post(f"{HELD}match/", {"post": "post_9", "submission": str(submission.uuid)})
    assert again(submission).state == State.QUEUED


def test_pin_that_goes_to_more_than_the_post_did_is_not_matched(cast: Cast, account: Account, as_: SignIn) -> None:
    submission = queued_and_alike(cast, account)
    body = submission.body
    body["platforms"].append({"platform": "linkedin", "accountId": "int_77"})
    Submission.objects.filter(pk=submission.pk).update(body=body)
    as_("adam").post(f"{HELD}match/", {"post": "post_9", "submission": str(submission.uuid)})
    assert again(submission).state == State.QUEUED


def test_pin_of_another_team_is_not_found(cast: Cast, account: Account, as_: SignIn) -> None:
    queued_and_alike(cast, account)
    other = make_submitted(cast.other_team, cast.charlie)
    answer = as_("adam").post(f"{HELD}match/", {"post": "post_9", "submission": str(other.uuid)})
    assert answer.status_code == 404


def test_connection_is_locked_before_what_waits(cast: Cast, account: Account) -> None:
    # As whoever lets sending go on has them; the other way round each waits for the other.
    submission = queued_and_alike(cast, account)
    with CaptureQueriesContext(connection) as queries:
        assert match_unknown_post(team=cast.team, actor=cast.adam, post_id="post_9", submission=submission)
    heads = [query["sql"] for query in queries]
    begun = heads[next(n for n, sql in enumerate(heads) if sql.startswith(("BEGIN", "SAVEPOINT"))) :]
    first = next(sql for sql in begun if sql.startswith("SELECT"))
    assert ' FROM "accounts_connection" ' in first


def test_page_takes_as_many_queries_for_many_posts_as_for_two(
    cast: Cast, account: Account, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    adam, ours = as_("adam"), {"accounts": [account.remote_id]}
    hold(a_stranger(**ours), a_stranger(id="post_10", **ours))
    with CaptureQueriesContext(connection) as few:
        read(adam, HELD)
    hold(*(a_stranger(id=f"post_{number}", **ours) for number in range(60)))
    with django_assert_max_num_queries(len(few)):
        read(adam, HELD)


@pytest.mark.parametrize("who", ["team", "owner"])
def test_more_posts_than_a_form_can_carry_are_decided_in_turns(
    cast: Cast, account: Account, as_: SignIn, owner: Client, who: str
) -> None:
    client, url = (as_("adam"), HELD) if who == "team" else (owner, "/instance/held/")
    hold(*(a_stranger(id=f"post_{number}", accounts=[account.remote_id]) for number in range(450)))
    words = ["450 posts that", "250 posts that", "50 posts that"]
    for count in words:
        page = read(client, url)
        assert count in page
        assert ("These are the first 200" in page) == (count != words[-1])
        assert ("show the others" in page, "go on sending" in page) == (count != words[-1], count == words[-1])
        ids = re.findall(r'name="post" value="([^"]+)"', page)
        assert Connection.objects.get().held_at is not None
        answer = client.post(f"{url}go-on/", {"post": ids})
        assert answer.status_code == 302 and (answer.headers["Location"] == url) == (count != words[-1])
    assert Connection.objects.get().held_at is None


def test_owner_of_the_installation_sees_and_accepts_all(cast: Cast, account: Account, owner: Client) -> None:
    other = make_account(cast.other_team, display_name="Pier")
    hold(a_stranger(), a_stranger(id="post_10", text="At the harbour", accounts=[other.remote_id]))
    assert "/instance/held/" in read(owner, "/instance/")
    text = read(owner, "/instance/held/")
    assert "Never seen here" in text and "At the harbour" in text and "Pier (Harbour)" in text
    owner.post("/instance/held/go-on/", {"post": ["post_9", "post_10"]})
    assert Connection.objects.get().held_at is None
    assert AuditEvent.objects.get(action="sending.unknown_posts_seen").team is None


def change_key(cast: Cast, settings: Any) -> None:
    Profile.objects.create(team=cast.team, connection=current_connection(), name="N", remote_id="prof_1")
    settings.POSTPEER_API_KEY = "another-key-0123456789"


def test_changed_key_is_shown_by_fingerprints_and_missing_profiles(
    cast: Cast, account: Account, as_: SignIn, owner: Client, settings: Any, postpeer_wire: Wire
) -> None:
    before = current_connection().key_fingerprint
    change_key(cast, settings)
    postpeer_wire.get("/v1/profiles", json=profile_list(a_profile(id="prof_of_another_project")))
    check_held_connections()
    for text in (read(as_("adam"), HELD), read(owner, "/instance/held/")):
        assert before[:12] in text and before[:13] not in text
        assert "Missing" in text and "Nordlicht" in text
        assert settings.POSTPEER_API_KEY not in text


def test_before_anybody_could_look_the_profiles_are_not_called_missing(
    cast: Cast, account: Account, as_: SignIn, settings: Any
) -> None:
    change_key(cast, settings)
    cache.clear()
    hold(reason="key_changed")
    text = read(as_("adam"), HELD)
    assert "Not known" in text and "Missing" not in text


def test_taken_key_is_written_down(cast: Cast, account: Account, settings: Any, postpeer_wire: Wire) -> None:
    change_key(cast, settings)
    postpeer_wire.get("/v1/profiles", json=profile_list(a_profile(id="prof_1")))
    check_held_connections()
    line = AuditEvent.objects.get(action="sending.key_taken")
    assert line.actor is None and len(line.detail["after"]) == 12


def test_page_of_a_hold_that_is_over_says_so(cast: Cast, account: Account, as_: SignIn) -> None:
    assert "Sending goes on" in read(as_("adam"), HELD)
