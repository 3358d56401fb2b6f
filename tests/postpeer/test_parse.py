"""Every field of every answer: missing, null, of another type, too long. Only ids decide; the rest may be odd."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from postpeer_dash.postpeer import parse
from postpeer_dash.postpeer.jsontext import OddShapeError
from tests.postpeer import samples

MISSING = "(missing)"
NO_TEXT = [MISSING, None, 7, True, 1.5, [], ["a"], {}, {"message": "a"}]
ODD_IDS = [MISSING, None, True, False, 1.5, [], {}, "", "  ", "a\u0000b", "a\nb", "\ud800"]
NO_INSTANTS = [MISSING, None, 7, True, [], {}, "", "soon", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9" * 5_000]
NO_URLS = [
    MISSING,
    None,
    7,
    [],
    {},
    "",
    "nothing",
    "//pinterest.com/pin/1",
    "javascript:alert(1)",
    "ftp://pinterest.com/pin/1",
    "https://me:pw@pinterest.com/pin/1",
    "https://pinterest.com/pin\n/1",
    "https://[half",
    "https://pinterest.com:99999/",
    "https://pinterest.com/" + "a" * 5_000,
]
NO_COUNTS = [MISSING, None, True, -1, 1.0, "3", [], {}]

Parse = Callable[[dict[str, Any]], Any]
READERS: dict[str, tuple[Parse, Callable[..., dict[str, Any]], str]] = {
    "integration": (parse.parse_integration, samples.an_integration, "id"),
    "profile": (parse.parse_profile, samples.a_profile, "id"),
    "board": (parse.parse_board, samples.a_board, "id"),
    "receipt": (parse.parse_receipt, samples.a_receipt, "postId"),
    "post": (parse.parse_post, samples.a_post, "postId"),
    "scheduled": (parse.parse_scheduled, samples.a_scheduled_post, "postId"),
}
TEXTS = [
    ("integration", "platform", "platform"),
    ("integration", "username", "username"),
    ("integration", "displayName", "display_name"),
    ("integration", "authStatus", "auth_status"),
    ("integration", "authFailureReason", "auth_failure_reason"),
    ("profile", "name", "name"),
    ("profile", "description", "description"),
    ("board", "name", "name"),
    ("board", "description", "description"),
    ("board", "privacy", "privacy"),
    ("receipt", "status", "status"),
    ("post", "status", "status"),
    ("post", "content", "content"),
    ("post", "timezone", "timezone"),
    ("scheduled", "content", "content"),
    ("scheduled", "timezone", "timezone"),
]
INSTANTS = [
    ("integration", "createdAt", "created_at"),
    ("profile", "createdAt", "created_at"),
    ("receipt", "scheduledFor", "scheduled_for"),
    ("post", "scheduledFor", "scheduled_for"),
    ("post", "createdAt", "created_at"),
    ("post", "updatedAt", "updated_at"),
    ("scheduled", "scheduledFor", "scheduled_for"),
    ("scheduled", "createdAt", "created_at"),
]
URLS = [("integration", "profileUrl", "profile_url"), ("integration", "imageUrl", "image_url")]
STATE_FIELDS = {
    "platform": ("platform", NO_TEXT, ""),
    "status": ("status", NO_TEXT, ""),
    "content": ("content", NO_TEXT, ""),
    "platformPostId": ("platform_post_id", ODD_IDS, ""),
    "platformPostUrl": ("url", NO_URLS, ""),
    "publishedAt": ("published_at", NO_INSTANTS, None),
    "errorMessage": ("error", [MISSING, None, 7, True, [], {}, [7], {"message": 7}], ""),
    "warningMessage": ("warning", [MISSING, None, 7, True, [], {}, [7], {"message": 7}], ""),
}


def given(sample: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    """Return a sample with this value in a field, or without the field."""
    return {key: each for key, each in sample.items() if key != name} | ({} if value is MISSING else {name: value})


def read(reader: str, name: str, value: object, attribute: str) -> Any:
    parse_one, sample, _key = READERS[reader]
    return getattr(parse_one(given(sample(), name, value)), attribute)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("odd", ODD_IDS, ids=repr)
def test_nothing_is_read_without_its_id(reader: str, odd: object) -> None:
    parse_one, sample, key = READERS[reader]
    with pytest.raises(OddShapeError, match=key):
        parse_one(given(sample(), key, odd))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("value", "text"), [("i" * 10_000, "i" * 10_000), (7, "7"), (10**40, "1" + "0" * 40)])
def test_id_is_kept_whole_whatever_its_length(reader: str, value: object, text: str) -> None:
    parse_one, sample, key = READERS[reader]
    found = parse_one(given(sample(), key, value))
    assert getattr(found, "id", None) == text or getattr(found, "post_id", None) == text


@pytest.mark.parametrize(("reader", "name", "attribute"), TEXTS)
@pytest.mark.parametrize("odd", NO_TEXT, ids=repr)
def test_text_that_is_none_is_empty(reader: str, name: str, attribute: str, odd: object) -> None:
    assert read(reader, name, odd, attribute) == ""


@pytest.mark.parametrize(("reader", "name", "attribute"), TEXTS)
def test_text_is_cleaned_and_never_cut(reader: str, name: str, attribute: str) -> None:
    assert read(reader, name, "a\x00b\r\nc\ud83cd\te" + "x" * 50_000, attribute) == "ab\nc\ufffdd\te" + "x" * 50_000


@pytest.mark.parametrize(("reader", "name", "attribute"), INSTANTS)
@pytest.mark.parametrize("odd", NO_INSTANTS, ids=lambda value: repr(value)[:30])
def test_instant_that_is_none_is_left_out(reader: str, name: str, attribute: str, odd: object) -> None:
    assert read(reader, name, odd, attribute) is None


@pytest.mark.parametrize(("reader", "name", "attribute"), INSTANTS)
def test_instant_is_read_as_utc(reader: str, name: str, attribute: str) -> None:
    assert read(reader, name, "2026-03-29T02:30:00+02:00", attribute) == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("reader", "name", "attribute"), URLS)
@pytest.mark.parametrize("odd", NO_URLS, ids=lambda value: repr(value)[:30])
def test_address_that_could_harm_is_left_out(reader: str, name: str, attribute: str, odd: object) -> None:
    assert read(reader, name, odd, attribute) == ""


@pytest.mark.parametrize("name", ["platformUserId", "profileId"])
@pytest.mark.parametrize("odd", ODD_IDS, ids=repr)
def test_account_lives_without_its_other_ids(name: str, odd: object) -> None:
    attribute = {"platformUserId": "platform_user_id", "profileId": "profile_id"}[name]
    assert read("integration", name, odd, attribute) == ""


@pytest.mark.parametrize(("status", "needs"), [("reconnect_required", True), ("active", False), (None, False)])
def test_account_needs_reconnecting_when_postpeer_says_so(status: object, needs: bool) -> None:
    assert read("integration", "authStatus", status, "needs_reconnecting") is needs


@pytest.mark.parametrize("odd", NO_COUNTS, ids=repr)
def test_count_that_is_none_is_unknown(odd: object) -> None:
    assert read("profile", "integrationCount", odd, "integration_count") is None


@pytest.mark.parametrize(("success", "means"), [(True, True), (False, False), (None, True), ("false", True), (0, True)])
def test_receipt_failed_only_when_it_says_so(success: object, means: bool) -> None:
    assert read("receipt", "success", success, "success") is means


@pytest.mark.parametrize(
    "odd", [MISSING, None, 7, "pinterest", {}, {"platform": "pinterest"}, [7, None, "x", []]], ids=repr
)
@pytest.mark.parametrize("reader", ["receipt", "post", "scheduled"])
def test_platforms_that_are_no_objects_are_left_out(reader: str, odd: object) -> None:
    assert read(reader, "platforms", odd, "platforms") == ()


@pytest.mark.parametrize("success", [MISSING, None, False, "true", 1])
def test_platform_succeeded_only_when_the_receipt_says_so(success: object) -> None:
    entry = given({"platform": "pinterest"}, "success", success)
    assert not read("receipt", "platforms", [entry], "platforms")[0].success


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("No board", "No board"),
        ({"message": "No board", "code": 7}, "No board"),
        (["No board", 7, "No media"], "No board\nNo media"),
        ({"message": ["No board"]}, "No board"),
        ({"error": "No board"}, ""),
        ("x" * 2_000, "x" * 2_000),
        ("x" * 2_001, "x" * 1_999 + "…"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_platforms_words_are_found_in_any_shape(said: object, error: str) -> None:
    state = samples.a_platform_state(errorMessage=said)
    assert read("post", "platforms", [state], "platforms")[0].error == error
    assert read("receipt", "platforms", [{"error": said}], "platforms")[0].error == error


@pytest.mark.parametrize("reader", ["post", "scheduled"])
@pytest.mark.parametrize("name", STATE_FIELDS)
def test_platforms_record_may_be_odd(reader: str, name: str) -> None:
    attribute, odd_values, nothing = STATE_FIELDS[name]
    entries = [given(samples.a_platform_state(), name, odd) for odd in odd_values]
    assert [getattr(state, attribute) for state in read(reader, "platforms", entries, "platforms")] == [
        nothing for _odd in odd_values
    ]


@pytest.mark.parametrize("odd", [MISSING, None, 7, "{}", [], [{}], True], ids=repr)
def test_body_that_is_no_object_is_missing(odd: object) -> None:
    assert read("post", "rawRequestBody", odd, "raw_request_body") is None


def test_body_is_kept_as_it_is() -> None:
    body = {"content": "a\x00b", "unknown": [1.5, None, {"x": "\ud800"}]}
    assert read("post", "rawRequestBody", body, "raw_request_body") == body


@pytest.mark.parametrize("odd", [MISSING, None, 7, "https://media.example/oak.jpg", {}, [None, 7, "x"], [{}]], ids=repr)
def test_media_that_is_none_is_left_out(odd: object) -> None:
    assert read("post", "mediaItems", odd, "media_urls") == ()


def test_media_without_a_good_address_is_left_out() -> None:
    items = [{"url": each} for each in NO_URLS[1:]] + [{"url": " https://media.example/oak.jpg "}]
    assert read("scheduled", "mediaItems", items, "media_urls") == ("https://media.example/oak.jpg",)


@pytest.mark.parametrize("name", ["uploadUrl", "publicUrl"])
@pytest.mark.parametrize("odd", NO_URLS, ids=lambda value: repr(value)[:30])
def test_upload_needs_both_addresses(name: str, odd: object) -> None:
    data = given(samples.an_upload()["data"], name, odd)
    with pytest.raises(OddShapeError):
        parse.parse_upload({"success": True, "data": data})


@pytest.mark.parametrize("odd", [MISSING, None, 7, "x", []], ids=repr)
def test_upload_needs_its_part(odd: object) -> None:
    with pytest.raises(OddShapeError):
        parse.parse_upload(given(samples.an_upload(), "data", odd))


@pytest.mark.parametrize("odd", NO_URLS, ids=lambda value: repr(value)[:30])
def test_consent_page_needs_an_address(odd: object) -> None:
    with pytest.raises(OddShapeError):
        parse.parse_connect_url(given({"success": True}, "url", odd))


@pytest.mark.parametrize("odd", NO_COUNTS, ids=repr)
def test_usage_needs_its_total(odd: object) -> None:
    with pytest.raises(OddShapeError, match="totalUsage"):
        parse.parse_usage(given(samples.a_usage(), "totalUsage", odd))


@pytest.mark.parametrize("name", ["year", "month", "count"])
@pytest.mark.parametrize("odd", NO_COUNTS, ids=repr)
def test_month_without_its_numbers_is_left_out(name: str, odd: object) -> None:
    month = given(samples.a_usage()["usage"][0], name, odd)
    assert parse.parse_usage(samples.a_usage(usage=[month])).months == ()


@pytest.mark.parametrize("odd", [MISSING, None, 7, "x", []], ids=repr)
def test_month_lives_without_its_platforms(odd: object) -> None:
    month = given(samples.a_usage()["usage"][0], "platform", odd)
    assert parse.parse_usage(samples.a_usage(usage=[month])).months[0].platforms == {}


@pytest.mark.parametrize("odd", [MISSING, None, 7, "x", [], {}, {"monthly": None, "purchased": 7}], ids=repr)
def test_balance_that_is_none_is_unknown(odd: object) -> None:
    usage = parse.parse_usage(given(samples.a_usage(), "balance", odd))
    assert (usage.monthly, usage.purchased) == (None, None)


@pytest.mark.parametrize("name", ["limit", "used", "remaining"])
@pytest.mark.parametrize("odd", NO_COUNTS, ids=repr)
def test_credit_that_is_no_number_counts_as_none_left(name: str, odd: object) -> None:
    balance = {"monthly": given({"limit": 5, "used": 2, "remaining": 3}, name, odd)}
    monthly = parse.parse_usage(samples.a_usage(balance=balance)).monthly
    assert monthly is not None
    assert getattr(monthly, name) == 0


def test_list_keeps_the_place_of_what_cannot_be_read() -> None:
    data = {"boards": [samples.a_board(id="b1"), None, {}, "b2", samples.a_board(id="b3")]}
    found = parse.parse_elements(data, "boards", parse.parse_board)
    assert [board and board.id for board in found] == ["b1", None, None, None, "b3"]


@pytest.mark.parametrize("odd", [MISSING, None, {}, "boards", 0], ids=repr)
def test_list_that_is_none_is_odd(odd: object) -> None:
    with pytest.raises(OddShapeError, match="boards"):
        parse.parse_elements(given({"success": True}, "boards", odd), "boards", parse.parse_board)
