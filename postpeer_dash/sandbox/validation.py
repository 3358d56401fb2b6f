"""The API's structure: which operation a request means, and whether its query and body are valid."""

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from postpeer_dash.sandbox.messages import ApiError, Request
from postpeer_dash.sandbox.settings import PACKAGE

LONGEST_MESSAGE = 300
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(slots=True)
class Operation:
    """A method of a path, with the schemas of what it takes."""

    id: str
    method: str
    pattern: re.Pattern[str]
    literal_length: int
    definition: dict[str, Any]
    validators: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_key(self) -> bool:
        """Return whether the structure asks for the access key here."""
        return bool(self.definition.get("security"))

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        """Return the declared parameters of the query or the path, by name."""
        return {p["name"]: p for p in self.definition.get("parameters", []) if p["in"] == place}

    def body_schema(self) -> dict[str, Any] | None:
        """Return the schema of the JSON body, if there is one."""
        content = self.definition.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    def error_fields(self, status: int) -> list[str]:
        """Return the fields the structure requires in a refusal with this status; empty when it declares none."""
        declared = self.definition["responses"].get(str(status), {})
        schema = declared.get("content", {}).get("application/json", {}).get("schema", {})
        fields: list[str] = schema.get("required", [])
        return fields


class Structure:
    """`openapi.json`, indexed. Validators are built when first needed, since building all takes most of a second."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads((PACKAGE / "openapi.json").read_text())
        self.operations = [
            self._operation(path, method, definition)
            for path, methods in self.document["paths"].items()
            for method, definition in methods.items()
        ]
        # /v1/posts/scheduled must be tried before /v1/posts/{postId}.
        self.operations.sort(key=lambda operation: -operation.literal_length)
        self._lock = threading.Lock()

    @staticmethod
    def _operation(path: str, method: str, definition: dict[str, Any]) -> Operation:
        bare = path.rstrip("/")
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(bare)))
        literal = len(re.sub(r"\{\w+\}", "", bare))
        return Operation(definition["operationId"], method.upper(), pattern, literal, definition)

    def warm_up(self) -> None:
        """Import the validator ahead, so that the first request doesn't wait for it."""
        self._build({"type": "object"})

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """Return the operation a request means, and the values in its path; raise ApiError 404."""
        fitting = [(operation, found) for operation in self.operations if (found := operation.pattern.fullmatch(path))]
        for operation, found in fitting:
            if operation.method == method:
                return operation, found.groupdict()
        raise ApiError(404, f"Route {method}:{path[:200]} not found", is_validation=True)

    def check(self, operation: Operation, request: Request, path_values: dict[str, str]) -> None:
        """Fill in the request's `values` and `data`, or raise ApiError 400 with what is wrong."""
        for name, parameter in operation.parameters("path").items():
            self._check_value(operation, "params", name, path_values[name], parameter["schema"])
        request.values = self._read_query(operation, request.query)
        schema = operation.body_schema()
        if schema is not None:
            request.data = self._read_body(operation, request, schema)

    def _read_query(self, operation: Operation, query: list[tuple[str, str]]) -> dict[str, Any]:
        declared = operation.parameters("query")
        values: dict[str, Any] = {
            name: self._resolved(p["schema"])["default"]
            for name, p in declared.items()
            if "default" in self._resolved(p["schema"])
        }
        for name in dict.fromkeys(name for name, _ in query):
            if name not in declared:
                raise ApiError(400, f"querystring must NOT have additional properties: {name[:80]}", is_validation=True)
            texts = [text for other, text in query if other == name]
            schema = self._resolved(declared[name]["schema"])
            if schema.get("type") != "array" and len(texts) > 1:
                raise ApiError(400, f"querystring/{name} must be given once", is_validation=True)
            values[name] = self._read_texts(texts, schema)
            self._check_value(operation, "querystring", name, values[name], schema)
        return values

    @staticmethod
    def _read_texts(texts: list[str], schema: dict[str, Any]) -> Any:
        """Return query texts as the value their type asks for; an unreadable one stays text, which the schema refuses."""
        if schema.get("type") == "array":
            return texts
        text = texts[0]
        if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]{1,15}", text):
            return int(text)
        if schema.get("type") == "boolean" and text in ("true", "false"):
            return text == "true"
        return text

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema that a `$ref` into the components points to, or the schema itself."""
        if "$ref" not in schema:
            return schema
        target: dict[str, Any] = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return target

    def _read_body(self, operation: Operation, request: Request, schema: dict[str, Any]) -> dict[str, Any]:
        if request.header("content-type").split(";")[0].strip().lower() != "application/json":
            raise ApiError(415, f"Unsupported Media Type: {request.header('content-type')[:80]}", is_validation=True)
        try:
            data = json.loads(request.body)
            # Half a surrogate pair can neither be stored nor sent back.
            json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ApiError(400, "Body is not valid JSON", is_validation=True) from None
        self._check_value(operation, "body", "", data, schema)
        result: dict[str, Any] = data
        return result

    def _check_value(self, operation: Operation, place: str, name: str, value: Any, schema: dict[str, Any]) -> None:
        validator = operation.validators.get(f"{place}/{name}")
        if validator is None:
            with self._lock:
                validator = self._build(schema)
            operation.validators[f"{place}/{name}"] = validator
        # The order of errors is the schema's; the first one is what the person gets to read.
        for error in validator.iter_errors(value):
            where, message = _explain(error)
            path = "/".join([place, *([name] if name else []), *where])
            raise ApiError(400, f"{path} {message}", is_validation=True)

    def _build(self, schema: dict[str, Any]) -> Any:
        # Imported late: it takes longer than everything else at start.
        from openapi_schema_validator import OAS30Validator, oas30_format_checker

        # A checker that knows no formats yet: the library's own leaves uri and email unchecked.
        checker = type(oas30_format_checker)(formats=())
        checker.checks("date-time", raises=ValueError)(_is_date_time)
        checker.checks("uri", raises=ValueError)(_is_uri)
        checker.checks("email")(lambda value: not isinstance(value, str) or bool(EMAIL.fullmatch(value)))
        return OAS30Validator({**schema, "components": self.document["components"]}, format_checker=checker)


def _explain(error: Any) -> tuple[list[str], str]:
    """Return where an error is and what it says; for a choice among platforms, the error of the named one's branch."""
    where = [str(part) for part in error.absolute_path]
    if error.validator == "oneOf" and error.context and isinstance(error.instance, dict):
        platform = error.instance.get("platform")
        for inner in error.context:
            branch = error.validator_value[inner.schema_path[0]]
            if branch.get("properties", {}).get("platform", {}).get("enum") == [platform]:
                return _explain(inner)
        return where, "must name a known platform"
    message = str(error.message)
    return where, message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return "T" in value.upper() and datetime.fromisoformat(value).tzinfo is not None


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    has_target = bool(parts.hostname) if parts.scheme in ("http", "https") else bool(parts.path or parts.netloc)
    return bool(parts.scheme) and has_target and not re.search(r"\s", value)
