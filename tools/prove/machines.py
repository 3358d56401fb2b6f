"""The machines that workers run on: this one, or several with nothing in common but the network between them.

Such a machine is a Unix user with a folder that nobody else may open: a checkout of its own, its own VAR, HOME and TMPDIR.
What the machines share is what `docs/operations.md` names: the database, SECRET_KEY, and PostPeer's address and key. The
Python environment is shared as well, read-only, as the same packages would be installed twice.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# Existing users without rights; Postgres runs under one that isn't among them.
_USERS = ("daemon", "www-data", "games", "mail", "news", "backup")
# What a worker needs of a checkout.
_CHECKOUT = ("postpeer_dash", "templates", "static", "tools", "tests", "manage.py", "pyproject.toml")


@dataclass(slots=True, eq=False)
class Machine:
    """Where worker processes run: from which checkout, as whom, and with which settings of the machine's own."""

    root: Path = ROOT
    own: dict[str, str] = field(default_factory=dict)
    user: str = ""

    def trust(self, certificate: bytes) -> None:
        """Have what runs here believe the stand-in for PostPeer, which has another certificate after each start."""
        if self.own:
            Path(self.own["POSTPEER_CA_BUNDLE"]).write_bytes(certificate)

    def start(self, command: list[str], environ: Mapping[str, str], log: Any) -> "subprocess.Popen[bytes]":
        """Start a process on this machine."""
        somebody: dict[str, Any] = {}
        if self.user:
            known = pwd.getpwnam(self.user)
            somebody = {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}
        return subprocess.Popen(command, cwd=self.root, env={**environ, **self.own}, stderr=log, **somebody)


def make_machine(folder: Path, user: str, certificate: bytes) -> Machine:
    """Return a new machine in a folder that only its user may open; the machine's name is the folder's."""
    root = folder / "checkout"
    root.mkdir(parents=True)
    for name in _CHECKOUT:
        source = ROOT / name
        # With the compiled modules: what is as old as its source isn't compiled again.
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, root / name)
    own = {}
    for name in ("VAR", "HOME", "TMPDIR"):
        place = folder / name.lower()
        place.mkdir()
        own[name] = str(place)
    own["POSTPEER_CA_BUNDLE"] = str(folder / "ca.pem")
    made = Machine(root, own, user)
    made.trust(certificate)
    if user:
        _give(folder, user)
    folder.chmod(0o700)
    return made


def _give(folder: Path, user: str) -> None:
    known = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, known.pw_uid, known.pw_gid)


def users_for(count: int) -> tuple[list[str], str]:
    """Return a Unix user for each of so many machines; else empty names, and why all run under one."""
    same = [""] * count
    if os.getuid() != 0:
        return same, "not run as root"
    found = [name for name in _USERS if _is_known(name)][:count]
    if len(found) < count:
        return same, "there are not enough users without rights here"
    for name in found:
        if not _can_run_python(name):
            return same, f"{name} may not run {sys.executable}"
    return found, ""


def _is_known(user: str) -> bool:
    try:
        return pwd.getpwnam(user).pw_uid != 0
    except KeyError:
        return False


def _can_run_python(user: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import django"],
            cwd="/",
            user=user,
            group=pwd.getpwnam(user).pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
