"""Starting, timing and weighing the web processes that are measured."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
_START_WITHIN = 60.0
# What would make an instance another one than the one that is meant to be measured.
_STRANGE = (
    "POSTPEER_",
    "DATABASE_URL",
    "SITE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "STATIC_ROOT",
    "DJANGO_",
    "SECRET_KEY",
)


@dataclass(frozen=True)
class Server:
    """One thing to measure: how it is started, and what is asked of it."""

    name: str
    port: int
    wsgi: str
    environ: dict[str, str]
    cookie: str = ""
    paths: dict[str, str] = field(default_factory=dict)


def clean_environ(**more: str) -> dict[str, str]:
    """Return this process's environment without what belongs to another instance."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_STRANGE)}
    return {**kept, "PYTHONPATH": str(ROOT), "READ_DOT_ENV": "false", "DEBUG": "0", **more}


def ask_module(module: str, *arguments: str, environ: dict[str, str], said: str = "") -> Any:
    """Run one of our modules in a process of its own. Returns the JSON that it prints."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, input=said, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def running(server: Server) -> Iterator["subprocess.Popen[bytes]"]:
    """The server under the dashboard's own gunicorn configuration, until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", server.wsgi]
    process = subprocess.Popen(command, cwd=ROOT, env=server.environ, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def fetch(server: Server, path: str, *, gzip: bool = True, timeout: float = 30) -> bytes | None:
    """Return the body as it came over the wire; None while there is no good answer."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    headers = {"Host": f"localhost:{server.port}", "Cookie": server.cookie}
    headers |= {"Accept-Encoding": "gzip"} if gzip else {}
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        return body if response.status == 200 else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def wait_for(server: Server, process: "subprocess.Popen[bytes]", path: str) -> float:
    """Seconds from now until the address answers."""
    start = time.perf_counter()
    while fetch(server, path) is None:
        if process.poll() is not None or time.perf_counter() - start > _START_WITHIN:
            raise RuntimeError(f"{server.name} doesn't answer on port {server.port}.")
        time.sleep(0.005)
    return time.perf_counter() - start


def time_start(server: Server, path: str) -> float:
    """Seconds from starting the server until it has answered one page, which is complete then."""
    start = time.perf_counter()
    with running(server) as process:
        wait_for(server, process, path)
        return time.perf_counter() - start


def weigh(process: "subprocess.Popen[bytes]") -> float:
    """Megabytes of the server with its workers, shared pages counted once; 0 where the kernel doesn't tell."""
    kilobytes = 0
    for pid in [process.pid, *_children(process.pid)]:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            return 0.0
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.M)
        kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


def worked(process: "subprocess.Popen[bytes]") -> float:
    """Seconds of processor time that the server and its workers have taken so far; 0 where the kernel doesn't tell."""
    ticks = 0
    for pid in [process.pid, *_children(process.pid)]:
        try:
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        ticks += int(numbers[11]) + int(numbers[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
