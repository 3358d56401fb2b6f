"""What every answer says to the browser, page and fragment alike, for members, strangers and mistakes."""

from collections.abc import Callable
from typing import Any

import pytest
import responses
from django.test import Client

from tests.cast import Cast
from tests.test_smuggling import own_addresses
from tests.world import addresses, make_world, silent_postpeer

pytestmark = pytest.mark.django_db

# The one page that lets a posted form lead elsewhere: to the consent page, whose address is known only then.
CONSENT = {"accounts:connect", "accounts:reconnect"}
Answers = list[tuple[str, str, Any]]


_collected: Answers = []


@pytest.fixture
def answers(request: pytest.FixtureRequest, settings: Any) -> Answers:
    """Every answer there is, collected once: each test reads the same ones."""
    if not _collected:
        _collected.extend(collect(request.getfixturevalue("cast"), settings))
    return _collected


def collect(cast: Cast, settings: Any) -> Answers:
    """Every address, asked for by a member and a stranger, as a page and as a fragment, and some that aren't there."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    world = make_world(cast)
    member, stranger = Client(), Client()
    member.force_login(cast.alice)
    paths = [("missing", "/nowhere/"), ("missing", "/t/harbour/"), ("probe", "/healthz")]
    for address in addresses():
        if "team" in address.ids:
            paths += [(address.name, path) for path in own_addresses(world, address)]
        else:
            paths.append((address.name, address.fill({"nonce": "x", "token": "x", "pk": 1, "key": "x", "team_id": 1})))
    found: Answers = []
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        silent_postpeer(mock)
        for name, path in paths:
            for client in (member, stranger):
                found.append((name, path, client.get(path, secure=True)))
            found.append((name, path, member.get(path, secure=True, headers={"HX-Request": "true"})))
            if name != "account_logout":
                found.append((name, path, member.post(path, secure=True)))
    found.append(("csrf", "/me/", Client(enforce_csrf_checks=True).post("/auth/login/", secure=True)))
    return found


def without(answers: Answers, name: str, is_right: Callable[[str], bool], but: set[str] | None = None) -> list[str]:
    return [
        f"{path} {answer.status_code}: {answer.headers.get(name)!r}"
        for address, path, answer in answers
        if address not in (but or set()) | {"probe"} and not is_right(answer.headers.get(name, ""))
    ]


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def test_content_security_policy_allows_nothing_inline(answers: Answers) -> None:
    def is_right(policy: str) -> bool:
        found = directives(policy)
        return (
            "unsafe" not in policy
            and found.get("default-src") == ["'none'"]
            and found.get("script-src") == ["'self'"]
            and found.get("style-src") == ["'self'"]
            and found.get("frame-ancestors") == ["'none'"]
            and found.get("base-uri") == ["'none'"]
            and "object-src" not in found
            and "frame-src" not in found
        )

    assert without(answers, "Content-Security-Policy", is_right) == []


def test_forms_lead_nowhere_else(answers: Answers) -> None:
    def is_right(policy: str) -> bool:
        return directives(policy).get("form-action") == ["'self'"]

    assert without(answers, "Content-Security-Policy", is_right, CONSENT) == []


def test_https_is_insisted_on(answers: Answers) -> None:
    wanted = "max-age=31536000; includeSubDomains; preload"
    assert without(answers, "Strict-Transport-Security", lambda value: value == wanted) == []


def test_types_are_not_guessed(answers: Answers) -> None:
    assert without(answers, "X-Content-Type-Options", lambda value: value == "nosniff") == []


def test_no_page_is_framed(answers: Answers) -> None:
    assert without(answers, "X-Frame-Options", lambda value: value == "DENY") == []


def test_addresses_are_not_told_to_others(answers: Answers) -> None:
    good = {"same-origin", "no-referrer"}
    assert without(answers, "Referrer-Policy", lambda value: value in good) == []


def test_no_page_gets_a_sensor(answers: Answers) -> None:
    def is_right(policy: str) -> bool:
        return all(f"{name}=()" in policy for name in ("camera", "geolocation", "microphone", "payment", "usb"))

    assert without(answers, "Permissions-Policy", is_right) == []


def test_other_windows_are_kept_apart(answers: Answers) -> None:
    assert without(answers, "Cross-Origin-Opener-Policy", lambda value: value == "same-origin") == []


def test_nothing_is_kept_by_a_shared_cache(answers: Answers) -> None:
    def is_right(value: str) -> bool:
        return "private" in value or "no-store" in value

    assert without(answers, "Cache-Control", is_right) == []


def test_no_answer_says_what_runs_here(answers: Answers) -> None:
    assert [path for _name, path, answer in answers if {"Server", "X-Powered-By"} & set(answer.headers)] == []
