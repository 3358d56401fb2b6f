"""A command takes a password from the terminal, typed twice, or from standard input."""

import io
from argparse import ArgumentParser

import pytest
from django.core.management.base import CommandError

from postpeer_dash.teams.password_prompt import add_password_option, read_password


def type_in(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> list[str]:
    """Answers the terminal's questions; returns the questions."""
    asked: list[str] = []
    answers = iter(passwords)
    monkeypatch.setattr("getpass.getpass", lambda question: asked.append(question) or next(answers))
    return asked


def test_password_is_typed_twice_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = type_in(monkeypatch, "lanterns", "lanterns")
    assert read_password({"password_stdin": False}) == "lanterns"
    assert asked == ["Password: ", "Once more: "]


def test_two_different_passwords_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "lanterns", "lantern")
    with pytest.raises(CommandError, match="two different"):
        read_password({"password_stdin": False})


@pytest.mark.parametrize(
    ("text", "password"),
    [("lanterns\n", "lanterns"), ("lanterns\r\nmore\n", "lanterns"), ("  two words ", "  two words "), ("", "")],
)
def test_script_gives_it_in_one_line(monkeypatch: pytest.MonkeyPatch, text: str, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert read_password({"password_stdin": True}) == password


def test_password_is_no_argument() -> None:
    parser = ArgumentParser()
    add_password_option(parser)  # type: ignore[arg-type]
    assert vars(parser.parse_args(["--password-stdin"])) == {"password_stdin": True}
    with pytest.raises(SystemExit):
        parser.parse_args(["--password", "lanterns"])
