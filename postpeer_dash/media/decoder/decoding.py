"""Have a picture decoded by a child process, one at a time on this machine."""

import base64
import fcntl
import json
import os
import re
import signal
import subprocess  # nosec B404 - it runs our own file alone
import sys
import threading
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
_TILE = 32 * 48


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

    Raises ValidationError with the reason when it can't be decoded; what was written until then may be left behind.
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
    try:
        return _read_answer(answer)
    except (KeyError, TypeError, ValueError):
        # What decodes bytes from anybody may be made to say anything.
        raise _refusal("broken") from None


def cut(source: Path, facts: Facts, *, target: Path, box: tuple[int, int, int, int]) -> None:
    """Cut a piece (left, top, width, height, in upright pixels) out of a picture into a file of the same kind.

    What isn't sent as it is becomes a JPEG. Raises ValidationError with the reason when it can't be decoded.
    """
    task = {"source": str(source), "kind": facts.kind.value, "orientation": facts.orientation}
    _ask({**task, "sides": [0, 0], "box": list(box), "cut": str(target)})


def _ask(task: dict[str, Any]) -> dict[str, Any]:
    with _turn() as lock:
        answer = _run(json.dumps(task).encode(), lock)
    if "error" in answer:
        raise _refusal(str(answer["error"]))
    return answer


def _read_answer(answer: dict[str, Any]) -> Decoded:
    """Return what the child saw. Raises KeyError, TypeError or ValueError for what isn't such an answer."""
    tile = base64.b64decode(answer["tile"], validate=True)
    width, height, color, dhash = answer["width"], answer["height"], answer["color"], answer["dhash"]
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0 and len(tile) == _TILE):
        raise ValueError("no sides or no tile")
    if not re.fullmatch(r"#[0-9A-F]{6}|", color) or not re.fullmatch(r"[0-9a-f]{16}", dhash):
        raise ValueError("no colour or no hash")
    return Decoded(width, height, color, dhash, tile)


@contextmanager
def _turn() -> Iterator[int]:
    """Wait until no other child runs on this machine. Raises ValidationError when that takes too long.

    The child gets the lock's descriptor as well: it is its turn until it has ended, whatever became of this process.
    """
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
        yield handle
    finally:
        os.close(handle)


def _run(task: bytes, lock: int) -> dict[str, Any]:
    """Return the child's answer, or {"error": …} however it ended."""
    child = subprocess.Popen(  # noqa: S603  # nosec B603 - our own file, and no words of anybody's
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        cwd="/",
        pass_fds=[lock],
        start_new_session=True,
    )
    # The clock ends it from a thread of its own, since reading waits as long as anything of it may still come.
    is_late = threading.Event()
    clock = threading.Timer(SECONDS, _end_late, [child, is_late])
    clock.daemon = True
    clock.start()
    try:
        output = _exchange(child, task)
    finally:
        clock.cancel()
        _end(child)
        child.wait()
    if is_late.is_set() or child.returncode == -signal.SIGXCPU:
        return {"error": "slow"}
    if len(output) > _MAX_ANSWER:
        return {"error": "broken"}
    if child.returncode == -signal.SIGKILL:
        # Not by us: by the system, which does it when there is no memory left.
        return {"error": "memory"}
    return _parse(output) if child.returncode == 0 else {"error": "broken"}


def _exchange(child: "subprocess.Popen[bytes]", task: bytes) -> bytes:
    """Hand the child its task, and return what it writes, no more than an answer may have; it has ended then."""
    if child.stdin is None or child.stdout is None:
        return b""
    with suppress(BrokenPipeError), child.stdin:
        # Less than a pipe takes at once.
        child.stdin.write(task)
    with child.stdout:
        output = child.stdout.read(_MAX_ANSWER + 1)
    if len(output) <= _MAX_ANSWER:
        with suppress(subprocess.TimeoutExpired):
            child.wait(SECONDS)
    return output


def _end_late(child: "subprocess.Popen[bytes]", is_late: threading.Event) -> None:
    is_late.set()
    _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and whatever it started, unless it has ended and been waited for: its number may be another's then."""
    if child.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def _parse(output: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(output)
    except (ValueError, RecursionError):
        return {"error": "broken"}
    return answer if isinstance(answer, dict) else {"error": "broken"}


def _refusal(code: str) -> ValidationError:
    sentences = {
        "memory": _("This picture takes more memory than there is for one. Save a smaller one."),
        "pixels": _("This picture has more than 64 megapixels. Save a smaller one."),
        "slow": _("This picture takes too long to be read. Export it once more, or save a smaller one."),
        "box": _("The part that was chosen lies outside of the picture. Choose it again."),
        "busy": _("Too many pictures are being read just now. Try it again in a minute."),
    }
    damaged = _("This picture is cut off or damaged. Export it once more, or send the original file.")
    return ValidationError(sentences.get(code, damaged), code=code)
