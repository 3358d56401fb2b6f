"""Start the demo with `make run`, as somebody does who has just cloned this, wait for its sign-in page, and end it.

Exit 1 with what it printed when the page doesn't come, or when something is left running.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN, END_WITHIN = 180.0, 30.0
# What the person who runs this has set must not reach the demo.
_FOREIGN = ("POSTPEER_API_KEY", "POSTPEER_BASE_URL", "POSTPEER_DASH_ENV", "SITE_URL", "SANDBOX_URL", "DATABASE_URL")


def find_port() -> int:
    """Return a port that is free together with the next one, the sandbox's."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def shows_sign_in(port: int) -> bool:
    """Return whether the sign-in page comes, with its form."""
    try:
        with urlopen(f"http://localhost:{port}/auth/login/", timeout=5) as page:
            return page.status == 200 and b'type="password"' in page.read()
    except (URLError, OSError):
        return False


def wait_for_page(process: "subprocess.Popen[bytes]", port: int) -> str:
    """Return what went wrong, or nothing once the page is there."""
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            return f"make run ended with {process.returncode}"
        if shows_sign_in(port):
            return ""
        time.sleep(0.2)
    return f"no sign-in page within {START_WITHIN:.0f} seconds"


def end(process: "subprocess.Popen[bytes]", port: int) -> str:
    """Press Ctrl-C. Return what went wrong, or nothing."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(END_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return f"it didn't end within {END_WITHIN:.0f} seconds"
    return "it was ended, and its page is still there" if shows_sign_in(port) else ""


def main() -> int:
    """Exit 0 when the page came and everything ended."""
    port = find_port()
    environ = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    with tempfile.TemporaryDirectory(prefix="dash-start-") as folder, tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}", f"VAR={folder}"],
            cwd=ROOT,
            env={**environ, "READ_DOT_ENV": "false"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        problem = ""
        try:
            problem = wait_for_page(process, port)
        finally:
            if process.poll() is None:
                problem = end(process, port) or problem
        output.seek(0)
        said = output.read().decode(errors="replace")
    if problem:
        sys.stderr.write(f"{said}\n`make run` doesn't start: {problem}.\n")
        return 1
    sys.stdout.write("`make run` starts and ends.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
