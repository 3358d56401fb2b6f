"""One instance and then the next on the same folder, looked at from outside."""

import os
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.installation.instances import Instance, refused
from tests.installation.processes import clean_environ, descendants_of, free_ports, outliving, python, running, wait_for

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="Looks into /proc."), pytest.mark.long]

Start = Callable[..., Instance]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start_instance(var: Path, **settings: str) -> Instance:
            port = free_ports()
            environ = clean_environ(VAR=str(var), PORT=str(port), **settings)
            process = stack.enter_context(running(python("manage.py", "up", "--exit-with-parent"), environ, tmp_path))
            return Instance(process, tmp_path, port)

        yield start_instance


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Yield a sandbox instance that several tests look at."""
    folder = tmp_path_factory.mktemp("instance")
    port = free_ports()
    environ = clean_environ(VAR=str(folder / "var"), PORT=str(port))
    with running(python("manage.py", "up", "--exit-with-parent"), environ, folder) as process:
        started = Instance(process, folder, port)
        started.wait_until_up()
        yield started


def test_it_prints_the_address_and_how_to_sign_in(instance: Instance) -> None:
    assert f"http://localhost:{instance.port}\n" in instance.output
    assert re.search(r"Sign in as\s+\S+@\S+ \(owner\)\nwith the password\s+\S+", instance.output)


def test_it_serves_once_the_address_is_printed(instance: Instance) -> None:
    assert instance.get("/healthz") == 200
    assert instance.get("/readyz") == 200
    assert instance.get("/auth/login/") == 200


def test_its_secrets_are_for_their_owner_alone(instance: Instance) -> None:
    folder = instance.folder / "var" / "sandbox"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in ("secret_key", "sandbox_key")} == {0o600}


def test_two_instances_do_not_share_a_folder(instance: Instance) -> None:
    said = refused(VAR=str(instance.folder / "var"), PORT=str(free_ports()))
    assert f"is in use by an instance on port {instance.port}." in said


def test_a_taken_port_is_told(instance: Instance, tmp_path: Path) -> None:
    said = refused(VAR=str(tmp_path), PORT=str(instance.port))
    assert said.startswith(f"Port {instance.port} is taken. Choose another one: make run PORT=")


def test_the_sandbox_needs_the_next_port_too(tmp_path: Path) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + 1)):
        assert refused(VAR=str(tmp_path), PORT=str(port)).startswith(f"Port {port + 1}, the sandbox's, is taken.")


def test_ctrl_c_ends_everything_and_the_next_start_keeps_the_data(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "var")
    first.wait_until_up()
    assert first.end() == (0, [])
    assert first.get("/healthz") == 0
    with sqlite3.connect(tmp_path / "var" / "sandbox" / "db.sqlite3") as database:
        database.execute("UPDATE teams_user SET name = 'Somebody I renamed'")
    second = start(tmp_path / "var")
    second.wait_until_up()
    assert "Setting up" not in second.output
    assert second.end() == (0, [])
    with sqlite3.connect(tmp_path / "var" / "sandbox" / "db.sqlite3") as database:
        assert set(database.execute("SELECT name FROM teams_user")) == {("Somebody I renamed",)}


def test_a_live_instance_prints_the_link_to_begin_at_each_start(start: Start, tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        live = start(tmp_path / "var", POSTPEER_API_KEY="a-key", POSTPEER_BASE_URL="http://127.0.0.1:9")
        live.wait_until_up()
        links += re.findall(rf"http://localhost:{live.port}(/setup/\?token=\S+)", live.output)
        assert live.get(links[-1]) == 200
        assert live.end() == (0, [])
    assert len(set(links)) == 2
    assert not (tmp_path / "var" / "sandbox").exists()


def test_nothing_stays_behind_when_it_is_killed(start: Start, tmp_path: Path) -> None:
    killed = start(tmp_path / "var")
    killed.wait_until_up()
    pids = descendants_of(killed.process.pid)
    killed.process.kill()
    assert outliving(pids) == []


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    environ = clean_environ(VAR=str(tmp_path / "var"), PORT=str(free_ports()))
    shell = ["sh", "-c", '"$@" & wait', "sh", *python("manage.py", "up", "--exit-with-parent")]
    with running(shell, environ, tmp_path) as parent:
        wait_for(lambda: len(descendants_of(parent.pid)) >= 3)
        pids = descendants_of(parent.pid)
        parent.kill()
        parent.wait(10)
        assert outliving(pids) == []


def test_a_web_process_that_dies_ends_everything_and_is_named(start: Start, tmp_path: Path) -> None:
    broken = start(tmp_path / "var")
    broken.wait_until_up()
    pids = descendants_of(broken.process.pid)
    master = next(pid for pid in pids if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(master, signal.SIGKILL)
    assert broken.process.wait(30) == 1
    assert "The web process ended by itself (signal 9), so everything was ended." in broken.output
    assert outliving(pids, seconds=10) == []
