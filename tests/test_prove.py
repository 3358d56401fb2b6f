"""What the proof leans on: a defect that can't be planted says so, and what a machine has is its own."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.installation.processes import ROOT, clean_environ, python
from tools.prove import report
from tools.prove.judge import ZEROS
from tools.prove.machines import Machine, make_machine, users_for
from tools.prove.mutations import MUTANTS, CannotPlantError, _set
from tools.prove.proof import KINDS, MACHINE_PARTS, NAMES, PARTS, parts_of

_PLANT_ALL = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from tools.prove.mutations import MUTANTS, plant
from tools.prove.proof import KINDS, MACHINE_PARTS, NAMES, PARTS, parts_of
from tools.prove.worker import plant_hooks
plant_hooks()
for name in MUTANTS:
    plant(name)
print(len(MUTANTS))
"""


def test_every_defect_and_every_hook_still_has_its_place() -> None:
    done = subprocess.run(
        python("-c", _PLANT_ALL), cwd=ROOT, env=clean_environ(), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(len(MUTANTS)), done.stderr[-2000:]


def test_a_defect_without_a_place_says_so() -> None:
    with pytest.raises(CannotPlantError, match="no_such_name"):
        _set(Machine, "no_such_name", None)


def test_a_machine_has_everything_of_its_own(tmp_path: Path) -> None:
    machines = [make_machine(tmp_path / name, "", b"certificate") for name in ("one", "two")]
    one, two = machines
    assert set(one.own) == {"VAR", "HOME", "TMPDIR", "POSTPEER_CA_BUNDLE"}
    assert not set(one.own.values()) & set(two.own.values())
    assert one.root != two.root
    assert (one.root / "postpeer_dash" / "settings.py").is_file()
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700


def test_a_process_of_a_machine_runs_there(tmp_path: Path) -> None:
    machine = make_machine(tmp_path / "one", "", b"certificate")
    code = "import os, pathlib; pathlib.Path('seen').write_text(os.getcwd() + os.environ['VAR'] + os.environ['GIVEN'])"
    with (tmp_path / "log").open("wb") as log:
        assert machine.start(python("-c", code), {**os.environ, "GIVEN": "this"}, log).wait(30) == 0
    assert (machine.root / "seen").read_text() == f"{machine.root}{machine.own['VAR']}this"


def test_machines_differ_by_their_users_or_say_why_not() -> None:
    users, reason = users_for(3)
    assert (len(set(users)) == 3 and "" not in users) if not reason else users == ["", "", ""]


def test_without_root_every_machine_is_of_one_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 1000)
    assert users_for(2) == (["", ""], "not run as root")


def _result(kind: str, **figures: object) -> dict[str, object]:
    counts = dict.fromkeys(ZEROS, 0)
    done = {"wishes": 1, "submissions": 1, "published": 1, "deaths": {}, "seconds": 1}
    return {"database": NAMES[kind], "counts": counts, "misses": [], "figures": figures, **done}


def test_document_has_a_column_for_each_run() -> None:
    results = [_result(kind, **{"bell to start": kind}) for kind in KINDS]
    page = report.write_document(results, {}, "make prove")
    assert "| | SQLite | Postgres | Postgres, two machines |" in page
    assert "| bell to start | sqlite | postgres | machines |" in page
    assert "(architecture.md)" in page


def test_document_says_what_is_not_good() -> None:
    result = {**_result("machines"), "misses": ["bell to start: 0.200 s, and at most 0.15 s is good"]}
    page = report.write_document([result], {}, "make prove")
    assert "- Postgres, two machines: bell to start: 0.200 s" in page


def test_machines_have_scenarios_of_their_own_in_the_middle() -> None:
    scenes = parts_of("machines")
    assert set(scenes) - set(parts_of("postgres")) == set(MACHINE_PARTS)
    assert scenes[0] == PARTS[0] and scenes[-1] == PARTS[-1]
