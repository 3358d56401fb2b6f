"""The dashboard under proof: web, workers and sandbox as processes of their own, and a team with accounts in its rows."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sandbox_process import SandboxProcess
from tools.prove.databases import Database
from tools.prove.machines import ROOT, Machine, make_machine, users_for

KEY = "a-key-for-the-proof-of-forty-signs-or-so"
BOARDS = 3
FOREIGN_POSTS = 120
_POLL = 0.05
# Asked to end, a worker finishes a POST that hangs (seconds).
_FINISHED_WITHIN = 45.0
# What would make it another instance than the one under proof.
_STRANGE = (
    "POSTPEER_",
    "SECRET_KEY",
    "DATABASE_URL",
    "SITE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "STATIC_ROOT",
    "DJANGO_",
    "PROVE_",
)


@dataclass(slots=True)
class Worker:
    """One worker process, and the settings it was started with beside the instance's."""

    process: "subprocess.Popen[bytes]"
    extra: dict[str, str]
    machine: Machine


@dataclass(slots=True)
class Instance:
    """Everything that runs. `scale` is TIME_SCALE; all waits named elsewhere are those of life times this."""

    folder: Path
    database: Database
    scale: float
    port: int
    sandbox: SandboxProcess
    environ: dict[str, str] = field(default_factory=dict)
    key: str = KEY
    web: "subprocess.Popen[bytes] | None" = None
    workers: list[Worker] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)
    # Where workers run, in turn: on this machine, unless there are others.
    machines: list[Machine] = field(default_factory=lambda: [Machine()])
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(60))
    _spare_users: list[str] = field(default_factory=list)
    _made: int = 0
    _started: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _keeps: bool = False

    @classmethod
    def make(cls, folder: Path, database: Database, *, scale: float, port: int) -> "Instance":
        """Start the sandbox, make the tables, and set this very process up as one more of the instance's."""
        sandbox = SandboxProcess(folder / "postpeer", key=KEY, delay_scale=0.05, tls_port=port + 1)
        made = cls(folder, database, scale, port, sandbox)
        made.set_environ()
        os.environ.update(made.environ)
        import django

        django.setup()
        from postpeer_dash.installation.preparing import prepare_data

        prepare_data()
        return made

    def set_environ(self) -> None:
        """What every process of the instance is started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_STRANGE)}
        self.environ = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "postpeer_dash.settings",
            "READ_DOT_ENV": "false",
            "VAR": str(self.folder / "var"),
            "PORT": str(self.port),
            "SECRET_KEY": self.secret_key,
            "DATABASE_URL": self.database.url,
            "POSTPEER_API_KEY": self.key,
            "POSTPEER_BASE_URL": self.sandbox.control("state")["tls_url"],
            "POSTPEER_CA_BUNDLE": str(self.sandbox.state / "ca.pem"),
            "TIME_SCALE": str(self.scale),
            "LOG_LEVEL": "ERROR",
            "EMAIL_URL": "dummymail://",
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
        }

    # The sandbox

    def restart_sandbox(self, key: str = "", *, moved: Callable[[], None] | None = None) -> None:
        """Brings the sandbox back as it was, with another key when one is named."""
        if self.sandbox.base_url:
            self.sandbox.kill()
        if moved:
            moved()
        self.sandbox.key = key or self.sandbox.key
        self.sandbox.start()
        for machine in self.machines:
            machine.trust(self._certificate())

    def _certificate(self) -> bytes:
        return (self.sandbox.state / "ca.pem").read_bytes()

    # The web

    def start_web(self) -> None:
        """Start gunicorn as in production and wait until it serves."""
        if self._serves():
            raise RuntimeError(f"Something serves at port {self.port} already; --port takes another one.")
        command = [sys.executable, "-m", "gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi"]
        self.web = subprocess.Popen(command, cwd=ROOT, env=self.environ, start_new_session=True, stderr=self._log())
        self.wait(60, self._serves, "the web didn't start")

    def _serves(self) -> bool:
        from http.client import HTTPConnection, HTTPException

        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def kill_web(self) -> None:
        """End every web process at once, whatever it is doing."""
        if self.web is not None:
            os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()
            self.web = None

    # The workers

    def start_workers(self, count: int, **extra: str) -> None:
        """Start workers and keep as many running: one that ends is started again without its hooks."""
        with self._lock:
            self.workers += [self._start_worker(extra) for _n in range(count)]
            if not self._keeps:
                self._keeps = True
                threading.Thread(target=self._keep, daemon=True).start()

    def _start_worker(self, extra: dict[str, str], machine: Machine | None = None) -> Worker:
        if machine is None:
            machine = self.machines[self._started % len(self.machines)]
            self._started += 1
        command = [sys.executable, "-m", "tools.prove.worker", "--exit-with-parent"]
        with self._log() as log:
            return Worker(machine.start(command, {**self.environ, **extra}, log), extra, machine)

    def _keep(self) -> None:
        while True:
            time.sleep(_POLL)
            with self._lock:
                for place, worker in enumerate(self.workers):
                    code = worker.process.poll()
                    if code is not None:
                        # A worker's own timer ends it with the number of its signal.
                        is_signal = code < 0 or code == signal.SIGALRM
                        name = signal.Signals(abs(code)).name if is_signal else f"exit {code}"
                        self.deaths[name] = self.deaths.get(name, 0) + 1
                        kept = {name: value for name, value in worker.extra.items() if name == "PROVE_MUTANT"}
                        self.workers[place] = self._start_worker(kept, worker.machine)

    def stop_workers(self, *, kill: bool = False) -> None:
        """End all workers: politely, or as a power cut does."""
        with self._lock:
            workers, self.workers = self.workers, []
        for worker in workers:
            worker.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            worker.process.send_signal(signal.SIGCONT)
        for worker in workers:
            try:
                worker.process.wait(_FINISHED_WITHIN)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()

    def signal_worker(self, number: int, what: signal.Signals) -> "subprocess.Popen[bytes] | None":
        """Send one of the workers a signal; the process, or None when there is none of that number."""
        with self._lock:
            if not self.workers:
                return None
            process = self.workers[number % len(self.workers)].process
            if process.poll() is None:
                process.send_signal(what)
            return process

    # The machines

    def take_machines(self, count: int) -> str:
        """Have workers run on so many machines instead of this one; return why all are of one user, if they are."""
        # One more than there are: a lost machine is replaced.
        self._spare_users, reason = users_for(count + 1)
        # Each may pass here to its own folder, and look into no other.
        self.folder.chmod(0o711)
        for place in (self.folder / "var", self.sandbox.state):
            place.chmod(0o700)
        self.machines = []
        for _n in range(count):
            self.add_machine()
        return reason

    def add_machine(self) -> None:
        """Have one more machine that workers are started on from now on."""
        self._made += 1
        folder = self.folder / f"machine-{self._made}"
        machine = make_machine(folder, self._spare_users.pop(0), self._certificate())
        with self._lock:
            self.machines.append(machine)

    def lose_machine(self) -> int:
        """End one machine for good: all its workers at once, none of them started again. How many they were."""
        with self._lock:
            lost = self.machines.pop()
            workers = [worker for worker in self.workers if worker.machine is lost]
            self.workers = [worker for worker in self.workers if worker.machine is not lost]
            for worker in workers:
                worker.process.kill()
        for worker in workers:
            worker.process.wait()
        self.deaths["SIGKILL"] = self.deaths.get("SIGKILL", 0) + len(workers)
        return len(workers)

    # All of it

    def stop(self) -> None:
        """End everything."""
        self.stop_workers(kill=True)
        self.kill_web()
        self.sandbox.stop()

    def wait(self, seconds: float, is_so: Callable[[], bool], otherwise: str) -> None:
        """Wait until something is so; RuntimeError with the sentence when it takes too long."""
        end = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > end:
                raise RuntimeError(otherwise)
            time.sleep(0.1)

    def _log(self) -> Any:
        return (self.folder / "log").open("ab")
