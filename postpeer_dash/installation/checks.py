"""Find what would keep an instance from starting, before anything is started."""

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import IO, Any

from django.db import DatabaseError, connection

from postpeer_dash.installation.start_error import StartError


def require_free_port(port: int, *, named: str = "") -> None:
    """Raise StartError when something on this machine answers on a port, under IPv4 or IPv6.

    named: how the sentence calls a port that the person didn't choose.

    The browser tries both for `localhost`: another server on either would be shown in our place.
    """
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As the server does it: connections of an earlier run that are still closing don't count.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"Port {port}{named} is taken. Choose another one: make run PORT={_elsewhere(port)}"
                ) from None
            if error.errno == errno.EACCES:
                raise StartError(f"Port {port} is reserved for the system. Choose one from 1024 on.") from None
            if family == socket.AF_INET:
                raise StartError(f"Port {port} can't be used: {error.strerror}.") from None
            # No IPv6 on this machine.


def _elsewhere(port: int) -> int:
    # Two ports are used side by side in sandbox mode.
    return port + 10 if port + 10 < 65535 else port - 10


def make_data_folder(folder: Path, *, uploads: Path) -> None:
    """Create the data folder, readable by its owner only, and the folder that uploads pass through."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StartError(_unusable(folder, error)) from None


def lock_data_folder(folder: Path, *, port: int) -> IO[str]:
    """Hold the folder for one instance, until the returned handle is closed or the process ends."""
    path = folder / "running"
    try:
        handle = path.open("a+")
    except OSError as error:
        raise StartError(_unusable(folder, error)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        holder = handle.read().strip() or "another port"
        handle.close()
        raise StartError(
            f"The data folder {folder} is in use by an instance on {holder}. End that one, or choose another folder "
            "with VAR."
        ) from None
    except OSError as error:
        handle.close()
        raise StartError(_unusable(folder, error)) from None
    handle.seek(0)
    handle.truncate()
    handle.write(f"port {port}\n")
    handle.flush()
    return handle


def _unusable(folder: Path, error: OSError) -> str:
    return f"The data folder {folder} can't be written to: {error.strerror}. Choose another one with VAR."


def require_database() -> None:
    """Read one row from the database; raise StartError when that fails."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise StartError(f"The database {database_name()} can't be used: {one_line(error)}.") from None


def database_name() -> str:
    """Return where the database is, without its password."""
    database: dict[str, Any] = connection.settings_dict
    host = database.get("HOST")
    return f"{database['NAME']} at {host}" if host else str(database["NAME"])


def one_line(error: Exception) -> str:
    """Return the first line of a library's message, without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(error).__name__
