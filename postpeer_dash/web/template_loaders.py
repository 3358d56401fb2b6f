"""How the project's templates are read: laid out for people, compiled without the layout.

A template has a tag a line, indented by nesting. Sent as it stands, that would be a tenth of a page. What is dropped
here, once, when a template is loaded, is white space that a browser reads as one space or as none at all.
"""

from __future__ import annotations

import re

from django.template.base import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

_PIECE = re.compile(
    r"(?P<pair>{%\s*(?P<name>comment|blocktranslate)\b.*?{%\s*end(?P=name)\s*%})"
    r"|\s*(?P<choice>{%\s*(?:if|elif|else)\b.*?%})\s*"
    r"|\s*(?P<end>{%\s*endif\s*%})"
    r"|(?P<template>{%.*?%}|{{.*?}}|{#.*?#})"
    r"|<(?P<open>[A-Za-z][\w-]*)"
    r"|(?P<quote>[\"'])"
    r"|\s*(?P<close>/?>)"
    r"|(?P<break>\s*\n\s*)",
    re.DOTALL,
)
# Elements whose text is shown, sent or parsed as it stands.
_VERBATIM = {"pre", "textarea", "script"}
# What puts nothing on a page itself; with `as` a tag keeps what it says in a variable.
_STRUCTURE_LINE = re.compile(
    r"^("
    r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#(?:(?!#}).)*#}"
    r"|{%\s*(?:extends|load|if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock)\b(?:(?!%}).)*%}"
    r"|{%\s*\w+\b(?:(?!%}).)*\sas\s+\w+\s*%}"
    r")\n",
    re.DOTALL | re.MULTILINE,
)
_LINE_BREAK = re.compile(r"[ \t]*\n\s*")
# Stands for a verbatim text while the rest is worked on; no template can hold it.
_HELD = "\0"


class Loader(FilesystemLoader):
    """Loads the templates of DIRS, those in HTML without their layout."""

    def get_contents(self, origin: Origin) -> str:
        contents = super().get_contents(origin)
        return drop_layout(contents) if origin.name.endswith(".html") else contents


def drop_layout(source: str) -> str:
    """Return a template's source without the white space that only lays it out.

    Between elements a line break stays and the indentation goes. Inside a tag attributes stand one space apart. A line
    that holds nothing but a tag of structure (`{% if … %}`, `{% endfor %}`) leaves no line break behind.
    """
    parts: list[str] = []
    held: list[str] = []
    at, element, quote = 0, "", ""
    while piece := _PIECE.search(source, at):
        parts.append(source[at : piece.start()])
        at, text = piece.end(), piece.group()
        if piece["name"] == "blocktranslate" and "trimmed" not in text.partition("%}")[0]:
            held.append(text)
            text = _HELD
        elif piece["open"]:
            element = element or piece["open"]
        elif element and piece["quote"]:
            quote = "" if quote == text else quote or text
        elif element and not quote and piece["choice"]:
            # The space before an attribute belongs to the attribute, which may be left out.
            text = piece["choice"] + " "
        elif element and not quote and piece["end"]:
            text = piece["end"]
        elif element and not quote and piece["close"]:
            text = piece["close"]
            if element in _VERBATIM and text == ">":
                at = source.index(f"</{element}>", at)
                held.append(source[piece.end() : at])
                text += _HELD
            element = ""
        elif element and not piece["pair"]:
            text = _LINE_BREAK.sub(" ", text)
        parts.append(text)
    parts.append(source[at:])
    bare = _STRUCTURE_LINE.sub(r"\1", _LINE_BREAK.sub("\n", "".join(parts)))
    texts = iter(held)
    return re.sub(_HELD, lambda _: next(texts), bare)
