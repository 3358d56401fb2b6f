"""The sandbox as a process of its own, for tests that talk to it over HTTP."""

import contextlib
import re
import subprocess
import sys
import tempfile
import threading
import time
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

ROOT = Path(__file__).parent.parent
START_SECONDS = 30
STOP_SECONDS = 10


class SandboxProcess:
    """Starts on a free port and in a folder of its own unless told otherwise; ends with the tests, also killed ones.

    `base_url` is what the dashboard takes as POSTPEER_BASE_URL, `key` what it takes as POSTPEER_API_KEY.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        key: str = "sandbox-key",
        port: int = 0,
        delay_scale: float = 1.0,
        public_url: str = "",
        tls_port: int | None = None,
        start: bool = True,
    ) -> None:
        self._folder = None if state else tempfile.TemporaryDirectory(prefix="sandbox-")
        self.state = state or Path(self._folder.name if self._folder else "")
        self.key = key
        self.port = port
        self.base_url = ""
        self._options = ["--delay-scale", str(delay_scale), "--exit-with-parent"]
        if tls_port is not None:
            self._options += ["--tls-port", str(tls_port)]
        if public_url:
            self._options += ["--public-url", public_url]
        self._process: subprocess.Popen[str] | None = None
        self._said: list[str] = []
        if start:
            self.start()

    def start(self) -> None:
        """Start it, or start it again on the same port and with the same state; returns once it serves."""
        command = [sys.executable, "-m", "postpeer_dash.sandbox", "--port", str(self.port), "--state", str(self.state)]
        self._process = subprocess.Popen(
            [*command, f"--key={self.key}", *self._options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        assert self._process.stdout and self._process.stderr
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line.startswith("sandbox ready "):
            said = self._process.stderr.read()
            self._process.wait()
            raise RuntimeError(f"The sandbox didn't start: {said.strip()}")
        self.base_url = line.split()[2]
        self.port = int(self.base_url.rsplit(":", 1)[1])
        # A pipe that nobody reads would fill up and stop the process.
        threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True).start()

    def _listen(self, pipe: Any) -> None:
        with contextlib.suppress(ValueError):
            self._said.extend(pipe)

    @property
    def log(self) -> str:
        """What it has complained about so far; empty when all went well."""
        return "".join(self._said)

    def stop(self) -> None:
        """End it politely, and throw away a folder of its own."""
        self._end(is_kill=False)
        if self._folder:
            self._folder.cleanup()

    def kill(self) -> None:
        """End it as a power cut would. `start()` brings it back."""
        self._end(is_kill=True)

    def restart(self) -> None:
        """End it politely and start it again with its state."""
        self._end(is_kill=False)
        self.start()

    def _end(self, *, is_kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill() if is_kill else process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def control(self, what: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Read /control/<what>, or change it with `data`: state, faults, settings, accounts, boards, seed, due, reset."""
        url = f"{self.base_url}/control/{what}"
        answer = requests.get(url, timeout=20) if data is None else requests.post(url, json=data, timeout=60)
        if not answer.ok:
            raise ValueError(f"{answer.status_code}: {answer.text}")
        result: dict[str, Any] = answer.json()
        return result

    def faults(self, *faults: dict[str, Any] | str, clear: bool = True) -> None:
        """Have exactly these faults, by name or as {"name": …, "times": …}; none given, none left."""
        named = [{"name": fault} if isinstance(fault, str) else fault for fault in faults]
        self.control("faults", {"faults": named, **({"clear": True} if clear else {})})

    def ledger(self) -> list[dict[str, Any]]:
        """Return what was really published, in order: one row for each platform of each post."""
        rows: list[dict[str, Any]] = self.control("ledger")["published"]
        return rows

    def accepted(self) -> list[dict[str, Any]]:
        """Return what was accepted, in order: one row for each POST that made a post."""
        rows: list[dict[str, Any]] = self.control("ledger")["accepted"]
        return rows

    def seed(self, **rows: list[dict[str, Any]]) -> None:
        """Plant profiles, integrations and posts."""
        self.control("seed", rows)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One API call with the key; `path` begins with /v1."""
        headers = {"x-access-key": self.key, **options.pop("headers", {})}
        options.setdefault("timeout", 20)
        return requests.request(method, self.base_url + path, headers=headers, allow_redirects=False, **options)

    def connect(self, platform: str, profile_id: str, identity: str = "") -> str:
        """Connect a made-up identity through the consent page, or the one it suggests; the integration's id."""
        before = {one["id"] for one in self.integrations(profile_id)}
        page = self.call("GET", f"/v1/connect/{platform}", params={"profileId": profile_id}).json()["url"]
        chosen = identity or unescape(
            re.findall(r'value="([^"]+)" required checked', requests.get(page, timeout=20).text)[0]
        )
        requests.post(page, data={"action": "allow", "identity": chosen}, timeout=20).raise_for_status()
        after = self.integrations(profile_id)
        new = [one["id"] for one in after if one["id"] not in before]
        return str(new[0] if new else next(one["id"] for one in after if one["platformUserId"] == chosen))

    def integrations(self, profile_id: str) -> list[dict[str, Any]]:
        """Return what is connected in a profile, as the API lists it."""
        query = {"profileId": profile_id, "limit": 100}
        found: list[dict[str, Any]] = self.call("GET", "/v1/connect/integrations", params=query).json()["integrations"]
        return found

    def wait_for_status(self, post_id: str, *statuses: str, seconds: float = 10) -> dict[str, Any]:
        """Return the post once it has one of these statuses; AssertionError when it doesn't get there in time."""
        until = time.monotonic() + seconds
        while True:
            post: dict[str, Any] = self.call("GET", f"/v1/posts/{post_id}").json()["post"]
            if post["status"] in statuses:
                return post
            assert time.monotonic() < until, f"{post_id} is still {post['status']}"
            time.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
