"""Settings from the environment: what is understood, and what is refused by its name."""

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from postpeer_dash.env import is_loopback, read_bool, read_float, read_int, read_list, read_or_make_secret, read_origin

REFUSED = pytest.raises(ImproperlyConfigured, match=r"^NAME takes ")


@pytest.mark.parametrize("text", ["1", "true", "TRUE", "Yes", "on", "  on "])
def test_yes_is_written_in_four_ways(text: str) -> None:
    assert read_bool({"NAME": text}, "NAME") is True


@pytest.mark.parametrize("text", ["0", "false", "No", "OFF", "", "  "])
def test_no_is_written_in_four_ways_or_left_empty(text: str) -> None:
    assert read_bool({"NAME": text}, "NAME", default=True) is False


@pytest.mark.parametrize("text", ["2", "ja", "y", "t", "enabled", "true;", "None", "10"])
def test_neither_yes_nor_no_is_refused(text: str) -> None:
    with REFUSED:
        read_bool({"NAME": text}, "NAME")


@pytest.mark.parametrize("default", [True, False])
def test_switch_that_is_not_set_has_its_default(default: bool) -> None:
    assert read_bool({}, "NAME", default=default) is default


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), (" 8000 ", 8000), ("+3", 3), ("", 5), ("  ", 5)])
def test_number_is_read(text: str, number: int) -> None:
    assert read_int({"NAME": text}, "NAME", default=5) == number


@pytest.mark.parametrize("text", ["1.5", "1e3", "0x10", "ten", "1 0", "--1", "∞", "1;"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with REFUSED:
        read_int({"NAME": text}, "NAME", default=5)


@pytest.mark.parametrize(("text", "fits"), [("0", False), ("1", True), ("64", True), ("65", False), ("-1", False)])
def test_number_keeps_its_bounds(text: str, fits: bool) -> None:
    if fits:
        assert read_int({"NAME": text}, "NAME", default=2, min_value=1, max_value=64) == int(text)
        return
    with pytest.raises(ImproperlyConfigured, match="NAME takes a number of 1 to 64, not "):
        read_int({"NAME": text}, "NAME", default=2, min_value=1, max_value=64)


def test_number_without_an_upper_bound_says_so() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"NAME takes a number of 3 or more, not 2\."):
        read_int({"NAME": "2"}, "NAME", default=5, min_value=3)


@pytest.mark.parametrize(("text", "number"), [("0", 0.0), ("0.5", 0.5), ("1e3", 1000.0), ("", 2.5), (" 3 ", 3.0)])
def test_fraction_is_read(text: str, number: float) -> None:
    assert read_float({"NAME": text}, "NAME", default=2.5) == number


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "-0.1", "1,5", "half", "1e999"])
def test_fraction_that_cannot_be_is_refused(text: str) -> None:
    with REFUSED:
        read_float({"NAME": text}, "NAME", default=2.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", []), ("a", ["a"]), (" a , b ", ["a", "b"]), (",,", []), ("a,,b,", ["a", "b"]), ("a b", ["a b"])],
)
def test_list_drops_blanks(text: str, words: list[str]) -> None:
    assert read_list({"NAME": text}, "NAME", default=["x"]) == words


def test_list_that_is_not_set_is_a_copy_of_its_default() -> None:
    default = ["x"]
    read_list({}, "NAME", default=default).append("y")
    assert default == ["x"]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://pins.example.com", "https://pins.example.com"),
        ("https://Pins.Example.COM/", "https://pins.example.com"),
        (" http://localhost:8000 ", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", "http://default.example"),
    ],
)
def test_origin_is_read_in_one_spelling(text: str, origin: str) -> None:
    assert read_origin({"NAME": text}, "NAME", default="http://default.example") == origin


@pytest.mark.parametrize(
    "text",
    [
        "pins.example.com",
        "//pins.example.com",
        "ftp://pins.example.com",
        "https://",
        "https://pins.example.com/pins",
        "https://pins.example.com/?a=1",
        "https://pins.example.com/#a",
        "https://me:pw@pins.example.com",
        "https://pins.example.com:0",
        "https://pins.example.com:65536",
        "https://pins.example.com:http",
    ],
)
def test_origin_with_more_or_less_than_that_is_refused(text: str) -> None:
    with REFUSED:
        read_origin({"NAME": text}, "NAME", default="http://default.example")


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.255.0.1", True),
        ("[::1]", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_only_loopback_means_this_machine(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = read_or_make_secret(tmp_path / "new", "secret")
    assert len(made) >= 64
    assert read_or_make_secret(tmp_path / "new", "secret") == made
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "new") == ["secret"]


def test_each_secret_is_its_own(tmp_path: Path) -> None:
    assert read_or_make_secret(tmp_path, "one") != read_or_make_secret(tmp_path, "two")


@pytest.mark.parametrize("text", ["", "   \n", "too short", "x" * 31])
def test_secret_that_is_too_short_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(ImproperlyConfigured, match="32 characters or more"):
        read_or_make_secret(tmp_path, "secret")


def test_loser_of_a_race_takes_the_winners_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    winner = "w" * 64

    def link_too_late(source: Path, target: Path) -> None:
        target.write_text(winner)
        raise FileExistsError

    monkeypatch.setattr(os, "link", link_too_late)
    assert read_or_make_secret(tmp_path, "secret") == winner
    assert os.listdir(tmp_path) == ["secret"]


def test_leftover_of_a_killed_process_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".secret.{os.getpid()}").write_text("half of it")
    assert len(read_or_make_secret(tmp_path, "secret")) >= 64


def test_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"can't be written to: .*VAR"):
        read_or_make_secret(tmp_path / "file", "secret")
