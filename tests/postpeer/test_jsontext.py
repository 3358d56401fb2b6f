"""From bytes to values: what is not exactly JSON is nothing, and whose words an error body holds."""

from typing import Any

import pytest

from postpeer_dash.postpeer.jsontext import (
    OddShapeError,
    any_message,
    clean_message,
    clean_text,
    documented_message,
    only_objects,
    read_count,
    read_id,
    read_list,
    read_object,
    read_part,
)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"1", b'"x"', b"null", b"{'a':1}", b'{"a":1,}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1}x'],
)
def test_what_is_no_object_is_none(raw: bytes) -> None:
    assert read_object(raw) is None


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"x":[{"a":1,"b":2,"a":3}]}', b'{"a":{},"a":null}'])
def test_name_that_stands_twice_is_refused_at_any_depth(raw: bytes) -> None:
    assert read_object(raw) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_other_encodings_are_not_guessed(encoding: str) -> None:
    assert read_object('{"name":"Käse"}'.encode(encoding)) is None


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_object(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


@pytest.mark.parametrize("depth", [100_000, 1_000_000])
def test_nesting_without_an_end_is_none(depth: int) -> None:
    assert read_object(b'{"a":' + b"[" * depth) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "ab"),
        ("bell\x07 del\x7f c1\x9f", "bell del c1"),
        ("half \ud83d", "half \ufffd"),
        ("whole \U0001f35e", "whole \U0001f35e"),
        (None, ""),
        (b"bytes", ""),
    ],
)
def test_text_is_cleaned(text: object, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("  No.  ", "No."),
        ({"message": "No."}, "No."),
        ({"detail": "No."}, ""),
        (["No.", None, "Never."], "No.\nNever."),
        ([["No."]], ""),
        (7, ""),
        ("ä" * 2_001, "ä" * 1_999 + "…"),
    ],
)
def test_message_is_found_in_what_holds_one(value: object, words: str) -> None:
    assert clean_message(value) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        ("a b", "a b"),
        (0, "0"),
        (-5, "-5"),
        (2**70, str(2**70)),
        (1.0, ""),
        (False, ""),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_id_is_a_string_or_a_whole_number(value: object, text: str) -> None:
    assert read_id({"id": value}, "id") == text
    assert read_id({}, "id") == ""


@pytest.mark.parametrize(
    ("value", "count"), [(0, 0), (10**30, 10**30), (-1, None), (1.0, None), ("1", None), (True, None)]
)
def test_count_is_a_whole_number_from_zero(value: object, count: int | None) -> None:
    assert read_count({"total": value}, "total") == count


@pytest.mark.parametrize("value", [None, {}, "x", 1, ()])
def test_list_is_a_list(value: object) -> None:
    with pytest.raises(OddShapeError, match="posts"):
        read_list({"posts": value}, "posts")


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_part_is_an_object(value: object) -> None:
    with pytest.raises(OddShapeError, match="post"):
        read_part({"post": value}, "post")


@pytest.mark.parametrize("value", [None, {}, "x", 1, [], [1, None, "x", []]])
def test_only_objects_of_a_list_count(value: object) -> None:
    assert list(only_objects(value)) == []


DOCUMENTED: list[tuple[dict[str, Any], str]] = [
    ({"success": False, "message": "No."}, "No."),
    ({"error": "No."}, "No."),
    ({"error": "Bad Request", "message": "No."}, "No."),
    ({"statusCode": 400, "code": "FST", "error": "Bad Request", "message": "No."}, "No."),
    ({"success": False, "error": "No."}, "No."),
    ({"error": "Bad Request", "message": {"message": "No."}}, "No."),
]
UNDOCUMENTED: list[dict[str, Any] | None] = [
    None,
    {},
    {"message": "No."},
    {"error": {"message": "No."}},
    {"error": "  "},
    {"success": True, "error": "No."},
    {"success": False},
    {"success": False, "message": "\x00"},
    {"success": "false", "message": "No."},
]


@pytest.mark.parametrize(("payload", "words"), DOCUMENTED)
def test_refusal_in_a_documented_shape_has_words(payload: dict[str, Any], words: str) -> None:
    assert documented_message(payload) == words


@pytest.mark.parametrize("payload", UNDOCUMENTED)
def test_other_shapes_say_nothing_about_what_postpeer_did(payload: dict[str, Any] | None) -> None:
    assert documented_message(payload) == ""


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (None, ""),
        ({"message": "No."}, "No."),
        ({"error": {"message": "No."}}, "No."),
        ({"error": "Bad", "message": "No."}, "No."),
        ({"detail": "No."}, ""),
    ],
)
def test_any_words_are_better_than_none(payload: dict[str, Any] | None, words: str) -> None:
    assert any_message(payload) == words
