"""From bytes to values that can be trusted to be what they look like: strict JSON, clean text, ids that are ids.

What passes here can be stored in either database, compared and shown: no half characters, no NUL, no number beyond what
every reader of JSON holds exactly. Every value of an answer passes here or through `addresses` and `instants`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from postpeer_dash.postpeer.types import JsonObject

MAX_MESSAGE_LENGTH = 2_000
# As wide as the columns for what is asked for again by its id.
MAX_ID_LENGTH = 200
# The largest whole number that every reader of JSON holds exactly; more of anything is as many as that.
MAX_COUNT = 2**53 - 1
# A body that somebody posted is never nested like this.
MAX_DEPTH = 30
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")


class OddShapeError(Exception):
    """JSON that is not what the operation promises; stays inside this package."""


def read_object(body: bytes) -> JsonObject | None:
    """Return the JSON object a body holds, None when it holds anything else.

    Strict where Python is lenient: no NaN or Infinity, no name twice in one object (two readers could see two
    different posts), no other encoding than UTF-8.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_build_object, parse_constant=_refuse_constant)
    # RecursionError: nesting as deep as the sender likes.
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _build_object(pairs: list[tuple[str, Any]]) -> JsonObject:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return built


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def clean_text(value: object) -> str:
    """Return text without control characters (line breaks and tabs stay) or half characters; "" for no string."""
    if not isinstance(value, str):
        return ""
    return _LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub("", value.replace("\r\n", "\n")))


def clean_message(value: object) -> str:
    """Return a text for people from an error field: a string, or an object or list that holds one; at most 2,000."""
    if isinstance(value, dict):
        value = value.get("message")
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    text = clean_text(value).strip()
    return text if len(text) <= MAX_MESSAGE_LENGTH else text[: MAX_MESSAGE_LENGTH - 1] + "…"


def read_id(data: JsonObject, name: str) -> str:
    """Return an id as a string: a printable string, or a whole number (a float has lost digits); "" otherwise."""
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value
    return ""


def read_count(data: JsonObject, name: str) -> int | None:
    """Return a whole number that is not negative, None otherwise."""
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def read_amount(data: JsonObject, name: str) -> int | None:
    """Return a count that may be kept: at most `MAX_COUNT`, which no true one reaches."""
    count = read_count(data, name)
    return None if count is None else min(count, MAX_COUNT)


def read_body(data: JsonObject, name: str) -> JsonObject | None:
    """Return an object of any shape as it is, to be compared; None where it is none, or nested too deeply for that."""
    value = data.get(name)
    return value if isinstance(value, dict) and _is_flat(value, MAX_DEPTH) else None


def _is_flat(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth >= 0 and all(_is_flat(each, depth - 1) for each in inner)


def read_list(data: JsonObject, name: str) -> list[Any]:
    """Return the list of that name; raises OddShapeError when it is missing or something else."""
    value = data.get(name)
    if not isinstance(value, list):
        raise OddShapeError(name)
    return value


def read_part(data: JsonObject, name: str) -> JsonObject:
    """Return the object of that name; raises OddShapeError when it is missing or something else."""
    value = data.get(name)
    if not isinstance(value, dict):
        raise OddShapeError(name)
    return value


def only_objects(value: object) -> Iterable[JsonObject]:
    """Return the objects of a list, and nothing for anything that is not a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def documented_message(payload: JsonObject | None) -> str:
    """Return the text of an error body in one of PostPeer's documented shapes, "" when it is none of these.

        {"success": false, "message": …}
        {"error": …}
        {"statusCode": …, "code": …, "error": …, "message": …}

    A proxy in front answers with HTML, nothing, or JSON of its own (`{"message": …}` alone, an object under `error`):
    those say nothing about what PostPeer did.
    """
    if payload is None or payload.get("success") is True:
        return ""
    error, message = payload.get("error"), payload.get("message")
    if isinstance(error, str) and error.strip():
        return clean_message(message) or clean_message(error)
    if payload.get("success") is False:
        return clean_message(message)
    return ""


def any_message(payload: JsonObject | None) -> str:
    """Return the most specific text an answer holds, in whatever shape."""
    if payload is None:
        return ""
    return clean_message(payload.get("message")) or clean_message(payload.get("error"))
