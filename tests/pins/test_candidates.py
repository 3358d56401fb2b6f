"""Posts that may be an unconfirmed pin: what a person is shown of them, and the choice between them."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postpeer_dash.accounts.models import Account
from postpeer_dash.pins.models import Pin, Status, Submission
from tests.cast import Cast, SignIn
from tests.pins.factories import again, make_account, make_due, make_submitted, target_of, work
from tests.postpeer.samples import a_post, post_list
from tests.postpeer.wire import Wire

POSTS = "/v1/posts"
State = Submission.State
pytestmark = pytest.mark.usefixtures("same_clock")


@pytest.fixture
def submission(cast: Cast) -> Submission:
    made = make_submitted(cast.team, cast.bob)
    target = target_of(made)
    target.status = Status.UNCONFIRMED
    target.save()
    Pin.objects.update(status=Status.UNCONFIRMED)
    return make_due(made, state=State.UNCONFIRMED, sent_at=timezone.now())


def page_of(submission: Submission) -> str:
    return f"/t/nordlicht/pins/{submission.pin.uuid}/"


def found_at(submission: Submission) -> str:
    return f"{page_of(submission)}submissions/{submission.uuid}/found/"


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def near(submission: Submission, account: str = "int_1", **fields: Any) -> dict[str, Any]:
    """Return a post with the same media, and other words."""
    entry = {
        "platform": "pinterest",
        "accountId": account,
        "platformSpecificData": {"boardId": "1013802628540193876"},
    }
    raw = {**submission.body, "content": "Other words", "platforms": [entry]}
    return a_post(**{"postId": "post_7", "content": "Other words", "rawRequestBody": raw, **fields})


def test_candidate_is_shown_with_text_board_time_and_link(
    submission: Submission, as_: SignIn, postpeer_wire: Wire
) -> None:
    postpeer_wire.get(POSTS, json=post_list(near(submission)))
    work(submission)
    text = read(as_("vera"), page_of(submission))
    for words in ("Other words", "Board 0", "post_7", "https://www.pinterest.com/pin/1/"):
        assert words in text


def test_candidate_keeps_its_words_when_the_account_was_reconnected(
    submission: Submission, as_: SignIn, postpeer_wire: Wire
) -> None:
    Account.objects.update(remote_id="int_renewed")
    postpeer_wire.get(POSTS, json=post_list(near(submission)))
    work(submission)
    assert "Other words" in read(as_("vera"), page_of(submission))


def test_candidate_of_another_team_is_shown_without_its_words(
    cast: Cast, submission: Submission, as_: SignIn, postpeer_wire: Wire
) -> None:
    other = make_account(cast.other_team)
    postpeer_wire.get(POSTS, json=post_list(near(submission, other.remote_id)))
    work(submission)
    text = read(as_("bob"), page_of(submission))
    assert "post_7" in text
    assert "Other words" not in text and "pinterest.com/pin/1" not in text


@pytest.mark.parametrize(("content", "is_shown"), [("Oak, linen and a little light.", True), ("Other words", False)])
def test_unreadable_candidate_has_words_only_when_they_are_ours(
    submission: Submission, as_: SignIn, postpeer_wire: Wire, content: str, is_shown: bool
) -> None:
    postpeer_wire.get(POSTS, json=post_list(a_post(postId="post_7", content=content, rawRequestBody={})))
    work(submission)
    assert ("https://www.pinterest.com/pin/1/" in read(as_("bob"), page_of(submission))) is is_shown


def test_home_offers_both_answers_to_those_who_may(submission: Submission, as_: SignIn, postpeer_wire: Wire) -> None:
    postpeer_wire.get(POSTS, json=post_list(near(submission)))
    work(submission)
    words = {
        name: [act.words for act in as_(name).get("/t/nordlicht/").context["overview"].needs[0].acts]
        for name in ("bob", "vera")
    }
    assert words["bob"] == ["It is on Pinterest", "It is not there, send again", "See what we know"]
    assert words["vera"] == ["See what we know"]


def press(client: Client, submission: Submission, **fields: str) -> Any:
    return client.post(found_at(submission), fields)


@pytest.fixture
def unsure(submission: Submission, postpeer_wire: Wire) -> Submission:
    postpeer_wire.get(POSTS, json=post_list(near(submission)))
    return work(submission)


def test_chosen_candidate_is_followed_up(unsure: Submission, as_: SignIn) -> None:
    press(as_("bob"), unsure, post="post_7")
    after = again(unsure)
    assert (after.state, after.remote_id) == (State.ACCEPTED, "post_7")


def test_pasted_address_of_a_candidate_chooses_it(unsure: Submission, as_: SignIn) -> None:
    press(as_("bob"), unsure, post="other", url="https://www.pinterest.com/pin/1")
    assert again(unsure).remote_id == "post_7"


def test_pasted_address_of_none_of_them_is_kept(unsure: Submission, as_: SignIn) -> None:
    press(as_("bob"), unsure, post="other", url="https://www.pinterest.com/pin/2/")
    after = again(unsure)
    assert (after.state, after.remote_id) == (State.DONE, "")
    assert target_of(unsure).url == "https://www.pinterest.com/pin/2/"


@pytest.mark.parametrize("fields", [{}, {"post": "post_8"}])
def test_without_a_choice_nothing_is_decided(unsure: Submission, as_: SignIn, fields: dict[str, str]) -> None:
    answer = press(as_("bob"), unsure, **fields)
    assert answer.status_code == 422
    assert "Choose one, or say that it is none of them." in answer.content.decode()
    assert again(unsure).state == State.UNCONFIRMED


def test_without_candidates_the_address_alone_is_asked_for(submission: Submission, as_: SignIn) -> None:
    assert 'name="post"' not in read(as_("bob"), found_at(submission))
    press(as_("bob"), submission)
    assert again(submission).state == State.DONE
