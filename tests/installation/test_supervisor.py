import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.installation.processes import clean_environ, is_running, outliving, python, running, wait_for

pytestmark = pytest.mark.long

STAY = "time.sleep(60)"
WITH_A_GRANDCHILD = (
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "open('pids', 'a').write(f'{child.pid}\\n'); time.sleep(60)"
)
# Not before the other one has begun: otherwise that one may be ended before it could say who it is.
END_WITH_3 = "[time.sleep(0.01) for _wait in iter(lambda: len(open('pids').read().split()) < 2, False)]; sys.exit(3)"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w'); time.sleep(60)"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start_supervisor(*codes: str, **environ: str) -> "subprocess.Popen[str]":
            command = python("-m", "tests.installation.supervised", str(tmp_path), *codes)
            return stack.enter_context(running(command, clean_environ(**environ), tmp_path))

        yield start_supervisor


def pids_in(folder: Path, *, count: int) -> list[int]:
    path = folder / "pids"
    wait_for(lambda: path.exists() and len(path.read_text().split()) >= count)
    return [int(line) for line in path.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child_and_exits_with_0(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    supervisor = start(STAY, STAY)
    pids = pids_in(tmp_path, count=2)
    supervisor.send_signal(number)
    assert supervisor.wait(10) == 0
    assert not [pid for pid in pids if is_running(pid)]


def test_what_a_child_has_started_ends_with_it(start: Start, tmp_path: Path) -> None:
    supervisor = start(WITH_A_GRANDCHILD)
    pids = pids_in(tmp_path, count=2)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    assert outliving(pids) == []


def test_a_child_that_ends_by_itself_ends_the_others_and_is_named(start: Start, tmp_path: Path) -> None:
    supervisor = start(STAY, END_WITH_3)
    assert supervisor.wait(20) == 1
    assert (tmp_path / "output").read_text() == "Child 2 ended by itself (exit code 3), so everything was ended.\n"
    assert not [pid for pid in pids_in(tmp_path, count=2) if is_running(pid)]


def test_a_child_that_does_not_listen_is_killed_after_the_grace(start: Start, tmp_path: Path) -> None:
    supervisor = start(DEAF, GRACE="0.5")
    wait_for((tmp_path / "deaf").exists)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    assert not is_running(pids_in(tmp_path, count=1)[0])


def test_a_second_signal_cuts_the_grace_short(start: Start, tmp_path: Path) -> None:
    supervisor = start(DEAF, GRACE="60")
    wait_for((tmp_path / "deaf").exists)
    supervisor.send_signal(signal.SIGINT)
    wait_for(lambda: "waiting" in (tmp_path / "output").read_text())
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    assert not is_running(pids_in(tmp_path, count=1)[0])


@pytest.mark.parametrize("number", [signal.SIGALRM, signal.SIGKILL])
def test_a_worker_that_was_lost_is_started_again(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    supervisor = start(STAY, RESTARTED="1")
    os.kill(pids_in(tmp_path, count=1)[0], number)
    second = pids_in(tmp_path, count=2)[1]
    assert supervisor.poll() is None
    assert is_running(second)


def test_a_worker_that_never_lives_is_given_up(start: Start, tmp_path: Path) -> None:
    supervisor = start("sys.exit(3)", RESTARTED="1")
    assert supervisor.wait(20) == 1
    assert "Child 1 ended by itself (exit code 3)" in (tmp_path / "output").read_text()
    assert len(pids_in(tmp_path, count=1)) == 6


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux's kernel ends the children of a killed process.")
def test_nothing_stays_behind_when_the_supervisor_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start(STAY, STAY)
    pids = pids_in(tmp_path, count=2)
    supervisor.kill()
    supervisor.wait(10)
    assert outliving(pids, seconds=10) == []
