"""Pages of a long list by the last row seen, so that a page deep down costs what the first page costs."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value

M = TypeVar("M", bound=Model)
PAGE_SIZE = 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two rows: the time and id of the row beside it, and which way the page lies."""

    at: datetime
    pk: int
    is_backwards: bool = False

    def encode(self) -> str:
        """Return the position as a short word for an address."""
        # A float of seconds loses the last microsecond of some moments, and with it a row or the page's end.
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        raw = f"{'b' if self.is_backwards else 'f'}{micros:x}.{self.pk:x}".encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str) -> "Position | None":
        """Return the position that `encode` wrote, or None for anything else: then the list begins at its top."""
        try:
            raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("ascii")
            micros, _, pk = raw[1:].partition(".")
            at = datetime.fromtimestamp(int(micros, 16) // 1_000_000, UTC)
            at = at.replace(microsecond=int(micros, 16) % 1_000_000)
            number = int(pk, 16)
        except (binascii.Error, UnicodeDecodeError, ValueError, OverflowError, OSError):
            return None
        if raw[:1] not in ("b", "f") or not 0 <= number < 2**63:
            return None
        return cls(at, number, raw[0] == "b")


class _RowValue(Func):
    """A row value of SQL, such as `(time, id)`."""

    function = ""
    # Its columns have types of their own; nothing asks for that of the whole.
    output_field = Field()


class _Comparison(Func):
    """`left < right` or `left > right` of two row values.

    Django's own tuple lookups are private, and spell the comparison out as an OR for SQLite, which then walks the
    index from its beginning.
    """

    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, left: _RowValue, operator: str, right: _RowValue) -> None:
        super().__init__(left, right, arg_joiner=f" {operator} ")


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Up to `PAGE_SIZE` rows, newest first, and the positions of the neighbours (empty where there are none)."""

    rows: Sequence[M]
    older: str
    newer: str


def read_page(
    rows: QuerySet[M], *, time_field: str, pk_field: str = "pk", at: str = "", size: int = PAGE_SIZE
) -> Page[M]:
    """Return one page of `rows`, newest first by (time_field, pk_field), at a position from the address.

    Compares row values, `(time, id) < (a, b)`, which both databases answer from the index in constant time.
    """
    position = Position.decode(at) if at else None
    backwards = position is not None and position.is_backwards
    order = (time_field, pk_field) if backwards else (f"-{time_field}", f"-{pk_field}")
    page = rows.order_by(*order)
    if position is not None:
        key = _RowValue(F(time_field), F(pk_field))
        page = page.filter(
            _Comparison(key, ">" if backwards else "<", _RowValue(Value(position.at), Value(position.pk)))
        )
    found: list[Any] = list(page[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_older, has_newer = (True, has_more) if backwards else (has_more, position is not None)
    return Page(
        found,
        older=_position(found[-1], time_field, pk_field, is_backwards=False) if has_older else "",
        newer=_position(found[0], time_field, pk_field, is_backwards=True) if has_newer else "",
    )


def _position(row: Any, time_field: str, pk_field: str, *, is_backwards: bool) -> str:
    at, pk = row, row
    for name in time_field.split("__"):
        at = getattr(at, name)
    for name in pk_field.split("__"):
        pk = getattr(pk, name)
    return Position(at, pk, is_backwards).encode()
