from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.postpeer.contract import Contract
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    with SandboxProcess(delay_scale=0.02) as process:
        yield process
        assert process.log == ""


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """Return the sandbox, with nothing in it and nothing wrong with it."""
    sandbox_process.control("reset", {})
    return sandbox_process


@dataclass
class Team:
    """One profile with a Pinterest account of 38 boards and a LinkedIn page."""

    sandbox: SandboxProcess
    profile: str
    pinterest: str
    linkedin: str
    boards: list[dict[str, Any]]

    def body(self, **changes: Any) -> dict[str, Any]:
        """Return a valid POST for one pin, to publish now; a change to None leaves that field out."""
        specific = {"boardId": self.boards[0]["id"], "title": "Bowls"}
        body = {
            "content": "Thrown on Monday, glazed on Friday.",
            "platforms": [{"platform": "pinterest", "accountId": self.pinterest, "platformSpecificData": specific}],
            "mediaItems": [{"type": "image", "url": f"{self.sandbox.base_url}/pictures/bowls.jpg"}],
            "publishNow": True,
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def pin(self, **specific: Any) -> dict[str, Any]:
        """Return the same with other Pinterest data."""
        body = self.body()
        body["platforms"][0]["platformSpecificData"].update(specific)
        return body

    def cross_post(self) -> dict[str, Any]:
        body = self.body()
        body["platforms"].append({"platform": "linkedin", "accountId": self.linkedin})
        return body

    def scheduled(self, **ahead: float) -> dict[str, Any]:
        return self.body(publishNow=None, scheduledFor=moment(**(ahead or {"hours": 1})), timezone="UTC")

    def post(self, body: dict[str, Any] | None = None) -> requests.Response:
        return self.sandbox.call("POST", "/v1/posts", json=body or self.body())

    def published(self) -> dict[str, Any]:
        """Return a post that is out."""
        return self.sandbox.wait_for_status(self.post().json()["postId"], "published")


def moment(**ahead: float) -> str:
    text = (datetime.now(UTC) + timedelta(**ahead)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


@pytest.fixture
def team(sandbox: SandboxProcess) -> Team:
    profile = sandbox.call("POST", "/v1/profiles", json={"name": "Nordlicht"}).json()["profile"]["id"]
    pinterest, linkedin = sandbox.connect("pinterest", profile), sandbox.connect("linkedin", profile)
    boards = sandbox.call("GET", "/v1/pinterest/boards", params={"accountId": pinterest}).json()["boards"]
    return Team(sandbox, profile, pinterest, linkedin, boards)


@pytest.fixture
def contract(sandbox: SandboxProcess) -> Contract:
    return Contract(sandbox.base_url)
