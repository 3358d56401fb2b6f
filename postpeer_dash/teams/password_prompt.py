"""Ask for a password in a command: on the terminal, unseen, or from standard input for scripts.

Never as an argument, which every other process of the machine could read.
"""

import getpass
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser


def add_password_option(parser: CommandParser) -> None:
    """Add `--password-stdin` to a command."""
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def read_password(options: dict[str, Any]) -> str:
    """Return the password, typed twice or read from the first line of standard input. Raises CommandError."""
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise CommandError("These were two different passwords. Nothing was changed.")
    return first
