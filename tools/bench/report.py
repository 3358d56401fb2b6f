"""What was measured, as a table for the console and as docs/performance.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.bench.measure import Figures, Times, middle

# Of 100,000 pins: pages that are compared with 1,000, and those that have a bound of their own (milliseconds).
_EVEN = ("history", "history, deep", "status", "approval", "account", "board", "author", "dates")
_MAX_MS = 150
_HISTORY = "history"


@dataclass(frozen=True)
class Goal:
    """One figure that should be reached."""

    words: str
    found: str
    is_met: bool


@dataclass(frozen=True)
class Names:
    """What the instances are called."""

    bare: str
    small: str
    large: str


def list_goals(figures: Figures, names: Names) -> list[Goal]:
    """Every goal with what was found."""
    bare, page = figures.times[names.bare, _HISTORY], figures.times[names.large, _HISTORY]
    alone = _ratio(page.milliseconds(0.5, is_alone=True), bare.milliseconds(0.5, is_alone=True))
    together = _ratio(page.milliseconds(0.5), bare.milliseconds(0.5))
    rate = _ratio(page.rate, bare.rate)
    raw, zipped = figures.sizes[names.large, _HISTORY]
    goals = [
        Goal("History’s p50 is at most 3 times the bare page’s, one client", f"{alone:.1f} times", alone <= 3),
        Goal("The same with eight clients", f"{together:.1f} times", together <= 3),
        Goal("History serves at least a quarter of the bare page’s requests a second", f"{rate:.2f}", rate >= 0.25),
    ]
    for name in _EVEN:
        slower = slowdown(figures, names, name)
        goals.append(
            Goal(f"{_title(name)}: at most 1.3 times slower than at {names.small}", f"{slower:.2f}", slower <= 1.3)
        )
    for name in _bounded(figures, names):
        slowest = figures.times[names.large, name].milliseconds(0.95, is_alone=True)
        goals.append(Goal(f"{_title(name)}: under {_MAX_MS} ms (p95)", f"{slowest:.0f} ms", slowest < _MAX_MS))
    memory = _ratio(figures.memory[names.large], figures.memory[names.bare])
    start = _ratio(middle(figures.starts["page"]), middle(figures.starts["bare"]))
    return [
        *goals,
        Goal("Memory is at most 2 times the bare one’s", f"{memory:.2f} times", memory <= 2),
        Goal("Cold start to the first page is at most 2.5 times the bare one’s", f"{start:.2f} times", start <= 2.5),
        Goal("History’s HTML is at most 60 KB", f"{raw / 1024:.1f} KB", raw <= 60 * 1024),
        Goal("and at most 10 KB gzipped", f"{zipped / 1024:.1f} KB", zipped <= 10 * 1024),
    ]


def slowdown(figures: Figures, names: Names, page: str) -> float:
    """How many times slower a page is at the larger size: p50 of one client."""
    large, small = figures.times[names.large, page], figures.times[names.small, page]
    return _ratio(large.milliseconds(0.5, is_alone=True), small.milliseconds(0.5, is_alone=True))


def _bounded(figures: Figures, names: Names) -> list[str]:
    single = {*_EVEN, "home", "pin", "compose"}
    return [page for server, page in figures.times if server == names.large and page not in single]


def page_table(figures: Figures, names: Names) -> str:
    """One line for each page and size, beside the bare page as it was in the same minutes."""
    head = (
        "page", "at", "p50 ms", "p95 ms", "times bare", "p50 ms, 8 clients", "p95 ms, 8 clients", "requests/s",
        "of bare", "CPU ms", "times bare", "KB", "KB gzipped",
    )  # fmt: skip
    rows = []
    for server, page in sorted(figures.times, key=lambda key: list(figures.times).index(key)):
        if server == names.bare:
            continue
        rows.append(_page_row(figures, names, server, page))
    rows.append(_bare_row(figures, names))
    return _table(head, rows)


def _page_row(figures: Figures, names: Names, server: str, page: str) -> tuple[str, ...]:
    times, bare = figures.times[server, page], figures.times[names.bare, page]
    raw, zipped = figures.sizes[server, page]
    return (
        page,
        server,
        *_both(times, is_alone=True),
        f"{_ratio(times.milliseconds(0.5, is_alone=True), bare.milliseconds(0.5, is_alone=True)):.1f}",
        *_both(times, is_alone=False),
        f"{times.rate:.0f}",
        f"{_ratio(times.rate, bare.rate):.2f}",
        f"{times.work_ms:.1f}",
        f"{_ratio(times.work_ms, bare.work_ms):.1f}",
        f"{raw / 1024:.1f}",
        f"{zipped / 1024:.1f}",
    )


def _bare_row(figures: Figures, names: Names) -> tuple[str, ...]:
    every = Times()
    for (server, _page), times in figures.times.items():
        if server == names.bare:
            every.alone += times.alone
            every.together += times.together
            every.seconds += times.seconds
            every.work += times.work
    raw, zipped = figures.sizes[names.bare, names.bare]
    sizes = (f"{every.work_ms:.1f}", "1.0", f"{raw / 1024:.1f}", f"{zipped / 1024:.1f}")
    alone, together = _both(every, is_alone=True), _both(every, is_alone=False)
    return ("bare page", "1,000 rows", *alone, "1.0", *together, f"{every.rate:.0f}", "1.00", *sizes)


def _both(times: Times, *, is_alone: bool) -> tuple[str, str]:
    return f"{times.milliseconds(0.5, is_alone=is_alone):.1f}", f"{times.milliseconds(0.95, is_alone=is_alone):.1f}"


def weight_table(figures: Figures, names: Names) -> str:
    """Memory and cold start beside the bare one's."""
    memory, starts = figures.memory, figures.starts
    bare_start = middle(starts["bare"])
    rows = [
        (f"Memory at {name}", f"{memory[name]:.0f} MB", f"{_ratio(memory[name], memory[names.bare]):.2f}")
        for name in (names.bare, names.small, names.large)
    ]
    for words, key in (
        ("Cold start of the bare page", "bare"),
        (f"Cold start to the first page of history, {names.large}", "page"),
        ("Cold start to /healthz", "healthz"),
    ):
        rows.append((words, f"{middle(starts[key]):.2f} s", f"{_ratio(middle(starts[key]), bare_start):.2f}"))
    return _table(("what", "found", "times bare"), rows)


def goal_table(goals: Iterable[Goal]) -> str:
    """Return the goals, met and missed."""
    return _table(
        ("goal", "found", ""), [(one.words, one.found, "met" if one.is_met else "**missed**") for one in goals]
    )


def write_document(figures: Figures, names: Names, facts: dict[str, str]) -> str:
    """Return the text of docs/performance.md."""
    goals = list_goals(figures, names)
    missed = [one for one in goals if not one.is_met]
    verdict = (
        "Every goal is met."
        if not missed
        else "Missed: " + "; ".join(f"{one.words} ({one.found})" for one in missed) + "."
    )
    return _DOCUMENT.format(
        **facts,
        verdict=verdict,
        goals=goal_table(goals),
        pages=page_table(figures, names),
        weights=weight_table(figures, names),
    )


def _title(page: str) -> str:
    return page[:1].upper() + page[1:]


def _ratio(one: float, other: float) -> float:
    return one / other if other else 0.0


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (head, *rows)
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


_DOCUMENT = """# How fast it is

Written by `make bench`; run it again to have these figures from another machine.

- Command: `make bench`
- When: {date}
- Machine: {processor}; {system}
- Software: {software}; gunicorn with {workers} workers of {threads} threads

The dashboard is measured beside a bare Django page (`tools/bench/bare/`: a session, one query, fifty rows in a
template) under the same gunicorn configuration, in turn, within the same minutes. The bare page is not compressed and
has no navigation, no second table and no person's time zone. Where it says *8 clients*, eight connections ask again as
soon as they are answered; everything else is one client alone. Clients, servers and database share the machine.

## Goals

{verdict}

{goals}

## Pages

{pages}

*Text, nearly* is a word of which every three letters occur somewhere, the word itself nowhere. *All filters* are a
common word, a status, an account, an author and a day.

## Memory and starting

Memory is the proportional set size of gunicorn's processes after the measurement. A cold start goes from starting
gunicorn until a whole page has been answered.

{weights}

## Why it stays flat

- A page of history begins at a row, not at a number of rows to skip: `(time, id) < (…, …)` on the index that belongs to
  the filter. The tests read the database's plan for each filter and fail when another index, or a sort, creeps in.
- Searching looks for every word, in any order, anywhere in a title, a description or a link. A rare text is led by an
  index of three-letter runs (SQLite: FTS5; Postgres: `pg_trgm`); for a common one pins are read in their order, since
  a match comes soon. Words of one or two letters have an index on SQLite; on Postgres, the newest 50,000 pins are
  searched for them. A Postgres where `pg_trgm` can’t be added, or an SQLite before 3.34, is searched without an index.
- Nothing counts rows, and no page's number of queries depends on how much there is.
"""
