"""A PostPeer on the wire: answers prepared by a test, requests checked against the API's structure.

    def test_boards(postpeer_wire):
        postpeer_wire.get("/v1/pinterest/boards", query={"accountId": "a1"}, json={"success": True, "boards": []})
        assert postpeer_wire.client().list_boards("a1") == []
        assert postpeer_wire.calls[0].query == {"accountId": "a1"}

Each prepared answer is given once, in order, unless `repeat=True`; one that is never asked for fails the test unless
`optional=True`. An answer must fit the structure unless `tolerance=True` says that the test is about one that doesn't.
Also the fixture's module: register it with `pytest_plugins` or import `postpeer_wire` into a conftest.
"""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from postpeer_dash.postpeer import Client
from tests.postpeer.contract import METHODS, Contract

BASE_URL = "https://postpeer.test"
KEY = "test-key-0123456789"
SERVER_DATE = "Sun, 22 Nov 2026 10:00:00 GMT"

Reply = tuple[int, dict[str, str], bytes]
_ANY = object()


@dataclass(frozen=True)
class Sent:
    """One request as it went out."""

    method: str
    path: str
    query: dict[str, str]
    json: Any
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass
class Prepared:
    """One answer that waits for its request."""

    method: str
    path: str
    query: object
    body: object
    reply: Reply
    raises: Exception | None = None
    does: Callable[[Sent], None] | None = None
    repeat: bool = False
    optional: bool = False
    is_used: bool = False

    def fits(self, sent: Sent) -> bool:
        """Whether this answer is meant for that request."""
        return (
            (self.repeat or not self.is_used)
            and self.method == sent.method
            and self.path == sent.path
            and (self.query is _ANY or self.query == sent.query)
            and (self.body is _ANY or self.body == sent.json)
        )

    def __str__(self) -> str:
        query = "" if self.query is _ANY else f" with {self.query}"
        return f"{self.method} {self.path}{query}"


@dataclass
class Wire:
    """What stands in for PostPeer. `calls` are the requests it got, `problems` what was wrong with them."""

    base_url: str = BASE_URL
    key: str = KEY
    calls: list[Sent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    prepared: list[Prepared] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contract = Contract(self.base_url)

    def client(self, **options: Any) -> Client:
        """Return a client for this PostPeer; GETs are not repeated unless `retries` says so."""
        return Client(**{"base_url": self.base_url, "api_key": self.key, "retries": 0, **options})

    def get(self, path: str, **answer: Any) -> None:
        """Prepare the answer to a GET; see `prepare`."""
        self.prepare("GET", path, **answer)

    def post(self, path: str, **answer: Any) -> None:
        """Prepare the answer to a POST; see `prepare`."""
        self.prepare("POST", path, **answer)

    def put(self, path: str, **answer: Any) -> None:
        """Prepare the answer to a PUT; see `prepare`."""
        self.prepare("PUT", path, **answer)

    def patch(self, path: str, **answer: Any) -> None:
        """Prepare the answer to a PATCH; see `prepare`."""
        self.prepare("PATCH", path, **answer)

    def delete(self, path: str, **answer: Any) -> None:
        """Prepare the answer to a DELETE; see `prepare`."""
        self.prepare("DELETE", path, **answer)

    def prepare(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        status: int | None = None,
        query: Mapping[str, str] | object = _ANY,
        json_body: object = _ANY,
        raw: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        raises: Exception | None = None,
        does: Callable[[Sent], None] | None = None,
        tolerance: bool = False,
        repeat: bool = False,
        optional: bool = False,
    ) -> None:
        """Prepare one answer.

        query: exactly these parameters; left out, any. json_body: exactly this JSON; left out, any.
        json or raw: the answer's body. status: left out, the operation's own success. raises: an exception of
        requests in place of an answer. does: called with the request before the answer is given.
        """
        operation = self.contract.find_operation(method, path)
        assert operation is not None, f"no such operation: {method} {path}"
        chosen = status or int(next(code for code in operation["responses"] if code.startswith("2")))
        body = raw if raw is not None else jsonlib.dumps(json).encode()
        if raises is None and not tolerance:
            problems = self.contract.check_response(method, path, chosen, body, content_type)
            assert not problems, f"PostPeer would not answer so to {method} {path}: {problems}"
        sent_headers = {"Content-Type": content_type, "Date": SERVER_DATE, "x-request-id": "req-1", **(headers or {})}
        reply = (chosen, sent_headers, body)
        self.prepared.append(Prepared(method, path, query, json_body, reply, raises, does, repeat, optional))

    def storage(self, url: str, *, status: int = 200, raw: bytes = b"", method: str = "PUT") -> None:
        """Prepare an answer of another host, such as the one that files are put to; it must not see the key."""
        self.prepared.append(Prepared(method, url, _ANY, _ANY, (status, {"Content-Type": "text/plain"}, raw)))

    def answer(self, request: requests.PreparedRequest) -> Reply:
        """Check a request and give its prepared answer; anything unexpected fails the test."""
        sent = _describe(request, self.base_url)
        self.calls.append(sent)
        if sent.url.startswith(f"{self.base_url}/"):
            problems = self.contract.check_request(request)
            if problems:
                self._fail(f"{sent.method} {sent.path} is no valid request: {problems}")
        elif "x-access-key" in request.headers or self.key in sent.url:
            self._fail(f"the key went to {sent.url}")
        for prepared in self.prepared:
            if prepared.fits(sent):
                prepared.is_used = True
                if prepared.does is not None:
                    prepared.does(sent)
                if prepared.raises is not None:
                    raise prepared.raises
                return prepared.reply
        self._fail(f"nothing is prepared for {sent.method} {sent.path} {sent.query} {sent.json}")
        raise AssertionError

    def finish(self) -> None:
        """Fail for what went wrong on the way, even where the code under test swallowed it, and for unused answers."""
        unused = [str(entry) for entry in self.prepared if not entry.is_used and not entry.optional]
        assert not self.problems, self.problems
        assert not unused, f"never asked for: {unused}"

    def _fail(self, problem: str) -> None:
        self.problems.append(problem)
        raise AssertionError(problem)


def _describe(request: requests.PreparedRequest, base_url: str) -> Sent:
    url = request.url or ""
    parts = urlsplit(url)
    body = request.body
    if hasattr(body, "read"):
        body = b"".join(iter(lambda: body.read(1024), b""))  # type: ignore[union-attr]
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    is_json = "json" in (request.headers.get("Content-Type") or "") and content
    return Sent(
        method=request.method or "",
        path=parts.path if url.startswith(f"{base_url}/") else url,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        json=jsonlib.loads(content) if is_json else None,
        headers=dict(request.headers),
        body=content,
        url=url,
    )


@pytest.fixture
def postpeer_wire() -> Iterator[Wire]:
    """Yield a PostPeer on the wire, at the address and under the key of the test settings."""
    wire = Wire()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in METHODS:
            mock.add_callback(method.upper(), re.compile(".*"), callback=wire.answer, content_type=None)
        yield wire
    wire.finish()
