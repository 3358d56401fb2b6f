"""PostPeer's API structure as a judge: of every request that is sent, and of every answer a test makes up."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

import postpeer_dash.sandbox

STRUCTURE = Path(postpeer_dash.sandbox.__file__).with_name("openapi.json")
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def structure() -> dict[str, Any]:
    """Return the structure, with each collection under its documented address too: without a trailing slash."""
    document: dict[str, Any] = json.loads(STRUCTURE.read_text())
    for path in list(document["paths"]):
        if path.endswith("/"):
            document["paths"][path.rstrip("/")] = copy.deepcopy(document["paths"][path])
            for operation in document["paths"][path].values():
                operation.pop("operationId", None)
    return document


class Contract:
    """Validates requests and answers of a PostPeer at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._api = _load(base_url)

    def check_request(self, request: requests.PreparedRequest) -> list[str]:
        """Return what is wrong with a request; an empty list when it is valid."""
        sent = RequestsOpenAPIRequest(request)
        try:
            problems = [_describe(error) for error in self._api.iter_request_errors(sent)]
        except OpenAPIError as error:
            return [_describe(error)]
        return problems + self._check_names(request)

    def check_response(self, method: str, path: str, status: int, body: bytes, content_type: str) -> list[str]:
        """Return what is wrong with an answer; an empty list when it is valid."""
        request = MockRequest(self.base_url, method, path)
        response = MockResponse(body, status_code=status, content_type=content_type)
        try:
            return [_describe(error) for error in self._api.iter_response_errors(request, response)]
        except OpenAPIError as error:
            return [_describe(error)]

    def find_operation(self, method: str, path: str) -> dict[str, Any] | None:
        """Return the operation an address belongs to: the template with the fewest gaps that fits."""
        wanted = path.split("/")
        fitting = []
        for template, item in structure()["paths"].items():
            parts = template.split("/")
            fits = len(parts) == len(wanted) and all(
                part == given or (part.startswith("{") and given) for part, given in zip(parts, wanted, strict=True)
            )
            if fits and method.lower() in item:
                fitting.append((template.count("{"), template))
        return structure()["paths"][min(fitting)[1]][method.lower()] if fitting else None

    def _check_names(self, request: requests.PreparedRequest) -> list[str]:
        # openapi-core lets undeclared query parameters pass; a mistyped filter would then filter nothing.
        parts = urlsplit(request.url or "")
        operation = self.find_operation(request.method or "", parts.path)
        if operation is None:
            return ["no such operation"]
        declared = {entry["name"] for entry in operation.get("parameters", []) if entry["in"] == "query"}
        names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
        problems = [f"undeclared query parameter {name!r}" for name in names if name not in declared]
        if len(names) != len(set(names)):
            problems.append("a query parameter stands twice")
        wants_key = bool(operation.get("security"))
        if wants_key != ("x-access-key" in request.headers):
            problems.append("the key is missing" if wants_key else "the key is sent where none is asked for")
        return problems


@cache
def _load(base_url: str) -> OpenAPI:
    return OpenAPI.from_dict({**structure(), "servers": [{"url": base_url}]})  # type: ignore[arg-type]


def _describe(error: BaseException) -> str:
    causes = [str(error)]
    details = getattr(error.__cause__, "schema_errors", None) or ()
    causes += [f"{'/'.join(map(str, detail.absolute_path))}: {detail.message[:300]}" for detail in details]
    if not details and error.__cause__ is not None:
        causes.append(str(error.__cause__))
    return "; ".join(causes)
