"""Makes .venv and installs the pinned packages into it; does nothing when they are there already.

Usage: python3 tools/bootstrap.py runtime|dev|e2e|tests
`tests` is e2e where a Chromium or Chrome is found, and dev where none is: the browser driver is heavy.
`runtime` is production, which brings the drivers, where DATABASE_URL or REDIS_URL names a server.

Runs under the machine's own Python, whichever that is: so this file stays readable by old ones (no f-strings, quoted
annotations), and uses nothing but the standard library.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

MIN = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# By each set, those that hold all of it, in the same versions.
LARGER = {
    "runtime": ("runtime", "production", "dev", "e2e"),
    "production": ("production",),
    "dev": ("dev", "e2e"),
    "e2e": ("e2e",),
}
# These name a server, which takes a driver to speak with.
SERVERS = ("DATABASE_URL", "REDIS_URL")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


class Sentence(Exception):
    """Why it can't go on, in words for the person in front of the console."""


def main(arguments: "list[str]") -> int:
    """Return the exit code; says at most one sentence when something is in the way."""
    try:
        require_new_python()
        if arguments not in (["runtime"], ["dev"], ["e2e"], ["tests"]):
            raise Sentence("Usage: python3 tools/bootstrap.py runtime|dev|e2e|tests")
        name = arguments[0]
        if name == "tests":
            name = "e2e" if find_browser() else "dev"
        if name == "runtime" and needs_drivers():
            name = "production"
        with OneAtATime():
            make_venv()
            install(name)
    except Sentence as sentence:
        sys.stderr.write(str(sentence) + "\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def require_new_python() -> None:
    """Goes on under a newer Python where python3 is old and another one is installed."""
    if sys.version_info >= MIN:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        # A version manager has a shim for each Python it knows, and most of them only complain.
        if path and answers(path, "import sys; sys.exit(sys.version_info < (3, 11))"):
            os.execv(path, [path, *sys.argv])  # noqa: S606
    version = ".".join(str(part) for part in sys.version_info[:3])
    raise Sentence("PostPeer Dash needs Python 3.11 or later, and python3 is " + version + " here.")


def answers(python: str, check: str) -> bool:
    """Whether this Python runs these lines and ends well; what it says meanwhile is nobody's business."""
    try:
        code = subprocess.call([python, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return code == 0


def find_browser() -> "str | None":
    """Return the Chromium that the browser tests would drive: $CHROMIUM, or one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    return None


def needs_drivers() -> bool:
    """Whether the environment, or else .env, names a database or a cache on a server."""
    values = dict(read_dot_env())
    values.update(os.environ)
    return any(is_server(values.get(name, "")) for name in SERVERS)


def is_server(address: str) -> bool:
    """Whether an address is one of a server, and not of a file."""
    scheme = address.strip().strip("'\"").partition("://")[0].lower()
    return bool(scheme) and scheme != "sqlite"


def read_dot_env() -> "list[tuple[str, str]]":
    """Return the lines of .env that give one of the servers, unless it is not to be read."""
    if os.environ.get("READ_DOT_ENV", "true").strip().lower() in ("0", "false", "no", "off", ""):
        return []
    found = []
    for line in read(ROOT / ".env").splitlines():
        name, _, value = line.strip().partition("=")
        name = name.replace("export ", "", 1).strip()
        if name in SERVERS:
            found.append((name, value))
    return found


class OneAtATime:
    """Two consoles that start in a fresh clone at once: the second waits for the first."""

    def __enter__(self) -> None:
        import fcntl

        self.handle = os.open(str(ROOT / "tools"), os.O_RDONLY)
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self.handle)


def make_venv() -> None:
    """Make .venv anew when it is missing, half-made, or its Python is gone or too old."""
    if VENV_PYTHON.exists() and answers(str(VENV_PYTHON), "import sys, pip; sys.exit(sys.version_info < (3, 11))"):
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise Sentence(
            "This Python has no venv module; on Debian and Ubuntu `apt install python" + version + "-venv` brings it."
        ) from None
    try:
        venv.create(str(VENV), clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Sentence("The folder " + str(VENV) + " can't be made: " + reason(error) + ".") from None


def install(name: str) -> None:
    """Installs requirements/<name>.txt, unless exactly that, or a larger set, was installed last."""
    if any(read(stamp_of(one)) == fingerprint_of(one) for one in LARGER[name]):
        return
    sys.stderr.write(
        "Installing the packages of requirements/" + name + ".txt; the first time takes a minute or two.\n"
    )
    command = [str(VENV_PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    code = subprocess.call([*command, "--require-hashes", "-r", str(pins_of(name))])
    if code:
        raise Sentence("The packages could not be installed; what pip said stands above. Run the same command again.")
    try:
        stamp_of(name).write_text(fingerprint_of(name))
    except OSError as error:
        raise Sentence("The folder " + str(VENV) + " can't be written to: " + reason(error) + ".") from None


def pins_of(name: str) -> Path:
    """Return the file of pins of a set."""
    return ROOT / "requirements" / (name + ".txt")


def fingerprint_of(name: str) -> str:
    """Return what tells one state of the pins from another."""
    return hashlib.sha256(pins_of(name).read_bytes()).hexdigest()


def stamp_of(name: str) -> Path:
    """Where it is written down which state of the pins is installed."""
    return VENV / ("installed-" + name)


def read(path: Path) -> str:
    """Return what a small file holds; nothing when it isn't there."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def reason(error: BaseException) -> str:
    """Return the short form of what the system said."""
    return str(getattr(error, "strerror", None) or error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
