"""A Redis of a test's own, where one is installed."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation.processes import free_ports, wait_for


def missing_redis() -> str:
    """Why Redis can't be tried here; empty when it can."""
    if not shutil.which("redis-server"):
        return "no redis-server was found"
    try:
        import redis  # noqa: F401
    except ImportError:
        return "the package redis isn't installed (pip install redis)"
    return ""


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """An empty Redis on this machine alone, which keeps nothing; its address."""
    port = free_ports()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port), seconds=20)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
