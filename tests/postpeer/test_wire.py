"""The judge itself: what it must refuse, it refuses."""

import subprocess
import sys
from typing import Any

import pytest
import requests

from postpeer_dash.postpeer import is_final_status, is_known_status
from tests.postpeer import samples
from tests.postpeer.contract import Contract
from tests.postpeer.wire import Wire

BASE = "https://postpeer.test"
KEYED = {"x-access-key": "k"}


def check(method: str, path: str, headers: dict[str, str] | None = None, **parts: Any) -> list[str]:
    chosen = KEYED if headers is None else headers
    request = requests.Request(method, BASE + path, headers=chosen, **parts).prepare()
    return Contract(BASE).check_request(request)


@pytest.mark.parametrize("path", ["/v1/posts", "/v1/posts/", "/v1/posts/scheduled", "/v1/connect/integrations"])
def test_both_spellings_of_a_collection_are_valid(path: str) -> None:
    assert check("GET", path, params={"limit": "100"}) == []


@pytest.mark.parametrize(
    ("method", "path", "parts"),
    [
        ("GET", "/v1/posts", {"params": {"limit": "101"}}),
        ("GET", "/v1/posts", {"params": {"page": "1"}}),
        ("GET", "/v1/posts", {"params": {"status": "done"}}),
        ("GET", "/v1/pinterest/boards", {"params": {"account": "a"}}),
        ("GET", "/v1/nowhere", {}),
        ("DELETE", "/v1/posts", {}),
        ("GET", "/v1/connect/myspace", {}),
        ("POST", "/v1/posts", {"json": {"content": "x"}}),
        ("POST", "/v1/posts", {"json": samples.a_pin_body(extra=1)}),
        ("POST", "/v1/posts", {"json": samples.a_pin_body(platforms=[])}),
        ("POST", "/v1/posts", {"data": b"{"}),
        ("PATCH", "/v1/posts/scheduled/p", {"json": {"scheduledFor": "tomorrow"}}),
    ],
)
def test_invalid_request_is_refused(method: str, path: str, parts: dict[str, Any]) -> None:
    assert check(method, path, **parts) != []


def test_missing_key_is_refused() -> None:
    assert check("GET", "/v1/posts", headers={}) != []


def test_key_that_nobody_asked_for_is_refused() -> None:
    assert check("GET", "/v1/health") != []


@pytest.mark.parametrize("answer", [{"status": 429, "json": {}}, {"json": {"success": True}}, {"raw": b"<html>"}])
def test_made_up_answer_must_fit_the_structure(answer: dict[str, object]) -> None:
    with pytest.raises(AssertionError, match="would not answer so"):
        Wire().get("/v1/posts", **answer)


def test_unexpected_request_fails_even_when_it_is_swallowed(postpeer_wire: Wire) -> None:
    with pytest.raises(AssertionError, match="nothing is prepared"):
        postpeer_wire.client().check_health()
    with pytest.raises(AssertionError, match="nothing is prepared"):
        postpeer_wire.finish()
    postpeer_wire.problems.clear()


def test_answer_that_nobody_asked_for_fails() -> None:
    wire = Wire()
    wire.get("/v1/health", json={"ok": True})
    with pytest.raises(AssertionError, match="never asked for"):
        wire.finish()


@pytest.mark.parametrize("sample", [samples.a_pin_body(), samples.a_pin_body(publishNow=False)])
def test_sample_bodies_are_valid(sample: dict[str, object]) -> None:
    assert check("POST", "/v1/posts", json=sample) == []


def test_package_loads_without_django_and_without_the_rest_of_ours() -> None:
    code = (
        "import sys, postpeer_dash.postpeer;"
        "ours = [name for name in sys.modules if name.startswith('postpeer_dash.') "
        "and not name.startswith('postpeer_dash.postpeer')];"
        "sys.exit(bool(ours) or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_unknown_status_is_neither_known_nor_final() -> None:
    assert [is_known_status("reviewing"), is_final_status("reviewing")] == [False, False]
    assert [is_final_status(name) for name in ("published", "failed", "publishing", "scheduled")] == [
        True,
        True,
        False,
        False,
    ]
