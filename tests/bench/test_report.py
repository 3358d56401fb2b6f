import pytest

from tools.bench.measure import Figures, Times
from tools.bench.report import Names, list_goals, page_table, slowdown, write_document

NAMES = Names("bare", "1,000 pins", "100,000 pins")
FACTS = {"processor": "A", "system": "B", "software": "C", "date": "1 May 2026", "workers": "2", "threads": "4"}
EVEN = ("history", "history, deep", "status", "approval", "account", "board", "author", "dates")


def times(milliseconds: float, work: float = 0.1) -> Times:
    took = [milliseconds / 1000] * 10
    return Times(alone=took, together=took, seconds=sum(took) / 8, work=work)


@pytest.fixture
def figures() -> Figures:
    """Return the figures of a dashboard twice as slow as the bare page, and as large as it may be."""
    made = Figures(memory={"bare": 50, NAMES.small: 90, NAMES.large: 100})
    made.starts.update({"bare": [1.0], "page": [2.5], "healthz": [2.0]})
    made.sizes["bare", "bare"] = (10_000, 2_000)
    for page in (*EVEN, "text, rare"):
        made.times["bare", page] = times(5)
        for name in (NAMES.small, NAMES.large):
            made.times[name, page] = times(10)
            made.sizes[name, page] = (60 * 1024, 10 * 1024)
    return made


def missed(figures: Figures) -> list[str]:
    return [goal.words for goal in list_goals(figures, NAMES) if not goal.is_met]


def test_all_goals_can_be_met(figures: Figures) -> None:
    assert missed(figures) == []
    assert "Every goal is met." in write_document(figures, NAMES, FACTS)


def test_slow_history_is_said_plainly(figures: Figures) -> None:
    for name in (NAMES.small, NAMES.large):
        figures.times[name, "history"] = times(30)
    assert [words.split(" ")[0] for words in missed(figures)] == ["History’s", "The", "History"]
    assert "Missed: History’s p50" in write_document(figures, NAMES, FACTS)


def test_page_that_grows_with_the_number_of_pins_is_said(figures: Figures) -> None:
    figures.times[NAMES.large, "board"] = times(14)
    assert slowdown(figures, NAMES, "board") == pytest.approx(1.4)
    assert missed(figures) == ["Board: at most 1.3 times slower than at 1,000 pins"]


def test_slow_search_is_said(figures: Figures) -> None:
    figures.times[NAMES.large, "text, rare"] = times(150)
    assert missed(figures) == ["Text, rare: under 150 ms (p95)"]


def test_weight_and_start_are_compared(figures: Figures) -> None:
    figures.memory[NAMES.large] = 101
    figures.starts["page"] = [2.4, 2.6, 9.0]
    assert [words.split(" ")[0] for words in missed(figures)] == ["Memory", "Cold"]


def test_table_has_a_line_for_each_page_and_size_and_the_bare_one(figures: Figures) -> None:
    lines = page_table(figures, NAMES).splitlines()
    assert len(lines) == 2 + 2 * 9 + 1
    assert len({line.count("|") for line in lines}) == 1


def test_percentiles_are_of_the_answers() -> None:
    measured = Times(alone=[n / 1000 for n in range(100, 0, -1)])
    assert measured.milliseconds(0.5, is_alone=True) == pytest.approx(51)
    assert measured.milliseconds(0.95, is_alone=True) == pytest.approx(96)
