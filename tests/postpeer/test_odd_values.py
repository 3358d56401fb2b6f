"""Every field of every answer that is read, with values nobody expects: nothing breaks, and what is kept can be kept.

Tests run on SQLite, which takes what PostgreSQL refuses, so that what is written is looked through for that.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models

from postpeer_dash.accounts.models import Account, Connection, Usage
from postpeer_dash.accounts.services import refresh_accounts
from postpeer_dash.accounts.usage import read_usage
from postpeer_dash.boards.reading import refresh_boards
from postpeer_dash.pins.evidence import Evidence
from postpeer_dash.pins.publishing.payload import body_hash
from postpeer_dash.postpeer import PostPeerError, parse
from postpeer_dash.postpeer.jsontext import MAX_COUNT, OddShapeError, read_object, read_part
from tests.accounts.factories import make_account, make_profile
from tests.cast import Cast, SignIn
from tests.conftest import really_look_around
from tests.pins.factories import make_due, make_submitted, work
from tests.postpeer import samples
from tests.postpeer.wire import SERVER_DATE, Wire

Json = dict[str, Any]
ODD: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "minus": -1,
    "beyond 64 bits": 2**70,
    "three hundred digits": 10**300,
    "fraction": 1.5,
    "infinite": 1e999,
    "empty": "",
    "NUL": "a\x00b",
    "half a pair": "\ud83c",
    "address with half a pair": "https://example.com/\udc00",
    "address with a long host": f"https://{'a' * 2000}.example/",
    "long": "x" * 20_000,
    "right to left": "\u202egnp.exe",
    "markup": "<script>alert(1)</script>",
    "date without time": "2026-11-22",
    "day that isn't": "2026-02-30T00:00:00Z",
    "year 10000": "10000-01-01T00:00:00Z",
    "week date": "2026-W47-7",
    "end of the calendar": "9999-12-31T23:59:59-23:59",
    "list": [],
    "list of odd things": [None, True, "x", [], {}, {"id": {}}],
    "object": {},
    "object in object": {"a": {"\x00": "\ud800"}},
}


def deep(levels: int) -> Any:
    value: Any = "end"
    for _level in range(levels):
        value = {"a": [value]}
    return value


ODD["deep"] = deep(100)
READ: dict[str, tuple[Json, Callable[[Json], Any]]] = {
    "/v1/connect/integrations": (
        samples.integration_list(samples.an_integration()),
        lambda data: parse.parse_elements(data, "integrations", parse.parse_integration),
    ),
    "/v1/connect/integrations/{id}": (
        samples.integration_detail(),
        lambda data: parse.parse_integration(read_part(data, "integration")),
    ),
    "/v1/profiles": (
        samples.profile_list(samples.a_profile()),
        lambda data: parse.parse_elements(data, "profiles", parse.parse_profile),
    ),
    "/v1/pinterest/boards": (
        samples.board_list(samples.a_board()),
        lambda data: parse.parse_elements(data, "boards", parse.parse_board),
    ),
    "/v1/posts": (
        samples.post_list(samples.a_post()),
        lambda data: parse.parse_elements(data, "posts", parse.parse_post),
    ),
    "/v1/posts/{id}": (
        {"success": True, "post": samples.a_post()},
        lambda data: parse.parse_post(read_part(data, "post")),
    ),
    "/v1/posts/scheduled": (
        {"success": True, "total": 1, "posts": [samples.a_scheduled_post()]},
        lambda data: parse.parse_elements(data, "posts", parse.parse_scheduled),
    ),
    "/v1/usage": (samples.a_usage(), parse.parse_usage),
}
WRITTEN: dict[str, tuple[Json, Callable[[Json], Any]]] = {
    "receipt": (samples.a_receipt(), parse.parse_receipt),
    "upload": (samples.an_upload(), parse.parse_upload),
    "connect": ({"url": "https://consent.example/"}, parse.parse_connect_url),
}


def paths(value: Any, *at: Any) -> Iterator[tuple[Any, ...]]:
    """Where each value of an answer stands, objects and lists among them."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths(each, *at, name)
    elif isinstance(value, list):
        for number, each in enumerate(value[:1]):
            yield from paths(each, *at, number)


def with_odd(answer: Json, at: tuple[Any, ...], odd: Any) -> Json:
    changed = copy.deepcopy(answer)
    place: Any = changed
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = odd
    return changed


def all_odd(value: Json, odd: Any, *kept: str) -> Json:
    """Return an object with the same odd value in all of its fields, but those that are kept."""
    return {name: each if name in kept else odd for name, each in value.items()}


@pytest.mark.parametrize("what", [*READ, *WRITTEN])
def test_every_field_of_every_answer_may_be_odd(what: str) -> None:
    answer, read = (READ | WRITTEN)[what]
    for at in paths(answer):
        for odd in ODD.values():
            data = read_object(json.dumps(with_odd(answer, at, odd)).encode())
            if data is None:
                # Infinity is no JSON.
                continue
            with suppress(OddShapeError):
                assert_storable(plain(read(data)), (what, at))


def plain(value: Any) -> Any:
    """All that a value of the client's holds, as lists and dicts."""
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    names = getattr(type(value), "__dataclass_fields__", None)
    return {name: plain(getattr(value, name)) for name in names} if names else value


def assert_storable(value: Any, what: object) -> None:
    """Fails for what one of the databases refuses."""
    if isinstance(value, dict):
        for name, each in value.items():
            assert_storable(name, what)
            # What somebody posted is compared, and never kept as a whole.
            if name != "raw_request_body" or not isinstance(each, dict):
                assert_storable(each, what)
            else:
                assert body_hash(each)
    elif isinstance(value, list):
        for each in value:
            assert_storable(each, what)
    elif isinstance(value, str):
        assert "\x00" not in value, what
        value.encode()
    elif isinstance(value, int):
        assert abs(value) < 2**63, what


def assert_kept() -> None:
    """What stands in the database would stand in any."""
    for model in (
        *apps.get_app_config("accounts").get_models(),
        *apps.get_app_config("boards").get_models(),
        *apps.get_app_config("pins").get_models(),
    ):
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                if isinstance(value, Evidence):
                    value = value.to_json()
                if isinstance(field, models.CharField) and value:
                    assert len(value) <= (field.max_length or 0), (field, value)
                assert_storable(value, field)


@pytest.fixture
def still_clock() -> Iterator[None]:
    with time_machine.travel(parsedate_to_datetime(SERVER_DATE), tick=False):
        yield


def variants(sample: Json, key: str) -> list[Json]:
    """Return the sample again and again under other ids, each time with another odd value in one of its fields or in all."""
    made = [with_odd(sample, at, odd) for at in paths(sample) if at[0] != key for odd in ODD.values()]
    made += [all_odd(sample, odd) for odd in ODD.values()]
    return [{**one, key: f"{key}_{number}"} for number, one in enumerate(made)] + [
        {**sample, key: odd} for odd in ODD.values()
    ]


def to_json(answer: Json) -> bytes:
    """Return what can be read of it at all: Python writes numbers that are none."""
    return json.dumps(answer).replace("Infinity", "1e999").encode()


def test_accounts_are_kept_and_shown_whatever_is_said_of_them(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    make_profile(cast.team)
    every = [one for one in variants(samples.an_integration(), "id") if one["id"] != "id_0"]
    for number in range(0, 400, 7):
        make_account(cast.team, remote_id=f"id_{number}", platform_user_id=f"u{number}")
    raw = to_json(samples.integration_list(*every))
    postpeer_wire.get("/v1/connect/integrations", raw=raw, tolerance=True, repeat=True)
    gone = {"error": "not found"}
    for account in Account.objects.all():
        address = f"/v1/connect/integrations/{account.remote_id}"
        postpeer_wire.get(address, status=404, json=gone, repeat=True, optional=True)
    with postpeer_wire.client(retries=0) as client:
        refresh_accounts(cast.team, client=client)
    assert_kept()
    assert as_("alice").get(f"/t/{cast.team.slug}/accounts/").status_code == 200


def test_boards_are_kept_and_shown_whatever_is_said_of_them(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    account = make_account(cast.team)
    raw = to_json(samples.board_list(*variants(samples.a_board(), "id")))
    postpeer_wire.get("/v1/pinterest/boards", raw=raw, tolerance=True)
    assert refresh_boards(account).error_kind == ""
    assert account.boards.count() > 50
    assert_kept()
    assert as_("vera").get(f"/t/{cast.team.slug}/boards/").status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_usage_is_kept_whatever_it_says(cast: Cast, postpeer_wire: Wire, odd: str) -> None:
    make_account(cast.team)
    usage = samples.a_usage()
    usage["balance"] = {name: all_odd(part, ODD[odd]) for name, part in usage["balance"].items()}
    for answer in (usage, {**usage, "totalUsage": ODD[odd]}):
        postpeer_wire.get("/v1/usage", raw=to_json(answer), tolerance=True)
        with postpeer_wire.client(retries=0) as client, suppress(PostPeerError):
            read_usage(client=client)
    assert_kept()


def test_largest_usage_is_shown(cast: Cast, as_: SignIn) -> None:
    make_account(cast.team)
    Usage.objects.create(connection=Connection.objects.get(), posts=MAX_COUNT, limit=2 * MAX_COUNT, left=2 * MAX_COUNT)
    assert as_("alice").get(f"/t/{cast.team.slug}/settings/").status_code == 200


@pytest.mark.usefixtures("still_clock")
def test_record_of_a_pin_is_kept_and_shown_whatever_it_says(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    submission = make_submitted(cast.team, cast.bob)
    post = samples.a_post(rawRequestBody=submission.body, status="publishing")
    for odd in ODD.values():
        state = all_odd(samples.a_platform_state(), odd, "platform", "status")
        answer = {**all_odd(post, odd, "postId", "status"), "platforms": [{**state, "status": "publishing"}]}
        make_due(submission, state="accepted", remote_id="post_1")
        postpeer_wire.get("/v1/posts/post_1", raw=to_json({"success": True, "post": answer}), tolerance=True)
        work(submission)
        assert_kept()
    assert as_("vera").get(f"/t/{cast.team.slug}/pins/{submission.pin.uuid}/").status_code == 200


@pytest.mark.usefixtures("still_clock")
def test_list_is_compared_and_shown_whatever_it_holds(cast: Cast, postpeer_wire: Wire, as_: SignIn) -> None:
    submission = make_due(make_submitted(cast.team, cast.bob), state="unconfirmed")
    body = {**submission.body, "content": "Another"}
    posts = [one for one in variants(samples.a_post(rawRequestBody=body), "postId") if isinstance(one["postId"], str)]
    seen = {one["postId"]: one for one in posts if one["postId"].startswith("postId_")}
    raw = to_json(samples.post_list(*seen.values(), total=len(seen)))
    # A page of 100 is asked for; a server that gives all of it at once is believed.
    postpeer_wire.get("/v1/posts", raw=raw, tolerance=True)
    after = work(submission)
    assert after.state == "unconfirmed" and len(after.evidence.candidates) > 20
    assert_kept()
    assert as_("bob").get(f"/t/{cast.team.slug}/pins/{submission.pin.uuid}/").status_code == 200


@pytest.mark.usefixtures("still_clock")
def test_look_after_a_restore_keeps_whatever_it_finds(cast: Cast, postpeer_wire: Wire) -> None:
    account = make_account(cast.team)
    body = samples.a_pin_body()
    body["platforms"][0]["accountId"] = account.remote_id
    posts = [one for one in variants(samples.a_post(rawRequestBody=body), "postId") if isinstance(one["postId"], str)]
    seen = {one["postId"]: one for one in posts if one["postId"].startswith("postId_")}
    raw = to_json(samples.post_list(*seen.values(), total=len(seen)))
    postpeer_wire.get("/v1/posts", raw=raw, tolerance=True)
    connection = Connection.objects.get()
    assert really_look_around(connection, connection.created_at)
    assert len(Connection.objects.get().unknown_posts) > 100
    assert_kept()


@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("odd", ODD)
def test_answer_to_a_post_is_kept_whatever_it_says(cast: Cast, postpeer_wire: Wire, odd: str) -> None:
    submission = make_submitted(cast.team, cast.bob)
    answer = all_odd(samples.a_receipt(), ODD[odd], "postId")
    postpeer_wire.post("/v1/posts", raw=to_json(answer), tolerance=True)
    postpeer_wire.get("/v1/posts/post_1", raw=b"{}", tolerance=True, optional=True)
    assert work(submission).state == "accepted"
    assert_kept()


@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("odd", ["", " ", "i" * 201, "a\x00", "\ud800", None, True, 1.5, [], {}, 10**300])
def test_post_without_an_id_that_can_be_kept_is_looked_for(cast: Cast, postpeer_wire: Wire, odd: object) -> None:
    submission = make_submitted(cast.team, cast.bob)
    postpeer_wire.post("/v1/posts", raw=to_json(samples.a_receipt(postId=odd)), tolerance=True)
    assert work(submission).state == "unconfirmed"
    assert_kept()


@pytest.mark.usefixtures("still_clock")
def test_list_with_an_id_that_cannot_be_kept_proves_nothing(cast: Cast, postpeer_wire: Wire) -> None:
    submission = make_due(make_submitted(cast.team, cast.bob), state="unconfirmed")
    raw = to_json(samples.post_list(samples.a_post(postId="i" * 201, rawRequestBody=submission.body)))
    postpeer_wire.get("/v1/posts", raw=raw, tolerance=True)
    assert work(submission).evidence.posts is None
