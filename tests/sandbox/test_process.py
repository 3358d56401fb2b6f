"""The process: how it starts, refuses to, ends, and what it remembers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import Team, moment
from tests.sandbox_process import ROOT, SandboxProcess

pytestmark = pytest.mark.long

COMMAND = [sys.executable, "-m", "postpeer_dash.sandbox", "--key", "k"]


def _run(*options: str, **environment: str) -> tuple[int, str]:
    ended = subprocess.run(
        [*COMMAND, *options], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=30
    )
    return ended.returncode, ended.stderr.strip()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SandboxProcess]:
    """Yield a sandbox that a test may stop and start."""
    with SandboxProcess(tmp_path / "state", delay_scale=0.02) as process:
        yield process


def _team(sandbox: SandboxProcess) -> Team:
    profile = sandbox.call("POST", "/v1/profiles", json={"name": "N"}).json()["profile"]["id"]
    account = sandbox.connect("pinterest", profile)
    boards = sandbox.call("GET", "/v1/pinterest/boards", params={"accountId": account}).json()["boards"]
    return Team(sandbox, profile, account, "", boards)


def test_production_is_refused(tmp_path: Path) -> None:
    code, said = _run("--port", "0", "--state", str(tmp_path), POSTPEER_DASH_ENV="production")
    assert (code, said.count("\n")) == (2, 0)
    assert "production" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_than_loopback_is_refused(host: str, tmp_path: Path) -> None:
    code, said = _run("--port", "0", "--state", str(tmp_path), "--host", host)
    assert (code, said) == (2, f"The sandbox listens on loopback only, not on {host}.")


def test_taken_port_is_refused_in_one_sentence(own: SandboxProcess, tmp_path: Path) -> None:
    code, said = _run("--port", str(own.port), "--state", str(tmp_path / "other"))
    assert (code, said.startswith(f"The sandbox can't listen on port {own.port}")) == (2, True)


def test_folder_of_a_running_sandbox_is_refused(own: SandboxProcess) -> None:
    code, said = _run("--port", "0", "--state", str(own.state))
    assert (code, said) == (2, f"Another sandbox is using {own.state}.")


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = _run("--port", "0", "--state", str(tmp_path / "file"))
    assert (code, said.count("\n")) == (2, 0)


def test_it_starts_quickly(own: SandboxProcess) -> None:
    own.stop()
    started = time.monotonic()
    own.start()
    # A second by promise; the rest is for a busy machine.
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("is_kill", [False, True])
def test_state_survives(is_kill: bool, own: SandboxProcess) -> None:
    team = _team(own)
    post = team.published()
    own.kill() if is_kill else own.restart()
    if is_kill:
        own.start()
    assert own.call("GET", f"/v1/posts/{post['postId']}").json()["post"] == post
    assert len(own.ledger()) == 1


def test_what_was_publishing_when_it_was_killed_ends_once(own: SandboxProcess) -> None:
    team = _team(own)
    own.control("settings", {"publish_seconds": 25})
    post_id = team.post().json()["postId"]
    own.kill()
    own.start()
    own.wait_for_status(post_id, "published")
    assert len(own.ledger()) == 1


def test_what_fell_due_while_it_was_off_goes_out(own: SandboxProcess) -> None:
    team = _team(own)
    post_id = team.post(team.scheduled(seconds=0.2)).json()["postId"]
    own.restart()
    own.wait_for_status(post_id, "published")
    assert len(own.ledger()) == 1


def test_faults_end_with_the_process(own: SandboxProcess) -> None:
    own.faults("error_before")
    own.restart()
    assert own.call("GET", "/v1/usage").status_code == 200


def test_public_address_is_used_in_every_link(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, public_url="http://dash.example:9000/") as sandbox:
        url = sandbox.call("GET", "/v1/connect/pinterest").json()["url"]
        assert url.startswith("http://dash.example:9000/consent/")


def test_other_loopback_address_can_be_bound(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--state", str(tmp_path), "--host", "127.0.0.2"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    port = int(process.stdout.readline().rsplit(":", 1)[1])
    assert requests.get(f"http://127.0.0.2:{port}/v1/health", timeout=5).ok
    process.terminate()
    assert process.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(number: int, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--state", str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.send_signal(number)
    assert (process.wait(10), process.stderr.read()) == (0, "")


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    start = f"import subprocess, sys; subprocess.Popen({[*COMMAND, '--port', '0', '--state', str(tmp_path), '--exit-with-parent']!r})"
    parent = subprocess.Popen(
        [sys.executable, "-c", f"{start}; sys.stdin.read()"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout
    port = int(parent.stdout.readline().rsplit(":", 1)[1])
    parent.kill()
    parent.wait()
    # The pipe ends when the last process that holds it is gone.
    assert parent.stdout.read() == ""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_key_is_never_logged(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "postpeer_dash.sandbox", "--port", "0", "--state", str(tmp_path), "--key", "s3cret", "--verbose"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout and process.stderr
    url = process.stdout.readline().split()[2]
    requests.get(f"{url}/v1/usage", headers={"x-access-key": "s3cret"}, timeout=5)
    process.terminate()
    log = process.stderr.read()
    assert "GET /v1/usage 200" in log
    assert "s3cret" not in log


def test_nothing_of_the_dashboard_is_imported() -> None:
    code = "import sys, postpeer_dash.sandbox.__main__; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.split()
    ours = {name for name in names if name.startswith("postpeer_dash") and "sandbox" not in name}
    assert ours == {"postpeer_dash"}
    assert not [name for name in names if name.startswith("django")]


def test_body_larger_than_a_megabyte_is_refused(own: SandboxProcess) -> None:
    answer = own.call("POST", "/v1/profiles", data=b"x" * 1_100_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_due_times_are_kept_over_a_restart(own: SandboxProcess) -> None:
    team = _team(own)
    body = team.body(publishNow=None, scheduledFor=moment(hours=3), timezone="UTC")
    post_id = team.post(body).json()["postId"]
    own.restart()
    listed = own.call("GET", "/v1/posts/scheduled").json()["posts"]
    assert [(one["postId"], one["scheduledFor"]) for one in listed] == [(post_id, body["scheduledFor"])]
