"""How outcomes are classified: what each leaves open, and whether trying again can help."""

import pickle

import pytest

from postpeer_dash.postpeer import (
    BadAnswer,
    Client,
    Conflict,
    Invalid,
    KeyRejected,
    NeverSent,
    NotAllowed,
    NotFound,
    OutOfCredits,
    PostPeerError,
    RateLimited,
    Refused,
    Unclear,
    classify,
)
from postpeer_dash.postpeer.errors import Failure
from postpeer_dash.postpeer.jsontext import MAX_MESSAGE_LENGTH
from tests.postpeer import samples
from tests.postpeer.wire import Wire

REFUSALS = {
    400: Invalid,
    401: KeyRejected,
    402: OutOfCredits,
    403: NotAllowed,
    404: NotFound,
    413: Invalid,
    415: Invalid,
    422: Invalid,
}
SHAPES = [
    ({"success": False, "message": "No such thing"}, "No such thing"),
    ({"error": "No such thing"}, "No such thing"),
    (
        {"statusCode": 400, "code": "BAD", "error": "Bad Request", "message": "body/content is missing"},
        "body/content is missing",
    ),
]
UNDOCUMENTED = [
    b"",
    b"<html>Forbidden</html>",
    b'{"message":"Forbidden"}',
    b'{"error":{"message":"no"}}',
    b"[]",
    b'"no"',
    b"{",
]


def post(wire: Wire, **answer: object) -> PostPeerError:
    """Return the error that a new post ends with."""
    wire.post("/v1/posts", tolerance=True, **answer)
    with pytest.raises(PostPeerError) as caught:
        wire.client().create_post(samples.a_pin_body())
    return caught.value


@pytest.mark.parametrize("failure", list(Failure))
def test_only_four_failures_count_as_never_sent(failure: Failure) -> None:
    unsent = {Failure.UNRESOLVED, Failure.UNREACHABLE, Failure.CONNECT_TIMEOUT, Failure.TOO_LATE}
    assert classify(failure=failure) is (NeverSent if failure in unsent else Unclear)


def test_documented_answers_by_status() -> None:
    found = {status: classify(status=status, is_documented=True) for status in range(100, 600)}
    special = {**REFUSALS, 409: Conflict, 429: RateLimited}
    for status, kind in found.items():
        assert kind is (None if 200 <= status < 300 else special.get(status, Unclear)), status


def test_undocumented_answers_refuse_nothing() -> None:
    found = {status: classify(status=status, is_documented=False) for status in range(100, 600)}
    for status, kind in found.items():
        assert kind is (BadAnswer if 200 <= status < 300 else RateLimited if status == 429 else Unclear), status


@pytest.mark.parametrize(("shape", "words"), SHAPES)
@pytest.mark.parametrize("status", REFUSALS)
def test_refusal_in_each_documented_shape(
    status: int, shape: dict[str, object], words: str, postpeer_wire: Wire
) -> None:
    error = post(postpeer_wire, status=status, json=shape)
    assert type(error) is REFUSALS[status]
    assert isinstance(error, Refused)
    assert (error.message, error.is_quoted) == (words, True)
    assert (error.status, error.request_id) == (status, "req-1")
    assert (error.may_have_happened, error.can_retry) == (False, False)


@pytest.mark.parametrize("raw", UNDOCUMENTED)
@pytest.mark.parametrize("status", [*REFUSALS, 409])
def test_refusal_of_somebody_else_leaves_a_write_unclear(status: int, raw: bytes, postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=status, raw=raw)
    assert type(error) is Unclear
    assert (error.may_have_happened, error.can_retry) == (True, False)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 599])
def test_server_fault_leaves_a_write_unclear(status: int, postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=status, json={"success": False, "message": "Try later"})
    assert type(error) is Unclear
    assert error.message == "Try later"
    assert (error.may_have_happened, error.can_retry) == (True, True)


def test_conflict_is_a_kind_of_unclear(postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=409, json={"success": False, "message": "Being published"})
    assert isinstance(error, Conflict)
    assert isinstance(error, Unclear)
    assert (error.may_have_happened, error.can_retry) == (True, False)


@pytest.mark.parametrize("raw", [b"", b"<html>", b'{"error":"Too many"}'])
def test_rate_limit_was_not_carried_out(raw: bytes, postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=429, raw=raw, headers={"Retry-After": "7"})
    assert isinstance(error, RateLimited)
    assert (error.may_have_happened, error.can_retry, error.retry_after) == (False, True, 7.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("86400", 3_600.0),
        ("Sun, 22 Nov 2026 10:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_read_against_the_servers_clock(header: str, seconds: float | None, postpeer_wire: Wire) -> None:
    encoded = header.encode().decode("latin-1")
    error = post(postpeer_wire, status=429, raw=b"", headers={"Retry-After": encoded})
    assert error.retry_after == seconds


def test_a_failed_reading_changed_nothing(postpeer_wire: Wire) -> None:
    postpeer_wire.get("/v1/posts/p", status=500, raw=b"", tolerance=True)
    with pytest.raises(Unclear) as caught:
        postpeer_wire.client().get_post("p")
    assert (caught.value.may_have_happened, caught.value.can_retry) == (False, True)


def test_message_is_capped_and_without_controls(postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=400, json={"error": "a\x00b\x1b[31m\r\nc\ud800" + "x" * 5_000})
    assert error.message.startswith("ab[31m\nc\ufffdxxx")
    assert len(error.message) == MAX_MESSAGE_LENGTH
    assert error.message.encode()


def test_message_of_ours_is_not_passed_off_as_a_quotation(postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=502, raw=b"<html>Bad gateway</html>", content_type="text/html")
    assert (error.message, error.is_quoted) == ("The server answered 502, with nothing that could be read.", False)


@pytest.mark.parametrize("contradiction", [{"success": True, "message": "Done"}, {"success": True, "error": "No"}])
def test_refusal_that_claims_success_is_unclear(contradiction: dict[str, object], postpeer_wire: Wire) -> None:
    assert type(post(postpeer_wire, status=400, json=contradiction)) is Unclear


def test_errors_survive_pickling(postpeer_wire: Wire) -> None:
    error = post(postpeer_wire, status=402, json={"success": False, "message": "No credits left"})
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is OutOfCredits
    assert vars(copied) == vars(error)


@pytest.mark.parametrize(("answer", "is_good"), [({"ok": True}, True), ({"ok": False}, False)])
def test_key_check_reads_the_answer(
    answer: dict[str, bool], is_good: bool, postpeer_wire: Wire, client: Client
) -> None:
    postpeer_wire.get("/v1/health/auth", json=answer)
    assert client.check_key() is is_good


@pytest.mark.parametrize(("status", "raw"), [(401, b""), (401, b'{"error":"no"}'), (403, b'{"error":"no"}')])
def test_key_check_says_no_when_refused(status: int, raw: bytes, postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/health/auth", status=status, raw=raw, tolerance=True)
    assert client.check_key() is False


def test_key_check_does_not_blame_the_key_for_a_wall(postpeer_wire: Wire, client: Client) -> None:
    postpeer_wire.get("/v1/health/auth", status=403, raw=b"<html>Blocked</html>", tolerance=True)
    with pytest.raises(Unclear):
        client.check_key()
