"""Instances as `make run` starts them, for tests that look at them from outside."""

import signal
import subprocess
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.installation.processes import ROOT, clean_environ, descendants_of, is_running, python, wait_for

UP = "Ctrl-C ends it"


@dataclass(slots=True)
class Instance:
    """One `manage.py up`, with what it prints in `folder`/output."""

    process: "subprocess.Popen[str]"
    folder: Path
    port: int

    @property
    def output(self) -> str:
        """All it has said."""
        return (self.folder / "output").read_text()

    def wait_until_up(self) -> None:
        """Wait until the address is printed; fail with the output when it ends before."""
        wait_for(lambda: UP in self.output or self.process.poll() is not None, seconds=60)
        assert UP in self.output, self.output

    def get(self, path: str) -> int:
        """Return the status that one GET is answered with; 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        except ConnectionError:
            return 0
        finally:
            connection.close()

    def end(self) -> tuple[int, list[int]]:
        """Ctrl-C: the exit code, and which of its processes are still there."""
        pids = descendants_of(self.process.pid)
        assert pids
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        return code, [pid for pid in pids if is_running(pid)]


def refused(**settings: str) -> str:
    """Return what `manage.py up` says when it doesn't start: one line, and a non-zero exit code."""
    done = subprocess.run(
        python("manage.py", "up"), cwd=ROOT, env=clean_environ(**settings), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()
