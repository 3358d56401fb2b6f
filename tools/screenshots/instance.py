"""The processes behind the pictures: a sandbox and web processes, all with the same frozen clock.

Pages show the addresses of both, so these are always the same; where the processes really listen differs from run to
run, and is known to the browser and to the web process alone.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.installation.processes import ROOT, clean_environ

HOST, PORT, SANDBOX_PORT = "localhost", 8000, 8001
SITE_URL, SANDBOX_URL = f"http://{HOST}:{PORT}", f"http://{HOST}:{SANDBOX_PORT}"
KEY = "a-key-for-the-pictures-of-forty-characters"
SECRET = "the same in every run, and good for nothing else but pictures"  # noqa: S105
SANDBOX_AT = "PICTURES_SANDBOX_AT"  # the port that the sandbox really has
START_SECONDS = 180


def make_environ(folder: Path, *, sandbox_port: int, database: Path) -> dict[str, str]:
    """Return the environment of a process that belongs to the instance."""
    return clean_environ(
        DJANGO_SETTINGS_MODULE="tools.screenshots.settings",
        VAR=str(folder / "var"),
        DATABASE_URL=f"sqlite:///{database}",
        PORT=str(PORT),
        SANDBOX_URL=SANDBOX_URL,
        SECRET_KEY=SECRET,
        LOG_LEVEL="ERROR",
        PYTHONHASHSEED="0",
        **{SANDBOX_AT: str(sandbox_port)},
    )


def find_sandbox() -> None:
    """Lead this process's connections to the sandbox's address on to where it really listens."""
    real, port = socket.getaddrinfo, int(os.environ[SANDBOX_AT])

    def lead_on(host: object, service: object, *args: object, **kwargs: object) -> object:
        moved = (HOST, str(SANDBOX_PORT)) == (host, str(service))
        there = ("127.0.0.1", port) if moved else (host, service)
        return real(*there, *args, **kwargs)  # type: ignore[arg-type]

    socket.getaddrinfo = lead_on  # type: ignore[assignment]


@contextmanager
def running_sandbox(folder: Path) -> Iterator[int]:
    """Run a sandbox for as long as the block lasts; gives the port that it listens on."""
    data = folder / "var" / "sandbox"
    data.mkdir(parents=True)
    (data / "sandbox_key").write_text(KEY)
    options = ["--port", "0", "--state", str(folder / "postpeer"), "--key", KEY, "--public-url", SANDBOX_URL]
    command = _python("tools.screenshots.frozen", "postpeer_dash.sandbox", *options, "--exit-with-parent")
    environ = clean_environ(PYTHONHASHSEED="0")
    with _running(command, environ, stdout=subprocess.PIPE) as process:
        assert process.stdout
        words = process.stdout.readline().split()
        if words[:2] != ["sandbox", "ready"]:
            raise RuntimeError("The sandbox didn't start.")
        yield int(words[2].rpartition(":")[2])


@contextmanager
def running_web(folder: Path, *, sandbox_port: int, database: Path) -> Iterator[int]:
    """Run a web process on a database for as long as the block lasts; gives the port that it listens on."""
    port = _free_port()
    environ = make_environ(folder, sandbox_port=sandbox_port, database=database)
    with ExitStack() as stack:
        process = stack.enter_context(_running(_python("tools.screenshots.web", str(port)), environ))
        end = time.monotonic() + START_SECONDS
        while not _is_up(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("The dashboard didn't start.")
            time.sleep(0.05)
        yield port


def seed(folder: Path, *, sandbox_port: int) -> None:
    """Fill an instance's folder: the databases of all states, and the facts of what is in them."""
    environ = make_environ(folder, sandbox_port=sandbox_port, database=folder / "seed.sqlite3")
    subprocess.run(_python("tools.screenshots.seed", str(folder)), cwd=ROOT, env=environ, check=True)


@contextmanager
def _running(
    command: list[str], environ: dict[str, str], *, stdout: int | None = None
) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=stdout, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_up(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
