"""Taking rows for a while, so that nobody else does the same work meanwhile. A claim that nobody ends, ends by itself.

The columns differ by what is taken (`due_at`, `rung_at`, `until`, `asking_until`); the way to take is this one.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone


def claim(rows: QuerySet[Any], column: str, seconds: float) -> int:
    """Take these rows by setting `column` so far ahead; return how many are the caller's now.

    `rows` says what is free to be taken. One conditional UPDATE: of two callers at once the database lets one have it.
    """
    return rows.update(**{column: timezone.now() + timedelta(seconds=seconds)})


def claim_some(rows: QuerySet[Any], column: str, seconds: float, *, limit: int) -> list[int]:
    """Take the first so many of these rows, in their order, and return their ids.

    What another one is about to take is passed over. Nothing is locked while there is nothing to take, so that whoever
    looks often holds nobody up.
    """
    keys = rows.values_list("pk", flat=True)
    if limit < 1 or not keys[:1]:
        return []
    with transaction.atomic():
        taken = list(keys.select_for_update(skip_locked=True, of=("self",))[:limit])
        if taken:
            claim(rows.model._default_manager.filter(pk__in=taken), column, seconds)
    return taken


def is_free(column: str) -> Q:
    """Which rows nobody has, where `column` says until when somebody does."""
    return Q(**{column: None}) | Q(**{f"{column}__lte": timezone.now()})
