"""The wording of every failure: what happened, what is safe, what the person can do, and a button's label for it.

A kind is a short word that code passes around and rows store; `explain` turns it into a sentence. Facts are filled in
by name (`%(account)s`). Texts that tell people about a failure stand in this package and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from postpeer_dash.web.sentences.accounts import ACCOUNTS, BOARDS, CONNECTING
from postpeer_dash.web.sentences.pins import AHEAD, EDITING, PUBLISHING, REVIEW
from postpeer_dash.web.sentences.postpeer import HELD, POSTPEER
from postpeer_dash.web.sentences.teams import PEOPLE
from postpeer_dash.web.sentences.wording import Text, Wording
from postpeer_dash.web.text import isolate

WORDINGS: dict[str, Wording] = {
    **POSTPEER,
    **CONNECTING,
    **ACCOUNTS,
    **BOARDS,
    **PUBLISHING,
    **HELD,
    **AHEAD,
    **REVIEW,
    **EDITING,
    **PEOPLE,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A failure in words. `action` is the label of the button, empty where there is nothing to press."""

    kind: str
    title: str
    text: str
    action: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.text}".strip()


class ExplainedError(Exception):
    """Something can't be done; `kind` names the sentence that says why."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def explain(kind: str, **facts: object) -> Sentence:
    """Return the sentence for a kind, with its facts filled in. An unknown kind reads as an answer that can't be used.

    Facts that a sentence doesn't use are ignored; a missing one raises KeyError.
    """
    wording = WORDINGS.get(kind) or WORDINGS["postpeer_error"]
    filled = {name: isolate(str(value)) for name, value in facts.items()}
    return Sentence(
        kind,
        _fill(wording.title, filled),
        _fill(wording.text, filled),
        _fill(wording.action, filled),
    )


def _fill(text: Text, facts: Mapping[str, str]) -> str:
    return str(text) % facts
