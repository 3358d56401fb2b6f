"""Boxes are walked within their bounds, and what one file may cost is bounded."""

import io
import time
from functools import cache

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from postpeer_dash.media.cleaning.clean_films import clean_film
from postpeer_dash.media.formats.boxes import BoundedStream, Box, BrokenBoxError, children, numbers, walk
from postpeer_dash.media.formats.detect import inspect
from tests.media.film_files import AAC, FRAGMENTS, H264, PLACE, box, film, insert, look, mp4, with_words
from tests.media.test_detect import avif, heic


def kinds(data: bytes) -> list[bytes]:
    return [found.kind for found in walk(io.BytesIO(data), 0, len(data))]


def test_lengths_of_four_and_eight_bytes_and_to_the_end() -> None:
    long = b"\0\0\0\1mdat" + (20).to_bytes(8, "big") + b"1234"
    data = box(b"ftyp", b"isom") + long + bytes(4) + b"free12345"
    found = list(walk(io.BytesIO(data), 0, len(data)))
    assert [(each.kind, each.length) for each in found] == [(b"ftyp", 4), (b"mdat", 4), (b"free", 5)]
    assert found[-1].end == len(data)


def test_boxes_with_a_uuid_are_known_by_it() -> None:
    data = box(b"uuid", bytes(range(16)), b"payload")
    assert list(walk(io.BytesIO(data), 0, len(data))) == [Box(bytes(range(16)), 0, 24, 31)]


@pytest.mark.parametrize("length", [2, 7, 100, 2**31, 2**32 - 1])
def test_impossible_lengths_are_refused(length: int) -> None:
    with pytest.raises(BrokenBoxError):
        kinds(length.to_bytes(4, "big") + b"moov" + bytes(8))


@pytest.mark.parametrize("length", [0, 8, 15, 100, 2**63, 2**64 - 1])
def test_impossible_long_lengths_are_refused(length: int) -> None:
    with pytest.raises(BrokenBoxError):
        kinds(b"\0\0\0\1moov" + length.to_bytes(8, "big") + bytes(8))


def test_child_longer_than_its_parent_is_refused() -> None:
    data = box(b"moov", b"\0\0\0\x20trak") + bytes(64)
    with pytest.raises(BrokenBoxError):
        children(io.BytesIO(data), Box(b"moov", 0, 8, 16))


def test_four_zeros_end_a_list_of_quicktimes() -> None:
    data = box(b"udta", box(b"name", b"x"), bytes(4))
    assert [each.kind for each in children(io.BytesIO(data), Box(b"udta", 0, 8, len(data)))] == [b"name"]


def test_tables_give_no_more_rows_than_they_have() -> None:
    assert numbers(bytes(range(12)), 4, 2**32 - 1, step=1) == [0x04050607, 0x08090A0B]
    assert numbers(bytes(range(16)), 0, 9, width=4, step=2, place=1) == [0x04050607, 0x0C0D0E0F]


def test_what_a_file_may_cost_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = mp4()
    data = insert(plain, b"moov", box(b"udta", box(b"free") * 2000))
    assert look(data).width
    monkeypatch.setattr("postpeer_dash.media.formats.boxes.MAX_READS", 1500)
    assert look(plain).width
    with pytest.raises(ValidationError):
        look(data)


def test_bytes_that_are_read_are_bounded() -> None:
    stream = BoundedStream(io.BytesIO(b"12345678"))
    assert stream.read(8) == b"12345678"
    with pytest.raises(BrokenBoxError):
        stream.read(2**31)


@pytest.mark.parametrize("traks", [box(b"trak") * 120_000, box(b"trak", box(b"free") * 1500) * 120])
def test_many_small_boxes_end_soon(traks: bytes) -> None:
    data = mp4()[:32] + box(b"mdat", bytes(8)) + box(b"moov", traks)
    begun = time.process_time()
    with pytest.raises(ValidationError):
        look(data)
    assert time.process_time() - begun < 5


def test_deep_nesting_is_no_recursion() -> None:
    data = b"x"
    for _level in range(5000):
        data = box(b"moov", data) if len(data) % 2 else box(b"udta", data)
    with pytest.raises(ValidationError):
        look(mp4()[:32] + data)


@cache
def good() -> tuple[bytes, ...]:
    """Return good files of every kind that boxes hold, to be cut and changed."""
    packet = box(b"uuid", bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC"), b"<x:xmpmeta/>")
    short = film("mov", *H264, *AAC, *PLACE, "-movflags", "+faststart", "-t", "0.4")
    words = [with_words("GPS 52.5", *options, "-t", "0.4") for options in ((), FRAGMENTS)]
    return (short, mp4(*PLACE, *FRAGMENTS, "-t", "0.4") + packet, *words, heic(), avif())


def answer(data: bytes) -> None:
    """Look at a file and clean it: both end with an answer, or with ValidationError."""
    try:
        facts = inspect(io.BytesIO(data), len(data))
    except ValidationError as error:
        assert error.messages and error.code
        return
    if facts.kind.is_film:
        target = io.BytesIO()
        clean_film(io.BytesIO(data), target, facts, keep_place=False, ai_label=True)
        assert look(target.getvalue()).is_ai_labelled


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"\0\0\0\x10ftypisom\0\0\0\0" + tail))
def test_any_bytes_are_answered(data: bytes) -> None:
    answer(data)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_good_files_cut_or_changed_anywhere_are_answered(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(good()))
    # What players look up lies in the first box or the last ones: film data between them tells nothing.
    at = data.draw(st.integers(0, min(len(original), 6000) - 1))
    at = data.draw(st.sampled_from([at, len(original) - 1 - at]))
    other = data.draw(
        st.sampled_from([b"", b"\0", b"\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\1"])
    )
    answer(original[:at] + other + original[at + len(other) :] if other else original[:at])
