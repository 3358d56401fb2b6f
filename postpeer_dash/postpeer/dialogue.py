"""Question and answer: a call goes out, and what comes back becomes a value or one of our errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from postpeer_dash.postpeer.deadline import Deadline
from postpeer_dash.postpeer.errors import Failure, PostPeerError, Unclear, classify
from postpeer_dash.postpeer.jsontext import OddShapeError, any_message, documented_message, read_count, read_object
from postpeer_dash.postpeer.parse import parse_elements
from postpeer_dash.postpeer.transport import Answer, Call, Transport
from postpeer_dash.postpeer.types import JsonObject

Result = TypeVar("Result")
Item = TypeVar("Item")

PAGE = 100
MAX_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; None stands in the place of an unreadable element."""

    elements: list[Item | None]
    total: int | None
    answer: Answer


class Dialogue:
    """Asks through a transport; `seconds` is the deadline over each question, pages and retries included."""

    def __init__(self, transport: Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds

    def close(self) -> None:
        """Close the connections kept for reading."""
        self._transport.close()

    def ask(self, call: Call, read: Callable[[JsonObject], Result]) -> Result:
        """Return what `read` finds in the answer; raises PostPeerError."""
        return self.exchange(call, read)[0]

    def exchange(self, call: Call, read: Callable[[JsonObject], Result]) -> tuple[Result, Answer]:
        """Return what `read` finds in the answer, and the answer; raises PostPeerError."""
        with Deadline(self._seconds) as deadline:
            return self._exchange(call, read, deadline)

    def read_pages(
        self, call: Call, name: str, read: Callable[[JsonObject], Item], *, max_items: int
    ) -> list[Page[Item]]:
        """Return the pages of a list, at least one, until its total or `max_items` elements are reached."""
        by_number = call.template == "/v1/profiles"
        pages: list[Page[Item]] = []
        seen = 0

        def read_page(data: JsonObject) -> tuple[list[Item | None], int | None]:
            return parse_elements(data, name, read), read_count(data, "total")

        with Deadline(self._seconds) as deadline:
            while True:
                place = {"page": str(len(pages) + 1)} if by_number else {"offset": str(seen)}
                asked = replace(call, query={**call.query, "limit": str(PAGE), **place})
                (elements, total), answer = self._exchange(asked, read_page, deadline)
                pages.append(Page(elements, total, answer))
                seen += len(elements)
                is_last = len(elements) < PAGE if total is None else seen >= total
                if not elements or is_last or seen >= max_items:
                    return pages

    def read_list(self, call: Call, name: str, read: Callable[[JsonObject], Item], key: str) -> list[Item]:
        """Return a whole list for display: unreadable elements are left out, repeated ones stand once."""
        found: dict[str, Item] = {}
        for page in self.read_pages(call, name, read, max_items=MAX_LISTED):
            for element in page.elements:
                if element is not None:
                    found.setdefault(getattr(element, key), element)
        return list(found.values())

    def _exchange(self, call: Call, read: Callable[[JsonObject], Result], deadline: Deadline) -> tuple[Result, Answer]:
        outcome = self._transport.send(call, deadline)
        payload = None if isinstance(outcome, Failure) else read_object(outcome.body)
        if isinstance(outcome, Answer) and payload is not None and is_success(outcome.status):
            try:
                return read(payload if call.is_write else refuse_failure(payload)), outcome
            except OddShapeError:
                # Raised below, outside of this handler, so that nothing of the answer hangs on the error.
                pass
        raise make_error(outcome, payload, is_write=call.is_write)


def is_success(status: int) -> bool:
    """Tell whether a status is a 2xx."""
    return 200 <= status < 300


def refuse_failure(data: JsonObject) -> JsonObject:
    """Return an answer that doesn't say `success: false`; raises OddShapeError for one that does."""
    if data.get("success") is False:
        raise OddShapeError("success")
    return data


def require_success(data: JsonObject) -> JsonObject:
    """Return an answer that says `success: true`; raises OddShapeError for any other."""
    if data.get("success") is not True:
        raise OddShapeError("success")
    return data


def to_json(content: Mapping[str, Any]) -> bytes:
    """Write a request body; raises ValueError for what JSON can't hold."""
    try:
        return json.dumps(dict(content), allow_nan=False, separators=(",", ":")).encode()
    except TypeError as error:
        raise ValueError(f"a body for PostPeer must be JSON: {error}") from None


def make_error(outcome: Answer | Failure, payload: JsonObject | None, *, is_write: bool) -> PostPeerError:
    """Return the error for an outcome that is not a success, with the most specific words there are."""
    if isinstance(outcome, Failure):
        kind = classify(failure=outcome) or Unclear
        return kind(outcome.value, is_write=is_write)
    documented = "" if is_success(outcome.status) else documented_message(payload)
    kind = classify(status=outcome.status, is_documented=bool(documented)) or Unclear
    words = documented or any_message(payload)
    what = "with nothing that could be read" if payload is None else "but not with what was asked for"
    return kind(
        words or f"The server answered {outcome.status}, {what}.",
        status=outcome.status,
        request_id=outcome.request_id,
        retry_after=outcome.retry_after,
        is_write=is_write,
        is_quoted=bool(words),
    )
