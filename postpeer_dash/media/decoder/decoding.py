"""Have a picture decoded by a child process, one at a time on this machine."""

import base64
import fcntl
import json
import os
import signal
import subprocess  # nosec B404 - it runs our own file alone
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from postpeer_dash.media.facts import Facts

CHILD = Path(__file__).with_name("child.py")
SECONDS = 30.0
# How long one waits for those before it.
WAITS = 60.0
_POLL = 0.05
_MAX_ANSWER = 64 * 1024
_DHASH, _TILE = 16, 32 * 48


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a picture looks like: its upright sides, its colour (#RRGGBB or ""), and what it is compared by."""

    width: int
    height: int
    color: str
    dhash: str
    tile: bytes


def decode(source: Path, facts: Facts, *, thumbnail: Path, rendered: Path | None = None) -> Decoded:
    """Decode a picture to its end, write its small picture (WebP), and with `rendered` a JPEG or PNG of it in sRGB.

    Raises ValidationError with the reason when it can't be decoded.
    """
    answer = _ask(
        {
            "source": str(source),
            "kind": facts.kind.value,
            "orientation": facts.orientation,
            "sides": [0, 0] if rendered else [facts.width, facts.height],
            "thumbnail": str(thumbnail),
            "rendered": str(rendered) if rendered else "",
        }
    )
    return Decoded(
        answer["width"], answer["height"], answer["color"], answer["dhash"], base64.b64decode(answer["tile"])
    )


def cut(source: Path, facts: Facts, *, target: Path, box: tuple[int, int, int, int]) -> None:
    """Cut a piece (left, top, width, height, in upright pixels) out of a picture into a file of the same kind.

    What isn't sent as it is becomes a JPEG. Raises ValidationError with the reason when it can't be decoded.
    """
    task = {"source": str(source), "kind": facts.kind.value, "orientation": facts.orientation}
    _ask({**task, "sides": [0, 0], "box": list(box), "cut": str(target)})


def _ask(task: dict[str, Any]) -> dict[str, Any]:
    with _turn():
        answer = _run(json.dumps(task).encode())
    if "error" in answer:
        raise _refusal(str(answer["error"]))
    return answer


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until no other child runs on this machine. Raises ValidationError when that takes too long."""
    folder = Path(settings.MEDIA_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "decoder.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        end = time.monotonic() + WAITS
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() > end:
                raise _refusal("busy")
            time.sleep(_POLL)
        yield
    finally:
        os.close(handle)


def _run(task: bytes) -> dict[str, Any]:
    """Return the child's answer, or {"error": …} however it ended."""
    child = subprocess.Popen(  # noqa: S603  # nosec B603 - our own file, and no words of anybody's
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        output, _nothing = child.communicate(task, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return {"error": "slow"}
    if child.returncode == -signal.SIGXCPU:
        return {"error": "slow"}
    try:
        answer = json.loads(output[:_MAX_ANSWER])
    except ValueError:
        return {"error": "broken"}
    return answer if isinstance(answer, dict) else {"error": "broken"}


def _refusal(code: str) -> ValidationError:
    sentences = {
        "memory": _("This picture takes more memory than there is for one. Save a smaller one."),
        "pixels": _("This picture has more than 64 megapixels. Save a smaller one."),
        "slow": _("This picture takes too long to be read. Export it once more, or save a smaller one."),
        "busy": _("Too many pictures are being read just now. Try it again in a minute."),
    }
    damaged = _("This picture is cut off or damaged. Export it once more, or send the original file.")
    return ValidationError(sentences.get(code, damaged), code=code)
