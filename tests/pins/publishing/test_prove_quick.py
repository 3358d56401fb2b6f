"""The proof in its short form: processes, faults and a killed worker, in seconds. `make prove` is the long one."""

import subprocess

import pytest

from tests.installation.processes import ROOT, clean_environ, free_ports, python
from tools.prove.judge import ZEROS

pytestmark = pytest.mark.long


def test_nothing_goes_out_twice_and_nothing_is_lost() -> None:
    command = python("-m", "tools.prove.quick", f"--port={free_ports()}")
    done = subprocess.run(command, cwd=ROOT, env=clean_environ(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert [line for line in done.stdout.splitlines() if line] == [f"{name}: 0" for name in ZEROS]
