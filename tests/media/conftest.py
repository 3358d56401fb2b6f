import json
from pathlib import Path
from typing import Any

import pytest

from postpeer_dash.media.decoder import child
from postpeer_dash.media.decoder import decoding as run
from tests.pins.conftest import no_wire, refreshed

__all__ = ["no_wire", "refreshed"]


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Path:
    """Return where this test's files lie."""
    settings.MEDIA_FOLDER = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are decoded in this process, where the child's own limits aren't the subject: it takes a tenth of a second."""

    def run_here(task: bytes, _lock: int) -> dict[str, Any]:
        answer: dict[str, Any] = child.work(json.loads(task))
        return answer

    monkeypatch.setattr(run, "_run", run_here)
