"""The texts that are put into other languages, and the list of them that the tests hold: `make msgids`.

A translation hangs on the very words of its text (the msgid). A word changed in passing, or a line broken where it
can't be, silently loses the translation in every language. So the texts stand in tests/web/msgids.txt; a test
compares, and a text that is meant to go or to change is moved here to the retired ones, where a translator finds it.

Reads what `makemessages` would read, without xgettext.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "web" / "msgids.txt"
HEAD = """\
# Every text that is put into other languages, one a line; with a plural, both in brackets. `make msgids` renews it.
# A line that begins with "- " is retired: no page or mail says it any more, but translations of it may still exist.
"""
# The arguments of each function that are texts; a context comes first and belongs to the msgid.
_TEXTS = {"gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
_LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALL = re.compile(rf"\b(\w*gettext|_)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")
_RETIRED = "- "

Msgid = tuple[str, ...]


def find_in_template(source: str) -> set[Msgid]:
    """Return the msgids of a template."""
    found: set[Msgid] = set()
    for name, literals in _CALL.findall(templatize(source)):
        texts = tuple(ast.literal_eval(literal) for literal in re.findall(_LITERAL, literals))
        found.add(texts[: _TEXTS.get(name, 1)])
    return found


def find_in_python(source: str) -> set[Msgid]:
    """Return the msgids of a Python module, whatever the functions are called there."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy").removesuffix("_noop")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    found: set[Msgid] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            count = _TEXTS.get(names.get(node.func.id, ""), 0)
            texts = tuple(
                argument.value
                for argument in node.args[:count]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )
            if texts:
                found.add(texts)
    return found


def collect() -> set[Msgid]:
    """Return the msgids of the whole project."""
    found: set[Msgid] = set()
    for path in (ROOT / "templates").rglob("*.*"):
        found |= find_in_template(path.read_text())
    for path in (ROOT / "postpeer_dash").rglob("*.py"):
        found |= find_in_python(path.read_text())
    return found


def read_list(text: str) -> tuple[set[Msgid], set[Msgid]]:
    """Return the msgids of a list: those in use, and the retired ones."""
    used: set[Msgid] = set()
    retired: set[Msgid] = set()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind = retired if line.startswith(_RETIRED) else used
            read = json.loads(line.removeprefix(_RETIRED))
            kind.add((read,) if isinstance(read, str) else tuple(read))
    return used, retired


def renew(text: str, found: set[Msgid]) -> str:
    """Return a list that holds what was found; what it held before stays, retired."""
    used, retired = read_list(text)
    return HEAD + "".join(
        [
            *(f"{line}\n" for line in _lines(found)),
            *(f"{_RETIRED}{line}\n" for line in _lines((used | retired) - found)),
        ]
    )


def _lines(msgids: set[Msgid]) -> Iterator[str]:
    for texts in sorted(msgids):
        yield json.dumps(texts[0] if len(texts) == 1 else list(texts), ensure_ascii=False)


def main() -> int:
    before = LIST.read_text() if LIST.exists() else ""
    after = renew(before, collect())
    LIST.write_text(after)
    used, retired = read_list(before)
    used_now, retired_now = read_list(after)
    print(f"{len(used_now - used)} texts are new, {len(retired_now - retired)} are retired, {len(used_now)} in use.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
