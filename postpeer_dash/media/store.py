"""Where the bytes of files lie: a folder a team, in it a folder a file, under the data folder's `media/`.

On several machines this folder is shared. What a row names and the folder lacks is treated as gone, never as an error.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from postpeer_dash.media.models import MediaFile

# The original as it arrived, what is sent to PostPeer, what is made on the way, and the small picture of ours.
ORIGINAL, CLEAN, RENDERED, THUMBNAIL = "original", "clean", "rendered", "thumbnail.webp"
_STEP = 64 * 1024


class PieceError(Exception):
    """A piece isn't what was announced; nothing of it was kept."""


def team_folder(team_id: int) -> Path:
    """Return the folder of a team's files."""
    return Path(settings.MEDIA_FOLDER) / str(team_id)


def folder_of(file: MediaFile) -> Path:
    """Return the folder of one file, which may not be there."""
    return team_folder(file.team_id) / file.uuid.hex


def path_of(file: MediaFile, name: str) -> Path:
    """Return where one of a file's forms lies, or would lie."""
    return folder_of(file) / name


def free_bytes() -> int:
    """Return the room on the disk that the files lie on."""
    folder = Path(settings.MEDIA_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(folder).free


def begin_original(file: MediaFile) -> Path:
    """Make a file's folder; return where its original goes. Raises OSError."""
    folder_of(file).mkdir(parents=True, exist_ok=True, mode=0o700)
    return path_of(file, ORIGINAL)


def write_piece(file: MediaFile, stream: BinaryIO, *, at: int, length: int, sha256: str) -> None:
    """Write `length` bytes of a stream into the original at a place. Raises PieceError, and OSError of the disk.

    A piece that breaks off, or is another one than its checksum says, leaves the file as long as it was; what it wrote
    behind that is written over by the next attempt. `sha256` in hexadecimal, or "" where the browser can't compute it.
    """
    digest, left = hashlib.sha256(), length
    path = begin_original(file)
    path.touch(mode=0o600)
    with path.open("r+b") as target:
        target.seek(at)
        while left:
            data = stream.read(min(_STEP, left))
            if not data:
                raise PieceError
            digest.update(data)
            target.write(data)
            left -= len(data)
    if sha256 and digest.hexdigest() != sha256.lower():
        raise PieceError


def copy_original(source: Path, file: MediaFile) -> None:
    """Begin a file with the bytes of another one; on most disks as a link, which takes no room. Raises OSError."""
    target = begin_original(file)
    try:
        # Nobody writes into an original once it is whole.
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def cut_to(file: MediaFile, length: int) -> None:
    """Take off what a broken piece left behind the end of the original."""
    with path_of(file, ORIGINAL).open("r+b") as target:
        target.truncate(length)


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove_bytes(file: MediaFile) -> None:
    """Remove everything but the thumbnail."""
    for name in (ORIGINAL, CLEAN, RENDERED):
        with suppress(OSError):
            path_of(file, name).unlink()


def remove_folder(file: MediaFile) -> None:
    """Remove all that lies of a file."""
    shutil.rmtree(folder_of(file), ignore_errors=True)


def remove_team(team_id: int) -> None:
    """Remove all files of a team."""
    shutil.rmtree(team_folder(team_id), ignore_errors=True)
