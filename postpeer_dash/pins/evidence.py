"""What is known of a submission beside its state: what was read of PostPeer's list, and what people said of it.

It stands in one JSON column, since it is read with its row and never queried; what is queried has a column of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal that PostPeer's list has to agree with before it counts. `kind` is a Reason's value."""

    kind: str
    text: str
    http_status: int | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts of one submission. Instants are aware, by our own clock."""

    # The sending. The list is read from the first POST on, by PostPeer's clock as it was then.
    first_sent_at: datetime | None = None
    clock_offset: float | None = None  # the least of those that were in force, in seconds
    earlier_body: dict[str, Any] | None = None  # what created the post, or would have, before the body was replaced
    is_resent: bool = False  # sent again by the dashboard, which does so once
    answered_id: str = ""  # the post that PostPeer's own answer named
    record_behind: float = 0.0  # how far its record is dated before it was sent, in seconds; 0 or less
    named_id: str = ""  # the same, where that post is another submission's: a person decides
    looked_at: datetime | None = None  # when the last look for what was given up before it began

    # The last complete reading.
    candidates: tuple[str, ...] = ()  # ids of posts that may be its own: a person decides
    candidate_posts: tuple[dict[str, Any], ...] = ()  # the same as a person is shown them
    posts: int | None = None  # how many were read
    last_look_at: datetime | None = None
    first_absent_at: datetime | None = None  # the first of the readings without it, of which two decide
    verdict: Verdict | None = None
    missing: int = 0  # how often PostPeer had no record of an accepted post

    # What a person said.
    dismissed: tuple[str, ...] = ()  # candidates that they looked at, and that were none of it
    person_says_absent: bool = False
    person_said_at: datetime | None = None

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        """Return what a row holds.

        Names that aren't known are dropped: those of earlier versions have become columns, and a later version's mean
        nothing here. What can't be read counts as not known.
        """
        known = stored if isinstance(stored, Mapping) else {}
        renamed = {**known, "is_resent": known.get("is_resent", known.get("resent", False))}
        return cls(**{name: _READERS[name](renamed[name]) for name in _NAMES if name in renamed})

    def to_json(self) -> dict[str, Any]:
        """Return what is stored: the fields that say something, with instants as ISO texts."""
        return {
            each.name: _plain(value) for each in fields(self) if (value := getattr(self, each.name)) != each.default
        }


_NAMES = tuple(each.name for each in fields(Evidence))


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _objects(value: Any) -> tuple[dict[str, Any], ...]:
    return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def _body(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _verdict(value: Any) -> Verdict | None:
    if not isinstance(value, Mapping) or "kind" not in value:
        return None
    return Verdict(
        kind=str(value["kind"]),
        text=str(value.get("text", "")),
        http_status=value.get("http_status"),
        request_id=str(value.get("request_id", "")),
    )


_READERS: dict[str, Any] = {
    "first_sent_at": _instant,
    "clock_offset": _number,
    "earlier_body": _body,
    "is_resent": bool,
    "answered_id": _string,
    "record_behind": lambda value: min(_number(value) or 0.0, 0.0),
    "named_id": _string,
    "looked_at": _instant,
    "candidates": _strings,
    "candidate_posts": _objects,
    "posts": lambda value: value if isinstance(value, int) else None,
    "last_look_at": _instant,
    "first_absent_at": _instant,
    "verdict": _verdict,
    "missing": lambda value: value if isinstance(value, int) else 0,
    "dismissed": _strings,
    "person_says_absent": bool,
    "person_said_at": _instant,
}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Verdict):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return value


if TYPE_CHECKING:
    _JSONField = models.JSONField[Any, Any]
else:
    _JSONField = models.JSONField


class EvidenceField(_JSONField):
    """A JSON column that is read and written as Evidence. In migrations it is the JSON column that it always was."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "default": Evidence})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, {**kwargs, "default": dict}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Evidence:
        return Evidence.from_json(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Evidence:
        return value if isinstance(value, Evidence) else Evidence.from_json(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Evidence):
            return value.to_json()
        if isinstance(value, Mapping):
            # A dict would be stored as it is, with whatever name somebody mistyped.
            raise TypeError("Evidence is stored, not a dict.")
        return super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj).to_json()
