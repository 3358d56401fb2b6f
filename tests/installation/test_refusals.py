"""What is in the way of a start is told in one sentence."""

from pathlib import Path

import pytest

from tests.installation.instances import refused
from tests.installation.processes import free_ports


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(VAR=str(tmp_path / "file"), PORT=str(free_ports()))
    assert said == (
        f"The data folder {tmp_path}/file/sandbox can't be written to: Not a directory. Choose another one with VAR."
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT takes a whole number, not 'eighty'."),
        ({"PORT": "70000"}, "PORT takes a number of 1 to 65534, not 70000."),
        ({"DEBUG": "perhaps"}, "DEBUG takes true or false, not 'perhaps'."),
        ({"SITE_URL": "pins.example.com"}, "SITE_URL takes an address like https://pins.example.com, not "),
        ({"POSTPEER_DASH_ENV": "production"}, "POSTPEER_API_KEY is missing."),
        ({"POSTPEER_API_KEY": "a-key", "POSTPEER_BASE_URL": "ftp://postpeer.test"}, "POSTPEER_BASE_URL can't be used."),
    ],
)
def test_a_setting_that_cannot_be(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    assert refused(**{"VAR": str(tmp_path), **settings}).startswith(sentence)


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "db.sqlite3"
    said = refused(VAR=str(tmp_path), PORT=str(free_ports()), DATABASE_URL=f"sqlite:///{path}")
    assert said == f"The database {path} can't be used: unable to open database file."


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    path.write_text("no database at all, " * 100)
    said = refused(VAR=str(tmp_path), PORT=str(free_ports()), DATABASE_URL=f"sqlite:///{path}")
    assert said == f"The database {path} can't be used: file is not a database."
