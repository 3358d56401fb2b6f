import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpeer_dash.pins.models import Status, Submission
from postpeer_dash.pins.publishing.state import (
    FINAL_STATUSES,
    OPEN_STATES,
    SUBMISSION_STEPS,
    StepError,
    check_step,
    next_target_status,
    sum_statuses,
)

State = Submission.State
statuses = st.sampled_from([status for status in Status.values if status != Status.PARTIAL])
remote = st.sampled_from(["draft", "pending", "scheduled", "publishing", "published", "failed", "partial", "odd", ""])


def test_every_state_has_its_steps() -> None:
    assert set(SUBMISSION_STEPS) == set(State.values)


@given(st.lists(st.sampled_from(State.values), max_size=12))
def test_what_has_ended_is_never_queued_again(path: list[str]) -> None:
    state, has_ended = State.QUEUED.value, False
    for after in path:
        try:
            check_step(state, after)
        except StepError:
            continue
        state = after
        has_ended = has_ended or state not in OPEN_STATES
        assert not (has_ended and state in (State.QUEUED, State.SENDING))


@given(st.lists(st.sampled_from(State.values), max_size=12))
def test_unconfirmed_never_leads_back_to_a_post(path: list[str]) -> None:
    state = State.UNCONFIRMED.value
    for after in path:
        if after in SUBMISSION_STEPS[state]:
            state = after
            assert state not in (State.QUEUED, State.SENDING)


@given(statuses, remote)
def test_what_is_final_stays(before: str, word: str) -> None:
    after = next_target_status(before, word)
    assert after == before if before in FINAL_STATUSES else after in Status.values


@given(st.lists(statuses, max_size=5))
def test_pin_is_final_only_when_all_its_targets_are(present: list[str]) -> None:
    total = sum_statuses(present)
    if total in (Status.PUBLISHED, Status.FAILED, Status.CANCELLED):
        assert set(present) == {total}
    if total == Status.PARTIAL:
        assert len(set(present)) > 1


@pytest.mark.parametrize(
    ("present", "total"),
    [
        ([], "draft"),
        (["published", "unconfirmed", "sending"], "unconfirmed"),
        (["pending", "scheduled"], "publishing"),
        (["queued", "scheduled"], "queued"),
        (["scheduled", "published"], "scheduled"),
        (["published", "failed"], "partial"),
        (["published", "published"], "published"),
    ],
)
def test_pins_status_is_the_most_urgent_of_its_targets(present: list[str], total: str) -> None:
    assert sum_statuses(present) == total
