"""Reading `.env` as people write it, and refusing what can't be read: a setting that is passed over is worse than none.

A live dashboard whose key stands on a line that nobody understood would start as the demo, with a password that everybody
knows. So a line is either read or refused, by its number and the name of its setting, never by its value.
"""

import codecs
import re
from collections.abc import MutableMapping
from io import StringIO
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import Binding, parse_stream

KEY = "POSTPEER_API_KEY"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# The setting that a line which can't be read is about. Anything else on it may be a part of a value.
_WORD = re.compile(r"\s*(?:export\s+|set\s+|\$env:)?([A-Z][A-Z0-9_]{1,39})\s*[=:\s]")
_COMMENTED_KEY = re.compile(rf"^[ \t]*#[ \t#]*(?:export[ \t]+)?{KEY}[ \t]*=", re.MULTILINE)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What a word processor makes of a straight quotation mark.
_CURLY = ("“", "”", "„", "‘", "’", "«", "»")
_INVISIBLE = "\0\ufeff\u200b\u200e\u200f\u2060\xad"


def load_dotenv(path: Path, environ: MutableMapping[str, str]) -> str:
    """Put what the file says into the environment, and return why there is no key of PostPeer's, empty when there is one.

    What the environment says goes first, unless it is empty there. Raises ImproperlyConfigured with one sentence.
    """
    text = _read(path) if path.exists() else ""
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.key is not None or binding.error:
            name, value = _understand(binding, path)
            values[name] = value
    for name, value in values.items():
        if not environ.get(name, "").strip():
            environ[name] = value
    if environ.get(KEY, "").strip():
        return ""
    if KEY in values:
        return f"{KEY} is empty in {path.name}"
    return f"{KEY} is commented out in {path.name}" if _COMMENTED_KEY.search(text) else f"{KEY} isn’t set"


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{path} can’t be read: {error.strerror}.") from None
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path.name} isn’t UTF-8. Save it as UTF-8.") from None


def _understand(binding: Binding, path: Path) -> tuple[str, str]:
    name, value = binding.key, binding.value
    place = f"{path.name}, line {binding.original.line + _blank_lines(binding)}"
    if name is not None and name != KEY and _fold(name) == _fold(KEY):
        raise ImproperlyConfigured(f"{place}: the setting’s name is {KEY}.")
    if binding.error or name is None or not _NAME.match(name):
        raise ImproperlyConfigured(_refusal(place, binding.original.string))
    if value is None:
        raise ImproperlyConfigured(f"{place}: {name} has no value. Write {name}=value.")
    if value.startswith("# ") and f"={value}" in binding.original.string:
        # A remark right behind the equals sign, as some write it beside a value that is still to come.
        value = ""
    if value.startswith(_CURLY) or value.endswith(_CURLY):
        raise ImproperlyConfigured(f"{place}: the quotation marks around {name} are typographic ones. Write \" or '.")
    if any(character in value for character in _INVISIBLE):
        raise ImproperlyConfigured(f"{place}: {name} holds a character that nobody can see.")
    return name, value


def _refusal(place: str, text: str) -> str:
    found = _WORD.match(text)
    about = f" ({found.group(1)})" if found else ""
    return (
        f"{place}{about} can’t be read. A line is NAME=value, with quotation marks closed around a value "
        "that holds blanks or #."
    )


def _blank_lines(binding: Binding) -> int:
    """How many empty lines the parser counts to the binding before its own."""
    return next((number for number, line in enumerate(binding.original.string.splitlines()) if line.strip()), 0)


def _fold(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())
