"""Requests and responses, before and after the socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl


@dataclass(slots=True)
class Request:
    """A request. `path` has no trailing slash; `values` and `data` are filled in once they have been validated.

    An upload's bytes stay in `stream`, `left` of them unread.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: Message = field(default_factory=Message)
    body: bytes = b""
    client: str = "127.0.0.1"
    stream: BinaryIO | None = None
    length: int = 0
    left: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """Return the header's value, or an empty string."""
        return str(self.headers.get(name) or "")

    def form(self) -> dict[str, str]:
        """Return the fields of a posted HTML form; of repeated names the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class Response:
    """A response. With `path` set, the bytes `first` to `last` of that file are the body."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    first: int = 0
    last: int = -1

    def length(self) -> int:
        """Return how many bytes the body has."""
        return self.last - self.first + 1 if self.path else len(self.body)


class ApiError(Exception):
    """A refusal in the API's own words; which shape its body takes depends on the operation."""

    def __init__(self, status: int, message: str, *, is_validation: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.is_validation = is_validation


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as a JSON answer."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), headers=dict(headers or {}))


def fault_shape(status: int, message: str) -> dict[str, Any]:
    """Return the body of a refusal that the API's framework makes, not one of its operations."""
    phrase = HTTPStatus(status).phrase
    code = {400: "VALIDATION_ERROR", 429: "RATE_LIMITED"}.get(status, phrase.upper().replace(" ", "_"))
    return {"statusCode": status, "code": code, "error": phrase, "message": message}
