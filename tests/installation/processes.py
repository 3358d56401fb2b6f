"""Help for tests that look at real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What the person or the suite has set must not reach an instance under test.
_SETTINGS = {
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "BIND",
    "BOARDS_FRESH_SECONDS",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "HSTS_SECONDS",
    "LOG_LEVEL",
    "PORT",
    "POSTPEER_API_KEY",
    "POSTPEER_BASE_URL",
    "POSTPEER_DASH_ENV",
    "REDIS_URL",
    "SANDBOX_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECURE_SSL_REDIRECT",
    "SITE_URL",
    "STATIC_ROOT",
    "TIME_SCALE",
    "TIME_ZONE",
    "VAR",
    "WEB_THREADS",
    "WEB_WORKERS",
    "WORKER_THREADS",
}


def clean_environ(**values: str) -> dict[str, str]:
    """Return the environment of a fresh console, with these values."""
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    return {**kept, "READ_DOT_ENV": "false", **values}


def free_ports() -> int:
    """Return a port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port < 65534:
                try:
                    second.bind(("127.0.0.1", port + 1))
                except OSError:
                    continue
                return int(port)


def wait_for(what: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Look again and again until it is so; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "It didn't come to be in time."
        time.sleep(0.02)


def outliving(pids: Iterable[int], *, seconds: float = 30.0) -> list[int]:
    """Which of these processes are still there after so many seconds; returns as soon as all are gone."""
    end = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            state = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


@contextmanager
def running(command: list[str], environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process whose output goes to `folder`/output, gone at the end whatever happens."""
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=output, stderr=output, text=True, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def python(*arguments: str) -> list[str]:
    """Return a command of this same Python."""
    return [sys.executable, *arguments]


def descendants_of(pid: int) -> list[int]:
    """Every process that this one has started, and those that they have started; Linux only."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(words[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    queue = [pid]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found
