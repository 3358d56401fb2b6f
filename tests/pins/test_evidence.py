"""What is known of a submission, as its row holds it, also that of an earlier version."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from django.core import serializers
from hypothesis import given
from hypothesis import strategies as st

from postpeer_dash.pins.evidence import Evidence, Verdict
from postpeer_dash.pins.models import Submission
from tests.cast import Cast
from tests.pins.factories import again, make_submitted

AT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
FULL = Evidence(
    first_sent_at=AT,
    clock_offset=-1.5,
    earlier_body={"content": "x"},
    is_resent=True,
    answered_id="post_4",
    record_behind=-3600.0,
    named_id="post_1",
    looked_at=AT,
    candidates=("post_1", "post_2"),
    candidate_posts=({"id": "post_1"},),
    posts=0,
    last_look_at=AT,
    first_absent_at=AT,
    verdict=Verdict("refused", "No.", 400, "req-1"),
    missing=2,
    dismissed=("post_3",),
    person_says_absent=True,
    person_said_at=AT,
)
# As a row of the first versions held it.
OLD = {
    "read_first": True,
    "asked_earlier": True,
    "first_sent_at": AT.isoformat(),
    "clock_offset": 0.0,
    "resent": True,
    "twin": "scheduled",
    "verdict": {"kind": "out_of_credits", "text": "No credits.", "http_status": 402, "request_id": "r"},
    "candidates": ["post_1"],
    "candidate_posts": [{"id": "post_1"}],
    "posts": 3,
}


def test_everything_comes_back_as_it_was_written() -> None:
    assert all(getattr(FULL, each.name) != each.default for each in fields(Evidence)), "a field is left out here"
    assert Evidence.from_json(FULL.to_json()) == FULL


def test_nothing_known_is_an_empty_object() -> None:
    assert (Evidence().to_json(), Evidence.from_json({}), Evidence.from_json(None)) == ({}, Evidence(), Evidence())


def test_row_of_an_earlier_version_is_read() -> None:
    assert Evidence.from_json(OLD) == Evidence(
        first_sent_at=AT,
        clock_offset=0.0,
        is_resent=True,
        verdict=Verdict("out_of_credits", "No credits.", 402, "r"),
        candidates=("post_1",),
        candidate_posts=({"id": "post_1"},),
        posts=3,
    )


@given(st.dictionaries(st.sampled_from([*FULL.to_json(), "resent", "odd"]), st.none() | st.integers() | st.text("ab")))
def test_what_cannot_be_read_counts_as_unknown(stored: dict[str, object]) -> None:
    known = Evidence.from_json(stored)
    assert Evidence.from_json(known.to_json()) == known


def test_row_keeps_it(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    submission.evidence = FULL
    submission.save(update_fields=["evidence"])
    assert again(submission).evidence == FULL
    Submission.objects.update(evidence=Evidence(posts=1))
    assert again(submission).evidence == Evidence(posts=1)
    assert Submission.objects.filter(evidence=Evidence(posts=1)).exists()


def test_dict_with_names_of_its_own_is_refused(cast: Cast) -> None:
    make_submitted(cast.team, cast.bob)
    with pytest.raises(TypeError):
        Submission.objects.update(evidence={"candidate": ["post_1"]})


def test_row_can_be_dumped_and_loaded(cast: Cast) -> None:
    submission = make_submitted(cast.team, cast.bob)
    submission.evidence = FULL
    dumped = serializers.serialize("json", [submission])
    (loaded,) = serializers.deserialize("json", dumped)
    assert loaded.object.evidence == FULL
