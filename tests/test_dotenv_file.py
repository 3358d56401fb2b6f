"""`.env` as people write it: read, or refused with its line and setting, and never a value in a message."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from postpeer_dash.dotenv_file import load_dotenv

KEY = "POSTPEER_API_KEY"
SECRET = "live-key-123"


def load(folder: Path, text: str | bytes, **environ: str) -> dict[str, str]:
    (folder / ".env").write_bytes(text if isinstance(text, bytes) else text.encode())
    load_dotenv(folder / ".env", environ)
    return environ


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        load(folder, text)
    return str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        f"{KEY}={SECRET}",
        f"\ufeff{KEY}={SECRET}",
        f"{KEY} = {SECRET}",
        f"  {KEY}={SECRET}  ",
        f"{KEY}={SECRET} # ours",
        f'{KEY}="{SECRET}" # ours',
        f"{KEY}='{SECRET}'  # ours",
        f"export {KEY}={SECRET}",
        f"{KEY}\u00a0=\u00a0{SECRET}",
        f"# the key\r\n{KEY}={SECRET}\r\n",
        f"{KEY}=old\n{KEY}={SECRET}",
    ],
)
def test_key_is_read_however_it_is_written(tmp_path: Path, line: str) -> None:
    assert load(tmp_path, line)[KEY] == SECRET


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_editors_are_understood(tmp_path: Path, encoding: str) -> None:
    assert load(tmp_path, f"{KEY}={SECRET}\n".encode(encoding))[KEY] == SECRET


@pytest.mark.parametrize(
    "line",
    [
        f"{KEY}: {SECRET}",
        f"{KEY} {SECRET}",
        f'{KEY}="{SECRET}',
        f"{KEY}='{SECRET}' and more",
        f"set {KEY}={SECRET}",
        f"$env:{KEY}={SECRET}",
        f"{KEY}",
        f"{KEY}:{SECRET}",
    ],
)
def test_line_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path, line: str) -> None:
    said = refusal(tmp_path, f"PORT=8000\n\n{line}\n")
    assert "line 3" in said and KEY in said
    assert SECRET not in said


@pytest.mark.parametrize("name", ["postpeer_api_key", "POSTPEER-API-KEY", "PostPeer_API_Key", "POSTPEER.API.KEY"])
def test_key_under_nearly_its_name_is_refused(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, f"{name}={SECRET}\n")
    assert said == f".env, line 1: the setting’s name is {KEY}."


@pytest.mark.parametrize("value", [f"“{SECRET}”", f"‘{SECRET}’", f"„{SECRET}“"])
def test_typographic_quotation_marks_are_refused(tmp_path: Path, value: str) -> None:
    said = refusal(tmp_path, f"{KEY}={value}\n")
    assert "typographic" in said and KEY in said and SECRET not in said


@pytest.mark.parametrize("mark", ["\0", "\ufeff", "\u200b", "\u2060"])
def test_invisible_character_in_a_value_is_refused(tmp_path: Path, mark: str) -> None:
    said = refusal(tmp_path, f"{KEY}={SECRET[:4]}{mark}{SECRET[4:]}\n")
    assert "nobody can see" in said and KEY in said and SECRET[:4] not in said


def test_file_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"DEFAULT_FROM_EMAIL=Caf\xe9\n") == ".env isn’t UTF-8. Save it as UTF-8."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", f"{KEY} isn’t set"),
        ("PORT=8000", f"{KEY} isn’t set"),
        (f"{KEY}=", f"{KEY} is empty in .env"),
        (f'{KEY}=""', f"{KEY} is empty in .env"),
        (f"{KEY}=   # my key goes here", f"{KEY} is empty in .env"),
        (f"{KEY}=# my key goes here", f"{KEY} is empty in .env"),
        (f"#{KEY}={SECRET}", f"{KEY} is commented out in .env"),
        (f"  # {KEY} = {SECRET}", f"{KEY} is commented out in .env"),
        (f"{KEY}={SECRET}", ""),
    ],
)
def test_demo_is_begun_for_a_reason_that_can_be_said(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / ".env").write_text(text)
    assert load_dotenv(tmp_path / ".env", {}) == reason


def test_no_file_is_a_reason_too(tmp_path: Path) -> None:
    assert load_dotenv(tmp_path / ".env", {}) == f"{KEY} isn’t set"
    assert load_dotenv(tmp_path / ".env", {KEY: SECRET}) == ""


def test_environment_goes_before_the_file_unless_it_is_empty_there(tmp_path: Path) -> None:
    assert load(tmp_path, f"{KEY}={SECRET}\n", **{KEY: "from-outside"})[KEY] == "from-outside"
    assert load(tmp_path, f"{KEY}={SECRET}\n", **{KEY: " "})[KEY] == SECRET


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=pass/w#ord", "pass/w#ord"),
        ("A='$HOME and ${PATH}'", "$HOME and ${PATH}"),
        ("A=$HOME", "$HOME"),
        (r"A=back\nslash", r"back\nslash"),
        ('A=" kept "', " kept "),
        ("A=a=b=c", "a=b=c"),
        ("A=#1", "#1"),
    ],
)
def test_value_is_taken_as_it_stands(tmp_path: Path, line: str, value: str) -> None:
    assert load(tmp_path, line)["A"] == value
