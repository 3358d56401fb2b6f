"""Accounts without a database: names, health, platforms, attempts, and the clients that are made for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from postpeer_dash.accounts import postpeer
from postpeer_dash.accounts.connecting import ConnectRefusedError, OfferedAccount, hash_secret
from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.forms import AddForm
from postpeer_dash.accounts.health import apply_integration, health_of, reconnect_reason
from postpeer_dash.accounts.integrations import Match
from postpeer_dash.accounts.models import Account, ConnectAttempt, Connection, Profile, Usage
from postpeer_dash.accounts.platforms import platform_name
from postpeer_dash.accounts.services import find_unclaimed, unclaimed_of
from postpeer_dash.postpeer import Integration, KeyRejected, NeverSent

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"display_name": "Linden", "username": "linden"}, "Linden"),
        ({"username": "linden"}, "@linden"),
        ({}, "Pinterest"),
        ({"platform": "some_network"}, "Some Network"),
        ({"platform": ""}, "?"),
    ],
)
def test_account_is_called_by_what_is_known(fields: dict[str, str], name: str) -> None:
    account = Account(**{"platform": "pinterest"} | fields)
    assert (account.name, str(account)) == (name, name)


def test_distinction_stands_behind_the_name() -> None:
    account = Account(platform="pinterest", display_name="Linden")
    account.distinction = "@linden"
    assert (account.name, account.bare_name) == ("Linden (@linden)", "Linden")


@pytest.mark.parametrize(
    ("health", "is_connected", "can_publish", "needs_reconnecting"),
    [
        ("active", True, True, False),
        ("unknown", True, True, False),
        ("reconnect_required", True, False, True),
        ("disconnected", False, False, False),
    ],
)
def test_health_decides_what_may_be_done(
    health: str, is_connected: bool, can_publish: bool, needs_reconnecting: bool
) -> None:
    account = Account(health=health)
    assert (account.is_connected, account.can_publish) == (is_connected, can_publish)
    assert account.needs_reconnecting is needs_reconnecting


@pytest.mark.parametrize(("platform", "has_boards"), [("pinterest", True), ("linkedin", False), ("bluesky", False)])
def test_platform_has_boards_or_not(platform: str, has_boards: bool) -> None:
    assert Account(platform=platform).has_boards is has_boards


@pytest.mark.parametrize(("key", "name"), [("linkedin", "LinkedIn"), ("tik_tok", "Tik Tok"), ("", "?")])
def test_platform_nobody_knows_keeps_its_word(key: str, name: str) -> None:
    assert platform_name(key) == name


@pytest.mark.parametrize(
    ("status", "health"),
    [("active", "active"), ("reconnect_required", "reconnect_required"), ("", "unknown"), ("sleepy", "unknown")],
)
def test_word_of_tomorrow_is_not_broken(status: str, health: str) -> None:
    assert health_of(Integration("int_1", "pinterest", auth_status=status)) == health


def test_answer_without_names_keeps_those_that_are_known() -> None:
    account = Account(username="linden", display_name="Linden", image_url="https://x.example/a.jpg")
    apply_integration(account, Integration("int_2", "pinterest", display_name="Linden Home"))
    assert (account.remote_id, account.username, account.display_name) == ("int_2", "linden", "Linden Home")
    assert account.image_url == "https://x.example/a.jpg"


@pytest.mark.parametrize(
    ("status", "reason", "stored"),
    [
        ("reconnect_required", "token_expired", "token_expired"),
        ("active", "token_expired", ""),
        ("reconnect_required", "x" * 80, "x" * 60),
    ],
)
def test_reason_belongs_to_a_broken_account(status: str, reason: str, stored: str) -> None:
    account = Account()
    apply_integration(account, Integration("int_1", "pinterest", auth_status=status, auth_failure_reason=reason))
    assert account.failure_reason == stored


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("token_expired", "account_token_expired"),
        ("access_revoked", "account_access_revoked"),
        ("security_invalidation", "account_security_invalidation"),
        ("refresh_rejected", "account_refresh_rejected"),
        ("gone", "account_gone"),
        ("of_tomorrow", "account_broken"),
        ("", "account_broken"),
    ],
)
def test_every_reason_has_a_sentence(reason: str, kind: str) -> None:
    account = Account(platform="pinterest", health="reconnect_required", failure_reason=reason)
    sentence = reconnect_reason(account)
    assert sentence is not None
    assert sentence.kind == kind
    assert "%" not in str(sentence)


@pytest.mark.parametrize("health", ["active", "unknown", "disconnected"])
def test_account_that_works_has_no_reason(health: str) -> None:
    assert reconnect_reason(Account(health=health, failure_reason="token_expired")) is None


@pytest.mark.parametrize(
    ("account", "fields", "is_new"),
    [
        (None, {}, True),
        (Account(health="disconnected"), {}, True),
        (Account(health="active"), {}, False),
        (Account(health="reconnect_required"), {}, False),
        (None, {"is_other_teams": True}, False),
    ],
)
def test_only_what_nobody_has_may_be_offered(account: Account | None, fields: dict[str, bool], is_new: bool) -> None:
    assert Match(Integration("int_1", "pinterest"), account, **fields).is_new is is_new


@pytest.mark.parametrize(
    ("remote_id", "platform", "is_new"),
    [("i" * 200, "p" * 40, True), ("i" * 201, "pinterest", False), ("int_1", "p" * 41, False)],
)
def test_integration_that_fits_no_row_is_not_offered(remote_id: str, platform: str, is_new: bool) -> None:
    assert Match(Integration(remote_id, platform), None).is_new is is_new


@pytest.mark.parametrize(("seconds", "is_expired"), [(-1, False), (0, True), (60, True)])
def test_attempt_is_good_for_half_an_hour(settings: Any, seconds: int, is_expired: bool) -> None:
    settings.CONNECT_ATTEMPT_LIFETIME = 1800
    with time_machine.travel(NOW + timedelta(seconds=1800 + seconds), tick=False):
        assert ConnectAttempt(created_at=NOW).is_expired is is_expired


def test_refusal_names_the_platform_of_its_attempt() -> None:
    refused = ConnectRefusedError("connect_cancelled", ConnectAttempt(platform="linkedin"))
    assert (refused.kind, refused.sentence.action) == ("connect_cancelled", "Connect LinkedIn")


def test_nonce_and_key_are_hashed_apart() -> None:
    assert hash_secret("x") != postpeer.key_fingerprint("x")
    assert hash_secret("x") != hash_secret("y")
    assert len(hash_secret("x")) == len(postpeer.key_fingerprint("x")) == 64


def test_offer_names_its_platform() -> None:
    assert OfferedAccount("int_1", "linkedin", "Linden", "", "").platform_name == "LinkedIn"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Connection(base_url="https://postpeer.test"), "https://postpeer.test"),
        (Usage(left=3, limit=10), "3 of 10"),
        (Profile(name="Nordlicht (0a1b)"), "Nordlicht (0a1b)"),
        (ConnectAttempt(platform="linkedin", team_id=3, created_at=NOW), "linkedin for 3, 2026-11-24 13:00"),
    ],
)
def test_row_says_what_it_is(row: object, said: str) -> None:
    assert str(row) == said


def test_unclaimed_integration_is_found_by_a_key_that_tells_nothing() -> None:
    profile = Profile(unclaimed=[{"id": "int_9", "platform": "bluesky", "name": "Stray"}])
    (stray,) = unclaimed_of(profile)
    assert "int_9" not in stray.key
    assert (stray.platform_name, stray.can_be_connected) == ("Bluesky", False)
    assert find_unclaimed(profile, stray.key) == stray
    assert find_unclaimed(profile, "0" * 16) is find_unclaimed(None, stray.key) is None


@pytest.mark.parametrize(
    ("error", "kind"), [(KeyRejected("no", status=401), "key_rejected"), (NeverSent("no"), "postpeer_unreachable")]
)
def test_failure_is_said_in_a_sentence(error: Any, kind: str) -> None:
    assert sentence_for(error).kind == kind


@pytest.mark.parametrize(("make", "deadline"), [(postpeer.page_client, 8), (postpeer.worker_client, 55)])
def test_client_has_the_deadline_of_whoever_waits(settings: Any, make: Any, deadline: float) -> None:
    settings.POSTPEER_PAGE_DEADLINE, settings.POSTPEER_WORKER_DEADLINE = 8, 55
    made: dict[str, Any] = {}

    class Recorder:
        def __init__(self, **given: Any) -> None:
            made.update(given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("postpeer_dash.postpeer.Client", Recorder)
        make()
    assert made["timeouts"].deadline == deadline
    assert made["api_key"] == settings.POSTPEER_API_KEY


@pytest.mark.parametrize(
    ("written", "address"),
    [("https://postpeer.test/", "https://postpeer.test"), ("https://postpeer.test/v1", "https://postpeer.test")],
)
def test_address_has_one_form(settings: Any, written: str, address: str) -> None:
    settings.POSTPEER_BASE_URL = written
    assert postpeer.base_url() == address


@pytest.mark.parametrize(("value", "is_good"), [("int_1", True), ("i" * 200, True), ("i" * 201, False), ("", False)])
def test_added_integration_is_named(value: str, is_good: bool) -> None:
    assert AddForm({"integration": value}).is_valid() is is_good
