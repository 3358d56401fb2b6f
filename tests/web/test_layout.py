"""Templates, style sheets and scripts read like pages: short lines, one tag each, indented by nesting."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
STATIC = sorted((ROOT / "static/css").glob("*.css")) + sorted((ROOT / "static/js").glob("*.js"))
COLUMNS, MEAN_COLUMNS, LINES, SENTENCE = 120, 65, 250, 90


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name)
def test_no_line_is_over_120_columns(path: Path) -> None:
    long = [number for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > COLUMNS]
    assert long == []


def test_a_line_of_a_template_is_short_at_the_mean() -> None:
    lines = [line for path in TEMPLATES for line in path.read_text().splitlines()]
    assert sum(map(len, lines)) / len(lines) < MEAN_COLUMNS


def test_no_template_is_over_250_lines() -> None:
    assert [name(path) for path in TEMPLATES if len(path.read_text().splitlines()) > LINES] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_long_sentence_stands_in_a_trimmed_block(path: Path) -> None:
    """`blocktranslate trimmed` takes line breaks and keeps the msgid; the other ways have to stand on one line."""
    text = path.read_text()
    plain = [words for _, words in re.findall(r"{% translate ([\"'])(.*?)\1", text)]
    untrimmed = re.findall(r"{% blocktranslate(?! trimmed)[^%]*%}(.*?){% endblocktranslate %}", text, re.DOTALL)
    parts = [part for block in untrimmed for part in block.split("{% plural %}")]
    assert [words for words in [*plain, *parts] if len(words) > SENTENCE or "\n" in words] == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"], ids=name)
def test_lines_are_indented_by_twos_and_end_where_they_end(path: Path) -> None:
    lines = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL).splitlines()
    odd = [line for line in lines if (len(line) - len(line.lstrip())) % 2 or "\t" in line or line != line.rstrip()]
    assert odd == []
