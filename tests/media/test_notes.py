"""What is told of a file."""

import pytest

from postpeer_dash.media.notes import NOTES, has_doubts, read_notes


@pytest.mark.parametrize("key", ["short", "long", "codec"])
def test_note_of_what_pinterest_wont_take_is_a_doubt(key: str) -> None:
    assert has_doubts([["place", {}], [key, {}]])


def test_what_was_done_to_a_file_is_no_doubt() -> None:
    assert not has_doubts([[key, {}] for key in NOTES if key not in ("short", "long", "codec")])


def test_note_that_is_no_longer_known_is_left_out() -> None:
    assert read_notes([["gone", {}], ["short", {"seconds": "3.0"}]]) == [
        "It lasts 3.0 seconds, and Pinterest takes no video shorter than 4."
    ]
