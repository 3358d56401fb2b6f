"""A process that was frozen ends before it can go on, whatever runs in it, and as process 1 too."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from postpeer_dash.worker import watchdog
from tests.installation.processes import ROOT, python, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Looks into /proc.")

# Threads that write a line as often as they can: whoever wakes up and goes on leaves one that is too late.
BUSY = textwrap.dedent(
    """
    import sys, threading, time
    from postpeer_dash.worker import watchdog
    watchdog.arm(0.5)
    def write():
        while True:
            with open(sys.argv[1], "a") as file:
                file.write(f"{time.time()}\\n")
            time.sleep(0.01)
    threads = [threading.Thread(target=write) for _n in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    """
)


def lines(path: Path) -> list[float]:
    return [float(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def freeze(pid: int, seconds: float) -> float:
    """When it was woken."""
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: is_stopped(pid))
    time.sleep(seconds)
    woken = time.time()
    os.kill(pid, signal.SIGCONT)
    return woken


def test_frozen_process_ends_before_it_does_anything(tmp_path: Path) -> None:
    written = tmp_path / "written"
    process = subprocess.Popen(python("-c", BUSY, str(written)), cwd=ROOT)
    try:
        wait_for(lambda: len(lines(written)) > 20)
        woken = freeze(process.pid, 0.8)
        assert process.wait(10) == signal.SIGALRM
        assert [at for at in lines(written) if at >= woken] == []
    finally:
        process.kill()


def test_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    written = tmp_path / "written"
    process = subprocess.Popen(python("-c", BUSY, str(written)), cwd=ROOT)
    try:
        wait_for(lambda: len(lines(written)) > 1)
        begun = lines(written)[0]
        wait_for(lambda: lines(written)[-1] > begun + 1.2)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="Makes a process 1, which root alone may.")
def test_process_1_ends_too(tmp_path: Path) -> None:
    written = tmp_path / "written"
    command = ["unshare", "--pid", "--fork", "--kill-child", *python("-c", BUSY, str(written))]
    outer = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(lambda: len(lines(written)) > 20)
        inner = int(Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()[0])
        woken = freeze(inner, 0.8)
        assert outer.wait(10) == signal.SIGALRM
        assert [at for at in lines(written) if at >= woken] == []
    finally:
        outer.kill()
        outer.wait()


def test_armed_once_is_enough_and_disarmed_it_stands_still() -> None:
    watchdog.disarm()
    watchdog.arm(30)
    assert watchdog.is_armed()
    left = signal.getitimer(signal.ITIMER_REAL)[0]
    assert 0 < left <= 30
    watchdog.disarm()
    assert not watchdog.is_armed()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
