"""Search pins by words: every word, in any order, anywhere in a pin's title, description or link.

A rare text is led by its index. A common text is not: pins are read in their own order, since a match comes soon.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import F, Func, Q, QuerySet
from django.db.models.lookups import Exact

from postpeer_dash.pins.models import Pin
from postpeer_dash.pins.search.index import has_sqlite_index
from postpeer_dash.teams.models import Team

# Up to this many candidates are looked at one by one.
FEW = 1000
# Where no index knows of words this short, so many of the newest pins are searched.
NEWEST = 50_000
# A database takes only so much in one question. History's form lets fewer words through than this.
MAX_WORDS = 100
_MAX_RUNS = 64
_RUN = 3  # characters
_LAST_SIGN = chr(0x10FFFF)


class PlainColumn(Func):
    """A column of numbers as a bare value, for which no index is used: another one leads."""

    template = "+%(expressions)s"
    arity = 1


def narrow_by_words(team: Team, words: Sequence[str], *, board: int | None = None) -> tuple[QuerySet[Pin], bool]:
    """Return the pins of a team, or of one of its boards, narrowed by the index where few hold all words.

    The result still has to be filtered by `contains_all(words)`, best after everything that is cheaper to compare. The
    second value says whether only the newest pins are in it, since no index helps with words this short.
    """
    few = find_rare_pins(words) if words else None
    if few is not None:
        pins = Pin.objects.filter(Exact(PlainColumn(F("team")), team.pk), pk__in=few)
        return (pins.filter(board=board) if board else pins), False
    # A board belongs to one team, and naming that team as well would only offer the database a worse index.
    pins = Pin.objects.filter(board=board) if board else Pin.objects.filter(team=team)
    if words and not _is_indexable(words):
        beyond = pins.order_by("-sort_at", "-id").values_list("sort_at", flat=True)[NEWEST : NEWEST + 1].first()
        if beyond:
            return pins.filter(sort_at__gt=beyond), True
    return pins, False


def contains_all(words: Iterable[str]) -> Q:
    """Return the filter for pins whose text contains every one of these words."""
    return Q(*(Q(search_text__contains=word) for word in words))


def split_words(text: str) -> list[str]:
    """Return the words of a folded text, longest first, without those that are contained in another one."""
    words: list[str] = []
    # No pin's text has a NUL, and the databases stumble over one.
    asked = set(text.replace("\0", " ").split())
    for word in sorted(asked, key=lambda word: (-len(word), word))[:MAX_WORDS]:
        if not any(word in longer for longer in words):
            words.append(word)
    return words


def find_rare_pins(words: Sequence[str]) -> list[int] | None:
    """Return ids of pins, of any team, that may contain all words; None for more than `FEW`, or without an index."""
    if connection.vendor == "sqlite":
        return _find_rare_in_sqlite(words) if _has_index() else None
    long = [word for word in words if _is_searchable(word)]
    if not long:
        return None
    found = Pin.objects.filter(contains_all(long)).order_by()
    return _none_if_many(found.values_list("pk", flat=True)[: FEW + 1])


def _find_rare_in_sqlite(words: Sequence[str]) -> list[int] | None:
    runs = list(dict.fromkeys(run for word in words for run in _list_trigrams(word)))[:_MAX_RUNS]
    if runs:
        match = " AND ".join('"' + run.replace('"', '""') + '"' for run in runs)
        return _fetch_ids("SELECT rowid FROM pins_search WHERE pins_search MATCH %s LIMIT %s", [match, FEW + 1])
    for word in words:
        # Every run that begins with it.
        ids = _fetch_ids(
            "SELECT DISTINCT doc FROM pins_search_runs WHERE term >= %s AND term < %s LIMIT %s",
            [word, word + _LAST_SIGN, FEW + 1],
        )
        if ids is not None:
            return ids
    return None


def _is_indexable(words: Sequence[str]) -> bool:
    return any(_is_searchable(word) for word in words) or (connection.vendor == "sqlite" and _has_index())


def _is_searchable(word: str) -> bool:
    return len(word) >= _RUN


def _list_trigrams(word: str) -> Iterable[str]:
    return (word[start : start + _RUN] for start in range(len(word) - _RUN + 1))


def _fetch_ids(question: str, values: list[str | int]) -> list[int] | None:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return _none_if_many(pk for (pk,) in cursor.fetchall())


def _none_if_many(ids: Iterable[int]) -> list[int] | None:
    found = list(ids)
    return found if len(found) <= FEW else None


def _has_index() -> bool:
    # A database that has it keeps it; one without is asked again, since a migration may bring it.
    path = str(connection.settings_dict["NAME"])
    if path not in _with_index and has_sqlite_index(connection):
        _with_index.add(path)
    return path in _with_index


_with_index: set[str] = set()
