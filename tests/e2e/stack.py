"""The whole dashboard as real processes, for tests that drive a browser."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.installation.processes import ROOT, clean_environ, free_ports, python
from tests.sandbox_process import SandboxProcess

KEY = "a-key-for-the-browser-tests-of-forty-signs"
# Waits of the publishing protocol are shorter than in life, and long enough for a busy machine.
TIME_SCALE = "0.3"
START_SECONDS = 90


@dataclass(slots=True)
class Dash:
    """An instance that serves: `url` is its address, `sandbox` the PostPeer behind it, `folder` its VAR."""

    url: str
    sandbox: SandboxProcess
    folder: Path
    process: "subprocess.Popen[bytes]"
    _sessions: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """What the console shows."""
        return (self.folder / "output").read_text(errors="replace")

    def sign_in(self, page: Any, email: str) -> None:
        """Signs one of the demo's people in, and leaves the page on their team's home.

        Through the form the first time; later with the same session, since sign-ins are counted.
        """
        if email in self._sessions:
            page.context.add_cookies(self._sessions[email])
            page.goto(self.url)
            return
        page.goto(f"{self.url}/auth/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password_of(email))
        page.locator("form:has(input[name=password]) [type=submit]").first.click()
        page.wait_for_url(f"{self.url}/t/**")
        self._sessions[email] = page.context.cookies()

    def forget_session(self, email: str) -> None:
        """For a test that ends a person's sessions: the next one signs in anew."""
        self._sessions.pop(email, None)

    def stop(self) -> None:
        """End everything as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.sandbox.stop()


def password_of(email: str) -> str:
    """Return the demo password of one of the demo's people."""
    from postpeer_dash.demo.cast import people

    return next(str(person.password) for person in people() if person.email == email)


def start_dash(folder: Path, **settings: str) -> Dash:
    """Start the sandbox and `manage.py up` on free ports; `settings` are added to the environment."""
    data = folder / "var" / "sandbox"
    data.mkdir(parents=True)
    (data / "sandbox_key").write_text(KEY)
    sandbox = SandboxProcess(folder / "postpeer", key=KEY)
    port = free_ports()
    environ = clean_environ(
        VAR=str(folder / "var"),
        PORT=str(port),
        SANDBOX_URL=sandbox.base_url,
        TIME_SCALE=TIME_SCALE,
        **settings,
    )
    environ.pop("PYTEST_CURRENT_TEST", None)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            python("manage.py", "up", "--exit-with-parent"),
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    dash = Dash(f"http://localhost:{port}", sandbox, folder, process)
    end = time.monotonic() + START_SECONDS
    while "Ctrl-C ends it" not in dash.output:
        if process.poll() is not None or time.monotonic() > end:
            dash.stop()
            raise RuntimeError(f"The dashboard didn't start:\n{dash.output}")
        time.sleep(0.1)
    return dash


def status_of(url: str, path: str) -> int:
    """Return the status that one GET is answered with."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def is_required() -> bool:
    """Whether a missing browser is a failure."""
    return os.environ.get("E2E_REQUIRED", "") not in ("", "0")
